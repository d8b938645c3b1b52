"""Claims about the journal alone: segments, damage, wear. Power cuts are in tests/hub/test_restart.py."""

from claims import Random, raises
from desk import Flash, PowerCut
from device.flash.journal import BLOCK, DATA_MAX, SEGMENT_BLOCKS, Journal


def _journal(flash, snapshot=()):
    journal = Journal(flash, lambda: list(snapshot))
    return journal, list(journal.open())


def test_records_come_back_in_order():
    flash = Flash()
    journal, found = _journal(flash)
    assert found == []
    wanted = [(n % 7 + 1, b"%d" % n * (n % 40)) for n in range(120)]
    for kind, data in wanted:
        journal.append(kind, data)
    assert _journal(flash)[1] == wanted


def test_a_record_of_any_length_fits_and_a_longer_one_is_refused():
    flash = Flash()
    journal, _ = _journal(flash)
    for length in (0, 1, 3, 4, 5, 19, 20, 21, DATA_MAX):
        journal.append(2, b"x" * length)
    raises(ValueError, journal.append, 2, b"x" * (DATA_MAX + 1))
    assert [len(data) for _, data in _journal(flash)[1]] == [0, 1, 3, 4, 5, 19, 20, 21, DATA_MAX]


def test_a_record_and_its_copy_never_lie_in_one_block():
    flash = Flash(32)
    journal, _ = _journal(flash, [(1, b"snapshot")])
    random = Random(5)
    for n in range(400):
        data = b"%04d" % n + bytes(random.below(120))
        journal.append(2, data, n % 3 == 0)
        if n % 3 == 0:
            assert (journal._at - 1) // BLOCK < journal._top // BLOCK, (n, journal._at, journal._top)
    wanted = [b"%04d" % n for n in range(400)]
    found = [data[:4] for kind, data in _journal(flash)[1] if kind == 2]
    assert found == wanted[-len(found) :] and len(found) > 100


def test_a_record_of_any_length_is_written_twice_and_given_once():
    flash = Flash()
    journal, _ = _journal(flash)
    wanted = [(2, b"x" * length) for length in (0, 1, 4, 5, 20, 21, DATA_MAX, DATA_MAX, DATA_MAX)]
    for kind, data in wanted:
        journal.append(kind, data, True)
    assert _journal(flash)[1] == wanted
    raises(ValueError, journal.append, 2, b"x" * (DATA_MAX + 1), True)


def test_a_copy_that_is_torn_costs_nothing_and_a_record_that_is_torn_was_never_there():
    for cut_after, wanted in ((0, [b"first"]), (1, [b"first", b"torn record"])):
        flash = Flash(16)
        journal, _ = _journal(flash)
        journal.append(2, b"first", True)
        flash.cut_after, flash.is_torn, flash.operations = cut_after, True, 0
        raises(PowerCut, journal.append, 2, b"torn record", True)
        flash.cut_after = None
        again, found = _journal(flash, [(2, data) for data in wanted])
        assert [data for _, data in found] == wanted and again.damaged == 1
        again.append(2, b"second", True)
        assert [data for _, data in _journal(flash)[1]][-1] == b"second"


def test_a_copy_that_the_flash_does_not_hold_is_made_in_another_segment():
    flash = Flash(16)
    journal, _ = _journal(flash, [(2, b"kept")])
    journal.append(2, b"first", True)
    write = flash.writeblocks
    segment = journal._segment

    def stuck(block, buffer, offset=None):
        write(block, buffer, offset)
        if block == segment * SEGMENT_BLOCKS + SEGMENT_BLOCKS - 1:
            flash.data[block * BLOCK + offset + 14] = 0

    flash.writeblocks = stuck
    journal.append(2, b"second", True)
    assert journal._segment != segment and journal._top < SEGMENT_BLOCKS * BLOCK
    assert _journal(flash)[1][-1] == (2, b"second")


def test_a_snapshot_that_ends_with_its_segment_leaves_room_for_what_is_next():
    """It once wrote over the segment's end, into a place that the next segment uses again."""
    for size in (800, 804, 900, 1000, 1008, 1020, DATA_MAX):
        flash = Flash(32)
        journal, _ = _journal(flash, [(1, bytes(size))] * 15)
        for n in range(40):
            journal.append(2, b"%02d" % n, n % 2 == 0)
        assert flash.overwritten == 0, size
        assert [data for kind, data in _journal(flash)[1] if kind == 2] == [b"%02d" % n for n in range(40)], size


def test_a_small_partition_is_refused_with_its_size():
    fault = raises(ValueError, Journal, Flash(4), None)
    assert "4 blocks" in str(fault)


def test_a_damaged_byte_costs_at_most_its_own_record():
    random = Random(13)
    for _ in range(150):
        flash = Flash(16)
        journal, _ = _journal(flash, [(1, b"snapshot")])
        wanted = [(2, b"record %d" % n) for n in range(40)]
        for record in wanted:
            journal.append(*record)
        at = random.below(40 * 32)
        flash.data[at] ^= 1 << random.below(8)
        found = _journal(flash)[1]
        missing = [record for record in wanted if record not in found]
        assert len(missing) <= 1, (at, missing)
        for record in found:
            assert record in wanted or record == (1, b"snapshot")


def test_nothing_is_programmed_twice_behind_a_torn_record():
    flash = Flash(16)
    journal, _ = _journal(flash)
    journal.append(2, b"first")
    flash.cut_after, flash.is_torn, flash.operations = 0, True, 0
    raises(PowerCut, journal.append, 2, b"torn record")
    flash.cut_after = None
    journal, found = _journal(flash, [(2, b"first")])
    journal.append(2, b"second")
    assert [data for _, data in _journal(flash)[1] if data != b"first"] == [b"second"]


def test_wear_is_spread_over_the_whole_partition():
    flash = Flash(16)
    counts = [0] * 16
    erase = flash.ioctl

    def count(operation, argument):
        if operation == 6:
            counts[argument] += 1
        return erase(operation, argument)

    flash.ioctl = count
    journal, _ = _journal(flash, [(1, b"s" * 50)])
    for n in range(3000):
        journal.append(2, b"x" * 90)
    assert max(counts) - min(counts) <= 1


def test_blocks_erased_ahead_are_not_erased_again():
    flash = Flash(16)
    journal, _ = _journal(flash)
    journal.append(2, b"x")
    ahead = flash.erases
    while journal.prepare():
        pass
    assert flash.erases == ahead + SEGMENT_BLOCKS
    done = flash.erases
    for _ in range(SEGMENT_BLOCKS * BLOCK // 112 + 1):
        journal.append(2, b"x" * 90)
    assert flash.erases == done


def test_a_full_journal_is_read_in_little_memory():
    """A start that cannot read its journal for want of memory would be the end of every alarm in it."""
    import gc
    import sys

    flash = Flash(32)
    journal, _ = _journal(flash, [(2, bytes(900))] * 20)  # a snapshot of 18 KB, paid for by as much that is appended
    journal.begin()
    for n in range(190):
        journal.append(2, b"%04d" % n + bytes(70))
    again = Journal(flash, lambda: [])
    # The WebAssembly port collects only when it is back in its browser.
    measure = getattr(gc, "mem_alloc", None) if sys.platform != "webassembly" else None
    gc.collect()
    before = measure() if measure else 0
    seen = worst = 0
    for _, data in again.open():
        seen += 1
        if measure and seen % 20 == 0:
            gc.collect()
            worst = max(worst, measure() - before)
    assert seen == 210, seen
    assert worst < 6000, worst
