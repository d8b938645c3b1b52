"""Samples in, moments out: keeps the last ten seconds and says when something hit hard and what came after is there.

Everything is counted at 25 Hz: a stream of 50 Hz is taken in pairs, each pair by its mean, so that one set of tables
serves both. A moment is the hardest sample within a second on both sides; it is judged AFTER samples later. Taking a
sample in allocates nothing. It must not know what a moment means.

Lost samples are filled with the last one, so that time stays true; a longer silence than GAP_MAX begins anew. When a
stream ends, `end` gives up the moments that still wait for what comes after them.

Whatever lies still weighs 1000 mg. A sensor that has rested for a second at a half or a quarter of that has its range
set wrong, and is taken for twice or four times what it says, until it rests at twice or four times its weight.
"""

from array import array

RATE_HZ = 25
SIZE = 256  # samples kept, a power of two
_MASK = SIZE - 1
BEFORE, AFTER = 125, 90  # samples on each side of a moment that count; SIZE has room for the longest batch besides
CLIP_MG = 8000
HARD_MG = 1400  # a moment is at least this hard
_HARD = HARD_MG * HARD_MG
QUIET = 25  # nothing harder within so many samples
GAP_MAX = 13  # half a second
MOMENTS_MAX = 4
RESTED = 25  # samples as hard as each other, an eighth more or less: it rests
HALF_MG, QUARTER_MG, TWICE_MG, FOUR_TIMES_MG = (400, 600), (200, 330), 1700, 3000


def _length(square):
    """The root of a square up to 2^28 by Newton, three times, from a guess at most 1.4 times off: exact above 256."""
    if square >= 4194304:
        length = 2900 if square < 16777216 else 5800 if square < 67108864 else 11600
    elif square >= 262144:
        length = 724 if square < 1048576 else 1450
    else:
        length = 362 if square >= 65536 else 128
    length = (length + square // length) >> 1
    length = (length + square // length) >> 1
    return (length + square // length) >> 1


class Stream:
    """The last samples of one accelerometer. Shape: `rate_hz` 25 or 50; x, y, z in milli-g, `m` their length."""

    def __init__(self, rate_hz=50):
        self.x = array("h", bytes(2 * SIZE))
        self.y = array("h", bytes(2 * SIZE))
        self.z = array("h", bytes(2 * SIZE))
        self.m = array("h", bytes(2 * SIZE))
        self.p = array("h", bytes(2 * SIZE))
        self._is_paired = rate_hz == 50
        self.begin()

    def begin(self):
        """Forget everything: what comes now has nothing to do with what came before."""
        self.count = 0  # samples at 25 Hz since the beginning
        self._half = False
        self._hx = self._hy = self._hz = self._hp = 0
        self._peak = 0  # squared length of the moment that may still be passed by a harder one
        self._peak_at = -1
        self._moments = []
        self._is_over = False
        self._doublings = 0  # of what the sensor says
        self._rest_mg = self._rested = 0

    def feed(self, data, start, count):
        """Take in `count` samples from place `start` of `data`. Shape: bytes, x y z each int16 little-endian, in mg."""
        at = 6 * start
        for _ in range(count):
            x = data[at] | data[at + 1] << 8
            y = data[at + 2] | data[at + 3] << 8
            z = data[at + 4] | data[at + 5] << 8
            at += 6
            if x > 32767:
                x -= 65536
            if y > 32767:
                y -= 65536
            if z > 32767:
                z -= 65536
            if self._doublings:
                x <<= self._doublings
                y <<= self._doublings
                z <<= self._doublings
            if x > CLIP_MG:
                x = CLIP_MG
            elif x < -CLIP_MG:
                x = -CLIP_MG
            if y > CLIP_MG:
                y = CLIP_MG
            elif y < -CLIP_MG:
                y = -CLIP_MG
            if z > CLIP_MG:
                z = CLIP_MG
            elif z < -CLIP_MG:
                z = -CLIP_MG
            length = _length(x * x + y * y + z * z)
            if self._is_paired:
                if not self._half:
                    self._half = True
                    self._hx, self._hy, self._hz, self._hp = x, y, z, length
                    continue
                self._half = False
                x = (x + self._hx) >> 1
                y = (y + self._hy) >> 1
                z = (z + self._hz) >> 1
                peak = length if length > self._hp else self._hp
                length = _length(x * x + y * y + z * z)
            else:
                peak = length
            self._take(x, y, z, length, peak)

    def _take(self, x, y, z, length, peak):
        square = length * length
        i = self.count & _MASK
        self.x[i] = x
        self.y[i] = y
        self.z[i] = z
        self.m[i] = length
        self.p[i] = peak
        self.count += 1
        if -self._rest_mg < (length - self._rest_mg) << 3 < self._rest_mg:
            self._rested += 1
            if self._rested == RESTED:
                self._weigh()
                square = self.m[i] * self.m[i]
        else:
            self._rest_mg, self._rested = length, 0
        if square > _HARD and square > self._peak:
            self._peak = square
            self._peak_at = self.count - 1
        elif self._peak_at >= 0 and self.count - self._peak_at > QUIET:
            if len(self._moments) < MOMENTS_MAX:
                self._moments.append(self._peak_at)
            self._peak = 0
            self._peak_at = -1

    def _weigh(self):
        """It rests: is its range right? Also for what is kept, or of that, for the rest alone."""
        since = max(0, self.count - SIZE)
        if HALF_MG[0] < self._rest_mg < HALF_MG[1]:
            more = 1
        elif QUARTER_MG[0] < self._rest_mg < QUARTER_MG[1]:
            more = 2
        elif self._rest_mg > TWICE_MG and self._doublings:
            more = -2 if self._rest_mg > FOUR_TIMES_MG else -1
            since = max(0, self.count - RESTED - 1)
            if self._peak_at >= since:  # the leap itself was no hit
                self._peak, self._peak_at = 0, -1
        else:
            return
        more = max(-self._doublings, min(2 - self._doublings, more))
        self._doublings += more
        for k in range(since, self.count):
            for kept in (self.x, self.y, self.z, self.m, self.p):
                value = kept[k & _MASK]
                kept[k & _MASK] = min(value << more, 2 * CLIP_MG) if more > 0 else value >> -more

    def lost(self, count):
        """So many samples (of the stream's own rate) never came. True when it is too many: `end`, then `begin` it."""
        if (count // 2 if self._is_paired else count) > GAP_MAX:
            return True
        if self._is_paired and self._half and count:
            self._half = False
            count -= 1
            self._take(self._hx, self._hy, self._hz, self._hp, self._hp)
        if not self.count:
            return False
        i = self.count - 1 & _MASK
        x, y, z, length = self.x[i], self.y[i], self.z[i], self.m[i]
        for _ in range(count // 2 if self._is_paired else count):
            self._take(x, y, z, length, length)
        if self._is_paired and count & 1:
            self._half = True
            self._hx, self._hy, self._hz, self._hp = x, y, z, length
        return False

    def hardness(self, number):
        """The length of this sample, in mg; it must be one of the last SIZE."""
        return self.m[number & _MASK]

    def due(self):
        """The next moment that can be judged, as a number of its sample; None for none."""
        if self._moments and (self._is_over or self.count - self._moments[0] > AFTER):
            return self._moments.pop(0)
        return None

    def end(self):
        """Nothing more comes: whatever hit is a moment now, and due with what there is after it."""
        self._is_over = True
        if self._peak_at >= 0:
            self._moments.append(self._peak_at)
            self._peak_at = -1
