"""The routes by which homes and their people are kept by hand. A write tells the boards at once."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import BaseModel

from .. import events, guard
from ..access import rules as access_rules
from ..alarms import views
from ..database import Reader, Transaction
from ..guard import SignedIn, Writing
from ..services import ServicesOf
from . import rules, shapes, store

router = APIRouter(prefix="/api/people", tags=["people"])
HomeId = Annotated[str, Path(min_length=1, max_length=64)]
NO_HOME = "There is no such home in your community. Load the list again."
_WHY_KEPT = {
    "hubs": "This home has a hub. Take the hub out first.",
    "alarms": "This home has alarms in its history, which stays. Take its residents out instead.",
    "card_access": "This home's card was looked at, and that log stays. Take its residents out instead.",
}


class Removed(BaseModel):
    dwelling_id: str


def why_not(reader: Reader, community_id: str, home: dict[str, Any], dwelling_id: str | None) -> str | None:
    """What keeps this home from being written, in a sentence; None when nothing does."""
    if not home["label"]:
        return "This home has no name. Give it a door, an address or a label."
    other = store.at_door(reader, community_id, home)
    if other is not None and other != dwelling_id:
        return f"The home {other} is at this door already. Change that one."
    return None


@router.get("", response_model=list[shapes.Home])
def people(
    person: SignedIn,
    services: ServicesOf,
    after: Annotated[str, Query(max_length=64)] = "",
    count: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[dict[str, Any]]:
    """Homes with their people, in the order of their id; go on with the last id as `after`."""
    guard.require(person, access_rules.PEOPLE)
    with services.database.read() as reader:
        return store.page(reader, person.community_id, after, count)


@router.get("/dwellings/{dwelling_id}", response_model=shapes.Home)
def home(dwelling_id: HomeId, person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    guard.require(person, access_rules.PEOPLE)
    with services.database.read() as reader:
        found = store.home(reader, dwelling_id, person.community_id)
    if found is None:
        raise HTTPException(404, NO_HOME)
    return found


@router.post("/dwellings", response_model=shapes.Home)
def add(body: shapes.NewHome, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Add a home with its people."""
    guard.require(person, access_rules.EDIT_PEOPLE)
    new = rules.kept_as(body)

    def work(transaction: Transaction) -> dict[str, Any] | str | None:
        refusal = why_not(transaction, person.community_id, new, None)
        if refusal:
            return refusal
        dwelling_id = store.add(transaction, person.community_id, new)
        views.announce_dwelling(transaction, dwelling_id, person.community_id)
        return store.home(transaction, dwelling_id, person.community_id)

    return _answer(_write(services, work))


@router.put("/dwellings/{dwelling_id}", response_model=shapes.Home)
def change(dwelling_id: HomeId, body: shapes.NewHome, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Write a home whole: people who are not named are let go, those with their number keep it."""
    guard.require(person, access_rules.EDIT_PEOPLE)
    new = rules.kept_as(body)

    def work(transaction: Transaction) -> dict[str, Any] | str | None:
        if store.home(transaction, dwelling_id, person.community_id) is None:
            return None
        refusal = why_not(transaction, person.community_id, new, dwelling_id)
        if refusal:
            return refusal
        store.change(transaction, dwelling_id, new)
        views.announce_dwelling(transaction, dwelling_id, person.community_id)
        return store.home(transaction, dwelling_id, person.community_id)

    return _answer(_write(services, work))


@router.delete("/dwellings/{dwelling_id}", response_model=Removed)
def remove(dwelling_id: HomeId, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Take a home out that was put in by mistake. One with a hub or a history stays."""
    guard.require(person, access_rules.EDIT_PEOPLE)

    def work(transaction: Transaction) -> dict[str, Any] | str | None:
        if store.home(transaction, dwelling_id, person.community_id) is None:
            return None
        why = store.why_kept(transaction, dwelling_id)
        if why is not None:
            return _WHY_KEPT[why]
        store.remove(transaction, dwelling_id)
        events.append(transaction, person.community_id, "dwelling_gone", {"dwelling_id": dwelling_id})
        return {"dwelling_id": dwelling_id}

    return _answer(_write(services, work))


def _write(services: ServicesOf, work: Any) -> dict[str, Any] | str | None:
    try:
        return services.database.write(work).result()
    except store.NoSuchPerson:
        raise HTTPException(409, "One of these people is not in this home (any more). Load the home again.") from None


def _answer(done: dict[str, Any] | str | None) -> dict[str, Any]:
    if done is None:
        raise HTTPException(404, NO_HOME)
    if isinstance(done, str):
        raise HTTPException(409, done)
    return done
