"""What was sent, or would be; and the hook by which a gateway reports what became of a message."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from .. import guard
from ..access import gateways
from ..access import rules as access_rules
from ..alarms import store as alarm_store
from ..alarms import views as alarm_views
from ..clock import now_ms
from ..database import Transaction
from ..guard import SignedIn, Writing
from ..people import store as people_store
from ..services import RowId, ServicesOf
from ..shapes import Body
from . import rules, store

router = APIRouter(tags=["notify"])


class Report(BaseModel):
    """A gateway's word about a message that it took. Further fields are allowed: every gateway has its own."""

    model_config = ConfigDict(extra="ignore")
    reference: str = Field(min_length=1, max_length=200)
    is_delivered: bool
    detail: str = Field(default="", max_length=500)


class Words(Body):
    """Shape: `to` family, or responder (whoever was sent); `text` one short message."""

    to: Literal["family", "responder"]
    text: str = Field(min_length=2, max_length=rules.OWN_MAX, pattern=r"\S")


class Outgoing(BaseModel):
    """A message to a person. Shape: `address` by its last digits."""

    model_config = ConfigDict(extra="allow")
    outgoing_id: int
    alarm_id: int
    purpose: str
    to_kind: str
    to_name: str
    channel: str
    address: str
    body: str
    state: str
    made_at: int
    attempts: int


class SentTo(BaseModel):
    sent_to: int


class Known(BaseModel):
    is_known: bool


@router.get("/api/outgoing", response_model=list[Outgoing])
def outgoing(
    person: SignedIn,
    services: ServicesOf,
    alarm_id: Annotated[int | None, Query(ge=1, le=(1 << 53) - 1)] = None,
    count: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[dict[str, Any]]:
    """Messages to people, newest first; numbers by their last four digits."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        return store.outgoing(reader, person.community_id, alarm_id, count)


@router.post("/api/alarms/{alarm_id}/message", response_model=SentTo)
def send_message(alarm_id: RowId, body: Words, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """An operator's own short message about an open alarm: to the family, or to whoever was sent."""
    guard.require(person, access_rules.ASSIGN)
    text = " ".join(body.text.split())
    if rules.length(text) > rules.OWN_MAX:
        raise HTTPException(
            422, f"text: More than {rules.OWN_MAX} characters as networks count: pictures and rare ones count twice."
        )

    def work(transaction: Transaction) -> int:
        alarm = alarm_store.alarm(transaction, alarm_id, person.community_id)
        if alarm is None or not alarm.is_open:
            raise HTTPException(404, "There is no such open alarm in your community. Load the board again.")
        place = people_store.label(transaction, alarm.dwelling_id)
        found = store.reached(transaction, body.to, alarm.dwelling_id, alarm.assigned_to)
        now = now_ms()
        for to, channel, address in found:
            said = rules.own_text(text, place, to["language"], to["kind"])
            store.add(transaction, alarm_id, alarm.community_id, rules.OWN, 0, to, channel, address, said, now)
        if not found:
            raise HTTPException(409, "Nobody there has a number to write to. Call the home instead.")
        alarm_store.note_history(transaction, alarm_id, now, "message", person.staff_id, f"{body.to}: {text}")
        alarm_views.announce(transaction, alarm_id)
        return len(found)

    return {"sent_to": services.database.write(work).result()}


@router.post(
    "/api/hooks/sms-report",
    response_model=Known,
    responses={401: {"description": "No gateway has this secret."}},
)
def take_report(
    body: Report, services: ServicesOf, authorization: Annotated[str | None, Header()] = None
) -> dict[str, Any]:
    """A short message was delivered, or could not be."""
    kind, _, secret = (authorization or "").partition(" ")
    with services.database.read() as reader:
        if kind.lower() != "bearer" or not gateways.is_gateway(reader, secret.strip()):
            raise HTTPException(401, "No gateway has this secret. Make one with `relay sms-gateway-add`.")
    row = services.database.write(
        lambda tx: store.keep_report(tx, body.reference, body.is_delivered, body.detail, now_ms())
    ).result()
    return {"is_known": row is not None}
