"""Claims about flash that is bad, full or worn: a byte that changes by itself, a home with more alarms than flash."""

import damage
from claims import IS_SLOW, Random
from desk import Desk, Flash, PowerCut, plain_press
from device.flash.journal import BLOCK, END, SEGMENT, SLOT
from hub import events
from hub.outbox import CAPACITY, Kept
from hub.senses.sensors import Device
from protocol import topics
from protocol import vocabulary as v


def test_a_bad_byte_anywhere_costs_no_alarm():
    """`make bench BENCH=powercut` walks 2,000 seeds; here every record and copy is hit, and random places beside."""
    flash, places, wanted = damage.home()
    random = Random(7)
    own = [at for start, end in places for at in range(start, end, 96 if IS_SLOW else 32)]
    used = damage.used(flash)
    beside = [used[random.below(len(used))] for _ in range(20)] + [random.below(len(flash.data)) for _ in range(5)]
    for at in own + beside:
        missing, told, epoch = damage.flip(flash, at, random.below(8), wanted)
        assert missing == [], at
        assert epoch == "00000001", at
        assert told or at not in own, at


def test_a_bad_block_anywhere_costs_no_alarm():
    flash, _, wanted = damage.home()
    for block in range(16):
        for fill in (0xFF, 0x00, 0x5A):
            copy = flash.copy()
            copy.data[block * BLOCK : (block + 1) * BLOCK] = bytes([fill]) * BLOCK
            assert damage.judge(copy, wanted)[0] == [], (block, fill)


def test_a_bad_byte_in_the_end_of_a_snapshot_and_a_power_cut_at_the_start_cost_no_alarm():
    """Its group looks unfinished then; whoever made it anew in the same place would erase what came after it."""
    flash = Flash(16)
    desk = Desk(flash)
    desk.hear("a4c138000001", plain_press(1), 1000)
    flash.data[SEGMENT:] = bytes(3 * SEGMENT)  # nothing is prepared: the next segment has to be erased
    scan = desk.journal._flash.scan(0, 1, END)
    flash.data[scan.size_at_mark - SLOT + 2] ^= 1
    for is_torn in (False, True):
        for cut_after in range(16):
            copy = flash.copy()
            copy.cut_after, copy.is_torn = cut_after, is_torn
            try:
                Desk(copy, epoch="0000000f")
            except PowerCut:
                pass
            copy.cut_after = None
            assert damage.judge(copy, [1])[0] == [], (cut_after, is_torn)


def test_written_once_an_alarm_would_be_lost_by_a_byte():
    flash, places, wanted = damage.home(damage.OnceDesk)
    assert damage.flip(flash, places[0][0] + 20, 2, wanted)[0] != []


def test_what_only_its_copy_knows_comes_back_in_its_place():
    """In another order the receipt would find nothing to let go, and the older press would set the counter back."""
    flash = Flash(16)
    desk = Desk(flash)
    desk.give(events.LinkUp(), 0)
    places = []
    for n in (1, 2):
        at = desk.journal._at
        desk.hear("a4c138000001", plain_press(n), 1000 * n)
        places.append(at + 30)
        desk.receipt(n)
        desk.step(1, v.ACKNOWLEDGED, "Li")
    for bad in (places[:1], places[1:], places):
        copy = flash.copy()
        for at in bad:
            copy.data[desk.journal._segment * SEGMENT + at] ^= 1
        again = Desk(copy)
        assert again.journal.damaged == len(bad)
        assert again.kernel.outbox.messages == [] and again.kernel.next_seq == 3
        assert [(a.seq, a.state, a.last_seq) for a in again.kernel.alarms] == [(1, v.ACKNOWLEDGED, 2)]
        again.hear("a4c138000001", plain_press(2), 100)
        assert again.kernel.next_seq == 3, "the same press was taken for another"


def test_no_damage_is_told_of_a_sound_flash():
    flash, _, _ = damage.home()
    assert Desk(flash).journal.damaged == 0


