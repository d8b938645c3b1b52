"""The two addresses of signing in with an office's account: going to the provider, and coming back."""

import asyncio
import html
import logging
import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from .. import guard, services, windows
from ..access import rules as access_rules
from ..access import store as access_store
from ..clock import now_ms
from ..database import Transaction
from . import rules, store

LOG = logging.getLogger("relay")
router = APIRouter(tags=["access"], include_in_schema=False)
COOKIE = "anling_oidc"
NOT_SET_UP = "Signing in with an office account is not set up here. Use name and password."
FAILED = "The office's sign-in did not work. Try again, or use name and password."
NOBODY = "This office account belongs to nobody here. Ask a supervisor of your community."


def _callback(request: Request, settings: rules.Settings) -> str:
    base = settings.base_url or str(request.base_url)
    return base.rstrip("/") + "/sign-in/oidc/callback"


@router.get("/sign-in/oidc")
async def go(request: Request, next: Annotated[str, Query(max_length=500)] = "/") -> Response:
    """Send the browser to the provider."""
    goes_to = access_rules.local_path(next)
    provider = request.app.state.oidc
    if provider is None:
        return windows.sign_in(request, NOT_SET_UP, goes_to, 404)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        address = await asyncio.to_thread(
            provider.address, _callback(request, provider.settings), state, nonce, verifier
        )
    except rules.NotBelieved as error:
        LOG.warning("sign-in by OIDC: %s", error)
        return windows.sign_in(request, FAILED, goes_to, 502)
    one = store.Try(nonce, verifier, goes_to)
    database = services.of(request).database
    await asyncio.wrap_future(database.write(lambda tx: store.begin(tx, state, one, now_ms())))
    response = RedirectResponse(address, 303)
    # Lax: the provider's page sends the browser back here. Without this cookie a try is somebody else's.
    is_secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, state, max_age=600, httponly=True, samesite="lax", secure=is_secure, path="/sign-in")
    return response


@router.get("/sign-in/oidc/callback")
async def back(
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    cookie: Annotated[str | None, Cookie(alias=COOKIE)] = None,
) -> Response:
    """The browser comes back with a code: who is it?"""
    provider = request.app.state.oidc
    if provider is None:
        return windows.sign_in(request, NOT_SET_UP, "/", 404)
    database, now = services.of(request).database, now_ms()
    is_same = cookie is not None and secrets.compare_digest(cookie.encode(), state.encode())
    one = await asyncio.wrap_future(database.write(lambda tx: store.take(tx, state, now))) if is_same else None
    if one is None or not code:
        return windows.sign_in(request, FAILED, "/", 401)
    try:
        claims = await asyncio.to_thread(
            provider.claims, _callback(request, provider.settings), code, one.nonce, one.verifier
        )
        name = rules.name_of(claims, provider.settings)
    except rules.NotBelieved as error:
        LOG.warning("sign-in by OIDC: %s", error)
        return windows.sign_in(request, FAILED, one.goes_to, 401)

    def work(transaction: Transaction) -> str | None:
        staff_id = store.colleague(transaction, provider.settings.issuer, claims["sub"], name, now)
        return access_store.open_session(transaction, staff_id, now) if staff_id is not None else None

    token = await asyncio.wrap_future(database.write(work))
    if token is None:
        return windows.sign_in(request, NOBODY, one.goes_to, 403)
    return _let_in(request, token, one.goes_to)


def _let_in(request: Request, token: str, goes_to: str) -> Response:
    """A page that goes on by itself: a redirect would count as the provider's, and our cookie would not be sent."""
    address = html.escape(goes_to, quote=True)
    page = f'<!doctype html><meta charset=utf-8><meta http-equiv=refresh content="0;url={address}">'
    page += f'<a href="{address}">→</a>'
    response = HTMLResponse(page, headers={"Cache-Control": "no-store"})
    response.delete_cookie(COOKIE, path="/sign-in", httponly=True, samesite="lax")
    guard.set_cookie(request, response, token)
    return response


def provider_in(data_dir: Any) -> Any:
    """The provider that `oidc.toml` names, or None. Errors: rules.BadSettings."""
    settings = rules.settings_in(data_dir)
    if settings is None:
        return None
    try:
        from .provider import Provider  # authlib is there only where it is wanted
    except ModuleNotFoundError:
        raise rules.BadSettings(f"{rules.FILE} is there, but authlib is not: pip install 'anling[oidc]'.") from None
    return Provider(settings)
