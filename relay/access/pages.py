"""Sign in, sign out, who am I. The HTML of the sign-in page is the console's."""

import asyncio
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Header, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from .. import guard, services, windows
from ..clock import now_ms
from ..guard import Person, SignedIn, Writing
from ..services import ServicesOf
from ..shapes import Body
from . import rules, store, tries

router = APIRouter(tags=["access"])
HASHING_AT_ONCE = 2  # argon2 takes 64 MiB each: a flood of tries may not take the memory


def _is_from_here(request: Request) -> bool:
    """A form of another site may not sign anybody in. Browsers send Origin with every POST."""
    origin = request.headers.get("origin")
    return origin is None or origin == "null" or urlsplit(origin).netloc == request.headers.get("host")


@router.post("/sign-in", include_in_schema=False)
async def sign_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Open a session; a wrong name or password gives the page again with 401."""
    database = services.of(request).database
    address = request.client.host if request.client else "?"
    name, goes_to, now = name.strip()[:64], rules.local_path(next), now_ms()
    if not _is_from_here(request):
        return windows.sign_in(request, "This form came from another site. Sign in here.", goes_to, 403)
    begin = partial(tries.begin_sign_in, name=name, address=address, now=now)
    wait_ms = await asyncio.wrap_future(database.write(begin))
    if wait_ms:
        text = f"Too many wrong passwords. Wait {wait_ms // 1000 + 1} seconds and try again."
        response = windows.sign_in(request, text, goes_to, 429)
        response.headers["Retry-After"] = str(wait_ms // 1000 + 1)
        return response

    def check() -> dict[str, Any] | None:
        with database.read() as reader:
            staff = store.staff_by_name(reader, name)
        is_right = len(password) <= rules.PASSWORD_LENGTH_MAX and store.is_password(
            staff["password_hash"] if staff else None, password
        )
        return staff if is_right else None

    async with request.app.state.hashing:
        staff = await asyncio.to_thread(check)
    if staff is None:
        return windows.sign_in(request, "The name or the password is wrong.", goes_to, 401)
    await asyncio.wrap_future(database.write(partial(tries.succeeded, name=name, address=address)))
    return await let_in(request, staff["staff_id"], goes_to)


async def let_in(request: Request, staff_id: int, goes_to: str) -> Response:
    """Open a session for somebody whose right to it was proved."""
    open_session = partial(store.open_session, staff_id=staff_id, now=now_ms())
    token = await asyncio.wrap_future(services.of(request).database.write(open_session))
    response = RedirectResponse(goes_to, 303)
    guard.set_cookie(request, response, token)
    return response


@router.post("/sign-out", include_in_schema=False)
def sign_out(
    request: Request,
    services: ServicesOf,
    csrf_token: Annotated[str | None, Form()] = None,
    x_csrf_token: Annotated[str | None, Header()] = None,
) -> Response:
    """End the session and its streams. The CSRF token comes as header or as form field."""
    if guard.person_of(request) is not None:
        person = guard.writing(request, x_csrf_token or csrf_token)
        services.database.write(partial(store.close_session, session_id=person.session_id)).result()
        services.broadcaster.close_session(person.session_id)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(guard.COOKIE, httponly=True, samesite="strict")
    return response


class Workplace(BaseModel):
    community_id: str
    name: str
    name_en: str
    role: str


class Me(BaseModel):
    """The signed-in person. Shape: `may` names the orders of the present role."""

    staff_id: int
    name: str
    display_name: str
    display_name_en: str
    role: str
    community_id: str
    csrf_token: str
    language: str
    communities: list[Workplace]
    may: list[str]


class GoTo(Body):
    community_id: str = Field(min_length=1, max_length=64)


def _me(person: Person, services: ServicesOf) -> dict[str, Any]:
    names = ("staff_id", "name", "display_name", "display_name_en", "role", "community_id", "csrf_token", "language")
    with services.database.read() as reader:
        communities = store.communities_of(reader, person.staff_id)
    may = sorted(rules.MAY.get(person.role, ()))
    return {name: getattr(person, name) for name in names} | {"communities": communities, "may": may}


@router.get("/api/me", response_model=Me)
def me(person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """The signed-in person, with the token that writes need, and where else they work."""
    return _me(person, services)


@router.post("/api/me/community", response_model=Me)
def go_to_community(body: GoTo, request: Request, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Work in another of one's communities from now on; the session's streams end and come back there."""
    if not person.session_id:
        raise HTTPException(409, "A token belongs to one community. Use one that was made in the other.")
    if body.community_id not in [one["community_id"] for one in _me(person, services)["communities"]]:
        raise HTTPException(404, "You do not work in such a community. Choose one from your list.")
    work = partial(store.go_to_community, session_id=person.session_id, community_id=body.community_id)
    services.database.write(work).result()
    services.broadcaster.close_session(person.session_id)
    now_there = guard.person_of(request)
    if now_there is None:
        raise HTTPException(401, "You are not signed in, or your session has ended. Sign in and try again.")
    return _me(now_there, services)