def test_damage_is_told_once_and_healed_by_a_new_snapshot():
    flash, places, wanted = damage.home()
    flash.data[places[1][0] + 20] ^= 4
    first = Desk(flash)
    assert first.journal.damaged == 1
    second = Desk(flash)
    assert second.journal.damaged == 0
    assert [a.seq for a in second.kernel.alarms] == wanted


def test_flash_that_does_not_hold_what_is_written_is_left_for_another_segment():
    flash = Flash(16)
    desk = Desk(flash)
    bad = desk.journal._segment * SEGMENT + desk.journal._at + 20
    write = flash.writeblocks

    def stuck(block, buffer, offset=None):
        write(block, buffer, offset)
        flash.data[bad] = 0

    flash.writeblocks = stuck
    desk.hear("a4c138000001", plain_press(1), 1000)
    assert [a.device_id for a in Desk(flash).kernel.alarms] == ["a4c138000001"]


def _many_devices(desk, count):
    for n in range(count):
        address = "a4c13800%04x" % n
        desk.kernel.devices[address] = Device(address, "button", None, None, None)


def test_nothing_is_erased_while_an_alarm_is_open_however_often_it_is_raised():
    desk = Desk(Flash(32))
    assert desk.kernel.is_quiet()
    while desk.journal.prepare():
        pass
    desk.give(events.LinkUp(), 0)
    erased = desk.flash.erases
    for n in range(120):  # two hours of a press a minute, each with its receipt; mains comes and goes
        desk.hear("a4c138000001", plain_press(1 + n % 250, 1 + n % 4), n * 60000)
        for seq in list(desk.alarms()):
            if desk.kernel.outbox.holds(seq):
                desk.receipt(seq)
        desk.published = []
        desk.give(events.MainsLost() if n % 2 else events.MainsRestored())
        assert not desk.kernel.is_quiet()
    assert desk.flash.erases == erased and desk.journal.erased_late == 0
    desk.step(1, v.CLEARED)
    assert desk.kernel.is_quiet() and desk.journal.prepare()


def test_when_the_erased_flash_is_used_up_in_an_alarm_the_alarm_goes_first():
    flash = Flash(16)
    desk = Desk(flash)
    while desk.journal.prepare():
        pass
    erased = flash.erases
    for n in range(800):
        desk.hear("a4c138000001", plain_press(1 + n % 250, 1 + n % 4), n * 60000)
    assert desk.journal.erased_late == flash.erases - erased > 0
    again = Desk(flash)
    assert again.kernel.next_seq == desk.kernel.next_seq
    assert [m.seq for m in again.kernel.outbox.messages] == [m.seq for m in desk.kernel.outbox.messages]


def test_the_oldest_lesser_messages_go_first_are_counted_and_told_when_there_is_room():
    desk = Desk(Flash(32))
    for n in range(CAPACITY + 30):
        desk.give(events.Faulted(v.TASK_RESTARTED, "fault %d" % n), n)
    desk.hear("a4c138000001", plain_press(1), 5000)
    box = desk.kernel.outbox
    details = [m.fields["detail"] for m in box.messages if not m.is_alarm]
    assert details[-1] == "fault %d" % (CAPACITY + 29) and "fault 0" not in details
    assert len(box.messages) == CAPACITY and box.lost == 32  # the warning and the alarm took a place too
    again = desk.restart()
    assert again.kernel.outbox.lost == 32 and len(again.kernel.outbox.messages) == CAPACITY
    again.give(events.LinkUp(), 0)
    assert again.published[1][0] == topics.ALARM  # behind "hello"
    for _ in range(2 * CAPACITY):
        for message in list(again.kernel.outbox.messages):
            again.receipt(message.seq)
    told = [m["detail"] for word, m in again.published if word == topics.TECHNICAL and m["kind"] == v.JOURNAL_FULL]
    assert "32 lesser lost" in told
    assert Desk(again.flash).kernel.outbox.lost == 0


