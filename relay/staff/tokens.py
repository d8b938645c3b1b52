"""The routes by which a supervisor lets programs in: bearer tokens, each of one role in this community."""

from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from .. import guard
from ..access import rules as access_rules
from ..access import store as access_store
from ..clock import now_ms
from ..guard import SignedIn, Writing
from ..services import RowId, ServicesOf
from ..shapes import Body

router = APIRouter(tags=["staff"])
DAY_MS = 24 * 3600 * 1000
Role = Literal["operator", "responder", "supervisor", "installer", "auditor", "call_gateway"]
assert set(Role.__args__) == set(access_rules.TOKEN_ROLES)  # type: ignore[attr-defined]


class NewToken(Body):
    """Shape: `call_gateway` is a telephone system that says who rings, and sees nothing."""

    name: str = Field(min_length=1, max_length=64)
    role: Role
    days: int = Field(default=365, ge=1, le=3650)


class Token(BaseModel):
    token_id: int
    name: str
    role: str
    made_at: int
    ends_at: int
    used_at: int | None


class MadeToken(BaseModel):
    """Shown once; kept as a hash."""

    secret: str
    role: str
    ends_at: int


class EndedToken(BaseModel):
    token_id: int


@router.get("/api/tokens", response_model=list[Token])
def tokens(person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """The tokens of this community, those that have ended included; never their secrets."""
    guard.require(person, access_rules.TOKENS)
    with services.database.read() as reader:
        return access_store.tokens(reader, person.community_id)


@router.post("/api/tokens", response_model=MadeToken)
def add(body: NewToken, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Let a program in; its secret is in the answer and nowhere else."""
    guard.require(person, access_rules.TOKENS)
    now = now_ms()
    ends_at = now + body.days * DAY_MS
    make = partial(
        access_store.add_token,
        name=body.name,
        staff_id=person.staff_id,
        community_id=person.community_id,
        role=body.role,
        now=now,
        ends_at=ends_at,
    )
    return {"secret": services.database.write(make).result(), "role": body.role, "ends_at": ends_at}


@router.delete("/api/tokens/{token_id}", response_model=EndedToken)
def end(token_id: RowId, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Shut a program out."""
    guard.require(person, access_rules.TOKENS)
    work = partial(access_store.end_token, community_id=person.community_id, token_id=token_id, now=now_ms())
    if not services.database.write(work).result():
        raise HTTPException(404, "There is no such token in your community, or it has ended.")
    return {"token_id": token_id}
