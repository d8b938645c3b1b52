"""The routes by which staff work an alarm: acknowledge, assign, arrived, clear, history.

Whoever is signed in is recorded; no body can name another. The home is told after the commit.
"""

import secrets
from typing import Any

from fastapi import APIRouter, HTTPException
from protocol import topics, vocabulary
from pydantic import Field

from .. import guard
from ..access import rules as access_rules
from ..access import store as access_store
from ..clock import now_ms
from ..database import Transaction
from ..guard import Person, SignedIn, Writing
from ..people import store as people_store
from ..services import RowId, ServicesOf
from ..shapes import Body
from . import rules, store, views
from .shapes import AlarmView, HistoryEntry

router = APIRouter(prefix="/api/alarms", tags=["alarms"])


class Nothing(Body):
    """An empty object: who acts is the session's person, and nobody else can be named."""


class Assign(Body):
    staff_id: int = Field(ge=1, le=(1 << 53) - 1)
    minutes: int | None = Field(default=None, ge=0, le=999)


class Accept(Body):
    minutes: int | None = Field(default=None, ge=0, le=999)


class Decline(Body):
    reason: str = Field(min_length=1, max_length=200, pattern=r"\S")


class Arrived(Body):
    """Shape: `by` how it is known: word (the operator was told), phone (the responder's own page), door (its code)."""

    by: str = Field(default="word", json_schema_extra={"enum": list(rules.ARRIVED_BY)})
    code: str | None = Field(default=None, max_length=200)


class Ended(Body):
    outcome: str = Field(json_schema_extra={"enum": list(vocabulary.OUTCOMES)})
    note: str = Field(default="", max_length=rules.NOTE_LENGTH_MAX)


class Clear(Body):
    """How it ended; without an outcome: as was recorded when it was resolved."""

    outcome: str | None = Field(default=None, json_schema_extra={"enum": [*vocabulary.OUTCOMES, None]})
    note: str = Field(default="", max_length=rules.NOTE_LENGTH_MAX)


class Merge(Body):
    into: int = Field(ge=1, le=(1 << 53) - 1)


class Reason(Body):
    reason: str = Field(min_length=1, max_length=rules.NOTE_LENGTH_MAX, pattern=r"\S")


def _order(
    services: ServicesOf,
    person: Person,
    alarm_id: int,
    what: str,
    detail: str | None = None,
    **given: Any,
) -> dict[str, Any]:
    guard.require(person, what)

    def work(transaction: Transaction) -> tuple[dict[str, Any], str, list[dict[str, Any]]] | None:
        now = now_ms()
        changed = store.carry_out(
            transaction, alarm_id, person.community_id, what, person.staff_id, now, detail, **given
        )
        if changed is None:
            return None
        before, after = changed
        steps = rules.down_steps(before, after) if before != after else []
        down = [views.down_message(transaction, after, step) for step in steps]
        return views.view(transaction, alarm_id), after.hub_id, down

    try:
        done = services.database.write(work).result()
    except rules.IllegalOrder as error:
        raise HTTPException(409, str(error)) from None
    if done is None:
        raise HTTPException(404, "There is no such alarm in your community. Load the board again.")
    view, hub_id, down = done
    for message in down:
        services.send(hub_id, topics.ALARM, message)
    return view


@router.post("/{alarm_id}/acknowledge", response_model=AlarmView)
def acknowledge(alarm_id: RowId, person: Writing, services: ServicesOf, body: Nothing | None = None) -> dict[str, Any]:
    """Take the alarm: from now on the signed-in person answers for it."""
    return _order(services, person, alarm_id, rules.ACKNOWLEDGE)


