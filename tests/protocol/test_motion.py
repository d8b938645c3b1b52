"""Batches of motion: in order, each sample once, whatever is lost, late or doubled."""

from claims import Random
from protocol import motion

SIX = bytes(range(6))


def batch(number, count, rate=50):
    return motion.write(rate, number, SIX * count)


def test_batches_in_order_lose_nothing_over_the_turn_of_the_numbers_too():
    batches = motion.Batches()
    number = 65500
    for _ in range(10):
        assert batches.read(batch(number, 25)) == (50, 0, 0, 25)
        number = number + 25 & 0xFFFF


def test_a_lost_batch_is_as_many_samples_as_it_held():
    batches = motion.Batches()
    batches.read(batch(0, 25))
    assert batches.read(batch(75, 20, 25)) == (25, 50, 0, 20)
    assert batches.read(batch(95 + motion.LOST_MAX, 20)) == (50, motion.LOST_MAX, 0, 20)


def test_a_late_or_doubled_batch_brings_nothing_or_only_its_end():
    batches = motion.Batches()
    batches.read(batch(100, 25))
    assert batches.read(batch(100, 25)) is None and batches.read(batch(75, 25)) is None
    assert batches.late == 2
    assert batches.read(batch(110, 25)) == (50, 0, 15, 10)
    assert batches.read(batch(135, 25)) == (50, 0, 0, 25)


def test_a_wearable_that_began_anew_is_said_to():
    batches = motion.Batches()
    batches.read(batch(40000, 25))
    assert batches.read(batch(0, 25)) == (50, None, 0, 25)
    assert batches.read(batch(25, 25)) == (50, 0, 0, 25)


def test_what_is_no_batch_is_counted_and_changes_nothing():
    batches = motion.Batches()
    batches.read(batch(0, 5))
    for bad in (
        b"",
        b"\x01",
        batch(5, 0),
        batch(5, 2)[:-1],
        b"\x02" + batch(5, 1)[1:],
        batch(5, 1, 49),
        batch(5, 1, 0),
    ):
        assert batches.read(bad) is None, bad
    assert batches.bad == 7
    assert batches.read(batch(5, 5)) == (50, 0, 0, 5)


def test_random_bytes_never_break_it():
    chance = Random(11)
    batches = motion.Batches()
    for _ in range(2000):
        found = batches.read(chance.data(chance.below(40)))
        assert found is None or (found[2] >= 0 and found[3] >= 1)
