"""The routes by which staff work an alarm: acknowledge, assign, arrived, clear, history.

Whoever is signed in is recorded; no body can name another. The home is told after the commit.
"""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path
from protocol import topics, vocabulary
from pydantic import BaseModel, ConfigDict, Field

from .. import guard
from ..access import store as access_store
from ..clock import now_ms
from ..database import Transaction
from ..guard import Person, SignedIn, Writing
from ..services import ServicesOf
from . import rules, store, views

router = APIRouter(prefix="/api/alarms", tags=["alarms"])
AlarmId = Annotated[int, Path(ge=1, le=1 << 62)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Nothing(_Body):
    """An empty object: who acts is the session's person, and nobody else can be named."""


class Assign(_Body):
    staff_id: int = Field(ge=1, le=1 << 62)
    minutes: int | None = Field(default=None, ge=0, le=999)


class Clear(_Body):
    outcome: str
    note: str = Field(default="", max_length=rules.NOTE_LENGTH_MAX)


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


@router.post("/{alarm_id}/acknowledge")
def acknowledge(
    alarm_id: AlarmId, person: Writing, services: ServicesOf, body: Nothing | None = None
) -> dict[str, Any]:
    """Take the alarm: from now on the signed-in person answers for it."""
    return _order(services, person, alarm_id, rules.ACKNOWLEDGE)


@router.post("/{alarm_id}/assign")
def assign(alarm_id: AlarmId, body: Assign, person: Writing, services: ServicesOf) -> dict[str, Any]:
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


@router.post("/{alarm_id}/arrived")
def arrived(alarm_id: AlarmId, person: Writing, services: ServicesOf, body: Nothing | None = None) -> dict[str, Any]:
    """The person who was sent is at the door."""
    return _order(services, person, alarm_id, rules.ARRIVED)


@router.post("/{alarm_id}/clear")
def clear(alarm_id: AlarmId, body: Clear, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Close the alarm with how it ended."""
    if body.outcome not in vocabulary.OUTCOMES:
        raise HTTPException(422, "outcome: not a known outcome. Use one of: " + ", ".join(vocabulary.OUTCOMES) + ".")
    detail = body.outcome + (f": {body.note}" if body.note else "")
    return _order(services, person, alarm_id, rules.CLEAR, detail, outcome=body.outcome, note=body.note or None)


@router.get("/{alarm_id}/history")
def history(alarm_id: AlarmId, person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """All that happened to an alarm, oldest first."""
    with services.database.read() as reader:
        if store.alarm(reader, alarm_id, person.community_id) is None:
            raise HTTPException(404, "There is no such alarm in your community. Load the board again.")
        return store.history(reader, alarm_id)
