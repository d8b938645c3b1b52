"""Claims about corners that a home seldom reaches: bad records on flash, answers that come too late, odd events."""

from claims import aes, raises
from desk import DOOR, HUB, KEY, KEYED, Desk, beacon, press
from hub import alarm as alarms
from hub import events, kernel
from hub.keeping import memory
from hub.outbox import CAPACITY
from hub.saying import annunciator, prompts
from hub.saying.speech import Speech
from hub.senses.reflex import Reflex
from hub.stairwell import frames
from hub.stairwell.neighbour import Neighbour
from protocol import envelope, messages, topics
from protocol import vocabulary as v


def up():
    desk = Desk()
    desk.give(events.LinkUp(), 0)
    return desk


def test_an_event_of_tomorrow_changes_nothing():
    desk = up()
    assert desk.kernel.receive("no event of ours", 5) == []
    assert desk.kernel.receive(None, 6) == []


def test_an_ended_alarm_speaks_for_nobody():
    ended, open_one = alarms.Alarm(1, v.HELP, "a" * 12), alarms.Alarm(2, v.FALL, "b" * 12)
    ended.state, open_one.state = v.CLEARED, v.RECEIVED
    assert annunciator.foremost([ended, open_one]) is open_one
    assert annunciator.foremost([ended]) is None and annunciator.foremost([]) is None


def test_a_sign_of_recovery_without_its_pre_alarm_takes_nothing_back():
    desk = up()
    desk.give(events.AllWell(v.FALL, KEYED), 10)
    assert desk.kernel.alarms == [] and desk.published[1:] == []
    desk.hear(KEYED, press(5), 20)
    desk.give(events.AllWell(v.HELP, KEYED), 30)
    assert desk.kernel.alarms[0].state == v.RAISED


def test_the_end_of_a_condition_that_raised_nothing_is_no_message():
    desk = up()
    desk.kernel.devices[DOOR].states[0x29] = 1  # smoke whose alarm has been cleared long since
    desk.hear(DOOR, bytes([0x44, 0x00, 1, 0x29, 0]), 10)
    assert desk.alarms() == {} and desk.kernel.alarms == []


def test_the_relay_is_not_told_anything_without_a_link():
    desk = Desk()
    desk.step(77, v.CLEARED, now_ms=10)
    assert desk.published == []
    up_desk = up()
    up_desk.step(77, v.CLEARED, now_ms=10)
    assert up_desk.published[-1] == (topics.TOLD, messages.told(up_desk.kernel.epoch, 77, v.CLEARED))


def test_a_lesser_message_that_finds_no_room_is_not_kept_on_flash_either():
    desk = Desk()
    for counter in range(CAPACITY):
        desk.kernel.alarms = []  # each press an alarm of its own
        desk.hear(KEYED, press(counter + 1), counter * 20000)
    assert len(desk.kernel.outbox.messages) == CAPACITY
    before = desk.kernel.outbox.lost
    desk.give(events.MainsLost(), 10**7)
    assert desk.kernel.outbox.lost == before + 1
    assert all([message.is_alarm for message in desk.kernel.outbox.messages])
    assert all([message.is_alarm for message in desk.restart().kernel.outbox.messages])


def test_a_second_link_loss_does_not_begin_the_waiting_anew():
    desk = up()
    desk.give(events.LinkDown("cut"), 1000)
    desk.give(events.LinkDown("cut"), 200000)
    desk.wake_until(301000)
    assert desk.said == [prompts.LINK_LOST]


def test_link_lost_and_found_while_an_alarm_is_open_is_not_said_over_it():
    desk = up()
    desk.hear(KEYED, press(5), 500)
    desk.give(events.LinkDown("cut"), 1000)
    desk.wake_until(400000)
    desk.give(events.LinkUp(), 400001)
    assert prompts.LINK_LOST not in desk.said and prompts.LINK_RESTORED not in desk.said


