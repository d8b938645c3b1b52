"""The routes of whoever goes: what am I sent to, where am I; and for who sends them: who is nearest and free?

Where somebody is, is kept only while they are on duty and share it: the last place alone, for half an hour at most.
"""

from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from .. import guard
from ..access import rules as access_rules
from ..access import store as access_store
from ..alarms.shapes import AlarmView
from ..card.shapes import CardContact, CardKeyholder
from ..clock import now_ms
from ..database import Transaction
from ..guard import SignedIn, Writing
from ..services import RowId, ServicesOf
from ..shapes import Body
from . import store

router = APIRouter(tags=["responder"])


class Assignment(AlarmView):
    """An alarm that I was sent to. Shape: `state` is its `work`; `alarm` the same view by itself."""

    alarm: AlarmView
    state: str
    label: str
    label_en: str
    access_note: str
    latitude: float | None
    longitude: float | None
    duty_phone: str | None
    contacts: list[CardContact]
    keyholders: list[CardKeyholder]
    hearing: list[str]
    languages: list[str]


@router.get("/api/my/assignments", response_model=list[Assignment])
def assignments(person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """The open alarms to which the signed-in person was sent, with the way to the door."""
    guard.require(person, access_rules.ASSIGNMENTS)
    with services.database.read() as reader:
        return store.assignments(reader, person.community_id, person.staff_id)


class Place(Body):
    """Shape: degrees, WGS-84."""

    latitude: float = Field(ge=-90, le=90, allow_inf_nan=False)
    longitude: float = Field(ge=-180, le=180, allow_inf_nan=False)


class Kept(BaseModel):
    is_kept: bool


class Candidate(BaseModel):
    """Shape: `distance_m` as the crow flies; null where they do not share their place, or the home has none."""

    staff_id: int
    display_name: str
    display_name_en: str
    is_on_duty: bool
    is_busy: bool
    distance_m: int | None


@router.post("/api/my/place", response_model=Kept)
def place(body: Place, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Where I am. Off duty it is not kept, and what was kept is forgotten."""
    guard.require(person, access_rules.ASSIGNMENTS)
    now = now_ms()

    def work(transaction: Transaction) -> bool:
        on_duty = access_store.on_duty(transaction, person.community_id, now)
        is_kept = any(one["staff_id"] == person.staff_id for one in on_duty)
        if is_kept:
            store.keep_place(transaction, person.staff_id, body.latitude, body.longitude, now)
        else:
            store.forget_places(transaction, now, person.staff_id)
        return is_kept

    return {"is_kept": services.database.write(work).result()}


@router.get("/api/alarms/{alarm_id}/responders", response_model=list[Candidate])
def responders(alarm_id: RowId, person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """Who can be sent there, whom to ask first at the top: on duty, free, near."""
    guard.require(person, access_rules.ASSIGN)
    with services.database.read() as reader:
        found = store.who_may_go(reader, person.community_id, alarm_id, now_ms())
    if found is None:
        raise HTTPException(404, "There is no such alarm in your community. Load the board again.")
    return found
