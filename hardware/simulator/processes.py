"""Child processes of demo and smoke: started together, watched, and all ended, whatever happens."""

from __future__ import annotations

import contextlib
import pathlib
import signal
import socket
import subprocess
import sys
import time

from .places import ROOT


class CannotStart(Exception):
    """Something that the demo needs is not to be had; the text names it and the remedy."""


def free_port() -> int:
    """A port of this machine that nobody uses just now."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def want_free(port: int, option: str) -> None:
    """Errors: CannotStart when somebody listens there."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind(("127.0.0.1", port))
        except OSError as fault:
            raise CannotStart(
                f"Port {port} is taken ({fault.strerror}). End what uses it, or choose another with {option}."
            ) from None


class Children:
    """The children of this run. Shape: each has a name, and its output goes to <folder>/<name>.log."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str, ready: str | None = None, timeout_s: float = 60) -> None:
        """Start `python -m …`; when `ready` is given, wait until a line of its output starts so."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as file:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=file, stderr=file
            )
        if ready is None:
            return
        deadline_s = time.monotonic() + timeout_s
        while not any(line.startswith(ready) for line in log.read_text("utf-8", "replace").splitlines()):
            if self._running[name].poll() is not None or time.monotonic() > deadline_s:
                said = log.read_text("utf-8", "replace").strip().splitlines()
                raise CannotStart(f"The {name} did not start: {said[-1] if said else 'it said nothing'} (see {log})")
            time.sleep(0.05)

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def ended(self) -> str | None:
        """The name of a child that has ended, or None."""
        for name, process in self._running.items():
            if process.poll() is not None:
                return name
        return None

    def kill(self, name: str) -> None:
        """kill -9, for tests."""
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        """End all, the last one started first; after 8 s by force."""
        for process in reversed(list(self._running.values())):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in reversed(list(self._running.values())):
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()
