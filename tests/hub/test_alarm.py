"""Every (state, event) pair of the alarm table is walked."""

from hub import alarm as alarms
from protocol import vocabulary as v

ORDER = (v.RAISED, v.RECEIVED, v.ACKNOWLEDGED, v.ON_THE_WAY, v.ARRIVED, v.CLEARED)


def _at(state):
    one = alarms.Alarm(1, v.HELP, "5448e68f80a5")
    one.state = state
    return one


def test_every_pair_steps_by_the_table_or_changes_nothing():
    walked = 0
    for state in alarms.STATES:
        for event in alarms.EVENTS:
            one = _at(state)
            legal = one.step(event, 99)
            walked += 1
            if (state, event) in alarms.TABLE:
                assert legal and one.state == alarms.TABLE[state, event]
            else:
                assert not legal and one.state == state and one.since_ms == 0 and one.again == 0
    assert walked == 81


def test_an_alarm_never_goes_backwards_but_for_a_second_press():
    for (state, event), after in alarms.TABLE.items():
        if state in ORDER and event != alarms.AGAIN:
            assert ORDER.index(after) >= ORDER.index(state), (state, event)


def test_nothing_leads_out_of_an_ended_alarm():
    for state in (v.CLEARED, v.CANCELLED):
        for event in alarms.EVENTS:
            assert (state, event) not in alarms.TABLE


def test_every_later_step_may_overtake_the_ones_between():
    for at, state in enumerate(ORDER[:-1]):
        for step in (v.ACKNOWLEDGED, v.ON_THE_WAY, v.ARRIVED, v.CLEARED):
            if ORDER.index(step) > at:
                assert alarms.TABLE[state, step] == step


def test_a_press_cannot_be_cancelled():
    for state in ORDER:
        assert (state, alarms.CANCEL) not in alarms.TABLE
    assert alarms.TABLE[v.PRE_ALARM, alarms.CANCEL] == v.CANCELLED


def test_a_second_press_makes_the_alarm_new():
    for state in ORDER[:-1]:
        one = _at(state)
        one.who, one.minutes = "Li", 6
        assert one.step(alarms.AGAIN, 50)
        assert (one.state, one.again, one.who, one.minutes, one.since_ms) == (v.RAISED, 1, None, None, 50)


def test_every_table_word_is_a_state_or_an_event():
    for (state, event), after in alarms.TABLE.items():
        assert state in alarms.STATES and event in alarms.EVENTS and after in alarms.STATES
