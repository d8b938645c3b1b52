"""The one order staff give about technical alarms: "dealt with"; and the area events."""

from typing import Any

from fastapi import APIRouter, HTTPException

from .. import guard
from ..access import rules as access_rules
from ..clock import now_ms
from ..guard import SignedIn, Writing
from ..people import store as people_store
from ..services import RowId, ServicesOf
from . import rules, store
from .shapes import Technical

router = APIRouter(tags=["technical"])


@router.get("/api/areas", response_model=list[Technical])
def areas(person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """Outages of one building or one provider, each with the homes that are still off the line."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        seen = people_store.communities_seen(reader, person.community_id, person.role == access_rules.DISTRICT)
        return store.area_entries(reader, seen)


@router.post("/api/technical/{technical_id}/close", response_model=Technical)
def close(technical_id: RowId, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Take a momentary fault off the board. A lasting one ends by itself when its cause is gone."""
    guard.require(person, access_rules.CLOSE_TECHNICAL)
    with services.database.read() as reader:
        kind = store.kind_of(reader, technical_id, person.community_id)
    if kind is None:
        raise HTTPException(404, "There is no such technical alarm in your community. Load the board again.")
    if kind in rules.LASTING:
        raise HTTPException(409, "This fault is still there. It leaves the board by itself when it is mended.")
    entry = services.database.write(
        lambda tx: store.close(tx, technical_id, person.community_id, person.staff_id, now_ms())
    ).result()
    if entry is None:
        raise HTTPException(404, "There is no such technical alarm in your community. Load the board again.")
    return entry
