"""Stand-in for MicroPython's `neopixel` on the simulated board. Ref: micropython-lib, neopixel."""

import _wire


class NeoPixel:
    """A ring of lamps; the board sees it on `write`."""

    def __init__(self, pin, n, bpp=3, timing=1):
        self.n = n
        self._pin = pin.number()
        self._buf = bytearray(1 + 3 * n)
        self._buf[0] = self._pin

    def __len__(self):
        return self.n

    def __setitem__(self, i, colour):
        self._buf[1 + 3 * i : 4 + 3 * i] = bytes(colour)

    def __getitem__(self, i):
        return tuple(self._buf[1 + 3 * i : 4 + 3 * i])

    def fill(self, colour):
        for i in range(self.n):
            self[i] = colour

    def write(self):
        _wire.send(_wire.OUT_LAMP, self._buf)
