"""The numbers of hub/falls/features.py for many moments at once, with numpy: the same integers, some 200 times as fast.

Training measures hundreds of thousands of moments. tests/hub/test_falls_features_cpython.py holds both against each
other. `samples` are those of all recordings end to end, as hub/falls/stream.py keeps them: x, y, z, length, peak.
"""

import numpy
from hub.falls.features import PARTS, RHYTHMS
from hub.falls.shape import BEAT_LEAST
from hub.falls.spread import LIGHT_MG, SPREADS, UNEASY_MG
from hub.falls.stream import AFTER, BEFORE
from hub.falls.window import RATIO_MOST


def root(square):
    found = numpy.sqrt(square.astype(float)).astype(numpy.int64)
    return found - (found * found > square)


def cosine(a, b):
    """1000 times the cosine. Shape: pairs (vectors, lengths)."""
    size = a[1] * b[1]
    found = (a[0] * b[0]).sum(-1) * 1000 // numpy.maximum(size, 1)
    return numpy.where(size < 1, 1000, numpy.clip(found, -1000, 1000))


class Windows:
    """What lies around each moment. Shape: `moment`, `begin`, `end` places in `samples`: its own, its recording's."""

    def __init__(self, samples, moment, begin, end):
        samples = samples.astype(numpy.int64)
        self.moment = moment
        self.first = numpy.maximum(begin, moment - BEFORE)
        self.last = numpy.minimum(end, moment + AFTER + 1)
        self.samples = samples
        self.length = samples[:, 3]
        self.peak = samples[:, 4]
        change = numpy.abs(numpy.diff(samples[:, :3], axis=0, prepend=samples[:1, :3])).sum(1)
        self.xyz = numpy.concatenate([numpy.zeros((1, 3), numpy.int64), samples[:, :3].cumsum(0)])
        self.m, self.moved_, self.rough_ = [
            numpy.concatenate([[0], one.cumsum()]) for one in (self.length, change, numpy.abs(self.length - 1000))
        ]

    def at(self, offset):
        return numpy.clip(self.moment + offset, self.first, self.last)

    def _part(self, begin, end):
        i = self.at(begin)
        j = numpy.minimum(numpy.maximum(self.at(end), i + 1), self.last)
        return numpy.minimum(i, j - 1), j

    def mean(self, begin, end):
        i, j = self._part(begin, end)
        vector = (self.xyz[j] - self.xyz[i]) // (j - i)[:, None]
        return vector, root((vector * vector).sum(1))

    def average(self, sums, begin, end):
        i, j = self._part(begin, end)
        return (sums[j] - sums[i]) // (j - i)

    def moved(self, begin, end):
        i, j = self.at(begin), self.at(end)
        n = j - i - 1
        return numpy.where(n > 0, (self.moved_[j] - self.moved_[numpy.minimum(i + 1, j)]) // numpy.maximum(n, 1), 0)

    def part(self, begin, end, fill, of=None):
        """The samples of a part, a row for each moment; `fill` where there is none."""
        places = self.moment[:, None] + numpy.arange(begin, end)
        inside = (places >= self.first[:, None]) & (places < self.last[:, None])
        found = (self.length if of is None else of)[numpy.clip(places, 0, len(self.length) - 1)]
        return numpy.where(inside, found, fill)

    def highest(self, begin, end):
        return numpy.maximum(1000, self.part(begin, end, 1000).max(1))

    def lowest(self, begin, end):
        return numpy.minimum(1000, self.part(begin, end, 1000).min(1))

    def over(self, limit, begin, end):
        return (self.part(begin, end, 0) > limit).sum(1)

    def under(self, limit, begin, end):
        return (self.part(begin, end, 99999) < limit).sum(1)

    def crossings(self, limit, begin, end):
        limit = numpy.broadcast_to(limit, self.moment.shape)[:, None]
        over = self.part(begin, end, 99999) > limit  # before the stream: as if over it
        inside = self.part(begin, end, -1) >= 0
        return (over[:, 1:] & ~over[:, :-1] & inside[:, 1:]).sum(1)


def measure(samples, moment, begin, end):
    """An array of integers, a row for each moment, in the order of hub/falls/features.py."""
    w = Windows(samples, moment, begin, end)
    hardest = w.length[moment]
    before, after = w.mean(-75, -25), w.mean(35, 90)
    found = _hit(w, hardest) + _sharpness(w, hardest)
    for first, last in PARTS:
        most = w.highest(first, last)
        found += [most, w.crossings(1250, first, last), w.crossings(hardest * 7 // 10, first, last)]
        found += [100 * most // hardest, w.lowest(first, last)]
    found += _postures(w, before, after) + _turns(w, before, after) + _stillness(w, after) + _speeds(w, before)
    found += _smooth(w) + _calm(w) + _direction(w, before, after) + _energy(w) + _bands(w, before)
    for part in RHYTHMS:
        found += _rhythm(w, *part)
    found += _ways(w, before, after) + _blow(w, before, after) + _again(w, hardest)
    return numpy.column_stack(found)


def _hit(w, hardest):
    light = w.part(-25, 1, 9999)
    near = w.part(-15, 25, 1000)
    return [
        hardest,
        light.min(1),
        25 - light.argmin(1),
        *(w.under(limit, -25, 1) for limit in (850, 700, 500)),
        w.over(1500, -12, 13),
        w.average(w.rough_, -12, 13),
        ((near > 1300) | (near < 700)).sum(1),
        _jerk(w, -15, 25, w.length),
        numpy.maximum(1000 - w.part(-25, 1, 1000), 0).sum(1) // 8,
        w.average(w.rough_, 1, 25),
        w.highest(4, 25),
        w.lowest(4, 25),
        w.over(1800, -125, 91),
        w.over(2500, -125, 91),
    ]


def _jerk(w, begin, end, of):
    """The greatest change from sample to sample; what lies outside the stream is as the sample next to it."""
    places = numpy.clip(w.moment[:, None] + numpy.arange(begin, end), w.first[:, None], w.last[:, None] - 1)
    return numpy.abs(numpy.diff(of[places], axis=1)).max(1)


def _sharpness(w, hardest):
    own = w.peak[w.moment]
    near = w.part(-12, 13, 0, w.peak)
    return [own, own * 100 // hardest, _jerk(w, -12, 13, w.peak)] + [(near > limit).sum(1) for limit in (2000, 3000)]


def _postures(w, before, after):
    soon = w.mean(12, 35)
    apart = before[0] - after[0]
    pairs = (
        (before, after),
        (before, soon),
        (soon, after),
        (w.mean(35, 60), w.mean(62, 90)),
        (w.mean(-75, -50), w.mean(-45, -20)),
        (before, w.mean(-25, -10)),
        (before, w.mean(78, 90)),
    )
    return [cosine(a, b) for a, b in pairs] + [root((apart * apart).sum(1)), before[1], after[1]]


def _turns(w, before, after):
    offsets = list(range(-20, 26, 3))
    turns = numpy.stack([cosine(w.mean(k - 8, k), w.mean(k, k + 8)) for k in offsets], 1)
    turn = turns.min(1)
    out = [turn, numpy.where(turn < 1000, numpy.array(offsets)[turns.argmin(1)], 0)]
    out.append(numpy.minimum(1000, numpy.stack([cosine(before, w.mean(k, k + 8)) for k in offsets], 1).min(1)))
    for begin, end, step in ((-28, 32, 6), (-75, -25, 5), (25, 90, 5), (-25, 25, 5), (10, 60, 5), (-20, 0, 4)):
        means = [w.mean(k, k + step) for k in range(begin, end - step + 1, step)]
        out.append(sum(1000 - cosine(a, b) for a, b in zip(means, means[1:], strict=False)))
    found = numpy.stack([cosine(before, w.mean(k, k + 10)) for k in range(10, 81, 10)], 1)
    out += [found.min(1), found.max(1), found.max(1) - found.min(1)]
    found = numpy.stack([cosine(after, w.mean(k, k + 10)) for k in range(-75, 1, 8)], 1)
    return [*out, found.min(1), found.max(1)]


def _stillness(w, after):
    parts = ((-75, -25), (-25, -3), (12, 35), (35, 60), (60, 90), (3, 13), (-8, 3))
    late = w.part(35, 91, -1)
    away = numpy.where(late < 0, 0, numpy.abs(late - after[1][:, None])).sum(1)
    return [*(w.moved(*part) for part in parts), away // numpy.maximum(1, (late >= 0).sum(1))]


def _speeds(w, before):
    out = []
    for begin, end in ((-20, 1), (-4, 13)):
        i, j = w.at(begin), w.at(end)
        speed = (w.xyz[j] - w.xyz[i] - before[0] * (j - i)[:, None]) >> 3
        out.append(root((speed * speed).sum(1)))
    speed = (w.part(-40, 40, 1000) - 1000).cumsum(1)
    low = numpy.minimum(0, speed[:, :41].min(1))
    return [*out, low >> 5, (numpy.maximum(0, speed.max(1)) - low) >> 5, speed[:, -1] >> 5]


def _smooth(w):
    out = []
    for size in (3, 5, 9, 13):
        found = numpy.stack([w.average(w.m, k, k + size) for k in range(-40, 0)], 1)
        out += [found.min(1), 40 - found.argmin(1)]
        out.append(numpy.stack([w.average(w.m, k, k + size) for k in range(-12, 12)], 1).max(1))
    return out


def _calm(w):
    late = numpy.stack([w.moved(k, k + 10) for k in range(5, 81, 5)], 1)
    out = [late.min(1), late.argmin(1), (late < 60).sum(1), (late < 150).sum(1), late[:, -4:].max(1)]
    late = numpy.sort(late, 1)
    after = (late[:, 7] + late[:, 8]) // 2
    early = numpy.sort(numpy.stack([w.moved(k, k + 10) for k in range(-75, -14, 5)], 1), 1)
    out += [after, (early < 60).sum(1), early[:, 0], early[:, -1], early[:, 6]]
    return [*out, numpy.minimum(100 * after // (early[:, 6] + 20), RATIO_MOST)]


def _direction(w, before, after):
    out = []
    for part in ((-75, -25), (30, 90), (-20, 20), (60, 90)):
        out.append(w.mean(*part)[1] * 1000 // numpy.maximum(1, w.average(w.m, *part)))
    hit, fall = w.mean(-2, 3), w.mean(-15, -3)
    pairs = ((before, hit), (after, hit), (before, fall), (after, fall), (fall, hit))
    return [*out, *(cosine(a, b) for a, b in pairs), fall[1]]


def _energy(w):
    found = numpy.stack([w.average(w.rough_, k, k + 12) for k in range(-75, 80, 12)], 1)
    own = 100 * w.average(w.rough_, -10, 15)
    out = [found.max(1), (10 * found > 6 * found[:, 6:7]).sum(1)]
    parts = ((-75, -25), (25, 90))
    return out + [numpy.minimum(own // (w.average(w.rough_, *part) + 30), RATIO_MOST) for part in parts]


def _bands(w, before):
    out = []
    for k in range(-72, 88, 8):
        out += [w.average(w.m, k, k + 8), w.highest(k, k + 8), w.moved(k, k + 8), cosine(before, w.mean(k, k + 8))]
    for k in (-125, -100):
        out += [w.average(w.rough_, k, k + 25), w.moved(k, k + 25), cosine(before, w.mean(k, k + 25))]
    return out


def _rhythm(w, begin, end, longest):
    part = w.part(begin, end, -1)
    found = numpy.where(part < 0, 0, (part - w.average(w.m, begin, end)[:, None]) >> 3)
    whole = (found * found).sum(1)
    lags = numpy.arange(BEAT_LEAST, longest, 2)
    totals = numpy.stack([(found[:, lag:] * found[:, :-lag]).sum(1) for lag in lags], 1)
    return [totals.max(1) // (whole // 1000 + 1), lags[totals.argmax(1)]]


def _ways(w, before, after):
    pulls = [pull[0] * 100 // numpy.maximum(1, pull[1])[:, None] for pull in (before, after)]
    out = []
    for begin, end in SPREADS:
        i, j = w.at(begin), w.at(end)
        n = numpy.maximum(1, j - i)
        mean = (w.xyz[j] - w.xyz[i]) // n[:, None]
        places = w.moment[:, None] + numpy.arange(begin, end)
        inside = (places >= w.first[:, None]) & (places < w.last[:, None])
        away = (w.samples[numpy.clip(places, 0, len(w.samples) - 1), :3] - mean[:, None]) >> 4
        away = numpy.where(inside[:, :, None], away, 0).astype(float)  # exact: sums stay below 2^53
        spread = numpy.matmul(away.transpose(0, 2, 1), away).astype(numpy.int64)
        whole = spread.trace(axis1=1, axis2=2)
        spread //= (whole // 1000 + 1)[:, None, None]
        out += [(spread * spread).sum((1, 2)) // 1000, root(whole // n)]
        out += [(spread * pull[:, :, None] * pull[:, None, :]).sum((1, 2)) // 10000 for pull in pulls]
    return out


def _blow(w, before, after):
    pushed = w.mean(-1, 2)[0] - before[0]
    pushed = pushed, root((pushed * pushed).sum(1))
    return [pushed[1], cosine(before, pushed), cosine(after, pushed)]


def _again(w, hardest):
    out = []
    for begin, end in ((-75, -8), (9, 91)):
        part = w.part(begin, end, -1)
        most = numpy.maximum(1000, part.max(1))
        out += [100 * most // hardest, numpy.where(most > 1000, begin + part.argmax(1), 0)]
    late = w.part(1, 91, 1000)
    for limit in UNEASY_MG:
        uneasy = numpy.abs(late - 1000) > limit
        out += [numpy.where(uneasy.any(1), late.shape[1] - uneasy[:, ::-1].argmax(1), 0), uneasy.sum(1)]
    longest = run = numpy.zeros(len(w.moment), numpy.int64)
    for light in (w.part(-40, 6, 1000) < LIGHT_MG).T:
        run = numpy.where(light, run + 1, 0)
        longest = numpy.maximum(longest, run)
    return [*out, longest]
