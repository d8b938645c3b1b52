"""The steps of a plan, and what happens in an alarm that stands still. Pure.

Rule 1: a plan is frozen into the alarm when it is raised; a later change of the plan is for later alarms.
Rule 2: a step has an absolute time. A step in which nobody can be reached is skipped at once and noted.
Rule 3: the last step is repeated until somebody takes the alarm. An open alarm always has a next time.
Rule 4: an acknowledgement ends the plan; an acknowledged alarm that stands still sounds again or is told upwards.

Ref: facts.md: GoAlert 4548 (an empty step waited out in silence), Grafana OnCall (the plan frozen in the alarm).
"""

from dataclasses import dataclass, replace
from typing import Any

from ..alarms import rules as alarm_rules
from ..alarms.rules import Alarm

CONSOLE, DUTY_PHONE, CHILDREN, DEPUTY, SUPERVISOR = "console", "duty_phone", "children", "deputy", "supervisor"
TARGETS = (CONSOLE, DUTY_PHONE, CHILDREN, DEPUTY, SUPERVISOR)
NOBODY_WAIT_MS = 60_000  # nobody at all can be reached: looked at again this often
LATE_MS = 5_000  # a step this late means that the ticker is not well
STEPS_MAX, WAIT_S_MIN, WAIT_S_MAX = 12, 5, 3600

ESCALATION_LATE, NOBODY_TO_TELL = "escalation_late", "nobody_to_tell"


@dataclass(frozen=True)
class Step:
    """Whom to tell, and how long to wait for an answer before the next step."""

    to: tuple[str, ...]
    wait_s: int


Plan = tuple[Step, ...]
DEFAULT: Plan = (
    Step((CONSOLE,), 30),
    Step((DUTY_PHONE,), 60),
    Step((CHILDREN, DEPUTY), 120),
    Step((SUPERVISOR,), 180),
)
# A test call is answered by staff: nobody's children are called for it.
TEST: Plan = (Step((CONSOLE,), 60), Step((DUTY_PHONE,), 300))


class BadPlan(ValueError):
    """The text names the step and the remedy."""


def plan_of(steps: Any) -> Plan:
    """Read a plan as JSON gives it. Errors: BadPlan."""
    if not isinstance(steps, list) or not 1 <= len(steps) <= STEPS_MAX:
        raise BadPlan(f"A plan has 1 to {STEPS_MAX} steps.")
    plan: list[Step] = []
    for number, step in enumerate(steps, 1):
        if not isinstance(step, dict) or set(step) != {"to", "wait_s"} or not isinstance(step["to"], list):
            raise BadPlan(f"Step {number}: give it `to`, a list, and `wait_s`.")
        if not step["to"] or not set(step["to"]) <= set(TARGETS):
            raise BadPlan(f"Step {number}: `to` has one or more of {', '.join(TARGETS)}.")
        wait_s = step["wait_s"]
        if not isinstance(wait_s, int) or isinstance(wait_s, bool) or not WAIT_S_MIN <= wait_s <= WAIT_S_MAX:
            raise BadPlan(f"Step {number}: `wait_s` is a whole number from {WAIT_S_MIN} to {WAIT_S_MAX}.")
        plan.append(Step(tuple(step["to"]), wait_s))
    return tuple(plan)


def as_json(plan: Plan) -> list[dict[str, Any]]:
    return [{"to": list(step.to), "wait_s": step.wait_s} for step in plan]


def step_at(plan: Plan, number: int) -> Step:
    """The step of this number, counted from 0; past the end the last one again."""
    return plan[min(number, len(plan) - 1)]


def is_past_end(plan: Plan, number: int) -> bool:
    return number >= len(plan)


def after_step(alarm: Alarm, step: Step, now: int) -> Alarm:
    """A step was done: the next one at its time, counted from when this one was due, so that no delay adds up. After a
    long absence it counts from now: nobody is called twice in a row."""
    is_on_time = alarm.next_at is not None and 0 <= now - alarm.next_at < LATE_MS
    begun_at = alarm.next_at if is_on_time and alarm.next_at is not None else now
    return replace(alarm, plan_step=alarm.plan_step + 1, next_at=begun_at + step.wait_s * 1000)


def stands_still(alarm: Alarm, now: int) -> tuple[Alarm, str]:
    """What an acknowledged alarm becomes whose time has come; (alarm, what happened)."""
    state = alarm_rules.state_of(alarm)
    if state == alarm_rules.words.ACKNOWLEDGED:
        again = replace(alarm, acknowledged_by=None, acknowledged_at=None, plan_step=0, next_at=now)
        return again, "raised_again_unattended"
    arrive_by = alarm_rules.arrive_by(alarm, now)
    if state == alarm_rules.ASSIGNED and now < arrive_by:
        return replace(alarm, next_at=arrive_by), "not_accepted"
    if state in (alarm_rules.ASSIGNED, alarm_rules.ACCEPTED):
        return replace(alarm, next_at=now + alarm_rules.ARRIVE_GRACE_MS), "arrival_overdue"
    return replace(alarm, next_at=now + alarm_rules.CLOSE_WITHIN_MS), "still_open"
