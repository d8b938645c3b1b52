"""The serial console of a home's hub, as a pty: what the firmware prints comes out, what is typed goes in.

Decides nothing. The firmware's own standard input and output stand for the UART behind a board's USB socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tty
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .home import Event, Home


class Console:
    """Shape: `path` is the port for an installer's program. Plug it in before the home starts."""

    def __init__(self, home: Home) -> None:
        self._near, self._far = os.openpty()
        tty.setraw(self._near)
        tty.setraw(self._far)
        os.set_blocking(self._near, False)  # what nobody reads is lost, as on a cable that hangs loose
        self.path = os.ttyname(self._far)
        home.stdin, self._typed = os.pipe()
        self._stdin = home.stdin
        self.heard: list[bytes] = []  # all that went over the cable, both ways
        home.listeners.append(self._on_event)
        asyncio.get_running_loop().add_reader(self._near, self._on_typed)

    def _on_typed(self) -> None:
        with contextlib.suppress(OSError):
            data = os.read(self._near, 4096)
            self.heard.append(data)
            os.write(self._typed, data)

    def _on_event(self, event: Event) -> None:
        if event[1] == "log" and self._near >= 0:
            data = event[2]["text"].encode() + b"\n"
            self.heard.append(data)
            with contextlib.suppress(BlockingIOError):
                os.write(self._near, data)

    def pull(self) -> None:
        """The cable goes."""
        if self._near >= 0:
            asyncio.get_running_loop().remove_reader(self._near)
            os.close(self._near)
            os.close(self._far)
            self._near = -1

    def close(self) -> None:
        self.pull()
        os.close(self._typed)
        os.close(self._stdin)
