"""The life of an alarm at the relay. Pure: rows in, rows out; the time is an argument.

Rule 1: an alarm is three fields, never one: `condition` (ACTIVE, RETURNED), who acknowledged it, `work`
(OPEN, ASSIGNED, ON_SCENE, CLOSED). The step that home and console see is derived from them.
Rule 2: what staff may order at a step is in LEGAL; a missing entry is an illegal step.
Rule 3: a message of the home that is older than one already taken changes nothing but the history.

Ref: design.md 2, "The life of an alarm".
"""

from dataclasses import dataclass, replace

from protocol import vocabulary as words

ACTIVE, RETURNED = "active", "returned"
OPEN, ASSIGNED, ON_SCENE, CLOSED = "OPEN", "ASSIGNED", "ON_SCENE", "CLOSED"

ACKNOWLEDGE, ASSIGN, ARRIVED, CLEAR = "acknowledge", "assign", "arrived", "clear"

# (step, order) → what becomes of `work`. Sending somebody takes the alarm, too, where nobody had it.
LEGAL: dict[tuple[str, str], str] = {
    (words.RAISED, ACKNOWLEDGE): "",  # work stays as it is
    (words.RAISED, ASSIGN): ASSIGNED,
    (words.ACKNOWLEDGED, ASSIGN): ASSIGNED,
    (words.ON_THE_WAY, ASSIGN): ASSIGNED,  # somebody else goes, or the minutes change
    (words.ON_THE_WAY, ARRIVED): ON_SCENE,
    (words.ACKNOWLEDGED, CLEAR): CLOSED,
    (words.ON_THE_WAY, CLEAR): CLOSED,
    (words.ARRIVED, CLEAR): CLOSED,
}

PRE_ALARM_MAX_MS = 90_000  # a pre-alarm that the home neither raised nor took back is raised by the relay
NOTE_LENGTH_MAX = 2000


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

    @property
    def is_open(self) -> bool:
        return self.work != CLOSED


class IllegalOrder(Exception):
    """An order that this step does not allow; the text carries the remedy."""


def step_of(alarm: Alarm) -> str:
    """The one word for where this alarm is."""
    if alarm.work == CLOSED:
        return words.CLEARED if alarm.outcome else words.CANCELLED
    if alarm.is_pre_alarm:
        return words.PRE_ALARM
    if alarm.acknowledged_by is None:
        return words.RAISED
    if alarm.work == ON_SCENE:
        return words.ARRIVED
    return words.ON_THE_WAY if alarm.work == ASSIGNED else words.ACKNOWLEDGED


def must_sound(alarm: Alarm) -> bool:
    """Consoles sound for this alarm. A pre-alarm is seen, not heard: the resident may still take it back."""
    return step_of(alarm) == words.RAISED


# --- what staff order -------------------------------------------------------------------------------

_REMEDY = {
    words.PRE_ALARM: "The resident may still take this pre-alarm back. Wait for the alarm or the cancellation.",
    words.CLEARED: "This alarm is closed already. Load the board again.",
    words.CANCELLED: "The resident took this alarm back. Load the board again.",
    (
        words.RAISED,
        ARRIVED,
    ): "Nobody has acknowledged this alarm yet. Acknowledge it and send somebody first.",
    (words.RAISED, CLEAR): "Nobody has acknowledged this alarm yet. Acknowledge it first, then close it.",
    (words.ACKNOWLEDGED, ARRIVED): "Nobody was sent yet. Send somebody first, then say that they arrived.",
    (words.ARRIVED, ASSIGN): "Somebody is at the door already. Close the alarm when they are done.",
    (words.ARRIVED, ARRIVED): "The arrival is recorded already.",
}


def order(alarm: Alarm, what: str, now: int, by: int, **given: object) -> Alarm:
    """Carry out an order of the signed-in person. Errors: IllegalOrder."""
    step = step_of(alarm)
    work = LEGAL.get((step, what))
    if work is None:
        raise IllegalOrder(_REMEDY.get((step, what)) or _REMEDY.get(step) or "This alarm is not at that step.")
    changed = replace(alarm, work=work or alarm.work, **given)  # type: ignore[arg-type]
    if alarm.acknowledged_by is None:
        changed = replace(changed, acknowledged_by=by, acknowledged_at=now)
    if work == CLOSED:
        changed = replace(changed, closed_at=now)
    return changed


def down_steps(before: Alarm, after: Alarm) -> list[str]:
    """The steps to tell the home after a change, in order; a fresh acknowledgement is never skipped."""
    step = step_of(after)
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
        ), "raised_again"
    if step == words.CANCELLED and alarm.is_open and not is_late:
        alarm = replace(alarm, last_seq=seq, condition=RETURNED)
        if alarm.is_pre_alarm or alarm.kind == words.TEST:
            return replace(alarm, work=CLOSED, closed_at=now), "cancelled"
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