def test_what_ended_while_an_alarm_was_open_is_not_told_late():
    desk = up()
    desk.hear(KEYED, press(5), 0)
    desk.give(events.MainsLost(), 10)
    desk.give(events.MainsRestored(), 20)
    desk.give(events.WireCut("open"), 30)
    desk.receipt(1, 40)
    desk.step(1, v.CLEARED, now_ms=50)
    assert prompts.MAINS_LOST not in desk.said and desk.said[-1] == prompts.WIRE_CUT


def test_leaving_safe_mode_that_was_never_entered_says_nothing():
    desk = up()
    desk.give(events.SafeMode(False, None), 10)
    assert desk.published[1:] == [] and desk.kernel.matters == []


def test_records_that_are_none_are_passed_over_one_by_one():
    desk = Desk()
    good = [1, v.HELP, KEYED, v.RECEIVED, None, None, 1, 0]
    desk.kernel.restore(
        [
            (memory.ALARM, b"\xff\xfe"),
            (memory.ALARM, b"{}"),
            (memory.ALARM, b"[]"),
            (memory.ALARM, b"7"),
            (memory.ALARM, b'[1, "help", "5448e68f80a5", "no_such_step", null, null, 1, 0]'),
            (memory.KEPT, b'[9, "heartbeat", false, {}, null]'),
            (memory.KEPT, b'[9, "alarm", true, {}, null]'),
            (memory.MARK, b'["cccccccccccc", "0105000000"]'),
            (memory.MARK, b'["5448e68f80a5", "01"]'),
            (memory.MARK, b'["5448e68f80a5", "zz05000000"]'),
            (memory.RECEIPT, b"[4]"),
            (99, b"[1]"),
            (memory.ALARM, memory._pack(good)),
        ]
    )
    assert [(it.seq, it.state) for it in desk.kernel.alarms] == [(1, v.RECEIVED)]
    assert desk.kernel.devices[KEYED].mark == bytes(5)


def _kept(seq, alarm_seq, step):
    fields = messages.alarm("00000001", seq, alarm_seq, v.HELP, step, KEYED, v.PRESS, 0, None)
    return memory.KEPT, memory._pack([seq, topics.ALARM, True, fields, None])


def test_a_receipt_on_flash_moves_only_the_newest_message_of_a_raised_alarm():
    for records, state, again in (
        ([_kept(1, 1, v.RAISED), memory.receipt(1)], v.RECEIVED, 0),
        ([_kept(1, 1, v.RAISED), _kept(2, 1, v.RAISED), memory.receipt(1)], v.RAISED, 1),
        ([_kept(1, 1, v.PRE_ALARM), memory.receipt(1)], v.PRE_ALARM, 0),
        ([_kept(1, 1, v.PRE_ALARM), _kept(2, 1, v.RAISED)], v.RAISED, 0),
        ([_kept(2, 1, v.RAISED), _kept(1, 1, v.RAISED)], v.RAISED, 0),  # out of order: the newest stands
    ):
        desk = Desk()
        desk.kernel.restore(records)
        assert [(it.state, it.again) for it in desk.kernel.alarms] == [(state, again)], records


def test_an_alarm_without_a_link_is_urgent_and_nothing_else_is():
    desk = Desk()
    assert not desk.kernel.is_urgent()
    desk.give(events.MainsLost(), 0)
    assert not desk.kernel.is_urgent()
    desk.hear(KEYED, press(5), 10)
    assert desk.kernel.is_urgent()
    desk.give(events.LinkUp(), 20)
    assert not desk.kernel.is_urgent()


def test_an_alarm_that_was_cleared_before_its_receipt_stays_cleared_in_a_new_sector():
    desk = up()
    desk.hear(KEYED, press(5), 10)
    desk.step(1, v.CLEARED, now_ms=20)
    assert desk.kernel.alarms == [] and desk.kernel.outbox.holds(1)
    again = Desk()
    again.kernel.restore(memory.snapshot(desk.kernel))  # what a new sector begins with, and nothing from before
    assert again.kernel.alarms == [] and again.kernel.outbox.holds(1)
    assert again.kernel.devices[KEYED].mark == bytes([1, 5, 0, 0, 0])


