"""Claims about what the resident may take back: pre-alarms and test calls, and nothing else."""

from desk import DOOR, KEYED, Desk, press
from hub import actions, events
from hub.saying import prompts
from hub.senses.sensors import Device
from protocol import topics
from protocol import vocabulary as v

WATCH = "aabbccddeeff"


def up(desk=None):
    desk = desk or Desk()
    desk.give(events.LinkUp(), desk.now_ms)
    return desk


def suspect(desk, kind=v.FALL, now_ms=0):
    desk.give(events.Suspected(kind, WATCH), now_ms)
    return desk


def steps(desk):
    return [(m["alarm"], m["step"]) for m in desk.alarms().values()]


def test_a_fall_asks_first_and_tells_the_relay_at_once():
    desk = suspect(up())
    assert steps(desk) == [(1, v.PRE_ALARM)]
    assert desk.said == [prompts.ARE_YOU_WELL]
    assert (desk.sounds[-1], desk.lights[-1]) == (actions.QUESTION, actions.AMBER)


def test_nobody_answers_and_it_becomes_an_alarm_after_twenty_seconds():
    desk = suspect(up())
    desk.wake_until(19999)
    assert steps(desk) == [(1, v.PRE_ALARM)]
    desk.wake_until(20000)
    assert steps(desk) == [(1, v.PRE_ALARM), (1, v.RAISED)]
    assert desk.said[-1] == prompts.FALL and desk.sounds[-1] == actions.SIREN
    assert desk.kernel.alarms[0].again == 0


def test_a_cancelled_pre_alarm_is_told_and_over():
    for kind in v.PRE_ALARM_KINDS:
        desk = suspect(up(), kind)
        desk.give(events.CancelPressed(), 5000)
        assert steps(desk) == [(1, v.PRE_ALARM), (1, v.CANCELLED)]
        assert desk.said[-1] == prompts.CANCELLED and desk.kernel.alarms == []
        assert (desk.sounds[-1], desk.lights[-1]) == (actions.SILENT, actions.SAFE)
        desk.wake_until(100000)
        assert len(desk.alarms()) == 2


def test_its_own_sign_of_recovery_takes_back_a_pre_alarm_and_no_other():
    desk = suspect(up())
    desk.give(events.AllWell(v.INACTIVITY, WATCH), 1000)
    desk.give(events.AllWell(v.FALL, DOOR), 1000)
    assert len(desk.kernel.alarms) == 1
    desk.give(events.AllWell(v.FALL, WATCH), 2000)
    assert desk.kernel.alarms == []


def test_walking_on_does_not_take_back_what_is_raised():
    desk = suspect(up())
    desk.wake_until(20000)
    desk.give(events.AllWell(v.FALL, WATCH), 21000)
    assert desk.kernel.alarms[0].state == v.RAISED


def test_cancel_takes_back_no_alarm_and_says_so():
    desk = up()
    desk.hear(KEYED, press(5), 0)
    for state in (None, v.ACKNOWLEDGED, v.ON_THE_WAY, v.ARRIVED):
        if state:
            desk.step(1, state, "Li", 5)
        before = desk.kernel.alarms[0].state
        desk.give(events.CancelPressed(), 30000)
        assert desk.kernel.alarms[0].state == before and desk.said[-1] == prompts.CANNOT_CANCEL


def test_cancel_with_nothing_open_does_nothing():
    desk = up()
    assert desk.give(events.CancelPressed(), 1000) == []


def test_a_press_for_help_answers_the_question():
    desk = suspect(up())
    desk.hear(KEYED, press(5), 3000)
    assert [(m["kind"], m["step"]) for m in desk.alarms().values()] == [
        (v.FALL, v.PRE_ALARM),
        (v.HELP, v.RAISED),
        (v.FALL, v.RAISED),
    ]
    desk.give(events.CancelPressed(), 4000)
    assert len(desk.kernel.alarms) == 2


def test_a_suspicion_that_goes_on_is_one_pre_alarm_and_prolongs_nothing():
    desk = up()
    for second in range(19):
        suspect(desk, now_ms=second * 1000)
    desk.wake_until(20000)
    assert steps(desk) == [(1, v.PRE_ALARM), (1, v.RAISED)]


