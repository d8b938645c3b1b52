"""The whole relay in this process, on a free port, for as long as a test needs it; without a broker."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from relay.app import make_app
from relay.clock import now_ms
from relay.database import Database
from relay.services import Services


@contextmanager
def served(database: Database, folder: Path) -> Iterator[tuple[Services, str]]:
    """(services, address) while it answers; the database is closed at the end."""
    services = Services(database, folder, started_at=now_ms())
    web = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(make_app(services), log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([web],), daemon=True)
    thread.start()
    try:
        yield services, f"http://127.0.0.1:{web.getsockname()[1]}"
    finally:
        services.broadcaster.close()
        server.should_exit = True
        thread.join(20)
        web.close()
        database.close()
