"""The routes by which a supervisor lets other programs be told."""

from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from .. import guard
from ..access import rules as access_rules
from ..clock import now_ms
from ..guard import SignedIn, Writing
from ..services import RowId, ServicesOf
from ..shapes import Body
from . import rules, store

router = APIRouter(prefix="/api/webhooks", tags=["webhooks"])
Name = Literal["alarm", "technical", "dwelling", "dwelling_gone", "duty", "call"]
assert set(Name.__args__) == set(rules.NAMES)  # type: ignore[attr-defined]
URL = r"^https?://[^\s/@?#]+(/\S*)?$"  # no user and password in it: what is signed needs none


class NewWebhook(Body):
    url: str = Field(max_length=500, pattern=URL)
    names: list[Name] = Field(default=["alarm", "technical"], min_length=1, max_length=len(rules.NAMES))


class Webhook(BaseModel):
    """Shape: `failing_since` null while the receiver takes what it is told."""

    webhook_id: int
    url: str
    names: list[str]
    made_at: int
    sent_at: int | None
    failing_since: int | None
    last_error: str | None


class MadeWebhook(BaseModel):
    """`secret` is shown once; requests are signed with it (`Anling-Signature: t=…,v1=…`)."""

    webhook_id: int
    secret: str


class RemovedWebhook(BaseModel):
    webhook_id: int


@router.get("", response_model=list[Webhook])
def webhooks(person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """Who is told what, and how that goes."""
    guard.require(person, access_rules.WEBHOOKS)
    with services.database.read() as reader:
        return store.webhooks(reader, person.community_id)


@router.post("", response_model=MadeWebhook)
def add(body: NewWebhook, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Tell a program from now on what happens in this community."""
    guard.require(person, access_rules.WEBHOOKS)
    names: list[str] = sorted(set(body.names))
    work = partial(
        store.add, community_id=person.community_id, url=body.url, names=names, by=person.staff_id, now=now_ms()
    )
    made = services.database.write(work).result()
    if made is None:
        raise HTTPException(409, f"There are {rules.PER_COMMUNITY} webhooks already. Remove one first.")
    return made


@router.delete("/{webhook_id}", response_model=RemovedWebhook)
def remove(webhook_id: RowId, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Tell it no more."""
    guard.require(person, access_rules.WEBHOOKS)
    work = partial(store.remove, community_id=person.community_id, webhook_id=webhook_id, now=now_ms())
    if not services.database.write(work).result():
        raise HTTPException(404, "There is no such webhook in your community. Load the list again.")
    return {"webhook_id": webhook_id}
