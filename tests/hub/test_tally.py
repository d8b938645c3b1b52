"""Claims about what the hub counts of its alarm messages: the relay compares it with what it has stored."""

from desk import KEYED, Desk, Flash, press
from hub import delivery, events
from hub.outbox import PER_ALARM
from protocol import topics


def told(desk, now_ms):
    """What the hub says it counted, with the heartbeat after this time."""
    before = len(desk.published)
    desk.give(events.Wake(), now_ms)
    found = [message for word, message in desk.published[before:] if word == topics.TALLY]
    return found[-1] if found else None


def test_the_count_is_told_once_a_day():
    desk = Desk()
    desk.give(events.LinkUp(), 0)
    assert told(desk, 60000) is None
    first_ms = delivery.TALLY_FIRST_MS
    assert told(desk, first_ms)["made"] == 0
    assert told(desk, first_ms + 60000) is None
    assert told(desk, first_ms + delivery.TALLY_EVERY_MS) is not None


def test_each_press_counts_and_waits_until_its_receipt():
    desk = Desk()
    desk.give(events.LinkUp(), 0)
    desk.hear(KEYED, press(5), 1000)
    desk.hear(KEYED, press(6), 9000)
    desk.receipt(1)
    found = told(desk, delivery.TALLY_FIRST_MS)
    assert (found["seq"], found["made"], found["made_room"], found["waiting"]) == (2, 2, 0, 1)


def test_the_count_outlives_restarts_and_new_segments_of_flash():
    flash = Flash(16)
    desk = Desk(flash)
    desk.give(events.LinkUp(), 0)
    for n in range(500):
        desk.hear(KEYED, press(10 + n), n * 1000)
        desk.receipt(desk.kernel.next_seq - 1)
    assert flash.erases > 8
    for one in (desk, desk.restart(), desk.restart().restart()):
        box = one.kernel.outbox
        assert (box.made, box.made_room, box.waiting()) == (500, 0, 0)


def test_a_press_that_had_to_make_room_is_counted_over_a_restart_too():
    desk = Desk()
    for n in range(PER_ALARM + 4):
        desk.hear(KEYED, press(10 + n), n * 1000)
    for one in (desk, desk.restart()):
        box = one.kernel.outbox
        assert (box.made, box.made_room, box.waiting()) == (PER_ALARM + 4, 4, PER_ALARM)
