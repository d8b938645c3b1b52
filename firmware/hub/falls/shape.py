"""Numbers of a moment that say how hard it was, how long, how it stands out, how it repeats itself.

Shape: `put(number)`; `w` the loaded Window; `hardest` in mg; `before` a mean vector. Offsets are in samples of 25 Hz.
"""

from .window import RATIO_MOST, cosine, root

BEAT_LEAST = 6


def hit(put, w, hardest):
    """How hard, how light before it, how long."""
    lengths = w.length
    put(hardest)
    least, least_at = 9999, 0
    for k in range(w.at(-25), w.at(1)):
        if lengths[k] < least:
            least, least_at = lengths[k], k
    put(least)
    put(w.here - least_at)
    for limit in (850, 700, 500):
        put(w.under(limit, -25, 1))
    put(w.over(1500, -12, 13))
    put(w.average(w.rough_, -12, 13))
    long = jerk = 0
    was = lengths[w.at(-15)]
    for k in range(w.at(-15), w.at(25)):
        one = lengths[k]
        long += one > 1300 or one < 700
        change = one - was
        if change > jerk or -change > jerk:
            jerk = change if change > 0 else -change
        was = one
    put(long)
    put(jerk)
    lack = 0
    for k in range(w.at(-25), w.at(1)):
        if lengths[k] < 1000:
            lack += 1000 - lengths[k]
    put(lack // 8)
    put(w.average(w.rough_, 1, 25))
    put(w.highest(4, 25))
    put(w.lowest(4, 25))
    put(w.over(1800, -125, 91))
    put(w.over(2500, -125, 91))


def sharpness(put, w, hardest):
    """As the sensor itself saw it, before its samples were taken in pairs."""
    peaks = w.peak
    put(peaks[w.here])
    put(peaks[w.here] * 100 // hardest)
    sharp = hard = harder = 0
    was = peaks[w.at(-12)]
    for k in range(w.at(-12), w.at(13)):
        one = peaks[k]
        hard += one > 2000
        harder += one > 3000
        change = one - was
        if change > sharp or -change > sharp:
            sharp = change if change > 0 else -change
        was = one
    put(sharp)
    put(hard)
    put(harder)


def beside(put, w, hardest, begin, end):
    """How hard else, beside the moment itself; how often."""
    most = w.highest(begin, end)
    put(most)
    put(w.crossings(1250, begin, end))
    put(w.crossings(hardest * 7 // 10, begin, end))
    put(100 * most // hardest)
    put(w.lowest(begin, end))


def speeds(put, w, before):
    """How much the speed changed, as a vector beside standing still as before, and by its length alone."""
    for begin, end in ((-20, 1), (-4, 13)):
        i, j = w.at(begin), w.at(end)
        x = (w.x[j] - w.x[i] - before[0] * (j - i)) >> 3
        y = (w.y[j] - w.y[i] - before[1] * (j - i)) >> 3
        z = (w.z[j] - w.z[i] - before[2] * (j - i)) >> 3
        put(root(x * x + y * y + z * z))
    i = w.at(-40)
    low = high = fell = speed = 0
    for k in range(i, w.at(40)):
        speed = w.m[k + 1] - w.m[i] - 1000 * (k + 1 - i)
        high = speed if speed > high else high
        if k <= w.here:
            low = speed if speed < low else low
    fell = high - low
    put(low >> 5)
    put(fell >> 5)
    put(speed >> 5)


def smooth(put, w):
    """The lightest stretch before and the hardest around, for stretches of several lengths."""
    for size in (3, 5, 9, 13):
        least, least_at = 99999, 0
        for offset in range(-40, 0):
            found = w.average(w.m, offset, offset + size)
            if found < least:
                least, least_at = found, -offset
        put(least)
        put(least_at)
        most = 0
        for offset in range(-12, 12):
            found = w.average(w.m, offset, offset + size)
            most = found if found > most else most
        put(most)


def energy(put, w):
    """How the moment stands out from what is around it."""
    found = [w.average(w.rough_, offset, offset + 12) for offset in range(-75, 80, 12)]
    put(max(found))
    put(sum([10 * one > 6 * found[6] for one in found]))
    own = 100 * w.average(w.rough_, -10, 15)
    put(min(own // (w.average(w.rough_, -75, -25) + 30), RATIO_MOST))
    put(min(own // (w.average(w.rough_, 25, 90) + 30), RATIO_MOST))


def bands(put, w, before):
    """The same few numbers for each third of a second, and for the seconds long before."""
    for offset in range(-72, 88, 8):
        put(w.average(w.m, offset, offset + 8))
        put(w.highest(offset, offset + 8))
        put(w.moved(offset, offset + 8))
        put(cosine(before, w.mean(offset, offset + 8)))
    for offset in (-125, -100):
        put(w.average(w.rough_, offset, offset + 25))
        put(w.moved(offset, offset + 25))
        put(cosine(before, w.mean(offset, offset + 25)))


def rhythm(put, w, begin, end, longest):
    """How much a part repeats itself, in 1/1000, and after how many samples: steps, clapping, a swinging arm."""
    mean = w.average(w.m, begin, end)
    found = [(w.length[k] - mean) >> 3 for k in range(w.at(begin), w.at(end))]
    size = len(found)
    whole = 0
    for one in found:
        whole += one * one
    most, beat = -(1 << 29), 0
    for lag in range(BEAT_LEAST, longest, 2):
        total = 0
        for k in range(lag, size):
            total += found[k] * found[k - lag]
        if total > most:
            most, beat = total, lag
    put(most // (whole // 1000 + 1))
    put(beat)