def test_nearly_full_is_told_once():
    desk = Desk(Flash(32))
    for n in range(CAPACITY - 5):
        desk.give(events.Faulted(v.TASK_RESTARTED, "fault %d" % n), n)
    full = [m for m in desk.kernel.outbox.messages if m.fields["kind"] == v.JOURNAL_FULL]
    assert [m.fields["detail"] for m in full] == ["36 of 48 waiting"] and desk.kernel.outbox.lost == 0


def test_a_snapshot_larger_than_a_segment_goes_on_in_the_next_one():
    flash = Flash(32)
    desk = Desk(flash)
    _many_devices(desk, 90)
    for n in range(90):
        desk.hear("a4c13800%04x" % n, plain_press(1), 1000 + n)
    for n in range(300):
        desk.hear("a4c13800%04x" % (n % 90), plain_press(2 + n // 90), 70000 + 60000 * n)
    assert desk.journal.left_out == 0
    again = Desk(flash)
    wanted = [m.seq for m in desk.kernel.outbox.messages]
    assert len(wanted) > 160 and [m.seq for m in again.kernel.outbox.messages] == wanted
    for at in (100, 5000, 20000, 40000):  # a bad byte in any of its segments
        place = (desk.journal._segment * SEGMENT - at) % len(flash.data)
        flash.data[place] ^= 1
        assert len(Desk(flash.copy()).kernel.alarms) == 90
        flash.data[place] ^= 1


def test_when_alarms_alone_are_more_than_flash_holds_repeats_are_left_out_before_alarms():
    flash = Flash(16)  # room for a snapshot of one segment
    desk = Desk(flash)
    _many_devices(desk, 45)
    for n in range(45):
        desk.hear("a4c13800%04x" % n, plain_press(1), 1000 + n)
    for n in range(135):
        desk.hear("a4c13800%04x" % (n % 45), plain_press(2 + n // 45), 70000 + 60000 * n)
    desk.journal._must_begin = True
    desk.journal.begin()
    assert desk.journal.left_out > 0
    again = Desk(flash)
    assert len(again.kernel.alarms) == 45
    assert again.kernel.next_seq == desk.kernel.next_seq
    firsts = [m.seq for m in again.kernel.outbox.messages if m.seq == m.fields["alarm"]]
    assert firsts == [a.seq for a in desk.kernel.alarms]


def test_a_power_cut_within_a_large_snapshot_loses_nothing():
    flash = Flash(32)
    desk = Desk(flash)
    _many_devices(desk, 90)
    for n in range(90):
        desk.hear("a4c13800%04x" % n, plain_press(1), 1000 + n)
    full = flash.copy()
    for cut_after in (0, 1, 90, 92, 190):
        for is_torn in (False, True):
            flash = full.copy()
            for _ in range(9):
                flash.operations, flash.cut_after, flash.is_torn = 0, cut_after, is_torn
                try:
                    again = Desk(flash, epoch="0000000f")
                    again.journal._must_begin, again.journal._at = True, SEGMENT
                    again.journal.begin()
                except PowerCut:
                    pass
            flash.cut_after = None
            last = Desk(flash, epoch="0000000f")
            assert (len(last.kernel.alarms), last.kernel.epoch) == (90, "00000001"), (cut_after, is_torn)


def test_more_than_twice_the_capacity_of_alarms_keeps_the_first_and_the_newest_of_each():
    desk = Desk(Flash(32))
    box = desk.kernel.outbox
    for n in range(2 * CAPACITY):
        box.keep(Kept(n + 1, topics.ALARM, True, {"alarm": n + 1}, 0), 0)
    for n in range(500):
        box.keep(Kept(1000 + n, topics.ALARM, True, {"alarm": 1 + n % 5}, 0), 0)
    assert len(box.messages) == 2 * CAPACITY + 5
    assert [m.seq for m in box.messages][: 2 * CAPACITY] == list(range(1, 2 * CAPACITY + 1))


def test_a_busy_home_wears_a_block_out_in_more_than_a_hundred_years():
    from wear import blocks_per_day

    assert blocks_per_day(2)["erases"] * 365 / 32 * 100 < 100000
    assert BLOCK == 4096
