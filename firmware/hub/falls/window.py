"""What lies around a moment, added up once, so that each mean over any part of it is two look-ups and a division.

Every part is given by offsets from the moment in samples of 25 Hz, [begin, end), and is cut to what there is. It must
not know what is measured with it. Sums of 216 samples stay below 2^22.
"""

from array import array

from .stream import AFTER, BEFORE, SIZE

_MASK = SIZE - 1
_LONGEST = BEFORE + AFTER + 1
REST_MG = 1000
RATIO_MOST = 30000


def root(square):
    """The integer part of a square root, by Newton from above."""
    if square < 1:
        return 0
    guess = 2048 if square < 4194304 else 32768
    while guess * guess < square:
        guess <<= 2
    while True:
        better = (guess + square // guess) >> 1
        if better >= guess:
            return guess
        guess = better


def cosine(a, b):
    """1000 times the cosine between two vectors; 1000 when one of them is nothing. Shape: (x, y, z, length)."""
    size = a[3] * b[3]
    if size < 1:
        return 1000
    found = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) * 1000 // size
    return -1000 if found < -1000 else 1000 if found > 1000 else found


class Window:
    """The samples around one moment of any stream. Used again and again; `load` it first."""

    def __init__(self):
        self.x, self.y, self.z, self.m, self.moved_, self.rough_ = [
            array("i", bytes(4 * _LONGEST + 4)) for _ in range(6)
        ]
        self.length = array("h", bytes(2 * _LONGEST))
        self.peak = array("h", bytes(2 * _LONGEST))

    def load(self, s, moment):
        """Add up what lies around this moment of stream `s`."""
        xs, ys, zs, ms, ps = s.x, s.y, s.z, s.m, s.p
        first = max(0, s.count - SIZE, moment - BEFORE)
        last = min(s.count, moment + AFTER + 1)
        self.here = max(0, moment - first)  # 0 for one that is too long ago
        self.size = last - first
        sx, sy, sz, sm, sd, sr, lengths, peaks = (
            self.x,
            self.y,
            self.z,
            self.m,
            self.moved_,
            self.rough_,
            self.length,
            self.peak,
        )
        i = first & _MASK
        wx, wy, wz = xs[i], ys[i], zs[i]
        ax = ay = az = am = ad = ar = 0
        for k in range(last - first):
            i = (first + k) & _MASK
            x = xs[i]  # one by one: a tuple of more than three would be allocated, for each sample
            y = ys[i]
            z = zs[i]
            m = ms[i]
            ax += x
            ay += y
            az += z
            am += m
            ad += abs(x - wx) + abs(y - wy) + abs(z - wz)
            ar += m - 1000 if m > 1000 else 1000 - m
            wx, wy, wz = x, y, z
            lengths[k] = m
            peaks[k] = ps[i]
            k += 1
            sx[k] = ax
            sy[k] = ay
            sz[k] = az
            sm[k] = am
            sd[k] = ad
            sr[k] = ar

    def at(self, offset):
        """The place of this offset, from 0 to `size`."""
        k = self.here + offset
        return 0 if k < 0 else self.size if k > self.size else k

    def mean(self, begin, end):
        """The mean vector of a part: (x, y, z, its length)."""
        i, j = self.at(begin), self.at(end)
        if j <= i:
            j = i + 1
            if j > self.size:
                i, j = self.size - 1, self.size
        n = j - i
        x, y, z = (self.x[j] - self.x[i]) // n, (self.y[j] - self.y[i]) // n, (self.z[j] - self.z[i]) // n
        return x, y, z, root(x * x + y * y + z * z)

    def average(self, sums, begin, end):
        """The mean of `sums`, one of m and rough_, over a part."""
        i, j = self.at(begin), self.at(end)
        if j <= i:
            j = i + 1
            if j > self.size:
                i, j = self.size - 1, self.size
        return (sums[j] - sums[i]) // (j - i)

    def moved(self, begin, end):
        """Mean change from sample to sample, the three axes together, in mg."""
        i, j = self.at(begin), self.at(end)
        n = j - i - 1
        return (self.moved_[j] - self.moved_[i + 1]) // n if n > 0 else 0

    def highest(self, begin, end):
        most = REST_MG
        lengths = self.length
        for k in range(self.at(begin), self.at(end)):
            if lengths[k] > most:
                most = lengths[k]
        return most

    def lowest(self, begin, end):
        least = REST_MG
        lengths = self.length
        for k in range(self.at(begin), self.at(end)):
            if lengths[k] < least:
                least = lengths[k]
        return least

    def over(self, limit, begin, end):
        """How many samples of a part are harder than `limit`."""
        count = 0
        lengths = self.length
        for k in range(self.at(begin), self.at(end)):
            if lengths[k] > limit:
                count += 1
        return count

    def under(self, limit, begin, end):
        return self.at(end) - self.at(begin) - self.over(limit - 1, begin, end)

    def crossings(self, limit, begin, end):
        """How often a part rises over `limit`; being over it at its beginning does not count."""
        count = 0
        was = True
        lengths = self.length
        for k in range(self.at(begin), self.at(end)):
            one = lengths[k] > limit
            if one and not was:
                count += 1
            was = one
        return count
