"""The routes of a dwelling's card. Looking is logged; notes on health are opened for a reason, which is logged first.

"Break glass": nobody is kept from the notes in an emergency, and nobody opens them unseen. The family can be shown.
"""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path

from .. import guard
from ..access import rules as access_rules
from ..alarms import views
from ..clock import now_ms
from ..database import Transaction
from ..guard import Person, SignedIn, Writing
from ..hubs import store as hub_store
from ..people import store as people_store
from ..services import ServicesOf
from . import store
from .shapes import Card, Health, Look, WhyHealth

router = APIRouter(prefix="/api/dwellings/{dwelling_id}", tags=["card"])
DwellingId = Annotated[str, Path(min_length=1, max_length=64)]
NO_DWELLING = "There is no such dwelling in your community. Load the board again."


def _look(person: Person, dwelling_id: str, **more: Any) -> Any:
    return partial(
        store.log_look,
        at=now_ms(),
        staff_id=person.staff_id,
        role=person.role,
        community_id=person.community_id,
        dwelling_id=dwelling_id,
        **more,
    )


@router.get("/card", response_model=Card)
def card(dwelling_id: DwellingId, person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """Who lives there, whom to call, what happened lately. Looking is logged."""
    guard.require(person, access_rules.CARD)
    with services.database.read() as reader:
        dwelling = people_store.dwelling(reader, dwelling_id, person.community_id)
        if dwelling is None:
            raise HTTPException(404, NO_DWELLING)
        names = ("dwelling_id", "label", "label_en", "address", "access_note", "latitude", "longitude")
        shown = {name: dwelling[name] for name in names}
        shown |= people_store.card(reader, dwelling_id)
        shown["life_at"] = hub_store.last_life_at(reader, dwelling_id)  # a whole hour; None: not watched
        shown["alarms"] = views.recent_views(reader, dwelling_id)
    services.database.write_lazily(_look(person, dwelling_id))
    return shown


@router.post("/card/health", response_model=Health)
def health(dwelling_id: DwellingId, body: WhyHealth, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Open the notes on health and habits. Who, when and why is kept before they are shown."""
    guard.require(person, access_rules.HEALTH)

    def work(transaction: Transaction) -> list[dict[str, Any]] | None:
        if people_store.dwelling(transaction, dwelling_id, person.community_id) is None:
            return None
        is_known = body.alarm_id is not None and store.is_alarm_of(transaction, body.alarm_id, dwelling_id)
        alarm_id = body.alarm_id if is_known else None
        _look(person, dwelling_id, reason=body.reason.strip(), alarm_id=alarm_id, is_health=True)(transaction)
        return store.health(transaction, dwelling_id)

    residents = services.database.write(work).result()
    if residents is None:
        raise HTTPException(404, NO_DWELLING)
    return {"residents": residents}


@router.get("/access-log", response_model=list[Look])
def access_log(dwelling_id: DwellingId, person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """Who looked at this card, when and why, newest first."""
    guard.require(person, access_rules.AUDIT)
    with services.database.read() as reader:
        if people_store.dwelling(reader, dwelling_id, person.community_id) is None:
            raise HTTPException(404, NO_DWELLING)
        return store.looks(reader, dwelling_id)
