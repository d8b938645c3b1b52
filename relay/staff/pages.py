"""The routes by which a supervisor keeps the staff of a community. Passwords are made by the relay and shown once."""

import asyncio
import secrets
from functools import partial
from typing import Any, Literal

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field

from .. import guard
from ..access import rules as access_rules
from ..access import store as access_store
from ..access import tries
from ..clock import now_ms
from ..database import Transaction
from ..guard import Person, SignedIn, Writing
from ..services import RowId, ServicesOf
from ..shapes import Body
from . import store

router = APIRouter(tags=["staff"])
Role = Literal["operator", "responder", "supervisor", "installer", "auditor"]
assert set(Role.__args__) == set(access_rules.GRANTED)  # type: ignore[attr-defined]
NOBODY = "There is no such person in your community. Load the list again."
NAME = r"^\S(.*\S)?$"


class Colleague(Body):
    """Shape: `notify_url` is a chat, mail or push address as apprise writes them."""

    display_name: str = Field(min_length=1, max_length=64, pattern=NAME)
    display_name_en: str = Field(default="", max_length=64)
    role: Role
    phone: str | None = Field(default=None, max_length=32)
    notify_url: str | None = Field(default=None, max_length=500)
    language: Literal["zh", "en"] = "zh"


class NewColleague(Colleague):
    name: str = Field(min_length=1, max_length=64, pattern=NAME, description="the name to sign in with")


class ChangedColleague(Colleague):
    is_active: bool = True


class Listed(BaseModel):
    """Shape: `is_home`: this is their own community; a guest's name, telephone and password are kept there."""

    staff_id: int
    name: str
    display_name: str
    display_name_en: str
    role: str
    phone: str | None
    notify_url: str | None
    language: str
    is_active: bool
    is_home: bool


class Made(Listed):
    password: str


class Password(BaseModel):
    """Shown once; kept nowhere in clear."""

    password: str


class OwnPassword(Body):
    present: str = Field(max_length=access_rules.PASSWORD_LENGTH_MAX)
    wanted: str = Field(min_length=access_rules.PASSWORD_LENGTH_MIN, max_length=access_rules.PASSWORD_LENGTH_MAX)


class Nothing(BaseModel):
    """It is done."""


async def _hash(request: Request, password: str) -> str:
    async with request.app.state.hashing:  # argon2 takes 64 MiB each
        return await asyncio.to_thread(access_store.hash_password, password)


@router.get("/api/staff", response_model=list[Listed])
def staff(person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """Everybody who works here, and those who did."""
    guard.require(person, access_rules.STAFF)
    with services.database.read() as reader:
        return store.everybody(reader, person.community_id)


@router.post("/api/staff", response_model=Made)
async def add(body: NewColleague, request: Request, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Add a colleague; the password is in the answer and nowhere else."""
    guard.require(person, access_rules.STAFF)
    password = secrets.token_urlsafe(12)
    password_hash = await _hash(request, password)
    values = body.model_dump() | {"display_name_en": body.display_name_en or body.display_name}

    def work(transaction: Transaction) -> dict[str, Any] | None:
        if store.is_name_taken(transaction, body.name):
            return None
        staff_id = store.add(transaction, person.community_id, values, password_hash)
        return store.somebody(transaction, person.community_id, staff_id) if staff_id else None

    made = await asyncio.wrap_future(services.database.write(work))
    if made is None:
        raise HTTPException(409, "Somebody signs in by this name already. Choose another.")
    return made | {"password": password}


@router.put("/api/staff/{staff_id}", response_model=Listed)
def change(staff_id: RowId, body: ChangedColleague, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Change a colleague. Another role, or none any more, ends their sessions at once."""
    guard.require(person, access_rules.STAFF)
    if staff_id == person.staff_id and (body.role != person.role or not body.is_active):
        raise HTTPException(409, "Your own role can only be changed by another supervisor.")
    values = body.model_dump() | {"display_name_en": body.display_name_en or body.display_name}

    def work(transaction: Transaction) -> tuple[dict[str, Any], list[str]] | None:
        before = store.somebody(transaction, person.community_id, staff_id)
        if before is None:
            return None
        streams = store.sessions_of(transaction, staff_id)
        if before["role"] == access_rules.DISTRICT:
            raise _Refused
        if before["is_home"]:
            store.change(transaction, person.community_id, staff_id, values)
        else:
            store.change_guest(transaction, person.community_id, staff_id, body.role, body.is_active)
        after = store.somebody(transaction, person.community_id, staff_id) or before | {"is_active": False}
        return after, [] if staff_id == person.staff_id else streams

    try:
        done = services.database.write(work).result()
    except _Refused:
        raise HTTPException(409, "A district officer is kept on the relay itself: `relay staff-add`.") from None
    if done is None:
        raise HTTPException(404, NOBODY)
    for session_id in done[1]:  # their open streams come back and are refused, or go on
        services.broadcaster.close_session(session_id)
    return done[0]


class _Refused(Exception):
    """Not to be changed by a supervisor."""


@router.post("/api/staff/{staff_id}/password", response_model=Password)
async def new_password(staff_id: RowId, request: Request, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """A new password for somebody who is at home here; their sessions end."""
    guard.require(person, access_rules.STAFF)
    password = secrets.token_urlsafe(12)
    password_hash = await _hash(request, password)

    def work(transaction: Transaction) -> dict[str, Any] | None:
        found = store.somebody(transaction, person.community_id, staff_id)
        if found is not None and found["is_home"]:
            store.set_password(transaction, staff_id, password_hash)
        return found

    found = await asyncio.wrap_future(services.database.write(work))
    if found is None:
        raise HTTPException(404, NOBODY)
    if not found["is_home"]:
        raise HTTPException(409, "This person is a guest here. Their own community keeps their password.")
    return {"password": password}


@router.post("/api/me/password", response_model=Nothing, responses={429: {"description": "Tried too often."}})
async def own_password(body: OwnPassword, request: Request, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Choose a password of one's own; all other sessions end."""
    await _check_present(body, request, person, services)
    password_hash = await _hash(request, body.wanted)
    await asyncio.wrap_future(
        services.database.write(
            lambda tx: store.set_password(tx, person.staff_id, password_hash, but_session=person.session_id)
        )
    )
    return {}


async def _check_present(body: OwnPassword, request: Request, person: Person, services: ServicesOf) -> None:
    """Errors: HTTPException, when this is not the person's password, or was tried too often."""
    if not person.session_id:
        raise HTTPException(409, "A token has no password. Sign in to change yours.")
    wait_ms = await asyncio.wrap_future(
        services.database.write(
            lambda tx: tries.begin(tx, "own", str(person.staff_id), access_rules.TRIES_PER_NAME, now_ms()),
            is_accompanied=False,  # a try is no deed
        )
    )
    if wait_ms:
        raise HTTPException(429, f"Too many wrong passwords. Wait {wait_ms // 1000 + 1} seconds and try again.")
    with services.database.read() as reader:
        known = store.password_hash(reader, person.staff_id)
    async with request.app.state.hashing:
        is_right = await asyncio.to_thread(access_store.is_password, known, body.present)
    if not is_right:
        raise HTTPException(409, "This is not your present password. Type it again.")
    forget = partial(tries.forget, kind="own", who=str(person.staff_id))
    await asyncio.wrap_future(services.database.write(forget, is_accompanied=False))
