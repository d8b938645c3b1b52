"""The life of one alarm in the home. Decides which step follows which; must not know sound, flash or network.

Rule 1. A missing entry of TABLE is an illegal step: nothing changes, and the caller is told so.
Rule 2. An alarm never goes backwards, but for AGAIN: a second press makes it new.

The relay has a table with the same words; steps from there may overtake each other on the way, so any
later step is legal from any earlier one.
"""

from protocol.vocabulary import (
    ACKNOWLEDGED,
    ARRIVED,
    CANCELLED,
    CLEARED,
    IDLE,
    ON_THE_WAY,
    PRE_ALARM,
    RAISED,
    RECEIVED,
    TEST,
)

# events
WARN = "warn"  # a fall or silence: the resident may take it back
RAISE = "raise"  # a press, or the pre-alarm ran out
AGAIN = "again"  # a second press while open
CANCEL = "cancel"
RECEIPT = "receipt"
# the four steps from the relay are events of the same name

EVENTS = (WARN, RAISE, AGAIN, CANCEL, RECEIPT, ACKNOWLEDGED, ON_THE_WAY, ARRIVED, CLEARED)
STATES = (IDLE, PRE_ALARM, RAISED, RECEIVED, ACKNOWLEDGED, ON_THE_WAY, ARRIVED, CLEARED, CANCELLED)
ENDED = (IDLE, CLEARED, CANCELLED)

TABLE = {
    (IDLE, WARN): PRE_ALARM,
    (IDLE, RAISE): RAISED,
    (PRE_ALARM, RAISE): RAISED,
    (PRE_ALARM, CANCEL): CANCELLED,
    (PRE_ALARM, RECEIPT): PRE_ALARM,  # the relay knows of the warning: the home need not hear that
    (PRE_ALARM, CLEARED): CLEARED,
    (RAISED, RECEIPT): RECEIVED,
    (RAISED, AGAIN): RAISED,
    (RECEIVED, RECEIPT): RECEIVED,
    (RECEIVED, AGAIN): RAISED,
    (ACKNOWLEDGED, RECEIPT): ACKNOWLEDGED,
    (ACKNOWLEDGED, AGAIN): RAISED,
    (ON_THE_WAY, RECEIPT): ON_THE_WAY,
    (ON_THE_WAY, ON_THE_WAY): ON_THE_WAY,  # somebody else, or other minutes
    (ON_THE_WAY, AGAIN): RAISED,
    (ARRIVED, RECEIPT): ARRIVED,
    (ARRIVED, AGAIN): RAISED,
}
_LATER = (RAISED, RECEIVED, ACKNOWLEDGED, ON_THE_WAY, ARRIVED, CLEARED)
for _at in range(5):
    for _step in _LATER[max(_at + 1, 2) :]:
        TABLE[(_LATER[_at], _step)] = _step
# A test call may be taken back at any time; an alarm never, once it is raised.
TEST_CANCELS = (RAISED, RECEIVED, ACKNOWLEDGED, ON_THE_WAY, ARRIVED)


class Alarm:
    """One open alarm. `seq` names it; `again` counts the presses after the first."""

    def __init__(self, seq, kind, device_id):
        self.seq = seq
        self.kind = kind
        self.device_id = device_id
        self.state = IDLE
        self.again = 0
        self.who = None
        self.minutes = None
        self.last_seq = seq  # of its newest message: RECEIVED means that this one is stored
        self.since_ms = 0  # of the present state
        self.raised_ms = None  # of the newest press; None when that was before a restart
        self.raise_at_ms = None  # of a pre-alarm: when it becomes an alarm by itself

    def step(self, event, now_ms):
        """Take one step; False when the step is illegal, and nothing has changed then."""
        state = TABLE.get((self.state, event))
        if event == CANCEL and self.kind == TEST and self.state in TEST_CANCELS:
            state = CANCELLED
        if state is None:
            return False
        if state != self.state or event == AGAIN:
            self.since_ms = now_ms
        self.state = state
        if event in (RAISE, AGAIN):
            self.raised_ms = now_ms
        if event == AGAIN:
            self.again += 1
            self.who = self.minutes = None
        return True

    def may_cancel(self):
        """May the resident take it back?"""
        return self.state == PRE_ALARM or (self.kind == TEST and self.state in TEST_CANCELS)

    def is_open(self):
        return self.state not in ENDED
