"""The life of an alarm at the relay. Pure: rows in, rows out; the time is an argument.

Rule 1: an alarm is three fields, never one: `condition` (ACTIVE, RETURNED), who acknowledged it, `work`.
The state is derived from them, and from it the step that home and console see.
Rule 2: what staff may order in a state is in LEGAL; a missing entry is an illegal order.
Rule 3: a message of the home that is older than one already taken changes nothing but the history.
Rule 4: an open alarm always has a `next_at`: by then somebody has done something, or escalation does.

Ref: design.md 2, "The life of an alarm".
"""

from dataclasses import dataclass, replace

from protocol import vocabulary as words

ACTIVE, RETURNED = "active", "returned"
OPEN, ASSIGNED, ACCEPTED, ON_SCENE, RESOLVED, CLOSED, MERGED = (
    "OPEN",
    "ASSIGNED",
    "ACCEPTED",
    "ON_SCENE",
    "RESOLVED",
    "CLOSED",
    "MERGED",
)
WORKS = (OPEN, ASSIGNED, ACCEPTED, ON_SCENE, RESOLVED, CLOSED, MERGED)

ACKNOWLEDGE, ASSIGN, ACCEPT, DECLINE, ARRIVED = "acknowledge", "assign", "accept", "decline", "arrived"
RESOLVE, CLEAR, MERGE, RELEASE, REOPEN = "resolve", "clear", "merge", "release", "reopen"
ORDERS = (ACKNOWLEDGE, ASSIGN, ACCEPT, DECLINE, ARRIVED, RESOLVE, CLEAR, MERGE, RELEASE, REOPEN)

# What a person does about an alarm; PRE_ALARM, RAISED and CANCELLED are states of their own.
STATES = (words.PRE_ALARM, words.RAISED, words.ACKNOWLEDGED, *WORKS[1:], words.CANCELLED)

# (state, order) → what becomes of `work`; "" leaves it. Sending somebody takes the alarm, too, where nobody had it.
LEGAL: dict[tuple[str, str], str] = {
    (words.RAISED, ACKNOWLEDGE): "",
    (words.RAISED, ASSIGN): ASSIGNED,
    (words.RAISED, MERGE): MERGED,
    (words.ACKNOWLEDGED, ASSIGN): ASSIGNED,
    (words.ACKNOWLEDGED, CLEAR): CLOSED,
    (words.ACKNOWLEDGED, MERGE): MERGED,
    (words.ACKNOWLEDGED, RELEASE): "",  # "I cannot see to it": it sounds again
    (ASSIGNED, ASSIGN): ASSIGNED,  # somebody else goes, or the minutes change
    (ASSIGNED, ACCEPT): ACCEPTED,
    (ASSIGNED, DECLINE): OPEN,
    (ASSIGNED, ARRIVED): ON_SCENE,
    (ASSIGNED, CLEAR): CLOSED,
    (ACCEPTED, ASSIGN): ASSIGNED,
    (ACCEPTED, DECLINE): OPEN,
    (ACCEPTED, ARRIVED): ON_SCENE,
    (ACCEPTED, CLEAR): CLOSED,
    (ON_SCENE, RESOLVE): RESOLVED,
    (ON_SCENE, CLEAR): CLOSED,
    (RESOLVED, CLEAR): CLOSED,
    (CLOSED, REOPEN): OPEN,
}

ARRIVED_BY = ("word", "phone", "door")  # the operator's word, the responder's own page, the code at the door
PRE_ALARM_MAX_MS = 90_000  # a pre-alarm that the home neither raised nor took back is raised by the relay
REOPEN_MAX_MS = 24 * 3600 * 1000
NOTE_LENGTH_MAX = 2000
AGE_MAX_MS = 365 * 24 * 3600 * 1000  # a hub that says more of its message has lost count
MINUTE_MS = 60_000
# How long a state may last before escalation looks at it again. RAISED has its plan instead.
SEND_WITHIN_MS = 10 * MINUTE_MS  # acknowledged, but nobody was sent: it sounds again
ACCEPT_WITHIN_MS = 3 * MINUTE_MS
ARRIVE_WITHIN_MS = 45 * MINUTE_MS  # where nobody said in how many minutes
ARRIVE_GRACE_MS = 10 * MINUTE_MS
HELP_WITHIN_MS = 60 * MINUTE_MS
CLOSE_WITHIN_MS = 30 * MINUTE_MS


@dataclass(frozen=True)
class Alarm:
    """An alarm as kept. Shape: times are UTC ms of the relay's clock; staff by id."""

    alarm_id: int
    hub_id: str
    dwelling_id: str
    community_id: str
    epoch: str
    alarm_seq: int
    last_seq: int  # the newest message of the home taken into account
    kind: str
    activation: str
    device_id: str | None
    raised_at: int
    activated_at: int | None
    is_pre_alarm: bool
    activations: int = 1
    condition: str = ACTIVE
    acknowledged_by: int | None = None
    acknowledged_at: int | None = None
    work: str = OPEN
    assigned_to: int | None = None
    minutes: int | None = None
    outcome: str | None = None
    note: str | None = None
    closed_at: int | None = None
    told_step: str | None = None
    assigned_at: int | None = None
    arrived_by: str | None = None  # one of ARRIVED_BY
    merged_into: int | None = None
    plan_step: int = 0  # of the escalation plan: the next one to do
    next_at: int | None = None  # None once it is closed
    revision: int = 0  # counts its changes: a console never takes an older one for the present

    @property
    def is_open(self) -> bool:
        return self.work not in (CLOSED, MERGED)


