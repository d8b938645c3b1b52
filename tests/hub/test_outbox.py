"""Claims about the outbox: what leaves it, when it tries, and what makes room."""

from hub.outbox import CAPACITY, PER_ALARM, Kept, Outbox
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


def test_an_empty_box_has_nothing_due():
    assert Outbox().next_due_ms() is None
    assert Outbox().take_due(0) == []
