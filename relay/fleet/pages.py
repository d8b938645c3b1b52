"""The order to put a lost or stolen hub out of the system."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path
from pydantic import Field

from .. import guard
from ..access import rules as access_rules
from ..clock import now_ms
from ..guard import Writing
from ..services import ServicesOf
from ..shapes import Body
from . import store

router = APIRouter(prefix="/api/hubs", tags=["hubs"])


class Revocation(Body):
    """Shape: `reason` as the board will show it."""

    reason: str = Field(min_length=1, max_length=64, pattern=r"\S")


@router.post("/{hub_id}/revoke")
def revoke(
    hub_id: Annotated[str, Path(max_length=32)], body: Revocation, person: Writing, services: ServicesOf
) -> dict[str, Any]:
    """Its password ends, its line is cut, its dwelling is shown as without a hub. There is no way back."""
    guard.require(person, access_rules.REVOKE)
    reason = f"{body.reason} ({person.display_name})"
    work = partial(store.revoke, hub_id=hub_id, community_id=person.community_id, reason=reason, now=now_ms())
    was_active = services.database.write(work).result()
    if was_active is None:
        raise HTTPException(404, "There is no such hub in your community. Load the page again.")
    return {"hub_id": hub_id, "is_revoked": True, "was_active": was_active}
