"""A moment in numbers: how hard, how long, from which posture into which, how still before and after. Orientation-free.

Every number is an integer of about 16 bits, in the order of the parts below. It must not know what the numbers are used
for. Offsets are in samples of 25 Hz from the moment; what lies outside the stream is left out (window.py). The same
numbers for many moments at once, for training: tools/falls_features.py.

Ref: Kangas et al., Gait & Posture 28 (2008) 285-291 (impact, posture, velocity); Sucerquia et al., Sensors 17 (2017).
"""

from array import array

from . import posture, shape, spread
from .stream import HARD_MG
from .window import Window

COUNT = 240
PARTS = ((-75, -15), (-125, -15), (18, 91), (-50, -10), (10, 40))  # beside the moment: before, long before, after, near
RHYTHMS = ((-75, -20, 28), (-75, 91, 40), (12, 91, 28))  # where a beat is looked for, and its longest in samples


class Moments:
    """Measures moments, of one stream after the other. One list of numbers is used again and again."""

    def __init__(self):
        self._w = Window()
        self.values = array("i", bytes(4 * COUNT))
        self._next = 0

    def measure(self, stream, moment):
        """Fill `values` for this moment and return them."""
        w = self._w
        w.load(stream, moment)
        self._next = 0
        put = self._put
        hardest = max(HARD_MG, w.length[w.here])
        before = w.mean(-75, -25)
        after = w.mean(35, 90)
        shape.hit(put, w, hardest)
        shape.sharpness(put, w, hardest)
        for begin, end in PARTS:
            shape.beside(put, w, hardest, begin, end)
        posture.postures(put, w, before, after)
        posture.turns(put, w, before, after)
        posture.stillness(put, w, after)
        shape.speeds(put, w, before)
        shape.smooth(put, w)
        posture.calm(put, w)
        posture.direction(put, w, before, after)
        shape.energy(put, w)
        shape.bands(put, w, before)
        for begin, end, longest in RHYTHMS:
            shape.rhythm(put, w, begin, end, longest)
        spread.ways(put, w, before, after)
        spread.blow(put, w, before, after)
        spread.again(put, w, hardest)
        return self.values

    def _put(self, value):
        self.values[self._next] = value
        self._next += 1
