"""Numbers of a moment that say which ways it moved: along one line or every way, with the pull of the earth or across
it, and when it struck again and came to rest. Each part puts its own, in a fixed order.

Shape: `put(number)`; `w` the loaded Window; `before`, `after` mean vectors. Offsets are in samples of 25 Hz.
"""

from .window import REST_MG, cosine, root

SPREADS = ((-75, -15), (-12, 13), (13, 40), (40, 91))
UNEASY_MG = (150, 400)
LIGHT_MG = 900


def ways(put, w, before, after):
    """How much of the movement lies along one line (333: every way alike, 1000: one line), how much along the earth's
    pull before and after, in 1/1000; how large it is, in 16 mg."""
    pulls = [[100 * one // max(1, pull[3]) for one in pull[:3]] for pull in (before, after)]
    for begin, end in SPREADS:
        i, j = w.at(begin), w.at(end)
        n = max(1, j - i)
        mx, my, mz = (w.x[j] - w.x[i]) // n, (w.y[j] - w.y[i]) // n, (w.z[j] - w.z[i]) // n
        xx = yy = zz = xy = xz = yz = 0
        for k in range(i, j):
            x = (w.x[k + 1] - w.x[k] - mx) >> 4
            y = (w.y[k + 1] - w.y[k] - my) >> 4
            z = (w.z[k + 1] - w.z[k] - mz) >> 4
            xx += x * x
            yy += y * y
            zz += z * z
            xy += x * y
            xz += x * z
            yz += y * z
        whole = xx + yy + zz
        share = whole // 1000 + 1
        xx, yy, zz, xy, xz, yz = xx // share, yy // share, zz // share, xy // share, xz // share, yz // share
        put((xx * xx + yy * yy + zz * zz + 2 * (xy * xy + xz * xz + yz * yz)) // 1000)
        put(root(whole // n))
        for x, y, z in pulls:
            put((xx * x * x + yy * y * y + zz * z * z + 2 * (xy * x * y + xz * x * z + yz * y * z)) // 10000)


def blow(put, w, before, after):
    """Whence the hit came, beside the earth's pull before it."""
    hit = w.mean(-1, 2)
    x, y, z = hit[0] - before[0], hit[1] - before[1], hit[2] - before[2]
    pushed = (x, y, z, root(x * x + y * y + z * z))
    put(pushed[3])
    put(cosine(before, pushed))
    put(cosine(after, pushed))


def again(put, w, hardest):
    """The hardest beside the moment, before and after it: how hard and when; how long it was uneasy; how long light."""
    lengths = w.length
    for begin, end in ((-75, -8), (9, 91)):
        most, most_at = REST_MG, 0
        for k in range(w.at(begin), w.at(end)):
            if lengths[k] > most:
                most, most_at = lengths[k], k - w.here
        put(100 * most // hardest)
        put(most_at)
    for limit in UNEASY_MG:
        last = count = 0
        for k in range(w.here + 1, w.at(91)):
            if not -limit <= lengths[k] - REST_MG <= limit:
                last = k - w.here
                count += 1
        put(last)
        put(count)
    longest = run = 0
    for k in range(w.at(-40), w.at(6)):
        run = run + 1 if lengths[k] < LIGHT_MG else 0
        longest = run if run > longest else longest
    put(longest)
