"""The routes by which staff go on and off duty, and hand over."""

from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from .. import guard
from ..access import rules as access_rules
from ..access import store as access_store
from ..alarms import views
from ..alarms.shapes import AlarmView
from ..clock import now_ms
from ..database import Reader, Transaction
from ..guard import Person, SignedIn, Writing
from ..services import RowId, ServicesOf
from ..shapes import Body
from ..supervision import store as supervision_store
from ..supervision.shapes import Technical
from . import rules, store

router = APIRouter(prefix="/api", tags=["duty"])
NO_OFFER = "This hand-over is not waiting any more. Load the page again."


class OnDuty(BaseModel):
    staff_id: int
    display_name: str
    display_name_en: str
    duty: str
    shift_id: int
    begins_at: int
    ends_at: int


class MyDuty(BaseModel):
    """Shape: all null when not on duty."""

    is_on_duty: bool
    duty: str | None
    shift_id: int | None
    ends_at: int | None


class Duty(BaseModel):
    on_duty: list[OnDuty]
    me: MyDuty


class GoOn(Body):
    duty: Literal["operator", "deputy", "responder", "supervisor"]
    hours: float = Field(default=8, ge=rules.HOURS_MIN, le=rules.HOURS_MAX, allow_inf_nan=False)


class Offer(BaseModel):
    """Shape: `to` is who it is for, or who accepted it; null where anybody may."""

    handover_id: int
    by_staff_id: int
    by: str
    by_en: str
    to_staff_id: int | None
    to: str | None
    at: int
    accepted_at: int | None
    note: str


class Handover(BaseModel):
    """What whoever comes in must know. Shape: `offered` the newest of `offers`; `notes` of the last hand-overs."""

    open: list[AlarmView]
    technical: list[Technical]
    notes: list[Offer]
    offered: Offer | None
    offers: list[Offer]


class NewOffer(Body):
    note: str = Field(default="", max_length=2000)
    to_staff_id: int | None = Field(default=None, ge=1, le=(1 << 53) - 1)


class Accepted(BaseModel):
    """Shape: `taken` are the alarms that are yours now."""

    handover_id: int
    taken: list[int]


def _duty(reader: Reader, person: Person, now: int) -> dict[str, Any]:
    on_duty = store.on_duty(reader, person.community_id, now)
    mine = next((one for one in on_duty if one["staff_id"] == person.staff_id), None)
    me: dict[str, Any] = {name: mine[name] if mine else None for name in ("duty", "shift_id", "ends_at")}
    return {"on_duty": on_duty, "me": {"is_on_duty": mine is not None} | me}


@router.get("/duty", response_model=Duty)
def duty(person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """Who is on duty now, and whether I am."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        return _duty(reader, person, now_ms())


@router.post("/duty", response_model=Duty)
def go_on(body: GoOn, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Begin my shift. Again: it lasts from now on for these hours."""
    guard.require(person, access_rules.DUTY)
    if not rules.may_take(person.role, body.duty):
        raise HTTPException(409, f"Your role ({person.role}) does not take this duty ({body.duty}).")
    now = now_ms()

    def work(transaction: Transaction) -> dict[str, Any]:
        ends_at = now + int(body.hours * 3_600_000)
        store.go_on(transaction, person.community_id, person.staff_id, body.duty, now, ends_at)
        return _duty(transaction, person, now)

    return services.database.write(work).result()


@router.delete("/duty", response_model=Duty)
def go_off(person: Writing, services: ServicesOf) -> dict[str, Any]:
    """End my shift; refused while an alarm would be left alone."""
    guard.require(person, access_rules.DUTY)
    now = now_ms()

    def work(transaction: Transaction) -> dict[str, Any] | str:
        mine = [one for one in store.on_duty(transaction, person.community_id, now)]
        is_operator = any(one["staff_id"] == person.staff_id and one["duty"] == rules.OPERATOR for one in mine)
        others = sum(one["duty"] == rules.OPERATOR and one["staff_id"] != person.staff_id for one in mine)
        offers = store.offers(transaction, person.community_id)
        open_alarms = len(views.open_views(transaction, person.community_id)) if is_operator else 0
        why = rules.why_stay(any(one["by_staff_id"] == person.staff_id for one in offers), others, open_alarms)
        if why is not None:
            return why
        store.go_off(transaction, person.community_id, person.staff_id, now)
        return _duty(transaction, person, now)

    done = services.database.write(work).result()
    if isinstance(done, str):
        raise HTTPException(409, done)
    return done


def _handover(reader: Reader, person: Person) -> dict[str, Any]:
    offers = store.offers(reader, person.community_id)
    return {
        "open": views.open_views(reader, person.community_id),
        "technical": supervision_store.entries(reader, person.community_id),
        "notes": store.notes(reader, person.community_id),
        "offered": offers[0] if offers else None,
        "offers": offers,
    }


@router.get("/handover", response_model=Handover)
def handover(person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """What is open, what was said last, and what waits to be accepted."""
    guard.require(person, access_rules.HANDOVER)
    with services.database.read() as reader:
        return _handover(reader, person)


@router.post("/handover", response_model=Handover)
def offer(body: NewOffer, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Offer to hand over. Until somebody accepts, you stay on duty and responsible."""
    guard.require(person, access_rules.HANDOVER)

    def work(transaction: Transaction) -> dict[str, Any] | None:
        to = body.to_staff_id
        if to is not None and access_store.staff_of(transaction, person.community_id, to) is None:
            return None
        store.offer(transaction, person.community_id, person.staff_id, to, body.note, now_ms())
        return _handover(transaction, person)

    done = services.database.write(work).result()
    if done is None:
        raise HTTPException(409, "This person does not work in your community. Choose somebody from the list.")
    return done


@router.post("/handover/{handover_id}/accept", response_model=Accepted)
def accept(handover_id: RowId, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Take over: the alarms that the outgoing person had taken are yours, and they are off duty."""
    guard.require(person, access_rules.HANDOVER)

    def work(transaction: Transaction) -> dict[str, Any] | str | None:
        found = store.offer_of(transaction, person.community_id, handover_id)
        if found is None:
            return None
        why = rules.why_not_accept(person.staff_id, found["by_staff_id"], found["to_staff_id"])
        if why is not None:
            return why
        taken = store.accept(transaction, person.community_id, found, person.staff_id, now_ms())
        return {"handover_id": handover_id, "taken": taken}

    done = services.database.write(work).result()
    if done is None:
        raise HTTPException(404, NO_OFFER)
    if isinstance(done, str):
        raise HTTPException(409, done)
    return done


@router.delete("/handover/{handover_id}", response_model=Handover)
def withdraw(handover_id: RowId, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Take one's own offer back."""
    guard.require(person, access_rules.HANDOVER)
    work = partial(
        store.withdraw, community_id=person.community_id, handover_id=handover_id, by=person.staff_id, now=now_ms()
    )
    if not services.database.write(work).result():
        raise HTTPException(404, NO_OFFER)
    with services.database.read() as reader:
        return _handover(reader, person)
