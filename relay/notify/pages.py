"""What was sent, or would be; and the hook by which a gateway reports what became of a message."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from .. import guard
from ..access import rules as access_rules
from ..clock import now_ms
from ..guard import SignedIn
from ..intake import store as intake_store
from ..services import ServicesOf
from . import store

router = APIRouter(tags=["notify"])


class Report(BaseModel):
    """A gateway's word about a message that it took. Further fields are allowed: every gateway has its own."""

    model_config = ConfigDict(extra="ignore")
    reference: str = Field(min_length=1, max_length=200)
    is_delivered: bool
    detail: str = Field(default="", max_length=500)


@router.get("/api/outgoing")
def outgoing(
    person: SignedIn,
    services: ServicesOf,
    alarm_id: Annotated[int | None, Query(ge=1, le=1 << 62)] = None,
    count: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[dict[str, Any]]:
    """Messages to people, newest first; numbers by their last four digits."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        return store.outgoing(reader, person.community_id, alarm_id, count)


@router.post("/api/hooks/sms-report")
def take_report(
    body: Report, services: ServicesOf, authorization: Annotated[str | None, Header()] = None
) -> dict[str, Any]:
    """A short message was delivered, or could not be."""
    kind, _, secret = (authorization or "").partition(" ")
    with services.database.read() as reader:
        if kind.lower() != "bearer" or not intake_store.is_gateway(reader, secret.strip()):
            raise HTTPException(401, "No gateway has this secret. Make one with `relay sms-gateway-add`.")
    row = services.database.write(
        lambda tx: store.keep_report(tx, body.reference, body.is_delivered, body.detail, now_ms())
    ).result()
    return {"is_known": row is not None}
