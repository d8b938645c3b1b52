"""The home's router: a TCP proxy between hub and broker that can be cut. Knows bytes and nothing of MQTT.

"reset": what is open is reset and new connections are refused. "blackhole": all is accepted and swallowed, as when the
line is dead but nobody says so.
"""

from __future__ import annotations

import asyncio
import contextlib

OPEN, RESET, BLACKHOLE = "open", "reset", "blackhole"


class Router:
    """Shape: listens on 127.0.0.1:`port` (known after start) and connects to the broker's host and port."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.state = OPEN
        self.port = 0
        self.drop_down = False  # swallow only what comes from the broker

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._on_connection, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._reset_all()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._server.wait_closed(), 2)

    def cut(self, how: str = RESET) -> None:
        """Cut the line; how: RESET or BLACKHOLE."""
        if how not in (RESET, BLACKHOLE):
            raise ValueError(f"router: {how!r} is no way to cut; use 'reset' or 'blackhole'")
        self.state = how
        if how == RESET:
            self._reset_all()

    def restore(self) -> None:
        """Mend the line. What hung in a black hole stays dead, as in life."""
        if self.state == BLACKHOLE:
            self._reset_all()
        self.state = OPEN

    def _reset_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _on_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        up: asyncio.StreamWriter | None = None
        try:
            if self.state == RESET:
                writer.transport.abort()
                return
            down_reader, up = await asyncio.open_connection(*self._target)
            self._writers.add(up)
            await asyncio.gather(self._carry(reader, up, False), self._carry(down_reader, writer, True))
        except (OSError, asyncio.IncompleteReadError):
            pass  # one side is gone: the other is closed below, which is all that a router does
        finally:
            for one in (writer, up):
                if one is not None:
                    self._writers.discard(one)
                    one.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_down: bool) -> None:
        while data := await reader.read(65536):
            if self.state == BLACKHOLE or (is_down and self.drop_down):
                continue
            writer.write(data)
            await writer.drain()
        writer.transport.abort()
