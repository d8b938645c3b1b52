"""Keeps the broker's process alive: starts it, waits until it listens, starts it again when it dies.

Restarts come at once the first time and back off to 10 s while it keeps dying. This file must not know
what the broker does.
"""

import asyncio
import logging
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from . import child

LOG = logging.getLogger("relay")
START_WAIT_S = 15
OLD_BROKER_WAIT_S = 4  # after a kill -9 of the relay its broker needs a moment to end
BACKOFF_S = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
STEADY_S = 30  # a broker that lived this long has not "kept dying"


class CannotStart(RuntimeError):
    """The broker did not come up; the text says why and what to do."""


class Supervisor:
    """One broker process. `pid` and `port` are those of the present one."""

    def __init__(self, host: str, port: int, database: Path | str, relay_client_id: str) -> None:
        self.host = host
        self.port = port
        self.password = secrets.token_urlsafe(32)
        self.pid: int | None = None
        self.restarts = 0
        self.on_start: Callable[[], None] = lambda: None
        self._database = database
        self._relay_client_id = relay_client_id
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Bring the broker up and keep it up. Errors: CannotStart."""
        deadline = time.monotonic() + OLD_BROKER_WAIT_S
        while True:
            code = await self._spawn()
            if code is None:
                break
            if code != child.PORT_TAKEN:
                raise CannotStart("The embedded broker did not start; its message is above.")
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"Port {self.port} for the embedded broker is taken. End what uses it, or choose another"
                    " with --broker-port."
                )
            await asyncio.sleep(0.2)
        self._keeper = asyncio.create_task(self._keep())

    async def _spawn(self) -> int | None:
        """Start one process; None when it listens, else its exit code."""
        command = [sys.executable, "-m", child.__name__, "--host", self.host, "--port", str(self.port)]
        process = await asyncio.create_subprocess_exec(
            *command,
            "--relay-client-id",
            self._relay_client_id,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                child.PASSWORD_VARIABLE: self.password,
                child.DATABASE_VARIABLE: str(self._database),
            },
            start_new_session=True,  # Ctrl-C goes to the relay, which ends its broker in order
        )
        self._process = process
        assert process.stdout is not None
        try:
            line = await asyncio.wait_for(process.stdout.readline(), START_WAIT_S)
        except asyncio.TimeoutError:
            process.kill()
            await process.wait()
            return -1
        if not line.startswith(b"ready "):
            return await process.wait()
        self.port = int(line.split()[1])
        self.pid = process.pid
        self.on_start()
        return None

    async def _keep(self) -> None:
        failures = 0
        while True:
            started = time.monotonic()
            if self._process is not None:
                code = await self._process.wait()
                LOG.warning("the broker ended (%s): starting it again", code)
            self.pid = None
            if time.monotonic() - started > STEADY_S:
                failures = 0
            await asyncio.sleep(BACKOFF_S[min(failures, len(BACKOFF_S) - 1)])
            failures += 1
            self.restarts += 1
            await self._spawn()

    async def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()  # the child ends when its stdin ends
        try:
            await asyncio.wait_for(process.wait(), 5)
        except asyncio.TimeoutError:
            process.kill()
            await process.wait()