class IllegalOrder(Exception):
    """An order that this step does not allow; the text carries the remedy."""


def state_of(alarm: Alarm) -> str:
    """The state that the table knows it by."""
    if alarm.work == MERGED:
        return MERGED
    if alarm.work == CLOSED:
        return CLOSED if alarm.outcome else words.CANCELLED
    if alarm.is_pre_alarm:
        return words.PRE_ALARM
    if alarm.acknowledged_by is None:
        return words.RAISED
    return words.ACKNOWLEDGED if alarm.work == OPEN else alarm.work


_STEPS = {
    ASSIGNED: words.ON_THE_WAY,
    ACCEPTED: words.ON_THE_WAY,
    ON_SCENE: words.ARRIVED,
    RESOLVED: words.ARRIVED,
    CLOSED: words.CLEARED,
    MERGED: words.CLEARED,
}


def step_of(alarm: Alarm) -> str:
    """The one word by which home and console know where this alarm is."""
    state = state_of(alarm)
    return _STEPS.get(state, state)


def must_sound(alarm: Alarm) -> bool:
    """Consoles sound for this alarm. A pre-alarm is seen, not heard: the resident may still take it back."""
    return step_of(alarm) == words.RAISED


def activated_at(age_ms: int | None, now: int) -> int | None:
    """When it was pressed, as far as its home knows."""
    return now - age_ms if age_ms is not None and age_ms <= AGE_MAX_MS else None


def deadline(alarm: Alarm, now: int) -> int | None:
    """By when the next thing must have happened in the state that begins now; None for a closed alarm."""
    state = state_of(alarm)
    if not alarm.is_open:
        return None
    if state == words.PRE_ALARM:
        return alarm.raised_at + PRE_ALARM_MAX_MS
    if state == words.RAISED:
        return now
    if state == ASSIGNED:
        return min(now + ACCEPT_WITHIN_MS, arrive_by(alarm, now))
    if state == ACCEPTED:
        return max(now, arrive_by(alarm, now))
    return now + {ON_SCENE: HELP_WITHIN_MS, RESOLVED: CLOSE_WITHIN_MS}.get(state, SEND_WITHIN_MS)


def latest(alarm: Alarm, now: int, plan_wait_ms: int) -> int:
    """The latest time that an open alarm's next step can have at `now`. Shape: `plan_wait_ms` of the plan's step."""
    state = state_of(alarm)
    if state == words.PRE_ALARM:
        return now + PRE_ALARM_MAX_MS
    if state == words.RAISED:
        return now + plan_wait_ms
    if state in (ASSIGNED, ACCEPTED):
        minutes_ms = ARRIVE_WITHIN_MS if alarm.minutes is None else alarm.minutes * MINUTE_MS
        return now + minutes_ms + ARRIVE_GRACE_MS
    return deadline(alarm, now) or now


def arrive_by(alarm: Alarm, now: int) -> int:
    """When whoever was sent should be at the door."""
    sent_at = alarm.assigned_at if alarm.assigned_at is not None else now
    if alarm.minutes is None:
        return sent_at + ARRIVE_WITHIN_MS
    return sent_at + alarm.minutes * MINUTE_MS + ARRIVE_GRACE_MS


# --- what staff order -------------------------------------------------------------------------------

_NOT_HELD = "Nobody has acknowledged this alarm yet. Acknowledge it first."
_NOT_SENT = "Nobody was sent yet, or they declined. Send somebody first."
_REMEDY = {
    words.PRE_ALARM: "The resident may still take this pre-alarm back. Wait for the alarm or the cancellation.",
    CLOSED: "This alarm is closed already. Load the board again, or reopen it.",
    words.CANCELLED: "The resident took this alarm back. Load the board again.",
    MERGED: "This alarm was merged into another one. Load the board again and work that one.",
    words.RAISED: _NOT_HELD,
    (words.RAISED, ARRIVED): "Nobody has acknowledged this alarm yet. Acknowledge it and send somebody first.",
    (words.RAISED, CLEAR): "Nobody has acknowledged this alarm yet. Acknowledge it first, then close it.",
    words.ACKNOWLEDGED: _NOT_SENT,
    (words.ACKNOWLEDGED, ARRIVED): "Nobody was sent yet. Send somebody first, then say that they arrived.",
    (ASSIGNED, RESOLVE): "Say first that somebody is at the door; or close the alarm.",
    (ACCEPTED, RESOLVE): "Say first that somebody is at the door; or close the alarm.",
    (ACCEPTED, ACCEPT): "They have accepted already.",
    (ON_SCENE, ASSIGN): "Somebody is at the door already. Close the alarm when they are done.",
    (ON_SCENE, ARRIVED): "The arrival is recorded already.",
    (RESOLVED, RESOLVE): "How it ended is recorded already. Close the alarm.",
}
_REMEDY_ELSE = {
    MERGE: "Only an alarm that nobody was sent to yet can be merged. Close this one by itself.",
    RELEASE: "Somebody was sent already. Send another instead of giving the alarm back.",
    REOPEN: "This alarm is still open: there is nothing to reopen.",
    ACCEPT: "Nobody is waiting to be accepted here.",
    DECLINE: "There is nobody on the way who could decline.",
}


