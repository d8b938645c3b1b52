"""The routes that find a home: typed by hand, or told by a telephone system when it rings."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from .. import guard
from ..access import rules as access_rules
from ..clock import now_ms
from ..guard import SignedIn, Writing
from ..services import ServicesOf
from . import store

router = APIRouter(prefix="/api", tags=["hotline"])
Phone = Annotated[str, Query(min_length=1, max_length=32)]


class Found(BaseModel):
    dwelling_id: str
    label: str
    label_en: str
    address: str
    names: list[str]
    open_alarms: int


class Caller(BaseModel):
    """Whose number it is. Shape: `kind` resident, contact or keyholder; `open_alarms` their numbers."""

    kind: str
    dwelling_id: str
    label: str
    label_en: str
    address: str
    who: str
    relation: str
    open_alarms: list[int]


class Hotline(BaseModel):
    phone: str
    calls_from: list[Caller]


class Ringing(BaseModel):
    """Further fields are allowed: every telephone system has its own."""

    model_config = ConfigDict(extra="ignore")
    phone: str = Field(min_length=1, max_length=32)
    called_at: int | None = Field(default=None, ge=0, le=1 << 50, description="UTC ms; now when left out")


class Told(BaseModel):
    phone: str
    matches: int


@router.get("/search", response_model=list[Found])
def search(
    person: SignedIn, services: ServicesOf, q: Annotated[str, Query(min_length=1, max_length=64)]
) -> list[dict[str, Any]]:
    """At most 20 homes by name, pinyin initials, telephone, label or address, the likeliest first."""
    guard.require(person, access_rules.SEARCH)
    with services.database.read() as reader:
        return store.search(reader, person.community_id, q)


@router.get("/hotline", response_model=Hotline)
def hotline(person: SignedIn, services: ServicesOf, phone: Phone) -> dict[str, Any]:
    """Whose number this is, and what is open there."""
    guard.require(person, access_rules.HOTLINE)
    with services.database.read() as reader:
        return {"phone": phone, "calls_from": store.calls_from(reader, person.community_id, phone)}


@router.post("/hooks/call", response_model=Told)
def ringing(body: Ringing, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """A telephone system says who rings (its token has the role call_gateway): shown on the community's consoles.

    It learns how many homes have the number, not which.
    """
    guard.require(person, access_rules.CALL)
    called_at = body.called_at if body.called_at is not None else now_ms()
    matches = services.database.write(store.announce_call(person.community_id, body.phone, called_at)).result()
    return {"phone": body.phone, "matches": len(matches)}