@router.post("/{alarm_id}/assign", response_model=AlarmView)
def assign(alarm_id: RowId, body: Assign, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Send somebody; the home hears who comes and in how many minutes."""
    with services.database.read() as reader:
        goer = access_store.staff_of(reader, person.community_id, body.staff_id)
    if goer is None:
        raise HTTPException(
            409, "This person does not work in your community (any more). Choose somebody from the list."
        )
    detail = goer["display_name"] + (f", {body.minutes} min" if body.minutes is not None else "")
    return _order(
        services,
        person,
        alarm_id,
        rules.ASSIGN,
        detail,
        assigned_to=body.staff_id,
        minutes=body.minutes,
    )


@router.post("/{alarm_id}/accept", response_model=AlarmView)
def accept(alarm_id: RowId, person: Writing, services: ServicesOf, body: Accept | None = None) -> dict[str, Any]:
    """Whoever was sent goes; and says, if they like, in how many minutes."""
    given: dict[str, Any] = {"minutes": body.minutes} if body is not None and body.minutes is not None else {}
    return _order(services, person, alarm_id, rules.ACCEPT, **given)


@router.post("/{alarm_id}/decline", response_model=AlarmView)
def decline(alarm_id: RowId, body: Decline, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Whoever was sent cannot go; the operator sends somebody else."""
    return _order(services, person, alarm_id, rules.DECLINE, body.reason)


@router.post("/{alarm_id}/arrived", response_model=AlarmView)
def arrived(alarm_id: RowId, person: Writing, services: ServicesOf, body: Arrived | None = None) -> dict[str, Any]:
    """The person who was sent is at the door; how that is known is recorded."""
    by = body.by if body is not None else "word"
    if by not in rules.ARRIVED_BY:
        raise HTTPException(422, "by: not a known way. Use one of: " + ", ".join(rules.ARRIVED_BY) + ".")
    if by == "door" and not _is_code_of_door(services, person, alarm_id, body.code if body else None):
        raise HTTPException(409, "This is not the code of that door. Scan the one beside it, or say it by word.")
    return _order(services, person, alarm_id, rules.ARRIVED, by, arrived_by=by)


def _is_code_of_door(services: ServicesOf, person: Person, alarm_id: int, code: str | None) -> bool:
    with services.database.read() as reader:
        alarm = store.alarm(reader, alarm_id, person.community_id)
        known = people_store.door_code(reader, alarm.dwelling_id) if alarm else None
    return alarm is None or (
        known is not None and code is not None and secrets.compare_digest(known.encode(), code.encode())
    )


def _check_outcome(outcome: str | None) -> None:
    if outcome is not None and outcome not in vocabulary.OUTCOMES:
        raise HTTPException(422, "outcome: not a known outcome. Use one of: " + ", ".join(vocabulary.OUTCOMES) + ".")


@router.post("/{alarm_id}/resolve", response_model=AlarmView)
def resolve(alarm_id: RowId, body: Ended, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Who is at the door says how it ended; the operator closes it."""
    _check_outcome(body.outcome)
    detail = body.outcome + (f": {body.note}" if body.note else "")
    return _order(services, person, alarm_id, rules.RESOLVE, detail, outcome=body.outcome, note=body.note or None)


@router.post("/{alarm_id}/clear", response_model=AlarmView)
def clear(alarm_id: RowId, body: Clear, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Close the alarm with how it ended."""
    _check_outcome(body.outcome)
    detail = ": ".join(part for part in (body.outcome, body.note) if part) or None
    given = {"outcome": body.outcome} if body.outcome is not None else {}
    return _order(
        services, person, alarm_id, rules.CLEAR, detail, **given, **({"note": body.note} if body.note else {})
    )


@router.post("/{alarm_id}/merge", response_model=AlarmView)
def merge(alarm_id: RowId, body: Merge, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """The same matter as another open alarm of this home: work that one."""
    return _order(services, person, alarm_id, rules.MERGE, f"into {body.into}", merged_into=body.into)


@router.post("/{alarm_id}/release", response_model=AlarmView)
def release(alarm_id: RowId, body: Reason, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Give an acknowledged alarm back: it sounds again and its plan begins anew."""
    return _order(services, person, alarm_id, rules.RELEASE, body.reason)


@router.post("/{alarm_id}/reopen", response_model=AlarmView)
def reopen(alarm_id: RowId, body: Reason, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """It was closed too soon: open it again, within 24 hours."""
    return _order(services, person, alarm_id, rules.REOPEN, body.reason)


@router.get("/{alarm_id}/history", response_model=list[HistoryEntry])
def history(alarm_id: RowId, person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """All that happened to an alarm, oldest first: for those who work alarms, and those who prove what happened."""
    guard.require_one(person, access_rules.CLEAR, access_rules.AUDIT)
    with services.database.read() as reader:
        if store.alarm(reader, alarm_id, person.community_id) is None:
            raise HTTPException(404, "There is no such alarm in your community. Load the board again.")
        return store.history(reader, alarm_id)
