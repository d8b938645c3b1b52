"""Claims about the outbox: what leaves it, when it tries, and what makes room."""

from hub.outbox import CAPACITY, NEARLY_FULL, PER_ALARM, ROOM_AGAIN, Kept, Outbox
from protocol import topics


def _alarm(seq, alarm_seq=None):
    return Kept(seq, topics.ALARM, True, {"alarm": alarm_seq or seq}, 0)


def _lesser(seq):
    return Kept(seq, topics.TECHNICAL, False, {"kind": "mains_lost"}, 0)


def test_only_a_receipt_lets_a_message_go():
    box = Outbox()
    box.keep(_alarm(1), 0)
    for now_ms in range(0, 600000, 1000):
        box.take_due(now_ms)
    assert len(box.messages) == 1
    assert box.let_go(1).seq == 1
    assert box.let_go(1) is None and box.messages == []


def test_tries_come_after_2_4_8_15_and_then_every_30_seconds():
    box = Outbox()
    box.keep(_alarm(1), 1000)
    sent = [now for now in range(0, 130000, 100) if box.take_due(now)]
    assert sent[:7] == [1000, 3000, 7000, 15000, 30000, 60000, 90000]


def test_each_try_is_due_at_its_very_ms():
    box = Outbox()
    box.keep(_alarm(1), 500)
    now_ms = 500
    for pause_ms in (2000, 4000, 8000, 15000, 30000, 30000):
        assert box.next_due_ms() == now_ms
        assert box.take_due(now_ms - 1) == [] and len(box.take_due(now_ms)) == 1
        now_ms += pause_ms


def test_what_comes_from_before_a_restart_is_due_at_once():
    box = Outbox()
    box.messages.append(_alarm(1))  # as restore.py does
    assert box.next_due_ms() == 0 and [m.seq for m in box.take_due(0)] == [1]


def test_the_limits_are_those_that_the_journal_and_the_heap_were_measured_with():
    assert (CAPACITY, PER_ALARM) == (48, 6)
    assert (NEARLY_FULL, ROOM_AGAIN) == (36, 24)


def test_alarms_are_published_before_older_lesser_messages():
    box = Outbox()
    for message in (_lesser(1), _alarm(2), _lesser(3), _alarm(4)):
        box.keep(message, 0)
    assert [m.seq for m in box.take_due(0)] == [2, 4, 1, 3]


def test_a_new_link_makes_everything_due():
    box = Outbox()
    box.keep(_alarm(1), 0)
    for now_ms in (0, 2000, 6000):
        box.take_due(now_ms)
    assert box.take_due(7000) == []
    box.hurry(7000)
    assert [m.seq for m in box.take_due(7000)] == [1]
    assert box.next_due_ms() == 9000


def test_the_oldest_lesser_message_makes_room_and_is_counted():
    box = Outbox()
    for seq in range(1, CAPACITY + 1):
        assert box.keep(_lesser(seq), 0) is None
    assert box.keep(_alarm(100), 0).seq == 1
    assert box.keep(_lesser(101), 0).seq == 2
    assert box.lost == 2 and len(box.messages) == CAPACITY


def test_an_alarm_never_makes_room_for_a_lesser_message():
    box = Outbox()
    for seq in range(1, CAPACITY + 1):
        box.keep(_alarm(seq), 0)
    lesser = _lesser(900)
    assert box.keep(lesser, 0) is lesser
    assert box.keep(_alarm(901), 0) is None
    assert [m.seq for m in box.messages] == list(range(1, CAPACITY + 1)) + [901]


def test_of_many_presses_the_first_and_the_newest_stay():
    box = Outbox()
    for seq in range(1, 101):
        box.keep(_alarm(seq, 1), 0)
    seqs = [m.seq for m in box.messages]
    assert len(seqs) == PER_ALARM and seqs[0] == 1 and seqs[-1] == 100


def test_the_oldest_press_but_the_first_makes_room_for_a_new_one():
    box = Outbox()
    for seq in (5, 11, 12, 13, 14, 15):
        assert box.keep(_alarm(seq, 5), 0) is None
    box.keep(_alarm(3, 3), 0)  # another call's message does not count, and does not go
    assert box.keep(_alarm(16, 5), 0).seq == 11
    assert box.let_go(5).seq == 5  # the first is received: now the oldest of the others goes
    assert box.keep(_alarm(17, 5), 0) is None
    assert box.keep(_alarm(18, 5), 0).seq == 12
    assert [m.seq for m in box.messages] == [13, 14, 15, 3, 16, 17, 18]


def test_a_press_that_replaces_a_press_costs_no_lesser_message():
    box = Outbox()
    for seq in range(1, PER_ALARM + 1):
        box.keep(_alarm(seq, 1), 0)
    for seq in range(100, 100 + CAPACITY - PER_ALARM):
        assert box.keep(_lesser(seq), 0) is None
    assert box.keep(_alarm(50, 1), 0).seq == 2
    assert box.lost == 0 and len(box.messages) == CAPACITY and box.holds(100)


def test_when_alarms_alone_are_twice_the_capacity_the_first_and_the_newest_press_stay():
    for others, stay in ((2 * CAPACITY - 3, [1, 2, 1000]), (2 * CAPACITY - 2, [1, 1000])):
        box = Outbox()
        box.keep(_alarm(1, 1), 0)
        box.keep(_alarm(2, 1), 0)
        for seq in range(100, 100 + others):
            assert box.keep(_alarm(seq), 0) is None
        box.keep(_alarm(1000, 1), 0)
        assert [m.seq for m in box.messages if m.fields["alarm"] == 1] == stay
        assert box.lost == 0 and len(box.messages) == 2 * CAPACITY
    assert box.keep(_alarm(100 + others), 0) is None, "a first press goes for nothing"
    assert box.keep(_alarm(1001, 100), 0) is None, "of one press none goes"


def test_what_is_held_is_what_waits():
    box = Outbox()
    box.keep(_alarm(1), 0)
    assert box.holds(1) and not box.holds(2)
    box.let_go(1)
    assert not box.holds(1) and box.lost == 0


def test_an_empty_box_has_nothing_due():
    assert Outbox().next_due_ms() is None
    assert Outbox().take_due(0) == []


def test_a_message_that_is_kept_has_not_gone_out_as_a_short_message():
    assert Kept(1, "alarm", True, {"alarm": 1}, 0).is_texted is False


def test_alarm_messages_are_counted_once_each_and_others_not_at_all():
    box = Outbox()
    assert (box.made, box.made_room, box.counted) == (0, 0, 0)
    box.keep(_lesser(1), 0)
    assert (box.made, box.counted) == (0, 0)
    first = _alarm(2)
    box.keep(first, 0)
    box.count(first)  # flash was read again
    box.count(_alarm(1))  # older than what is counted
    assert (box.made, box.counted, box.made_room) == (1, 2, 0)
    box.keep(_alarm(3), 0)
    assert (box.made, box.counted) == (2, 3)
