"""Did somebody fall? Judges each moment of one accelerometer by a forest, and notices who walks again.

    falls = Falls(table, rate_hz)
    falls.feed(data, start, count)     True when somebody fell; `score` says how surely
    falls.lost(count)                  samples that never came
    falls.end()                        the stream broke off: judges what hit last with what is there
    falls.is_walking()                 eight steps in a row since: that one is up again

Feeding allocates next to nothing; judging a moment (at most one a second) a few numbers. After a fall nothing is judged
for REST: one fall is one alarm. It must not know wearables, clocks or alarms.
"""

from .features import Moments
from .forest import Forest
from .stream import RATE_HZ, Stream

REST = 30 * RATE_HZ
STEP_MG, LIFT_MG = 1120, 950  # a step is at least so hard, and there is a lighter moment before it
STEPS = 8
STEP_LEAST, STEP_MOST = RATE_HZ // 4, RATE_HZ * 6 // 5  # between two steps


class Falls:
    """Shape: `table` the bytes of a forest, for where it is worn; `rate_hz` 25 or 50."""

    _moments = None  # one for all wearables: no two moments are judged at once

    def __init__(self, table, rate_hz=50):
        self._stream = Stream(rate_hz)
        if Falls._moments is None:
            Falls._moments = Moments()
        self._measure = Falls._moments.measure
        self._forest = Forest(table)
        self._rest_until = 0
        self._steps = 0
        self._step_at = 0
        self._seen = 0  # samples looked at for steps
        self._is_up = False  # in the hard part of a step
        self.score = 0  # of the last moment
        self.moment = 0  # which sample that was, at 25 Hz

    def feed(self, data, start, count):
        """Take in `count` samples; True when somebody fell. Shape: see stream.Stream.feed."""
        self._stream.feed(data, start, count)
        self._walk()
        return self._judge()

    def lost(self, count):
        """So many samples never came. True when a fall was judged by what was there before them."""
        return self.end() if self._stream.lost(count) else self._judge()

    def end(self):
        """The stream broke off (out of reach, crushed, empty). True when a fall was judged by what there is of it."""
        self._stream.end()
        has_fallen = self._judge()
        self._stream.begin()
        self._rest_until = self._steps = self._step_at = self._seen = 0
        self._is_up = False
        return has_fallen

    def is_walking(self):
        return self._steps >= STEPS

    def _judge(self):
        has_fallen = False
        moment = self._stream.due()
        while moment is not None:
            if moment >= self._rest_until:
                self.score = self._forest.score(self._measure(self._stream, moment))
                self.moment = moment
                if self.score >= self._forest.verdict:
                    has_fallen = True
                    self._rest_until = moment + REST
                    self._steps = 0
            moment = self._stream.due()
        return has_fallen

    def _walk(self):
        stream = self._stream
        if stream.count - self._seen > 128:
            self._seen = stream.count - 128
        while self._seen < stream.count:
            hardness = stream.hardness(self._seen)
            if hardness < LIFT_MG:
                self._is_up = False
            elif hardness > STEP_MG and not self._is_up:
                self._is_up = True
                apart = self._seen - self._step_at
                # Too soon after the last one is no step but a shaking; too late begins a new walk.
                self._steps = 0 if apart < STEP_LEAST else 1 if apart > STEP_MOST else self._steps + 1
                self._step_at = self._seen
            self._seen += 1
        if stream.count - self._step_at > STEP_MOST:
            self._steps = 0