def test_a_sentence_that_was_cut_off_and_asked_for_again_is_said_once():
    it = Speech()
    sentence = (prompts.MAINS_LOST, None, None, False)
    it.say(sentence)
    assert it.begin() == sentence
    it._waiting.append(sentence)
    assert it.hush() is True
    assert it._waiting == [sentence]
    assert it.begin() == sentence
    it.ended((prompts.HEARD, None, None, False))  # another one: what is being said goes on
    assert it.current == sentence


def test_minutes_stand_in_the_sentence():
    assert "7" in prompts.text(prompts.ON_THE_WAY, "en", "Ms Li", 7)
    assert "7" in prompts.text(prompts.ON_THE_WAY, "zh", None, 7)


def test_pieces_of_an_envelope_are_joined_whatever_their_order_and_a_flood_pushes_out_the_oldest():
    pieces = frames.Pieces(2)
    assert pieces.put("a", 1, 2, b"B") is None and pieces.put("a", 0, 2, b"A") == b"AB"
    assert pieces.put("a", 0, 2, b"1") is None
    assert pieces.put("a", 0, 3, b"2") is None  # another count: another letter
    assert pieces.put("b", 0, 2, b"3") is None  # the third that is held: the first goes
    assert pieces.put("a", 1, 2, b"4") is None
    assert pieces.put("b", 1, 2, b"5") == b"35"


def test_the_reflex_sounds_for_no_frame_that_is_too_short_or_sealed_without_a_key():
    sounded = []
    address, sealed = bytes.fromhex(KEYED), press(5)
    for encrypt, least in ((None, 99), (aes(KEY), 10)):
        for end in range(len(sealed) + 1):
            reflex = Reflex([(address, encrypt, bytes(5))], lambda: sounded.append(end), lambda: None)
            was_loud = reflex.react(address, sealed, 0, end, 0)
            assert was_loud is bool(sounded) and (not was_loud or end >= least), end
            sounded.clear()
    assert was_loud, "the whole frame sounds"


def test_a_beacon_makes_no_sound():
    assert "Sound" not in up().hear(KEYED, beacon(3), 5)


def test_an_alarm_that_cannot_be_sealed_small_enough_is_counted():
    it = Neighbour("hub-a", aes(bytes(16)), aes(bytes(16)), lambda size: bytes(size))
    message = messages.alarm("00000001", 1, 1, v.HELP, v.RAISED, "d" * 64, v.PRESS, 0, None)
    message["more"] = "x" * messages.ENVELOPE_MAX
    it.carry(1, topics.ALARM, message, 0)
    assert it.refused == {"too_large": 1} and it.tick(0) == []


def test_a_word_that_is_no_utf_8_in_a_genuine_envelope_is_refused():
    key = aes(bytes(range(16)))
    head = bytes((1, envelope.UP, 5)) + b"hub-a"
    from protocol import ccm

    cipher, tag = ccm.seal(key, bytes(13), b"\xff\xfe\x00{}", head, envelope.TAG_LENGTH)
    raises(messages.BadMessage, envelope.unseal, key, envelope.UP, head + bytes(13) + cipher + tag)


def test_an_envelope_in_a_message_is_an_even_number_of_small_hex_digits():
    assert messages.check("up", topics.CARRIED, messages.carried(b"\x01\x02"))["envelope"] == "0102"
    longest = "ab" * messages.ENVELOPE_MAX
    assert messages.check("up", topics.CARRIED, {"v": 1, "envelope": longest})
    for wrong in (None, 7, "", "abc", "AB", "0g", longest + "00"):
        raises(messages.BadMessage, messages.check, "up", topics.CARRIED, {"v": 1, "envelope": wrong})


def test_a_hub_without_a_proper_name_touches_nothing():
    assert not topics.may_touch("hub 1", "anling/1/hub 1/up/alarm", True)
    assert topics.parse("anling/1/hub-1/down/" + topics.ALARM) == ("hub-1", "down", topics.ALARM)
    assert topics.all_down("hub-1") == "anling/1/hub-1/down/#"


