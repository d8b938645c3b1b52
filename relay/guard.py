"""The door: who is signed in, and whether a write came from our own page.

Every API route but sign-in depends on `signed_in` (reading) or `writing` (with the CSRF token). This file
must not know what the routes do.
"""

import secrets
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Request
from fastapi.responses import Response

from . import services
from .access import rules, store
from .clock import now_ms

COOKIE = "anling_session"


@dataclass(frozen=True)
class Person:
    """Who is signed in."""

    staff_id: int
    name: str
    display_name: str
    display_name_en: str
    role: str
    community_id: str
    language: str
    session_id: str
    csrf_token: str


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser its session: kept from scripts and from other sites."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=rules.SESSION_MAX_MS // 1000,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def person_of(request: Request) -> Person | None:
    """The person behind the session cookie, or None."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    database = services.of(request).database
    now = now_ms()
    with database.read() as reader:
        row = store.session(reader, store.session_id_of(token))
    if row is None or not rules.is_session_good(row["created_at"], row["seen_at"], now):
        return None
    if now - row["seen_at"] > rules.SESSION_TOUCH_MS:
        database.write_lazily(partial(store.touch_session, session_id=row["session_id"], now=now))
    return Person(**{field: row[field] for field in Person.__dataclass_fields__})


def program_of(request: Request) -> Person | None:
    """The program behind a bearer token, acting for the person who made it; None when there is none."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip().startswith("anl_"):
        return None
    database, now = services.of(request).database, now_ms()
    with database.read() as reader:
        row = store.token(reader, secret.strip(), now)
    if row is None:
        return None
    database.write_lazily(partial(store.touch_token, token_id=row.pop("token_id"), now=now))
    return Person(**row, session_id="", csrf_token="")


def signed_in(request: Request) -> Person:
    person = program_of(request) or person_of(request)
    if person is None:
        raise HTTPException(401, "You are not signed in, or your session has ended. Sign in and try again.")
    return person


def writing(request: Request, x_csrf_token: Annotated[str | None, Header()] = None) -> Person:
    """The signed-in person of a request that changes something."""
    program = program_of(request)
    if program is not None:  # no browser sends this header by itself: nothing to forge
        request.state.writer = program
        return program
    person = signed_in(request)
    if x_csrf_token is None or not secrets.compare_digest(x_csrf_token.encode(), person.csrf_token.encode()):
        raise HTTPException(403, "The page is out of date (its security token is wrong). Load it again.")
    request.state.writer = person  # what comes of it is kept as a deed
    return person


def require(person: Person, order: str) -> None:
    """Refuse what the person's role may not do."""
    if not rules.may(person.role, order):
        raise HTTPException(
            403, f"Your role ({person.role}) may not do this ({order}). Ask a supervisor of your community."
        )


def require_one(person: Person, *orders: str) -> None:
    """Refuse whose role may do none of these."""
    if not any(rules.may(person.role, order) for order in orders):
        require(person, orders[0])


SignedIn = Annotated[Person, Depends(signed_in)]
Writing = Annotated[Person, Depends(writing)]
