"""Sign in, sign out, who am I. The HTML of the sign-in page is the console's."""

import asyncio
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Header, Request
from fastapi.responses import RedirectResponse, Response

from .. import guard, services, windows
from ..clock import now_ms
from ..guard import SignedIn
from ..services import ServicesOf
from . import rules, store

router = APIRouter(tags=["access"])
HASHING_AT_ONCE = 2  # argon2 takes 64 MiB each: a flood of tries may not take the memory


def _is_from_here(request: Request) -> bool:
    """A form of another site may not sign anybody in. Browsers send Origin with every POST."""
    origin = request.headers.get("origin")
    return origin is None or origin == "null" or urlsplit(origin).netloc == request.headers.get("host")


@router.post("/sign-in")
async def sign_in(
    request: Request,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Open a session; a wrong name or password gives the page again with 401."""
    state = request.app.state
    limit: rules.TryLimit = state.try_limit
    address = request.client.host if request.client else "?"
    name, goes_to, now = name.strip()[:64], rules.local_path(next), now_ms()
    if not _is_from_here(request):
        return windows.sign_in(request, "This form came from another site. Sign in here.", goes_to, 403)
    wait_ms = limit.wait_ms(name, address, now)
    if wait_ms:
        text = f"Too many wrong passwords. Wait {wait_ms // 1000 + 1} seconds and try again."
        response = windows.sign_in(request, text, goes_to, 429)
        response.headers["Retry-After"] = str(wait_ms // 1000 + 1)
        return response
    database = services.of(request).database

    def check() -> dict[str, Any] | None:
        with database.read() as reader:
            staff = store.staff_by_name(reader, name)
        is_right = len(password) <= rules.PASSWORD_LENGTH_MAX and store.is_password(
            staff["password_hash"] if staff else None, password
        )
        return staff if is_right else None

    limit.failed(name, address, now)  # counted before the slow hash: tries at the same time count, too
    async with state.hashing:
        staff = await asyncio.to_thread(check)
    if staff is None:
        return windows.sign_in(request, "The name or the password is wrong.", goes_to, 401)
    limit.succeeded(name, address)
    open_session = partial(store.open_session, staff_id=staff["staff_id"], now=now)
    token = await asyncio.wrap_future(database.write(open_session))
    response = RedirectResponse(goes_to, 303)
    response.set_cookie(
        guard.COOKIE,
        token,
        max_age=rules.SESSION_MAX_MS // 1000,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


@router.post("/sign-out")
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


@router.get("/api/me")
def me(person: SignedIn) -> dict[str, Any]:
    """The signed-in person, with the token that writes need."""
    names = ("staff_id", "name", "display_name", "display_name_en", "role", "community_id", "csrf_token")
    return {name: getattr(person, name) for name in names} | {"language": person.language}
