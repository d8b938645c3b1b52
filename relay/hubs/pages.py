"""The health of every hub and its trigger devices, for those who keep them going."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from .. import guard
from ..access import rules as access_rules
from ..clock import now_ms
from ..guard import SignedIn
from ..people import store as people_store
from ..services import ServicesOf
from . import store
from .shapes import HubHealth

router = APIRouter(tags=["hubs"])


@router.get("/api/hubs", response_model=list[HubHealth])
def hubs(
    person: SignedIn,
    services: ServicesOf,
    after: Annotated[str, Query(max_length=64)] = "",
    count: Annotated[int, Query(ge=1, le=5000)] = 2000,
) -> list[dict[str, Any]]:
    """Hubs by their id, after this one: when each was heard, its power, its devices and which of them are overdue."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        seen = people_store.communities_seen(reader, person.community_id, person.role == access_rules.DISTRICT)
        return store.health(reader, seen, after, count, now_ms())
