"""The air of one stairwell for ESP-NOW: each board has a datagram socket in a common folder, named by its address.

It works between homes of one process and of several. Nothing is delivered twice, and what the kernel cannot take is
lost, as in a real air. `listeners` hear every frame that leaves this board: (destination, payload).
"""

from __future__ import annotations

import asyncio
import hashlib
import pathlib
import socket
from collections.abc import Callable

BROADCAST = b"\xff" * 6
PAYLOAD_MAX = 250

Deliver = Callable[[bytes, bytes, int], None]


def mac_of(hub_id: str) -> bytes:
    """A locally administered address that is always this hub's."""
    return b"\x02" + hashlib.sha256(hub_id.encode()).digest()[:5]


class Stairwell:
    """One board's place in the air. Shape: `deliver(from_mac, payload, channel)` for what it hears."""

    def __init__(self, folder: pathlib.Path, mac: bytes, deliver: Deliver) -> None:
        self.mac = mac
        self.listeners: list[Callable[[bytes, bytes], None]] = []
        self._folder = folder
        self._path = folder / mac.hex()
        self._deliver = deliver
        self._socket: socket.socket | None = None

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if len(str(self._path).encode()) > 100:
            raise OSError(f"{self._path}: too long for a local socket; choose a folder with a shorter path")
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(str(self._path))
        asyncio.get_running_loop().add_reader(self._socket.fileno(), self._on_readable)

    def stop(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = None
        self._path.unlink(missing_ok=True)

    def send(self, destination: bytes, payload: bytes, channel: int) -> None:
        """Put a frame into the air; to one board, or with BROADCAST to all."""
        for listener in list(self.listeners):
            listener(destination, payload)
        self.inject(destination, payload, self.mac, channel)

    def inject(self, destination: bytes, payload: bytes, source: bytes, channel: int = 6) -> None:
        """A frame that claims to come from `source`: anybody in range can send one."""
        if self._socket is None or not 0 < len(payload) <= PAYLOAD_MAX:
            return
        if destination == BROADCAST:
            paths = [path for path in self._folder.iterdir() if path.name != source.hex()]
        else:
            paths = [self._folder / destination.hex()]
        for path in paths:
            try:
                self._socket.sendto(source + bytes([channel]) + payload, str(path))
            except OSError:
                continue  # nobody there, or its buffer is full: lost in the air

    def _on_readable(self) -> None:
        while self._socket is not None:
            try:
                data = self._socket.recv(7 + PAYLOAD_MAX)
            except OSError:
                return
            self._deliver(data[:6], data[7:], data[6])
