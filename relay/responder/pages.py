"""The route that a responder's telephone asks: what am I sent to?"""

from typing import Any

from fastapi import APIRouter

from .. import guard
from ..access import rules as access_rules
from ..alarms.shapes import AlarmView
from ..card.shapes import CardContact, CardKeyholder
from ..guard import SignedIn
from ..services import ServicesOf
from . import store

router = APIRouter(prefix="/api/my", tags=["responder"])


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


@router.get("/assignments", response_model=list[Assignment])
def assignments(person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """The open alarms to which the signed-in person was sent, with the way to the door."""
    guard.require(person, access_rules.ASSIGNMENTS)
    with services.database.read() as reader:
        return store.assignments(reader, person.community_id, person.staff_id)