def test_what_is_no_pre_alarm_kind_is_not_suspected():
    desk = suspect(up(), v.SMOKE)
    assert desk.kernel.alarms == []


def test_a_pre_alarm_over_a_restart_asks_again_and_is_raised():
    desk = suspect(up())
    again = up(desk.restart())
    assert again.kernel.alarms[0].state == v.PRE_ALARM
    again.wake_until(1000)
    assert again.said == [prompts.ARE_YOU_WELL] and again.sounds[-1] == actions.QUESTION
    again.wake_until(25000)
    assert again.kernel.alarms[0].state == v.RAISED
    assert steps(again)[-1] == (1, v.RAISED)


def test_a_cancelled_pre_alarm_stays_cancelled_over_a_restart():
    desk = suspect(Desk())
    desk.give(events.CancelPressed(), 1000)
    for _ in range(2):
        desk = desk.restart()
        assert desk.kernel.alarms == [] and len(desk.kernel.outbox.messages) == 2
    up(desk)
    assert steps(desk) == [(1, v.PRE_ALARM), (1, v.CANCELLED)]


def test_staff_may_end_a_pre_alarm_but_not_one_that_was_raised_meanwhile():
    desk = suspect(up())
    desk.receipt(1)
    desk.step(1, v.CLEARED, now_ms=5000)
    assert desk.kernel.alarms == []
    desk = suspect(up())
    desk.receipt(1)
    desk.wake_until(20000)
    desk.step(1, v.CLEARED)
    assert desk.kernel.alarms[0].state == v.RAISED
    desk.receipt(2)
    desk.step(1, v.CLEARED)
    assert desk.kernel.alarms == []


def test_a_pre_alarm_may_be_taken_by_staff_while_it_still_asks():
    desk = suspect(up())
    desk.receipt(1)
    for step in (v.ACKNOWLEDGED, v.ON_THE_WAY, v.ARRIVED):
        desk.step(1, step, "Li", 5)
    assert desk.kernel.alarms[0].state == v.PRE_ALARM  # the question stands: it is answered or becomes an alarm


def test_a_test_call_goes_all_the_way_softly_and_may_be_taken_back():
    desk = up()
    desk.give(events.TestAsked(), 0)
    assert [(m["kind"], m["step"]) for m in desk.alarms().values()] == [(v.TEST, v.RAISED)]
    assert (desk.sounds[-1], desk.lights[-1]) == (actions.CALLING, actions.WHITE)
    desk.receipt(1)
    desk.step(1, v.ACKNOWLEDGED, "Li")
    assert desk.sounds[-1] == actions.SILENT and desk.lights[-1] == actions.BLUE
    desk.give(events.CancelPressed(), 9000)
    assert steps(desk)[-1] == (1, v.CANCELLED) and desk.kernel.alarms == []


def test_a_test_call_never_speaks_over_an_alarm():
    desk = up()
    desk.hear(KEYED, press(5), 0)
    desk.receipt(1)
    desk.step(1, v.ARRIVED, "Li")
    desk.give(events.TestAsked(), 5000)
    assert desk.lights[-1] == actions.GREEN and desk.sounds[-1] == actions.SILENT
    desk.give(events.CancelPressed(), 6000)
    assert [alarm.kind for alarm in desk.kernel.alarms] == [v.HELP]


def test_an_i_am_well_button_takes_back_by_air():
    desk = up()
    desk.kernel.devices[DOOR] = Device(DOOR, v.CANCEL_BUTTON, None, None, "well")
    suspect(desk)
    desk.hear(DOOR, bytes.fromhex("4400013a01"), 3000)
    assert desk.kernel.alarms == [] and desk.said[-1] == prompts.CANCELLED


def test_only_kept_words_go_up_for_a_pre_alarm():
    desk = suspect(up())
    desk.wake_until(20000)
    assert {w for w, _ in desk.published} <= {topics.ALARM, topics.HELLO, topics.HEARTBEAT}
