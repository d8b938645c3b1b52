"""A moment in numbers: how hard, how long, from which posture into which, how still before and after. Orientation-free.

Every number is an integer of at most 16 bits. It must not know what the numbers are used for. Windows are in samples of
25 Hz from the moment; what lies before the stream began is left out.

Ref: Kangas et al., Gait & Posture 28 (2008) 285-291 (impact, posture, velocity); Sucerquia et al., Sensors 17 (2017).
"""

from array import array

from .stream import AFTER, BEFORE, SIZE

_MASK = SIZE - 1
COUNT = 44


def _root(square):
    """The integer part of a square root, by Newton from above."""
    if square < 1:
        return 0
    guess = 256
    while guess * guess < square:
        guess <<= 2
    while True:
        better = (guess + square // guess) >> 1
        if better >= guess:
            return guess
        guess = better


class Moments:
    """Measures moments of one stream. One list of numbers is used again and again."""

    def __init__(self, stream):
        self._stream = stream
        self.values = array("i", bytes(4 * COUNT))
        self._mean = [0, 0, 0]

    def _mean_of(self, begin, end, out):
        """The mean vector of samples begin to end (absolute numbers), into `out`."""
        s = self._stream
        xs, ys, zs = s.x, s.y, s.z
        x = y = z = 0
        if end <= begin:
            end = begin + 1
        for k in range(begin, end):
            i = k & _MASK
            x += xs[i]
            y += ys[i]
            z += zs[i]
        n = end - begin
        out[0], out[1], out[2] = x // n, y // n, z // n

    def _cosine(self, a, b):
        """1000 times the cosine between two vectors; 1000 when one of them is nothing."""
        size = _root(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]) * _root(b[0] * b[0] + b[1] * b[1] + b[2] * b[2])
        if size < 1:
            return 1000
        cosine = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) * 1000 // size
        return -1000 if cosine < -1000 else 1000 if cosine > 1000 else cosine

    def _moved(self, begin, end):
        """Mean change from sample to sample, the three axes together, in mg."""
        s = self._stream
        xs, ys, zs = s.x, s.y, s.z
        total = 0
        for k in range(begin + 1, end):
            i, j = k & _MASK, k - 1 & _MASK
            total += abs(xs[i] - xs[j]) + abs(ys[i] - ys[j]) + abs(zs[i] - zs[j])
        n = end - begin - 1
        return total // n if n > 0 else 0

    def measure(self, moment):
        """Fill `values` for this moment and return them."""
        s, v = self._stream, self.values
        m = s.m
        first = max(0, s.count - SIZE, moment - BEFORE)
        last = min(s.count, moment + AFTER)

        def at(offset):
            k = moment + offset
            return first if k < first else last if k > last else k

        # how hard, how light before it, how long
        v[0] = m[moment & _MASK]
        least, least_at, light = 9999, 0, 0
        for k in range(at(-25), at(1)):
            one = m[k & _MASK]
            if one < least:
                least, least_at = one, k
            if one < 700:
                light += 1
        v[1], v[2], v[3] = least, light, moment - least_at
        hard = rough = long = jerk = 0
        for k in range(at(-12), at(13)):
            one = m[k & _MASK]
            hard += one > 1500
            rough += abs(one - 1000)
        v[4], v[5] = hard, rough // 25
        before = m[at(-15) & _MASK]
        for k in range(at(-15), at(25)):
            one = m[k & _MASK]
            long += abs(one - 1000) > 300
            if abs(one - before) > jerk:
                jerk = abs(one - before)
            before = one
        v[6], v[7] = long, jerk
        # how hard else, on both sides; how often
        most = crossings = 0
        was = False
        for k in range(first, at(-15)):
            one = m[k & _MASK]
            if one > most:
                most = one
            crossings += one > 1250 and not was
            was = one > 1250
        v[8], v[9] = most, crossings
        most = crossings = 0
        was = False
        for k in range(at(18), last):
            one = m[k & _MASK]
            if one > most:
                most = one
            crossings += one > 1250 and not was
            was = one > 1250
        v[10], v[11] = most, crossings
        # from which posture into which
        pre, post, one, two = [0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]
        self._mean_of(at(-75), at(-25), pre)
        self._mean_of(at(35), at(90), post)
        v[12] = self._cosine(pre, post)
        self._mean_of(at(12), at(35), one)
        v[13] = self._cosine(pre, one)
        v[14] = self._cosine(one, post)
        self._mean_of(at(35), at(60), one)
        self._mean_of(at(62), at(90), two)
        v[15] = self._cosine(one, two)
        self._mean_of(at(-75), at(-50), one)
        self._mean_of(at(-45), at(-20), two)
        v[16] = self._cosine(one, two)
        self._mean_of(at(-25), at(-10), one)
        v[17] = self._cosine(pre, one)
        # the fastest turn, and the farthest from how it was
        turn = far = 1000
        turn_at = 0
        for offset in range(-20, 26, 3):
            self._mean_of(at(offset - 8), at(offset), one)
            self._mean_of(at(offset), at(offset + 8), two)
            cosine = self._cosine(one, two)
            if cosine < turn:
                turn, turn_at = cosine, offset
            cosine = self._cosine(pre, two)
            if cosine < far:
                far = cosine
        v[18], v[19], v[20] = turn, turn_at, far
        # how still
        v[21] = self._moved(at(-75), at(-25))
        v[22] = self._moved(at(-25), at(-3))
        v[23] = self._moved(at(12), at(35))
        v[24] = self._moved(at(35), at(60))
        v[25] = self._moved(at(60), at(90))
        v[26] = _root(pre[0] * pre[0] + pre[1] * pre[1] + pre[2] * pre[2])
        v[27] = _root(post[0] * post[0] + post[1] * post[1] + post[2] * post[2])
        spread = 0
        for k in range(at(35), last):
            spread += abs(m[k & _MASK] - v[27])
        v[28] = spread // max(1, last - at(35))
        # energy of the whole second after the moment, beside that of the one before
        total = 0
        for k in range(at(1), at(25)):
            total += abs(m[k & _MASK] - 1000)
        v[29] = total // 24
        # as the sensor itself saw it: how sharp
        p = s.p
        v[30] = p[moment & _MASK]
        sharp = hard = 0
        before = p[at(-8) & _MASK]
        for k in range(at(-12), at(13)):
            each = p[k & _MASK]
            hard += each > 2000
            if abs(each - before) > sharp:
                sharp = abs(each - before)
            before = each
        v[31] = v[30] * 100 // (v[0] or 1)
        v[32], v[33] = sharp, hard
        # how far it fell: what was missing to the weight before, and the change of speed as a vector
        total = 0
        for k in range(at(-25), at(1)):
            if m[k & _MASK] < 1000:
                total += 1000 - m[k & _MASK]
        v[34] = total // 8
        v[35] = self._speed(pre, at(-20), at(1))
        v[36] = self._speed(pre, at(-4), at(13))
        path = 0
        self._mean_of(at(-28), at(-22), one)
        for offset in range(-22, 32, 6):
            self._mean_of(at(offset), at(offset + 6), two)
            path += 1000 - self._cosine(one, two)
            one, two = two, one
        v[37] = path
        v[38] = self._moved(at(3), at(13))
        most, least = 0, 9999
        for k in range(at(4), at(25)):
            one_m = m[k & _MASK]
            if one_m > most:
                most = one_m
            if one_m < least:
                least = one_m
        v[39], v[40] = most, least
        self._mean_of(at(78), at(90), one)
        v[41] = self._cosine(pre, one)
        x, y, z = pre[0] - post[0], pre[1] - post[1], pre[2] - post[2]
        v[42] = _root(x * x + y * y + z * z)
        v[43] = self._moved(at(-8), at(3))
        return v

    def _speed(self, pre, begin, end):
        """How much the speed changed, beside standing still in the posture before. Unit: mg samples / 8."""
        s = self._stream
        x = y = z = 0
        for k in range(begin, end):
            i = k & _MASK
            x += s.x[i] - pre[0]
            y += s.y[i] - pre[1]
            z += s.z[i] - pre[2]
        x >>= 3
        y >>= 3
        z >>= 3
        return _root(x * x + y * y + z * z)
