"""Every event of the kernel in every state of an alarm: what it does to that alarm, and that the contract holds.

hub/alarm.py says which step is legal (test_alarm.py walks it); here is which event of the home, the air or the relay
takes which step. What is not in MOVES leaves the alarm as it was.
"""

from desk import DOOR, HUB, KEYED, PLAIN, Desk, plain_press, press
from hub import events
from protocol import messages, topics
from protocol import vocabulary as v

OPEN_STATES = (v.PRE_ALARM, v.RAISED, v.RECEIVED, v.ACKNOWLEDGED, v.ON_THE_WAY, v.ARRIVED)
RELAYS = (v.ACKNOWLEDGED, v.ON_THE_WAY, v.ARRIVED)


def desk_with(kind, state):
    """A home with one alarm (seq 1) of this kind in this state, its messages received."""
    desk = Desk()
    desk.give(events.LinkUp(), 0)
    if kind == v.FALL:
        desk.give(events.Suspected(v.FALL, DOOR), 1000)
    elif kind == v.TEST:
        desk.give(events.TestAsked(), 1000)
    else:
        desk.hear(PLAIN, plain_press(1), 1000)
    if kind == v.FALL and state != v.PRE_ALARM:
        desk.give(events.Wake(), desk.kernel.alarms[0].raise_at_ms)
    if state not in (v.PRE_ALARM, v.RAISED):
        for message in list(desk.kernel.outbox.messages):
            desk.receipt(message.seq)
        if state != v.RECEIVED:
            desk.step(1, state, "Li", 6)
    assert [(a.seq, a.kind, a.state) for a in desk.kernel.alarms] == [(1, kind, state)]
    return desk


def down(desk, word, message):
    return events.MessageArrived(topics.down(HUB, word), messages.encode(message))


def a_step(step):
    return lambda desk: down(desk, topics.ALARM, messages.step(desk.kernel.epoch, 1, step, "Wang", 3))


# What may happen, by a name. Everything in hub/events.py is here: see the test below.
HAPPENINGS = {
    "this button again": lambda desk: events.AdvertHeard(PLAIN, plain_press(2), -60, False),
    "another button": lambda desk: events.AdvertHeard(KEYED, press(9), -60, False),
    "nonsense from the air": lambda desk: events.AdvertHeard(PLAIN, b"\xff", -60, False),
    "wired": lambda desk: events.WiredPressed(),
    "wire cut": lambda desk: events.WireCut("open"),
    "wire mended": lambda desk: events.WireMended(),
    "cancel": lambda desk: events.CancelPressed(),
    "test": lambda desk: events.TestAsked(),
    "fall": lambda desk: events.Suspected(v.FALL, DOOR),
    "all well": lambda desk: events.AllWell(v.FALL, DOOR),
    "reading": lambda desk: events.ReadingHeard(DOOR, 80, 70),
    "link up": lambda desk: events.LinkUp(),
    "link down": lambda desk: events.LinkDown("cut"),
    "receipt": lambda desk: down(
        desk, topics.RECEIPT, messages.receipt(desk.kernel.epoch, desk.kernel.alarms[0].last_seq)
    ),
    "receipt of nothing": lambda desk: down(desk, topics.RECEIPT, messages.receipt(desk.kernel.epoch, 999)),
    "receipt of another epoch": lambda desk: down(desk, topics.RECEIPT, messages.receipt("ffffffff", 1)),
    "acknowledged": a_step(v.ACKNOWLEDGED),
    "on the way": a_step(v.ON_THE_WAY),
    "arrived": a_step(v.ARRIVED),
    "cleared": a_step(v.CLEARED),
    "message for another hub": lambda desk: events.MessageArrived("anling/1/hub-0002/down/receipt", b"{}"),
    "nonsense from the relay": lambda desk: events.MessageArrived(topics.down(HUB, topics.ALARM), b"\xff{"),
    "mains lost": lambda desk: events.MainsLost(),
    "mains restored": lambda desk: events.MainsRestored(),
    "modem lost": lambda desk: events.ModemRead("no_sim"),
    "texted": lambda desk: events.Texted(1),
    "power": lambda desk: events.PowerRead(50, 600),
    "self test": lambda desk: events.SelfTested(["siren"]),
    "safe mode": lambda desk: events.SafeMode(True, "why"),
    "clock": lambda desk: events.ClockSet(1700000000000),
    "fault": lambda desk: events.Faulted(v.HUB_RESTARTED, "why"),
    "wake": lambda desk: events.Wake(),
}
GONE = "gone"


def moves(kind, state):
    """{happening: state of the alarm after it} where that is another state, or the same one anew."""
    found = {"cleared": GONE}
    if state in (v.RAISED,):
        found["receipt"] = v.RECEIVED
    if state != v.PRE_ALARM:
        at = OPEN_STATES.index(state)
        for name, step in zip(("acknowledged", "on the way", "arrived"), RELAYS):
            if OPEN_STATES.index(step) >= at:
                found[name] = step
    if state == v.PRE_ALARM:
        found["cancel"] = found["all well"] = GONE
        # Who presses for help is not well: the question is answered.
        found["this button again"] = found["another button"] = found["wired"] = v.RAISED
    if (kind, state) == (v.FALL, v.RAISED):
        # The relay knows of the pre-alarm only: it cannot have dealt with the alarm that waits in the outbox.
        del found["cleared"]
    if kind == v.TEST:
        found["cancel"] = GONE
        found["test"] = v.RAISED
    if kind == v.HELP:
        found["this button again"] = v.RAISED
    return found


def test_every_event_of_the_kernel_is_walked():
    desk = desk_with(v.HELP, v.RAISED)
    walked = set([type(make(desk)) for make in HAPPENINGS.values()])
    assert walked == set([getattr(events, name) for name in dir(events) if name[0].isupper()])


def test_every_event_in_every_state_takes_its_step_or_none():
    pairs = 0
    for kind, states in ((v.HELP, OPEN_STATES[1:]), (v.FALL, OPEN_STATES), (v.TEST, OPEN_STATES[1:])):
        for state in states:
            expected = moves(kind, state)
            for name, make in HAPPENINGS.items():
                desk = desk_with(kind, state)
                ordered = desk.give(make(desk), desk.now_ms + 10)
                found = [alarm for alarm in desk.kernel.alarms if alarm.seq == 1]
                after = found[0].state if found else GONE
                assert after == expected.get(name, state), (kind, state, name)
                # An alarm that is raised anew sounds and shines before it is kept, and is kept before it is sent.
                if "Journal" in ordered and "Publish" in ordered:
                    assert ordered.index("Journal") < len(ordered) - 1 - ordered[::-1].index("Publish"), (state, name)
                due_ms = desk.kernel.next_wake_ms()
                assert due_ms is not None and due_ms > 0, (state, name)
                pairs += 1
    assert pairs == 16 * len(HAPPENINGS)


def test_what_an_event_changes_in_the_home_is_the_same_after_a_restart():
    for state in OPEN_STATES:
        for name, make in HAPPENINGS.items():
            desk = desk_with(v.FALL, state)
            desk.give(make(desk), desk.now_ms + 10)
            again = desk.restart()
            before = sorted([(it.seq, it.kind, it.state) for it in desk.kernel.alarms])
            assert sorted([(it.seq, it.kind, it.state) for it in again.kernel.alarms]) == before, (state, name)
            assert again.kernel.next_seq == desk.kernel.next_seq, (state, name)
