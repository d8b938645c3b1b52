"""The ticker: looks several times a second for alarms whose next time has come, and does what their plan says.

All of a step is one transaction: the messages laid out, the history, the next time. Whoever repeats it after a crash
finds it done. The auditor beside it runs in every relay, so that a ticker that stands still does not go unseen.
"""

import asyncio
import logging
import time
from functools import partial

from protocol import vocabulary as words

from ..access import store as access_store
from ..alarms import rules as alarm_rules
from ..alarms import store as alarm_store
from ..alarms.rules import Alarm
from ..clock import now_ms
from ..database import DatabaseClosed, NotKept, Row, Transaction
from ..hubs import store as hub_store
from ..notify import rules as notify_rules
from ..notify import store as notify_store
from ..people import rules as people_rules
from ..people import store as people_store
from ..services import Services
from ..supervision import store as supervision_store
from . import rules, store

LOG = logging.getLogger("relay")
ROUND_S = 0.2
AUDIT_S = 5
SET_BACK_MS = 500  # a wall clock that fell behind the monotonic one by more was set


def _facts(transaction: Transaction, alarm: Alarm, why: str = "") -> notify_rules.Facts:
    return notify_rules.Facts(
        name=people_store.resident_names(transaction, alarm_id=alarm.alarm_id),
        place=people_store.label(transaction, alarm.dwelling_id),
        kind=alarm.kind,
        at=alarm.activated_at or alarm.raised_at,
        why=why,
    )


def _tell(
    transaction: Transaction, alarm: Alarm, people: list[Row], purpose: str, now: int, why: str = "", voice: bool = True
) -> None:
    """Lay out messages: a short message and, for staff, a call; chat where somebody has an address for it."""
    facts = _facts(transaction, alarm, why)
    for person in people:
        body = notify_rules.text(purpose, person["kind"], person["language"], facts)
        phone = people_rules.dialed(person["phone"] or "")
        ways = [(notify_rules.SMS, phone), (notify_rules.CHAT, person["notify_url"])]
        if voice and purpose == notify_rules.RAISED:
            ways.insert(1, (notify_rules.VOICE, phone))
        for channel, address in ways:
            if address:
                notify_store.add(
                    transaction,
                    alarm.alarm_id,
                    alarm.community_id,
                    purpose,
                    alarm.plan_step,
                    person,
                    channel,
                    address,
                    body,
                    now,
                )


def _do_step(transaction: Transaction, alarm: Alarm, now: int) -> None:
    """The next step in which somebody can be reached; steps without anybody are noted and passed over."""
    plan = store.freeze(transaction, alarm)
    passed: list[str] = []
    while True:
        step = rules.step_at(plan, alarm.plan_step)
        consoles, people = 0, list[Row]()
        for target in step.to:
            found = store.reach(transaction, alarm, target, now)
            if isinstance(found, int):
                consoles += found
            else:
                people += found
        name = "+".join(step.to)
        if consoles or people:
            break
        passed.append(name)
        is_last = alarm.plan_step >= len(plan) - 1
        if is_last:
            alarm = rules.replace(alarm, plan_step=alarm.plan_step + 1, next_at=now + rules.NOBODY_WAIT_MS)
            supervision_store.raise_technical(
                transaction, rules.NOBODY_TO_TELL, now, _hub(alarm), None, f"alarm {alarm.alarm_id}"
            )
            alarm_store.save(transaction, alarm, now, "escalated_to_nobody", ", ".join(passed))
            return
        alarm = rules.replace(alarm, plan_step=alarm.plan_step + 1)
    for empty in passed:
        alarm_store.note_history(transaction, alarm.alarm_id, now, "step_empty", None, empty)
    supervision_store.end(transaction, rules.NOBODY_TO_TELL, now, alarm.hub_id)
    alarm = rules.after_step(alarm, step, now)
    _tell(transaction, alarm, people, notify_rules.RAISED, now)
    told = f"{name}: {len(people)}" + (f", {consoles} consoles" if consoles else "")
    alarm_store.save(transaction, alarm, now, "escalated", told)


def _hub(alarm: Alarm) -> Row:
    return {"hub_id": alarm.hub_id, "dwelling_id": alarm.dwelling_id, "community_id": alarm.community_id}


def _go_on(transaction: Transaction, alarm: Alarm, now: int) -> None:
    """An acknowledged alarm stands still: it sounds again, or those above are told."""
    changed, what = rules.stands_still(alarm, now)
    alarm_store.save(transaction, changed, now, what)
    if what == "raised_again_unattended":
        return
    people = store.reach(transaction, alarm, rules.SUPERVISOR, now)
    if what == "not_accepted" and alarm.assigned_to is not None:
        goer = access_store.staff_of(transaction, alarm.community_id, alarm.assigned_to)
        people = [store._staff(goer)] if goer and (goer["phone"] or goer["notify_url"]) else people
    assert isinstance(people, list)
    _tell(transaction, changed, people, notify_rules.OVERDUE, now, what, voice=False)


def tick(transaction: Transaction, now: int) -> int:
    """Do what is due; how many alarms."""
    found = alarm_store.due(transaction, now)
    for alarm in found:
        _tick_one(transaction, alarm, now)
    return len(found)


