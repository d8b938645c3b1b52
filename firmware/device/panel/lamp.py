"""The lamp ring. Shows the colour it is given; which one is the kernel's word.

`red_now` is for the reflex: a second buffer is red beforehand, so that nothing is allocated.
"""

from hub import actions
from machine import Pin
from neopixel import NeoPixel

from .. import board

_COLOURS = {
    actions.SAFE: (6, 6, 2),  # a night light: the lamp is never dark while all is well
    actions.RED: (255, 0, 0),
    actions.ORANGE: (255, 90, 0),
    actions.AMBER: (255, 160, 0),
    actions.BLUE: (0, 60, 255),
    actions.GREEN: (0, 200, 40),
    actions.DIM: (40, 24, 0),
    actions.WHITE: (120, 120, 120),
}


class Lamp:
    """The one light of the home."""

    def __init__(self):
        pin = Pin(board.LAMP_PIN, Pin.OUT)
        self._ring = NeoPixel(pin, board.LAMP_COUNT)
        self._red = NeoPixel(pin, board.LAMP_COUNT)
        self._red.fill(_COLOURS[actions.RED])

    def red_now(self):
        self._red.write()

    def show(self, pattern):
        """Change to a light of hub.actions."""
        self._ring.fill(_COLOURS[pattern])
        self._ring.write()
