"""The way to a hub by its USB cable: carries messages as lines of its serial console. Decides nothing.

The hub's own printing stands between them and is passed over. The line's control wires are left alone: pulled, they
would start many boards anew. Ref: protocol/cable.py; pyserial.
"""

import asyncio
import contextlib
from typing import Any

from protocol import cable

from .sentences import Trouble

BAUD = 115200
LOOK_S = 0.1


class CableCarrier:
    """A line to a hub. Use as an async context. Errors of all: Trouble."""

    stale = 8  # what was typed before the window opened is answered when it opens

    def __init__(self, port: str) -> None:
        self._port = port
        self._line: Any = None
        self._messages: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._reader: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "CableCarrier":
        self._line = await asyncio.to_thread(self._open)
        self._reader = asyncio.get_running_loop().create_task(self._read())
        return self

    async def __aexit__(self, *_: Any) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
        await asyncio.to_thread(self._line.close)

    def _open(self) -> Any:
        try:
            import serial
        except ModuleNotFoundError:
            raise Trouble("no_serial") from None
        line = serial.Serial(baudrate=BAUD, timeout=LOOK_S, write_timeout=5)
        line.port = self._port
        line.dtr = line.rts = False
        try:
            line.open()
        except (serial.SerialException, OSError) as fault:
            raise Trouble("no_port", self._port, type(fault).__name__) from None
        return line

    async def _read(self) -> None:
        lines = cable.Lines()
        try:
            while True:
                data = await asyncio.to_thread(self._line.read, 256)
                for message in lines.take(data):
                    self._messages.put_nowait(message)
        except (OSError, TypeError):  # a line that is gone shows itself as either
            self._messages.put_nowait(None)

    async def send(self, message: bytes) -> None:
        try:
            await asyncio.to_thread(self._line.write, cable.write(message))
        except (OSError, TypeError):
            raise Trouble("cable_pulled") from None

    async def receive(self, timeout_s: float) -> bytes:
        with contextlib.suppress(asyncio.TimeoutError):
            message = await asyncio.wait_for(self._messages.get(), timeout_s)
            if message is not None:
                return message
            raise Trouble("cable_pulled")
        raise Trouble("cable_silent")