def order(alarm: Alarm, what: str, now: int, by: int, **given: object) -> Alarm:
    """Carry out an order of the signed-in person. Errors: IllegalOrder."""
    state = state_of(alarm)
    work = LEGAL.get((state, what))
    if state == words.RAISED and what == ARRIVED and alarm.work in (ASSIGNED, ACCEPTED):
        work = ON_SCENE  # pressed again while somebody was on the way: they are there now
    if work is None:
        raise IllegalOrder(
            _REMEDY.get((state, what))
            or (_REMEDY_ELSE.get(what) if alarm.is_open and state != words.PRE_ALARM else None)
            or _REMEDY.get(state)
            or "This alarm is not at that step. Load the board again."
        )
    if what in (ACCEPT, DECLINE) and by != alarm.assigned_to:
        raise IllegalOrder("Only the person who was sent can accept or decline. Send somebody else instead.")
    if what == REOPEN and (alarm.closed_at is None or now - alarm.closed_at > REOPEN_MAX_MS):
        raise IllegalOrder(
            "It was closed more than 24 hours ago and stays closed. Call the home and note what you find."
        )
    if what in (RESOLVE, CLEAR) and not (given.get("outcome") or alarm.outcome):
        raise IllegalOrder("Say how it ended: an alarm is not closed without an outcome.")
    changed = replace(alarm, work=work or alarm.work, **given)  # type: ignore[arg-type]
    if what == RELEASE:
        changed = replace(changed, acknowledged_by=None, acknowledged_at=None, plan_step=0)
    elif what == REOPEN:
        changed = replace(changed, acknowledged_by=by, acknowledged_at=now, outcome=None, closed_at=None)
    elif alarm.acknowledged_by is None and what != MERGE:
        changed = replace(changed, acknowledged_by=by, acknowledged_at=now)
    if what == ASSIGN:
        changed = replace(changed, assigned_at=now)
    elif work == OPEN:
        changed = replace(changed, assigned_to=None, assigned_at=None, minutes=None)
    if not changed.is_open:
        changed = replace(changed, closed_at=now)
    return replace(changed, next_at=deadline(changed, now))


def down_steps(before: Alarm, after: Alarm) -> list[str]:
    """The steps to tell the home after a change, in order; a fresh acknowledgement is never skipped."""
    step = step_of(after)
    if step == step_of(before) and after.assigned_to == before.assigned_to and after.minutes == before.minutes:
        return []
    steps = [step] if step in words.DOWN_STEPS else []
    if before.acknowledged_by is None and after.acknowledged_by is not None and step != words.ACKNOWLEDGED:
        steps.insert(0, words.ACKNOWLEDGED)
    return steps


# --- what the home says -----------------------------------------------------------------------------


def heard(alarm: Alarm, message: dict[str, object], now: int) -> tuple[Alarm, str]:
    """A further message about an alarm that is open, or older news of a closed one; (alarm, what happened)."""
    seq, step = int(str(message["seq"])), message["step"]
    is_late = seq < alarm.last_seq
    if step == words.RAISED and alarm.is_open:
        if alarm.is_pre_alarm:
            activation = str(message["activation"])
            return replace(
                alarm,
                is_pre_alarm=False,
                raised_at=now,
                activation=activation,
                last_seq=max(seq, alarm.last_seq),
                plan_step=0,
                next_at=now,
            ), "raised"
        if is_late:
            return replace(alarm, activations=alarm.activations + 1), "activated_before"
        return replace(
            alarm,
            last_seq=seq,
            activations=alarm.activations + 1,
            activation=str(message["activation"]),
            condition=ACTIVE,
            acknowledged_by=None,
            acknowledged_at=None,
            told_step=None,
            plan_step=0,
            next_at=now,
        ), "raised_again"
    if step == words.CANCELLED and alarm.is_open and not is_late:
        alarm = replace(alarm, last_seq=seq, condition=RETURNED)
        if alarm.is_pre_alarm or alarm.kind == words.TEST:
            return replace(alarm, work=CLOSED, closed_at=now, next_at=None), "cancelled"
        return alarm, "cancelled_in_home"  # a person still has to look and close it
    if step == words.RESTORED and alarm.is_open and not is_late:
        return replace(alarm, last_seq=seq, condition=RETURNED), "restored"  # somebody still has to look
    return alarm, "late_" + str(step)


def is_home_behind(home_step: str, alarm: Alarm) -> bool:
    """The home lives an earlier step than the relay: it must be told again."""
    step = step_of(alarm)
    if step not in words.DOWN_STEPS:
        return False
    order_of = words.STEPS.index
    return order_of(home_step) < order_of(step)
