"""A GSM modem at this machine: short messages by AT commands over its serial line.

Ref: 3GPP TS 27.005 (text mode, AT+CMGS), TS 27.007 (AT+CSCS).
"""

import os
import select
import termios
import threading
import time

from .base import Message, NotSent

ANSWER_S = 5.0
SEND_S = 45.0  # a network may take this long
LINE_MAX = 4096


class ModemSender:
    """Shape: `path` of the serial line, such as /dev/ttyUSB2. One message at a time."""

    name = "modem"
    at_once = 1

    def __init__(self, path: str) -> None:
        self._path = path
        self._lock = threading.Lock()

    def send(self, message: Message) -> str | None:
        with self._lock:
            try:
                line = os.open(self._path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            except OSError as error:
                raise NotSent(f"the modem's line cannot be opened: {error.strerror}") from None
            try:
                self._make_raw(line)
                return self._talk(line, message)
            except OSError as error:
                raise NotSent(f"the modem's line broke: {error.strerror}") from None
            finally:
                os.close(line)

    @staticmethod
    def _make_raw(line: int) -> None:
        if not os.isatty(line):
            return
        settings = termios.tcgetattr(line)
        settings[0] = settings[1] = settings[3] = 0
        settings[2] |= termios.CLOCAL | termios.CREAD
        settings[4] = settings[5] = termios.B115200
        termios.tcsetattr(line, termios.TCSANOW, settings)

    def _talk(self, line: int, message: Message) -> str | None:
        for command in ("AT", "ATE0", "AT+CMEE=1", "AT+CMGF=1", 'AT+CSCS="UCS2"', "AT+CSMP=17,167,0,8"):
            self._ask(line, command)
        number = message.address.encode("utf-16-be").hex().upper()
        self._ask(line, f'AT+CMGS="{number}"', b">")
        body = message.body.encode("utf-16-be").hex().upper()
        answer = self._ask(line, body + "\x1a", wait_s=SEND_S, is_command=False)
        for part in answer.split(b"\r\n"):
            if part.startswith(b"+CMGS:"):
                return "modem-" + part[6:].strip().decode(errors="replace")
        return None

    @staticmethod
    def _ask(line: int, text: str, until: bytes = b"OK", wait_s: float | None = None, is_command: bool = True) -> bytes:
        """Say something and wait for its end. Errors: NotSent with what the modem said."""
        os.write(line, (text + ("\r" if is_command else "")).encode())
        heard, end = b"", time.monotonic() + (ANSWER_S if wait_s is None else wait_s)
        while len(heard) < LINE_MAX:
            ready, _, _ = select.select([line], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise NotSent("the modem does not answer")
            some = os.read(line, 256)
            if not some:
                raise NotSent("the modem is gone")
            heard += some
            if b"ERROR" in heard and heard.endswith(b"\n"):
                said = heard.strip().splitlines()[-1].decode(errors="replace")
                raise NotSent(f"the modem refused: {said[:60]}")
            if (until == b">" and heard.rstrip(b" ").endswith(b">")) or b"\r\n" + until + b"\r\n" in heard:
                return heard
        raise NotSent("the modem says more than an answer")
