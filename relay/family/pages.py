"""The routes of the family's link: made and ended by staff, opened by whoever has it, without signing in.

The secret stands in the path, as a link must; it is kept as a hash and shown once. It opens one home's last 90 days:
that help was called, who went, how it ended, who looked at the card. Nothing about health, no telephone numbers.
"""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request
from pydantic import BaseModel, Field

from .. import guard
from ..access import rules as access_rules
from ..access import tries
from ..alarms import store as alarm_store
from ..alarms import views
from ..card import store as card_store
from ..clock import now_ms
from ..database import Reader, Row, Transaction
from ..guard import SignedIn, Writing
from ..people import store as people_store
from ..services import RowId, ServicesOf
from ..shapes import Body
from . import rules, store

router = APIRouter(prefix="/api", tags=["family"])
DwellingId = Annotated[str, Path(min_length=1, max_length=64)]
NO_DWELLING = "There is no such dwelling in your community. Load the board again."
NO_LINK = "This link does not open anything (any more). Ask the community for a new one."


class ForWhom(Body):
    contact_id: int = Field(ge=1, le=(1 << 53) - 1)


class MadeLink(BaseModel):
    """Shown once."""

    link_id: int
    url: str


class Link(BaseModel):
    link_id: int
    contact_id: int
    name: str
    relation: str
    made_at: int
    seen_at: int | None


class EndedLink(BaseModel):
    link_id: int


class Step(BaseModel):
    what: str
    at: int
    who_display: str | None
    who_display_en: str | None


class FamilyAlarm(BaseModel):
    raised_at: int
    kind: str
    steps: list[Step]
    outcome: str | None
    is_open: bool


class LookedAt(BaseModel):
    """Shape: `is_health`: the notes on health were opened, and the reason given for it."""

    at: int
    role: str
    is_health: bool
    reason: str | None


class FamilyView(BaseModel):
    """One home as its family sees it."""

    for_name: str
    language: str
    resident_names: list[str]
    community_name: str
    community_name_en: str
    duty_phone: str | None
    alarms: list[FamilyAlarm]
    looked_at_card: list[LookedAt]
    is_hub_online: bool


@router.get("/dwellings/{dwelling_id}/family-links", response_model=list[Link])
def links(dwelling_id: DwellingId, person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """The links that open this home, never their secrets."""
    guard.require(person, access_rules.FAMILY)
    with services.database.read() as reader:
        if people_store.dwelling(reader, dwelling_id, person.community_id) is None:
            raise HTTPException(404, NO_DWELLING)
        return store.links(reader, dwelling_id)


@router.post("/dwellings/{dwelling_id}/family-links", response_model=MadeLink)
def add(
    dwelling_id: DwellingId, body: ForWhom, request: Request, person: Writing, services: ServicesOf
) -> dict[str, Any]:
    """A link for one of the home's contacts; an older one of theirs ends. It is in the answer and nowhere else."""
    guard.require(person, access_rules.FAMILY)

    def work(transaction: Transaction) -> tuple[int, str] | int:
        if people_store.dwelling(transaction, dwelling_id, person.community_id) is None:
            return 404
        contacts = people_store.contacts_to_tell(transaction, dwelling_id)
        if body.contact_id not in [one["id"] for one in contacts]:
            return 409
        return store.add(transaction, dwelling_id, body.contact_id, person.staff_id, now_ms())

    made = services.database.write(work).result()
    if made == 404:
        raise HTTPException(404, NO_DWELLING)
    if isinstance(made, int):
        raise HTTPException(409, "This is no contact of that home. Choose one from its card.")
    return {"link_id": made[0], "url": f"{str(request.base_url).rstrip('/')}/family/{made[1]}"}


@router.delete("/family-links/{link_id}", response_model=EndedLink)
def end(link_id: RowId, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """The link opens nothing any more."""
    guard.require(person, access_rules.FAMILY)
    work = partial(store.end, community_id=person.community_id, link_id=link_id, now=now_ms())
    if not services.database.write(work).result():
        raise HTTPException(404, "There is no such link in your community, or it has ended.")
    return {"link_id": link_id}


@router.get(
    "/family/{secret}", response_model=FamilyView, responses={429: {"description": "Asked, or guessed, too often."}}
)
def family(
    secret: Annotated[str, Path(min_length=1, max_length=128)], request: Request, services: ServicesOf
) -> dict[str, Any]:
    """One home, for whoever has its link."""
    address = request.client.host if request.client else "?"
    now = now_ms()
    with services.database.read() as reader:
        link = store.link(reader, secret)
        shown = _view(reader, link, now) if link else None

    def count(transaction: Transaction) -> int:
        if link is None:
            return tries.begin(transaction, "family", address, rules.WRONG_TRIES, now)
        store.touch(transaction, link["link_id"], now)
        return tries.begin(transaction, "family-link", str(link["link_id"]), rules.ASKS, now)

    wait_ms = services.database.write(count).result()
    if wait_ms:
        raise HTTPException(429, f"Asked too often. Wait {wait_ms // 1000 + 1} seconds and try again.")
    if shown is None:
        raise HTTPException(404, NO_LINK)
    return shown


def _view(reader: Reader, link: Row, now: int) -> dict[str, Any]:
    dwelling_id, after = link["dwelling_id"], now - rules.SHOWN_MS
    community_id = people_store.dwelling_community(reader, dwelling_id) or ""
    community = people_store.community(reader, community_id) or {}
    alarms = [one for one in views.recent_views(reader, dwelling_id, 100) if one["raised_at"] >= after]
    return {
        "for_name": link["name"],
        "language": link["language"],
        "resident_names": [one["name"] for one in people_store.card(reader, dwelling_id)["residents"]],
        "community_name": community.get("name", ""),
        "community_name_en": community.get("name_en", ""),
        "duty_phone": community.get("duty_phone"),
        "alarms": [
            {name: one[name] for name in ("raised_at", "kind", "outcome", "is_open")}
            | {"steps": rules.steps_shown(alarm_store.history(reader, one["alarm_id"]))}
            for one in alarms
        ],
        "looked_at_card": card_store.looks(reader, dwelling_id, after),
        "is_hub_online": views.dwelling_entry(reader, dwelling_id)["is_hub_online"],
    }
