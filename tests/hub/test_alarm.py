"""Every (state, event) pair of the alarm table is walked."""

from hub import alarm as alarms
from protocol import vocabulary as v

ORDER = (v.RAISED, v.RECEIVED, v.ACKNOWLEDGED, v.ON_THE_WAY, v.ARRIVED, v.CLEARED)


def _at(state):
    one = alarms.Alarm(1, v.HELP, "5448e68f80a5")
    one.state = state
    return one


# The table once more, by hand, so that an entry changed by mistake is seen. A row is a state, a column an event; the
# letter is the state after it, "." an illegal step.
LETTERS = dict(zip("IPRECODLX", alarms.STATES))
GRID = """
    warn raise again cancel receipt acknowledged on_the_way arrived cleared
I    P    R     .     .      .         .            .        .       .
P    .    R     .     X      P         .            .        .       L
R    .    .     R     .      E         C            O        D       L
E    .    .     R     .      E         C            O        D       L
C    .    .     R     .      C         .            O        D       L
O    .    .     R     .      O         .            O        D       L
D    .    .     R     .      D         .            .        .       L
L    .    .     .     .      .         .            .        .       .
X    .    .     .     .      .         .            .        .       .
"""


def test_every_pair_does_what_the_grid_says():
    rows = [line.split() for line in GRID.split("\n") if line.strip()]
    assert len(rows[0]) == len(alarms.EVENTS) == 9 and len(rows) == 10
    for row in rows[1:]:
        for event, letter in zip(alarms.EVENTS, row[1:]):
            one = _at(LETTERS[row[0]])
            legal = one.step(event, 99)
            assert legal is (letter != "."), (row[0], event)
            assert one.state == LETTERS[row[0] if letter == "." else letter], (row[0], event)


def test_a_test_call_may_be_taken_back_while_it_is_open_and_nothing_else_may():
    for state in alarms.STATES:
        test, press = _at(state), _at(state)
        test.kind = v.TEST
        is_open = state not in (v.IDLE, v.CLEARED, v.CANCELLED)
        assert test.is_open() is press.is_open() is is_open
        assert test.may_cancel() is is_open and press.may_cancel() is (state == v.PRE_ALARM)
        assert test.step(alarms.CANCEL, 7) is is_open and press.step(alarms.CANCEL, 7) is (state == v.PRE_ALARM)
        assert test.state == (v.CANCELLED if is_open else state)


def test_times_are_those_of_the_state_and_of_the_newest_press():
    one = alarms.Alarm(4, v.FALL, "5448e68f80a5")
    assert (one.state, one.since_ms, one.raised_ms, one.again, one.last_seq) == (v.IDLE, 0, None, 0, 4)
    assert (one.who, one.minutes, one.raise_at_ms) == (None, None, None)
    for event, now_ms, since_ms, raised_ms in (
        (alarms.WARN, 10, 10, None),
        (alarms.RECEIPT, 20, 10, None),
        (alarms.RAISE, 30, 30, 30),
        (alarms.RECEIPT, 40, 40, 30),
        (v.ON_THE_WAY, 50, 50, 30),
        (v.ON_THE_WAY, 60, 50, 30),
        (alarms.AGAIN, 70, 70, 70),
        (alarms.AGAIN, 80, 80, 80),
    ):
        assert one.step(event, now_ms)
        assert (one.since_ms, one.raised_ms) == (since_ms, raised_ms), event
    assert one.again == 2


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
