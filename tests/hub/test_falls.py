"""The detector's parts: time stays true, moments are found once, forests add up, walking is seen."""

from claims import Random
from hub.falls.detector import REST, STEPS, Falls
from hub.falls.features import COUNT, Moments
from hub.falls.forest import Forest
from hub.falls.stream import AFTER, GAP_MAX, QUIET, SIZE, Stream


def packed(samples):
    """Bytes of [(x, y, z), …]."""
    out = bytearray()
    for sample in samples:
        for value in sample:
            out += bytes([value & 255, value >> 8 & 255])
    return bytes(out)


def int16(value):
    return bytes([value & 255, value >> 8 & 255])


def table(trees, verdict, look_after=50, hopeless=-4000):
    """A forest. Shape: each tree a list of (feature or 255, number, distance)."""
    out = int16(len(trees)) + int16(verdict // 2) + int16(look_after) + int16(hopeless)
    for nodes in trees:
        out += int16(len(nodes)) + b"\x00\x00"
        for feature, number, right in nodes:
            out += bytes([feature]) + int16(number) + bytes([right])
    return out


def leaf(score):
    return (255, score, 0)


HARD = table([[(0, 3000, 2), leaf(-500), leaf(900)]], 800)  # a fall is whatever is harder than 3 g
STILL = (0, 0, 1000)
POSTURE = 46  # the number that says how far the posture after is from the one before


def fed(falls, samples, batch=25):
    data = packed(samples)
    return [falls.feed(data, k, min(batch, len(samples) - k)) for k in range(0, len(samples), batch)]


def test_a_hit_is_a_fall_once_when_what_comes_after_it_is_there():
    falls = Falls(HARD, 25)
    told = fed(falls, [STILL] * 100 + [(0, 0, 5000)] + [STILL] * (AFTER + 10), 1)
    assert told.count(True) == 1 and told.index(True) == 100 + AFTER
    assert falls.moment == 100 and falls.score == 900


def test_fifty_hertz_and_twentyfive_say_the_same_at_the_same_time():
    samples = [STILL] * 100 + [(0, 0, 5000), (100, 0, 4000), (0, 200, 900)] + [STILL] * 120
    slow, fast = Falls(HARD, 25), Falls(HARD, 50)
    fed(slow, samples)
    fed(fast, [sample for sample in samples for _ in range(2)])
    assert (slow.moment, slow.score) == (fast.moment, fast.score) == (100, 900)


def test_a_softer_hit_within_a_second_is_the_same_moment_and_a_later_one_another():
    stream = Stream(25)
    samples = [STILL] * 50 + [(0, 0, 2000)] + [STILL] * 10 + [(0, 0, 3000)] + [STILL] * 10 + [(0, 0, 2500)]
    samples += [STILL] * (QUIET + 5) + [(0, 0, 2000)] + [STILL] * 150
    stream.feed(packed(samples), 0, len(samples))
    found = []
    moment = stream.due()
    while moment is not None:
        found.append(moment)
        moment = stream.due()
    assert found == [61, 61 + 11 + QUIET + 6]


def test_the_length_of_a_sample_is_right_from_free_fall_to_the_edge_of_the_sensor():
    stream = Stream(25)
    for x, y, z, length in ((8000, 8000, 8000, 13856), (-32768, 0, 0, 8000), (300, 400, 0, 500), (0, 0, 1000, 1000)):
        stream.feed(packed([(x, y, z)]), 0, 1)
        assert abs(stream.hardness(stream.count - 1) - length) <= 1, (x, y, z)
    stream.feed(packed([(0, 0, 0)]), 0, 1)
    assert 0 < stream.hardness(stream.count - 1) < 100


def test_lost_samples_keep_time_true_and_a_long_silence_begins_anew():
    stream = Stream(50)
    stream.feed(packed([STILL] * 100), 0, 100)
    assert not stream.lost(10) and stream.count == 55
    assert not stream.lost(2 * GAP_MAX) and stream.count == 55 + GAP_MAX
    assert stream.lost(2 * GAP_MAX + 2) and stream.due() is None
    assert not Stream(25).lost(3)  # before the first: nothing to go on with


def test_single_lost_samples_of_a_fast_stream_keep_time_true_too():
    stream = Stream(50)
    for k in range(1000):
        if k % 7 == 3 or k % 10 == 0:
            stream.lost(1)
        else:
            stream.feed(packed([(0, 0, 2000 if k >= 500 else 1000)]), 0, 1)
    assert stream.count in (499, 500)  # the very first was lost before anything was there
    assert stream.hardness(246) == 1000 and stream.hardness(252) == 2000


def test_one_lost_sample_in_ten_does_not_hide_a_fall():
    chance = Random(5)
    falls = Falls(HARD, 50)
    told = False
    for k in range(500):
        sample = (0, 0, 5000) if 200 <= k < 206 else STILL
        if chance.below(10):
            told = falls.feed(packed([sample]), 0, 1) or told
        else:
            told = falls.lost(1) or told
    assert told


def test_after_a_fall_nothing_is_told_for_half_a_minute():
    falls = Falls(HARD, 25)
    one = [(0, 0, 5000)] + [STILL] * 99
    assert fed(falls, one * 7).count(True) == 1
    assert fed(falls, one * 3).count(True) == 1  # at the first hit more than REST behind the first
    assert falls.moment >= REST


def test_a_long_silence_after_a_fall_ends_its_rest():
    falls = Falls(HARD, 25)
    one = [STILL] * 30 + [(0, 0, 5000)] + [STILL] * 100
    assert fed(falls, one).count(True) == 1
    assert not falls.lost(1000)
    assert fed(falls, one).count(True) == 1


def test_a_stream_that_breaks_off_after_a_hit_is_judged_by_what_there_is():
    for end in (lambda falls: falls.end(), lambda falls: falls.lost(1000)):
        falls = Falls(HARD, 25)
        assert not any(fed(falls, [STILL] * 100 + [(0, 0, 5000)] + [STILL] * 12))
        assert end(falls)
        assert not end(falls)  # once
        assert fed(falls, [STILL] * 20 + [(0, 0, 5000)] + [STILL] * (AFTER + 10)).count(True) == 1  # a new stream
        falls = Falls(HARD, 25)
        fed(falls, [STILL] * 100 + [(0, 0, 2900)] + [STILL] * 12)
        assert not end(falls)
        fed(falls, [STILL] * 100)
        assert not end(falls)


def test_a_range_set_wrong_by_two_or_four_is_seen_at_rest_and_put_right():
    for part in (1, 2, 4):
        falls = Falls(HARD, 25)
        rest = [(0, 0, 1000 // part)] * 60
        told = fed(falls, rest + [(0, 0, 4000 // part)] + rest * 2)
        assert told.count(True) == 1, part
        fed(falls, [STILL] * 100)  # put right at the wearable: no fall, and back to what it says
        fed(falls, [STILL] * 800)
        assert falls.moment < 100, "the leap is no hit"
        assert abs(falls._stream.hardness(falls._stream.count - 1) - 1000) < 3
        assert fed(falls, [(0, 0, 2000)] + [STILL] * 120).count(True) == 0
    stream = Stream(25)
    stream.feed(packed([(0, 0, 0)] * 100), 0, 100)
    assert stream.hardness(99) < 100  # a sensor that says nothing stays so


def test_every_feature_is_a_small_number_whatever_comes():
    chance = Random(3)
    for _ in range(20):
        stream = Stream(25)
        moments = Moments()
        samples = [tuple([chance.below(20000) - 10000 for _ in range(3)]) for _ in range(SIZE + 60)]
        stream.feed(packed(samples), 0, len(samples))
        moment = stream.due()
        while moment is not None:
            values = moments.measure(stream, moment)
            assert len(values) == COUNT
            for k in range(COUNT):
                assert -32768 <= values[k] <= 65535, k
            moment = stream.due()


def test_a_moment_at_the_very_beginning_and_out_of_nothing_is_measured_too():
    stream = Stream(25)
    moments = Moments()
    stream.feed(packed([(0, 0, 3000)] + [(0, 0, 0)] * 100), 0, 101)
    values = moments.measure(stream, stream.due())
    assert values[0] == 3000 and values[POSTURE] == 1000


def test_turning_the_sensor_changes_no_feature_by_much():
    def measured(turn):
        stream = Stream(25)
        moments = Moments()
        samples = [turn((30, 40, 1000 + 3 * (k % 7))) for k in range(100)]
        samples += [turn((900, -2500, 3100)), turn((500, 800, 1200))] + [turn((950, 100, 80))] * 120
        stream.feed(packed(samples), 0, len(samples))
        return list(moments.measure(stream, stream.due()))

    plain = measured(lambda s: s)
    for turn in (lambda s: (s[1], s[2], s[0]), lambda s: (-s[2], s[1], s[0]), lambda s: (s[0], -s[1], -s[2])):
        for a, b in zip(plain, measured(turn)):
            assert abs(a - b) <= 12 + abs(a) // 40, (a, b)


def test_a_forest_goes_left_at_the_threshold_and_adds_its_trees_up():
    two = [[(1, 5, 4), (0, -3, 2), leaf(1), leaf(2), leaf(-40)], [leaf(-7)]]
    forest = Forest(table(two, 100))
    assert forest.verdict == 100
    assert forest.score([-3, 5]) == -6 and forest.score([-2, 5]) == -5 and forest.score([0, 6]) == -47
    assert Forest(table([[leaf(-32768)], [leaf(32767)]], -10)).score([0]) == -1


def test_a_hopeless_sum_ends_the_forest_early():
    trees = [[leaf(-100)], [leaf(-100)], [leaf(5000)]]
    assert Forest(table(trees, 0, 2, -90)).score([0]) == -200  # the head counts in twos
    assert Forest(table(trees, 0, 2, -101)).score([0]) == 4800


def test_a_net_adds_its_opinion_where_the_forest_does_not_rule_a_fall_out():
    # Two features, two hidden units: 2 * first - second, and the second; the second unit counts against.
    net = bytes((2, 2, 2, 0)) + int16(100) + int16(32) + int16(-50) + int16(64)
    net += int16(512) + int16(0) + int16(4) + int16(0) + int16(-512) + int16(-1) + int16(-8) + int16(0)
    net += bytes((128 + 2, 128 - 1, 128, 128 + 100))
    for first, second, expected in (
        (100, -50, (512 >> 8) * 4),  # both in the middle: the first unit's bias alone
        (100 + 96, -50, ((2 * 96 + 512) >> 8) * 4),
        (30000, -50, ((2 * 96 + 512) >> 8) * 4),  # no step is larger than three widths
        (-30000, -50, ((-2 * 96 + 512) >> 8) * 4),
        (100, -50 + 64, ((-32 + 512) >> 8) * 4 - ((3200 - 512) >> 8) * 8),
    ):
        values = [first, second]
        assert Forest(table([[leaf(0)]], 0) + net).score(values) == expected >> 2, values
        assert Forest(table([[leaf(70)], [leaf(7)]], 0) + net).score(values) == 77 + (expected >> 2)
    assert Forest(table([[leaf(-5000)]], 0, 50, -2000) + net).score([100, -50]) == -5000  # ruled out
    assert Forest(table([[leaf(70)]], 0)).score([100, -50]) == 70  # a forest alone


def test_who_walks_is_seen_and_who_lies_or_is_shaken_is_not():
    step = [STILL] * 11 + [(0, 0, 850), (0, 0, 1400)]
    falls = Falls(HARD, 25)
    fed(falls, step * (STEPS - 1))
    assert not falls.is_walking()
    fed(falls, step * 2)
    assert falls.is_walking()
    fed(falls, [STILL] * 60)
    assert not falls.is_walking()
    fed(falls, [(0, 0, 600), (0, 0, 1400)] * 100)  # ten times a second is no walk
    assert not falls.is_walking()
    fed(falls, ([STILL] * 60 + [(0, 0, 850), (0, 0, 1400)]) * STEPS)  # every other second neither
    assert not falls.is_walking()
    fed(falls, step * 10)
    assert falls.is_walking()
    fed(falls, [(0, 0, 5000)] + [STILL] * 120)
    assert not falls.is_walking()  # whoever has fallen since
