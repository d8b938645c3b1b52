"""A TCP line that can be made bad: resets, black holes, lost answers, slowness. Knows nothing of what it carries."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct

CHUNK = 4096


class _Pair:
    """One connection through the proxy: both of its ends."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server

    def reset(self) -> None:
        """Cut both ends with a TCP reset, whatever is still under way."""
        for writer in (self.client, self.server):
            sock = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class FaultProxy:
    """Listens on 127.0.0.1:`port` and carries each connection to the target, as badly as it is told to.

    `rate`: bytes a second in each direction, None for all there is. `is_black_hole`: bytes vanish, connections stay
    open. `is_refusing`: new connections are reset. `connections`: how many came.
    """

    def __init__(self, target_port: int, target_host: str = "127.0.0.1") -> None:
        self.target = (target_host, target_port)
        self.port = 0
        self.rate: int | None = None
        self.is_black_hole = False
        self.is_refusing = False
        self.connections = 0
        self.bytes_up = 0
        self.bytes_down = 0
        self._lost_answers = 0
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> FaultProxy:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *details: object) -> None:
        assert self._server is not None
        self._server.close()
        self.reset_all()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def reset_all(self) -> int:
        """Cut every connection; returns how many there were."""
        pairs = list(self._pairs)
        for pair in pairs:
            pair.reset()
        return len(pairs)

    def lose_next_answer(self) -> None:
        """Throw away the next bytes that the target sends, and cut that connection: it did its work, nobody knows."""
        self._lost_answers += 1

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._carry_both(reader, writer)
        except asyncio.CancelledError:
            return  # the proxy is being closed; nobody waits for this task's fate
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _carry_both(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if self.is_refusing:
                raise ConnectionRefusedError
            far_reader, far_writer = await asyncio.open_connection(*self.target)
        except OSError:
            _Pair(writer, writer).reset()
            return
        pair = _Pair(writer, far_writer)
        self._pairs.add(pair)
        try:
            await asyncio.gather(
                self._carry(reader, far_writer, pair, is_up=True), self._carry(far_reader, writer, pair, is_up=False)
            )
        except OSError:
            pair.reset()
        finally:
            self._pairs.discard(pair)
            far_writer.transport.abort()

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pair: _Pair, is_up: bool
    ) -> None:
        while data := await reader.read(CHUNK if self.rate is None else max(1, self.rate // 20)):
            if self.is_black_hole:
                continue
            if not is_up and self._lost_answers:
                self._lost_answers -= 1
                pair.reset()
                return
            if self.rate is not None:
                await asyncio.sleep(len(data) / self.rate)
            if is_up:
                self.bytes_up += len(data)
            else:
                self.bytes_down += len(data)
            writer.write(data)
            await writer.drain()
        if self.is_black_hole:
            await asyncio.Event().wait()  # the end of a connection is not seen through a black hole, either
        raise ConnectionResetError
