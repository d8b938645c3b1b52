"""InfiniTime's values become a steady stream, however they arrive."""

from protocol.infinitime import GAP_MS, SAMPLES_MOST, STEP_MS, Line


def said(x, y, z):
    out = bytearray()
    for value in (x, y, z):
        out += bytes((value & 255, value >> 8 & 255))
    return bytes(out)


def samples(line, count):
    found = []
    for k in range(3 * count):
        value = line.data[2 * k] | line.data[2 * k + 1] << 8
        found.append(value - 65536 if value > 32767 else value)
    return [tuple(found[3 * k : 3 * k + 3]) for k in range(count)]


def test_ten_values_a_second_are_twentyfive_samples_in_mg_on_straight_lines():
    line = Line()
    assert line.take(said(0, 0, 1024), 1000) == (None, 0)  # the first: nothing is known of what was before
    lost, count = line.take(said(1024, -1024, 2048), 1100)
    assert (lost, count) == (0, 2)
    assert samples(line, 2) == [(400, -400, 1400), (800, -800, 1800)]
    total = count
    for k in range(2, 101):
        lost, count = line.take(said(1024, -1024, 2048), 1000 + 100 * k)
        assert lost == 0 and all(one == (1000, -1000, 2000) for one in samples(line, count)[1:])
        total += count
    assert total == 10000 // STEP_MS


def test_values_that_come_in_a_heap_or_never_keep_time_true():
    line = Line()
    line.take(said(0, 0, 1024), 0)
    assert line.take(said(0, 0, 1024), 0) == (0, 0) and line.take(said(0, 0, 1024), 10) == (0, 0)
    assert line.take(said(0, 0, 1024), GAP_MS - 1 + 10)[1] <= SAMPLES_MOST
    assert line.take(said(0, 0, 1024), 3 * GAP_MS) == (None, 0)
    assert line.take(said(0, 0, 1024), 3 * GAP_MS + STEP_MS) == (0, 1)
    assert line.take(said(0, 0, 1024), 0) == (None, 0)  # a clock that ran back


def test_what_are_no_values_is_counted_and_changes_nothing():
    line = Line()
    line.take(said(0, 0, 1024), 0)
    for data in (b"", b"12345", b"1234567"):
        assert line.take(data, 500) == (0, 0)
    assert line.bad == 3
    assert line.take(said(0, 0, 1024), 80) == (0, 2)