def _tick_one(transaction: Transaction, alarm: Alarm, now: int) -> None:
    state = alarm_rules.state_of(alarm)
    if state == words.PRE_ALARM:
        alarm_store.raise_pre_alarm(transaction, alarm, now)
    elif state == words.RAISED:
        _do_step(transaction, alarm, now)
    else:
        _go_on(transaction, alarm, now)


def _tick_if_due(transaction: Transaction, alarm: Alarm, now: int) -> None:
    """As it is now: somebody may have taken it since it was looked up."""
    present = alarm_store.alarm(transaction, alarm.alarm_id, alarm.community_id)
    if present is not None and present.is_open and present.next_at is not None and present.next_at <= now:
        _tick_one(transaction, present, now)


async def do_due(services: Services, due: list[Alarm], now: int) -> None:
    """Each alarm's step is a job of its own, committed together: one that cannot be done holds up no other."""
    jobs = [services.database.write(partial(_tick_if_due, alarm=alarm, now=now)) for alarm in due]
    done = await asyncio.gather(*map(asyncio.wrap_future, jobs), return_exceptions=True)
    for alarm, fault in zip(due, done, strict=True):
        if isinstance(fault, NotKept | DatabaseClosed):
            raise fault
        if isinstance(fault, BaseException):  # the auditor tells staff that a step is late
            LOG.error("the step of alarm %d could not be done", alarm.alarm_id, exc_info=fault)


def hurry_vain_steps(transaction: Transaction, now: int) -> int:
    """Where not one message of a step can reach anybody any more, the next step is due at once; how many."""
    count = 0
    for alarm in alarm_store.raised(transaction):
        is_waiting = alarm.plan_step > 0 and (alarm.next_at or 0) > now
        if is_waiting and notify_store.is_step_in_vain(transaction, alarm.alarm_id, alarm.plan_step):
            alarm_store.save(transaction, rules.replace(alarm, next_at=now), now, "step_in_vain")
            count += 1
    return count


def clock_set_back(transaction: Transaction, now: int) -> int:
    """Pull in every time that lies farther ahead than it may: it was written by a clock that ran ahead. How many
    alarms had one."""
    access_store.console_clock_set_back(transaction, now)
    hub_store.clock_set_back(transaction, now)
    notify_store.clock_set_back(transaction, now, max(notify_rules.BACKOFF_MS))
    count = 0
    for alarm in alarm_store.ahead(transaction, now):
        plan = store.freeze(transaction, alarm)
        wait_ms = max(rules.step_at(plan, max(0, alarm.plan_step - 1)).wait_s * 1000, rules.NOBODY_WAIT_MS)
        latest = alarm_rules.latest(alarm, now, wait_ms)
        if alarm.next_at is not None and alarm.next_at > latest:
            alarm_store.save(transaction, rules.replace(alarm, next_at=latest), now, "clock_set_back")
            count += 1
    return count


def audit(transaction: Transaction, now: int) -> int:
    """Raise a technical alarm while any open alarm's next step is late; how many are."""
    late = alarm_store.late(transaction, now - rules.LATE_MS)
    if late and not supervision_store.is_open(transaction, rules.ESCALATION_LATE, None):
        supervision_store.raise_technical(transaction, rules.ESCALATION_LATE, now, None, None, f"{late} alarms")
    elif not late and supervision_store.is_open(transaction, rules.ESCALATION_LATE, None):
        supervision_store.end(transaction, rules.ESCALATION_LATE, now, None)
    return late


async def run(services: Services) -> None:
    """The ticker. Reads first: an idle community writes nothing. When it starts and when the wall clock went back,
    no time may lie farther ahead than its plan says; when it went forward, what is due is simply done."""
    rounds, ahead_ms = 0, 0
    while True:
        now = now_ms()
        offset_ms = now - time.monotonic_ns() // 1_000_000
        if rounds == 0 or offset_ms < ahead_ms - SET_BACK_MS:
            await asyncio.wrap_future(services.database.write(partial(clock_set_back, now=now)))
            services.started_at = min(services.started_at, now)
            services.hearing_since = min(services.hearing_since, now)
        ahead_ms = offset_ms
        with services.database.read() as reader:
            due = alarm_store.due(reader, now)
            is_any_raised = rounds % 5 == 0 and bool(alarm_store.raised(reader))
        await do_due(services, due, now)
        if rounds % 5 == 0 and is_any_raised:
            await asyncio.wrap_future(services.database.write(partial(hurry_vain_steps, now=now)))
        services.ticked_at = now
        rounds += 1
        await asyncio.sleep(ROUND_S)


async def run_auditor(services: Services) -> None:
    """In every relay. Its first look is late: a relay that starts gives its ticker time to catch up."""
    while True:
        await asyncio.sleep(AUDIT_S)
        now = now_ms()
        with services.database.read() as reader:
            late = alarm_store.late(reader, now - rules.LATE_MS)
            is_known = supervision_store.is_open(reader, rules.ESCALATION_LATE, None)
        if bool(late) != is_known:
            await asyncio.wrap_future(services.database.write(partial(audit, now=now)))
