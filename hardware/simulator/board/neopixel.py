"""Stand-in for MicroPython's `neopixel` on the simulated board. Ref: micropython-lib, neopixel."""

import _wire


class NeoPixel:
    """A ring of lamps; the board sees it on `write`."""

    def __init__(self, pin, n, bpp=3, timing=1):
        self.n = n
        self._pin = pin.number()
        self._frame = _wire.frame_of(_wire.OUT_LAMP, 1 + 3 * n)
        self._frame[3] = self._pin

    def __len__(self):
        return self.n

    def __setitem__(self, i, colour):
        self._frame[4 + 3 * i : 7 + 3 * i] = bytes(colour)

    def __getitem__(self, i):
        return tuple(self._frame[4 + 3 * i : 7 + 3 * i])

    def fill(self, colour):
        for i in range(self.n):
            self[i] = colour

    def write(self):
        """Allocates nothing: the reflex calls it from the radio's callback."""
        _wire.send_frame(self._frame)
