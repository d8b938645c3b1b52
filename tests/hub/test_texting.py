"""Which alarms go out as a short message, when, and how often; and what the modem's own faults are worth."""

from desk import DOOR, PLAIN, Desk, plain_press
from hub import events
from protocol import topics
from protocol import vocabulary as v


def pressed(desk, packet_id=1, now_ms=1000):
    desk.hear(PLAIN, plain_press(packet_id), now_ms)
    return desk


def seq_of(desk, now_ms):
    found = desk.kernel.to_text(now_ms)
    return found and found[0]


def test_an_alarm_without_a_receipt_is_texted_after_ten_seconds_and_not_before():
    for is_up in (False, True):
        desk = Desk()
        if is_up:
            desk.give(events.LinkUp(), 0)
        pressed(desk)
        assert desk.kernel.to_text(10999) is None
        seq, message = desk.kernel.to_text(11000)
        assert (seq, message["kind"], message["device"], message["age_ms"]) == (1, v.HELP, PLAIN, 10000)


def test_a_receipt_in_time_costs_no_message():
    desk = Desk()
    desk.give(events.LinkUp(), 0)
    pressed(desk)
    desk.receipt(1)
    assert desk.kernel.to_text(60000) is None


def test_each_press_is_texted_once_in_order_over_restarts_too():
    desk = pressed(Desk())
    pressed(desk, 2, 2000)
    assert seq_of(desk, 20000) == 1
    desk.give(events.Texted(1), 21000)
    desk.give(events.Texted(1), 21001)
    assert seq_of(desk, 22000) == 2
    again = desk.restart()
    assert seq_of(again, 9999) is None  # ten seconds for the link
    assert seq_of(again, 10000) == 2
    again.give(events.Texted(2), 10001)
    again.give(events.Texted(77), 10001)
    again.journal.begin()  # a snapshot in between
    last = again.restart()
    assert last.kernel.to_text(99999) is None
    assert [message.seq for message in last.kernel.outbox.messages if message.is_alarm] == [1, 2]  # still kept


def test_what_was_texted_is_still_published_until_its_receipt():
    desk = pressed(Desk())
    desk.give(events.Texted(1), 12000)
    desk.give(events.LinkUp(), 20000)
    assert [m["seq"] for w, m in desk.published if w == topics.ALARM] == [1]


def test_pre_alarms_and_their_cancelling_are_texted_and_technical_matters_are_not():
    desk = Desk()
    desk.give(events.MainsLost(), 0)
    desk.give(events.Suspected(v.FALL, DOOR), 1000)
    seq, message = desk.kernel.to_text(12000)
    assert message["step"] == v.PRE_ALARM
    desk.give(events.Texted(seq), 12000)
    desk.give(events.CancelPressed(), 13000)
    assert desk.kernel.to_text(23000)[1]["step"] == v.CANCELLED


def test_a_modem_that_is_ill_is_told_once_and_its_recovery_once():
    desk = Desk()
    desk.give(events.LinkUp(), 0)
    for fault in (None, "mute", "mute", "no_sim", None, None):
        desk.give(events.ModemRead(fault), 1000)
    found = [(m["kind"], m["detail"]) for w, m in desk.published if w == topics.TECHNICAL]
    assert found == [(v.MODEM_LOST, "mute"), (v.MODEM_RESTORED, None)]
    desk.give(events.ModemRead("no_sim"), 2000)
    again = desk.restart()
    again.give(events.LinkUp(), 0)
    again.give(events.ModemRead("no_sim"), 1000)
    kinds = {m["seq"]: m["kind"] for w, m in again.published if w == topics.TECHNICAL}
    # None of the three had its receipt before the restart; the fault that still lasts is not told again.
    assert [kinds[seq] for seq in sorted(kinds)] == [v.MODEM_LOST, v.MODEM_RESTORED, v.MODEM_LOST]
