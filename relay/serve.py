"""`relay serve`: database, broker, line and web server come up in this order and go down in the reverse one.

  1. take the data folder (one relay each)        5. reach the broker, subscribe
  2. take the web port                            6. open the web server, say `relay ready: …`
  3. go on with what happens by itself            7. until SIGINT or SIGTERM; then back from 6 to 1
  4. bring up the embedded broker, if asked

Step 3 waits for no broker: who is to be called next is called at their time, also while a restart takes long.

Errors: CannotServe, whose text names the thing and the remedy.
"""

import argparse
import asyncio
import logging
import os
import secrets
import signal
import socket
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from types import FrameType

import orjson
import uvicorn

from . import vault
from .app import at_work, make_app, open_database
from .broker.supervisor import CannotStart, Supervisor
from .claims import rules as claim_rules
from .clock import now_ms
from .database import Broken
from .hubs.rules import BROKER_NAME_OF_RELAY
from .intake.link import BrokerAddress, Link, address_of
from .services import Services

LOG = logging.getLogger("relay")
BROKER_WAIT_S = 10
STREAMS_END_WAIT_S = 3


class CannotServe(RuntimeError):
    """The relay cannot start; one sentence with the remedy."""


class _Server(uvicorn.Server):
    """uvicorn, which says when it is ready and ends the event streams before it waits for them."""

    def __init__(self, config: uvicorn.Config, services: Services, url: str) -> None:
        super().__init__(config)
        self._services = services
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"relay ready: {self._url}", flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End in order; a second Ctrl-C does not wait. The signal is not raised again afterwards, as uvicorn
        would: that would cut short the taking down of line and broker."""
        self._services.broadcaster.close()
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def take_folder(data_dir: Path) -> int:
    """One relay for each data folder; the lock goes with the process, kill -9 included."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = os.open(data_dir / "relay.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotServe(
            f"The data folder {data_dir} cannot be used ({error.strerror}). Choose another with --data."
        ) from None
    try:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:  # Windows: no lock of this kind; the web port still keeps two apart
        return lock
    except OSError:
        os.close(lock)
        raise CannotServe(
            f"Another relay is using the data folder {data_dir}. End it first, or choose another with --data."
        ) from None
    return lock


def cannot_use(arguments: argparse.Namespace, error: Exception) -> str:
    """Why the database cannot be used, with the remedy; never its address, which may hold a password."""
    if arguments.database:
        return f"The database of --database cannot be used ({error}). Check that it runs, its address and its user."
    path = arguments.data / "relay.db"
    return f"The database {path} cannot be used ({error}). Put a backup in its place, or choose another with --data."


def take_port(host: str, port: int) -> socket.socket:
    web = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    web.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        web.bind((host, port))
    except (OSError, OverflowError) as error:
        web.close()
        reason = getattr(error, "strerror", None) or "not a port"
        raise CannotServe(
            f"Cannot listen on {host}:{port} ({reason}). End what uses the port, or choose another with --port."
        ) from None
    return web


def _client_id(data_dir: Path) -> str:
    """The relay's name for the broker's session; kept, so that a restart goes on with the same session."""
    path = data_dir / "broker-client-id"
    if not path.exists():
        path.write_text(f"{BROKER_NAME_OF_RELAY}-{secrets.token_hex(4)}\n")
    return path.read_text().strip()


async def serve(arguments: argparse.Namespace) -> None:
    """Run until a signal. Errors: CannotServe."""
    data_dir: Path = arguments.data
    lock = take_folder(data_dir)
    web = take_port(arguments.host, arguments.port)
    port = web.getsockname()[1]
    url = f"http://{arguments.host}:{port}"
    broker = None
    try:
        services = Services(
            open_database(data_dir, arguments.database, arguments.secrets_key), data_dir, started_at=now_ms()
        )
        with services.database.read() as reader:
            vault.check(reader)
    except Broken as error:
        raise CannotServe(cannot_use(arguments, error)) from None
    except vault.Locked as error:
        raise CannotServe(str(error)) from None
    link: Link | None = None
    running = data_dir / "running.json"
    client_id, begun = _client_id(data_dir), time.monotonic()
    services.name, services.line_down_since = client_id, lambda: begun
    by_itself = AsyncExitStack()
    try:
        await by_itself.enter_async_context(at_work(services))
        if arguments.broker:
            address = address_of(arguments.broker)
        else:
            broker = Supervisor("127.0.0.1", arguments.broker_port, services.database.where, client_id)
            await broker.start()
            user, password = BROKER_NAME_OF_RELAY, broker.password
            address = BrokerAddress(broker.host, broker.port, user, password)

        def note_running() -> None:
            facts = {"pid": os.getpid(), "url": url, "broker_host": address.host, "broker_port": address.port}
            running.write_bytes(orjson.dumps(facts | {"broker_pid": broker.pid if broker else None}))

        note_running()
        if broker is not None:
            broker.on_start = note_running
        services.hub_broker = _hub_broker(arguments, address)
        services.hub_ntp = claim_rules.ntp_of(arguments.hub_ntp)
        services.hub_modem = claim_rules.modem_of(arguments.hub_modem)
        link = Link(services.database, address, client_id, arguments.shared or services.database.is_shared)
        services.send = link.send
        services.heartbeat_url = arguments.heartbeat_url
        services.line_down_since = lambda: link.down_since
        link.start()
        await _wait_for_line(link, address)
        config = uvicorn.Config(
            make_app(services, is_at_work=True),
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=STREAMS_END_WAIT_S,
            server_header=False,
            timeout_keep_alive=30,
        )
        await _Server(config, services, url).serve(sockets=[web])
    except (CannotStart, ValueError) as error:
        raise CannotServe(str(error)) from None
    finally:
        await by_itself.aclose()
        if link is not None:
            await asyncio.to_thread(link.stop)
        if broker is not None:
            await broker.stop()
        services.database.close()
        web.close()
        running.unlink(missing_ok=True)
        os.close(lock)


def _hub_broker(arguments: argparse.Namespace, address: BrokerAddress) -> dict[str, object] | None:
    """How homes reach the broker. The embedded one serves this machine only. Errors: ValueError."""
    if arguments.hub_broker:
        return claim_rules.broker_of(arguments.hub_broker)
    return None if arguments.broker else {"host": address.host, "port": address.port, "security": "none"}


async def _wait_for_line(link: Link, address: BrokerAddress) -> None:
    """Wait for the broker's subscription. A broker that is not there yet does not stop the relay."""
    for _ in range(BROKER_WAIT_S * 50):
        if link.ready.is_set():
            return
        if link.refusal is not None:
            raise CannotServe(
                f"The broker {address.host}:{address.port} refused the relay ({link.refusal})."
                " Check user and password of --broker, and that this user may read anling/1/#."
            )
        await asyncio.sleep(0.02)
    LOG.warning(
        "the broker %s:%d does not answer: serving without it, trying again until it does",
        address.host,
        address.port,
    )


def run(arguments: argparse.Namespace) -> int:
    """The command; its exit code."""
    from . import loop

    def end(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)  # until uvicorn takes the signals over, and after it
    logging.basicConfig(level=logging.WARNING, format="relay: %(message)s", stream=sys.stderr)
    try:
        loop.run(serve(arguments))
    except CannotServe as error:
        print(f"relay: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return 0
