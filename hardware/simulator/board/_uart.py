"""Stand-in for `machine.UART`: a serial line to whatever the board has at that place, as a pty. Never waits.

Ref: MicroPython library, machine.UART (ESP32): read() gives None when nothing has come, any() how much has.
"""

import os
import select

_READ_MAX = 1024


class UART:
    """Shape: the pty's path is in ANLING_MODEM; without one nobody is at the other end and all is silent."""

    def __init__(self, number, baudrate=9600, *, tx=None, rx=None, timeout=0, rxbuf=256):
        path = os.getenv("ANLING_MODEM")
        self._poll = select.poll()
        self._line = None
        if path:
            self._line = open(path, "r+b")
            self._poll.register(self._line, select.POLLIN)

    def any(self):
        if self._line is None:
            return 0
        return 1 if [1 for _, event in self._poll.ipoll(0) if event & select.POLLIN] else 0

    def read(self, size=_READ_MAX):
        data = bytearray()
        while len(data) < size and self.any():
            byte = self._line.read(1)  # more than one could wait for the others
            if not byte:
                break
            data += byte
        return bytes(data) if data else None

    def write(self, data):
        if self._line is not None:
            self._line.write(data)
        return len(data)