def test_a_fault_that_comes_fifty_times_a_second_is_told_once_in_ten_minutes():
    desk = Desk()
    for n in range(500):
        desk.give(events.Faulted(v.TASK_RESTARTED, "OSError"), 20 * n)
    desk.give(events.Faulted(v.TASK_RESTARTED, "ValueError"), 10000)
    told = [m.fields["detail"] for m in desk.kernel.outbox.messages]
    assert told == ["OSError", "ValueError"]
    desk.give(events.Faulted(v.TASK_RESTARTED, "OSError"), kernel.FAULT_QUIET_MS)
    assert [m.fields["detail"] for m in desk.kernel.outbox.messages] == told + ["OSError"]
    for n in range(3 * kernel.FAULTS_HELD):
        desk.give(events.Faulted(v.TASK_RESTARTED, "%d" % n), kernel.FAULT_QUIET_MS + n)
    assert len(desk.kernel._faulted) == kernel.FAULTS_HELD


def test_a_clock_that_is_put_over_the_hour_of_the_weekly_test_neither_doubles_nor_swallows_it():
    sunday_9_ms = 1764493200000  # 2025-11-30, 9:00 UTC
    for before_ms, step_ms in ((1000, 5000), (1000, 0), (1000, -60000), (-1000, -5000), (-1000, 5000), (-1000, 0)):
        desk = up()
        desk.kernel.utc_offset_min = 0
        desk.kernel.weekly = [6, 9]
        start_ms = 1000
        desk.give(events.ClockSet(sunday_9_ms - 600000), start_ms)
        desk.give(events.LinkDown("quiet"))  # a week of heartbeats is no part of this
        at_ms = start_ms + 600000 - before_ms
        desk.wake_until(at_ms)
        desk.give(events.ClockSet(sunday_9_ms - before_ms + step_ms), at_ms)
        desk.wake_until(at_ms + 2 * 3600000)
        assert desk.said.count(prompts.TEST_CALL) == 1, (before_ms, step_ms, desk.said)
        desk.wake_until(at_ms + 7 * 86400000 + 3600000)
        assert desk.said.count(prompts.TEST_CALL) == 2, (before_ms, step_ms, desk.said)


def test_a_clock_that_jumps_by_years_changes_no_alarm_and_no_retry():
    desk = up()
    desk.hear(KEYED, press(5), 1000)
    for n, year in enumerate((2026, 1971, 2054, 2025)):
        desk.give(events.ClockSet((year - 1970) * 31557600000), 1100 + n)
    assert [a.state for a in desk.kernel.alarms] == [v.RAISED]
    before = len(desk.published)
    desk.wake_until(10000)
    tries = [m for word, m in desk.published[before:] if word == topics.ALARM]
    assert len(tries) == 2 and all([m["age_ms"] in (2000, 6000) for m in tries]), tries
    assert desk.said[-1] != prompts.NOT_DELIVERED
    desk.wake_until(11000)
    assert desk.said[-1] == prompts.NOT_DELIVERED


def test_a_message_for_others_that_names_our_epoch_does_nothing_here():
    """Fields that its own word does not have are not checked: a list for a step once raised."""
    desk = up()
    desk.hear(KEYED, press(5), 10)
    for word, told in (
        (topics.CARRIED, messages.carried(b"12")),
        (topics.WALK, messages.walk_order(5)),
        (topics.UPDATE, messages.update_order(v.OFFER, 5)),
    ):
        for step in ([], {}, None, v.CLEARED, 5):
            told.update({"epoch": desk.kernel.epoch, "alarm": 1, "step": step, "who": [], "minutes": {}, "seq": 1})
            desk.give(events.MessageArrived(topics.down(HUB, word), messages.encode(told)), 20)
    assert [a.state for a in desk.kernel.alarms] == [v.RAISED] and desk.kernel.outbox.holds(1)
