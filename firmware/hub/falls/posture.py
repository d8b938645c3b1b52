"""Numbers of a moment that say how one lies, turns and keeps still. Each part puts its own, in a fixed order.

Shape: `put(number)`; `w` the loaded Window; `before`, `after` mean vectors. Offsets are in samples of 25 Hz.
"""

from .window import RATIO_MOST, cosine, root


def postures(put, w, before, after):
    """From which posture into which."""
    soon = w.mean(12, 35)
    put(cosine(before, after))
    put(cosine(before, soon))
    put(cosine(soon, after))
    put(cosine(w.mean(35, 60), w.mean(62, 90)))
    put(cosine(w.mean(-75, -50), w.mean(-45, -20)))
    put(cosine(before, w.mean(-25, -10)))
    put(cosine(before, w.mean(78, 90)))
    x, y, z = before[0] - after[0], before[1] - after[1], before[2] - after[2]
    put(root(x * x + y * y + z * z))
    put(before[3])
    put(after[3])


def turns(put, w, before, after):
    """The fastest turn, the farthest from how it was, and all turns on the way."""
    turn = far = 1000
    turn_at = 0
    for offset in range(-20, 26, 3):
        two = w.mean(offset, offset + 8)
        found = cosine(w.mean(offset - 8, offset), two)
        if found < turn:
            turn, turn_at = found, offset
        found = cosine(before, two)
        if found < far:
            far = found
    put(turn)
    put(turn_at)
    put(far)
    for begin, end, step in ((-28, 32, 6), (-75, -25, 5), (25, 90, 5), (-25, 25, 5), (10, 60, 5), (-20, 0, 4)):
        path = 0
        one = w.mean(begin, begin + step)
        for offset in range(begin + step, end - step + 1, step):
            two = w.mean(offset, offset + step)
            path += 1000 - cosine(one, two)
            one = two
        put(path)
    least, most = 1000, -1000
    for offset in range(10, 81, 10):
        found = cosine(before, w.mean(offset, offset + 10))
        least = found if found < least else least
        most = found if found > most else most
    put(least)
    put(most)
    put(most - least)
    least, most = 1000, -1000
    for offset in range(-75, 1, 8):
        found = cosine(after, w.mean(offset, offset + 10))
        least = found if found < least else least
        most = found if found > most else most
    put(least)
    put(most)


def stillness(put, w, after):
    for begin, end in ((-75, -25), (-25, -3), (12, 35), (35, 60), (60, 90), (3, 13), (-8, 3)):
        put(w.moved(begin, end))
    begin, end = w.at(35), w.at(91)
    spread = 0
    for k in range(begin, end):
        spread += abs(w.length[k] - after[3])
    put(spread // max(1, end - begin))


def calm(put, w):
    """How calm it was, and when, in stretches of ten samples."""
    found = [w.moved(offset, offset + 10) for offset in range(5, 81, 5)]
    least = min(found)
    put(least)
    put(found.index(least))
    put(sum([one < 60 for one in found]))
    put(sum([one < 150 for one in found]))
    put(max(found[-4:]))
    found.sort()
    after = (found[7] + found[8]) // 2
    put(after)
    found = [w.moved(offset, offset + 10) for offset in range(-75, -14, 5)]
    found.sort()
    put(sum([one < 60 for one in found]))
    put(found[0])
    put(found[-1])
    put(found[6])
    put(min(100 * after // (found[6] + 20), RATIO_MOST))


def direction(put, w, before, after):
    """Whence the hit came; how steady the pull of the earth was."""
    for begin, end in ((-75, -25), (30, 90), (-20, 20), (60, 90)):
        put(w.mean(begin, end)[3] * 1000 // max(1, w.average(w.m, begin, end)))
    hit, fall = w.mean(-2, 3), w.mean(-15, -3)
    put(cosine(before, hit))
    put(cosine(after, hit))
    put(cosine(before, fall))
    put(cosine(after, fall))
    put(cosine(fall, hit))
    put(fall[3])
