"""Puts the relay together: database, routes, workers, headers. Nothing here decides about alarms."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from . import events, ledger, openapi, vault, windows
from .access import pages as access_pages
from .access import rules as access_rules
from .access import store as access_store
from .alarms import pages as alarm_pages
from .alarms import store as alarm_store
from .alarms import worker as alarm_worker
from .board import pages as board_pages
from .board import stream as board_stream
from .card import pages as card_pages
from .card import store as card_store
from .claims import pages as claim_pages
from .claims import store as claim_store
from .database import Database, DatabaseClosed, NotKept
from .district import pages as district_pages
from .district import store as district_store
from .duty import pages as duty_pages
from .duty import store as duty_store
from .escalation import pages as escalation_pages
from .escalation import store as escalation_store
from .escalation import worker as escalation_worker
from .exchange import pages as exchange_pages
from .family import pages as family_pages
from .family import store as family_store
from .fleet import pages as fleet_pages
from .history import pages as history_pages
from .history import store as history_store
from .history import worker as history_worker
from .history.deeds import Deeds
from .homes import pages as home_pages
from .hotline import pages as hotline_pages
from .hubs import pages as hub_pages
from .hubs import store as hub_store
from .intake import pages as intake_pages
from .intake import store as intake_store
from .keys import NAME as KEY_FILE
from .keys import Keys
from .limits import Limits
from .lines import store as line_store
from .lines import worker as line_worker
from .notify import pages as notify_pages
from .notify import store as notify_store
from .notify import worker as notify_worker
from .notify.senders.choose import senders
from .numbers import pages as number_pages
from .oidc import pages as oidc_pages
from .oidc import store as oidc_store
from .people import store as people_store
from .responder import pages as responder_pages
from .responder import store as responder_store
from .services import Services
from .staff import pages as staff_pages
from .staff import tokens as token_pages
from .supervision import pages as supervision_pages
from .supervision import store as supervision_store
from .supervision import worker as supervision_worker
from .updates import pages as update_pages
from .updates import store as update_store
from .updates import worker as update_worker
from .upkeep import pages as upkeep_pages
from .upkeep import store as upkeep_store
from .upkeep import worker as upkeep_worker
from .walks import pages as walk_pages
from .walks import store as walk_store
from .walks import worker as walk_worker
from .webhooks import pages as webhook_pages
from .webhooks import store as webhook_store
from .webhooks import worker as webhook_worker

LOG = logging.getLogger("relay")
MIGRATIONS = (
    events.MIGRATIONS,
    ledger.MIGRATIONS,
    vault.MIGRATIONS,
    people_store.MIGRATIONS,
    access_store.MIGRATIONS,
    hub_store.MIGRATIONS,
    alarm_store.MIGRATIONS,
    supervision_store.MIGRATIONS,
    line_store.MIGRATIONS,
    card_store.MIGRATIONS,
    district_store.MIGRATIONS,
    duty_store.MIGRATIONS,
    family_store.MIGRATIONS,
    webhook_store.MIGRATIONS,
    intake_store.MIGRATIONS,
    escalation_store.MIGRATIONS,
    notify_store.MIGRATIONS,
    oidc_store.MIGRATIONS,
    claim_store.MIGRATIONS,
    walk_store.MIGRATIONS,
    history_store.MIGRATIONS,
    upkeep_store.MIGRATIONS,
    update_store.MIGRATIONS,
    responder_store.MIGRATIONS,
)
SECRETS = (*hub_store.SECRETS, *webhook_store.SECRETS)
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; connect-src 'self'; img-src 'self' blob: data:;"
    " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def open_database(data_dir: Path, address: str | None = None, key_file: Path | None = None) -> Database:
    """The database in this folder or at this address, tables up to date, secrets sealed, writer running.

    Errors: Broken, vault.Locked."""
    database = Database(address or data_dir / "relay.db", Keys(key_file or data_dir / KEY_FILE))
    try:
        database.migrate(MIGRATIONS)
        database.start()
        with database.read() as reader:
            is_any_clear = vault.is_any_clear(reader, SECRETS)
        if is_any_clear:
            database.write(lambda tx: vault.seal_all(tx, SECRETS)).result()
    except BaseException:
        database.close()
        raise
    return database


@asynccontextmanager
async def at_work(services: Services) -> AsyncGenerator[None, None]:
    """All that happens by itself, for as long as this lasts: escalation goes on whether or not anything is heard."""
    ways = senders(services.data_dir)
    services.broadcaster.attach(asyncio.get_running_loop())
    follower = None
    if services.database.is_shared:
        follower = await asyncio.to_thread(events.Follower, services.database, services.broadcaster)
    else:
        services.database.on_commit = services.broadcaster.receive
    work: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
        "alarms": lambda: alarm_worker.run(services),
        "escalation": lambda: escalation_worker.run(services),
        "outbox": lambda: notify_worker.run(services, ways),
        "supervision": lambda: supervision_worker.run(services),
        "weekly checks": lambda: walk_worker.run(services),
        "webhooks": lambda: webhook_worker.run(services),
        "history": lambda: history_worker.run(services),
        "upkeep": lambda: upkeep_worker.run(services),
        "updates": lambda: update_worker.run(services),
    }
    auditor = partial(escalation_worker.run_auditor, services)
    everywhere = {
        "auditor": auditor,
        "heartbeat": partial(upkeep_worker.run_heartbeat, services),
        "line": partial(line_worker.run, services),
    }
    tasks = [asyncio.create_task(line_worker.keep_running(name, run)) for name, run in everywhere.items()]
    tasks.append(asyncio.create_task(line_worker.run_while_leading(services, work)))
    try:
        yield
    finally:
        await line_worker.end(tasks)
        if follower is not None:
            await asyncio.to_thread(follower.stop)


def make_app(services: Services, is_at_work: bool = False) -> FastAPI:
    """The whole application. Shape: `is_at_work` when the caller does what happens by itself."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None, None]:
        async with nullcontext() if is_at_work else at_work(services):
            yield

    # The API's own pages of documentation load script from elsewhere: off, as the CSP would block them.
    app = FastAPI(title="Anling relay", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.services = services
    app.state.oidc = oidc_pages.provider_in(services.data_dir)
    app.state.hashing = asyncio.Semaphore(access_pages.HASHING_AT_ONCE)
    routers = (
        access_pages.router,
        oidc_pages.router,
        staff_pages.router,
        token_pages.router,
        alarm_pages.router,
        supervision_pages.router,
        escalation_pages.router,
        notify_pages.router,
        board_pages.router,
        card_pages.router,
        duty_pages.router,
        district_pages.router,
        family_pages.router,
        responder_pages.router,
        home_pages.router,
        webhook_pages.router,
        exchange_pages.router,
        hotline_pages.router,
        board_stream.router,
        intake_pages.router,
        claim_pages.router,
        claim_pages.here,
        walk_pages.router,
        hub_pages.router,
        fleet_pages.router,
        update_pages.router,
        history_pages.router,
        number_pages.router,
        upkeep_pages.router,
    )
    for router in routers:
        app.include_router(router)
    console = windows.console()
    if console is not None:
        app.include_router(console.router)
        app.include_router(windows.screens().router)
        mount = getattr(console, "mount", None)
        if mount is not None:
            mount(app)  # the console's static files
    else:
        app.add_api_route("/sign-in", _plain_sign_in, methods=["GET"], include_in_schema=False)
    _add_errors(app, routers)
    openapi.describe(app, routers)
    app.add_middleware(Deeds, services=services)
    app.add_middleware(Limits)
    app.add_middleware(_Headers)
    return app


def _plain_sign_in(request: Request, next: str = "/") -> Response:
    return windows.sign_in(request, None, access_rules.local_path(next))


class _Headers:
    """Security headers on every answer. Plain ASGI: it must not buffer the event stream."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        extra = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
        if scope["path"].startswith("/api/"):
            extra.append((b"cache-control", b"no-store"))

        async def send_with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(pair for pair in extra if pair[0] not in present),
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _add_errors(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Every error is one sentence that names the thing and the remedy."""

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, StarletteHTTPException)
        wants_page = "text/html" in request.headers.get("accept", "")
        is_api = request.url.path.startswith("/api/")
        if error.status_code == 404 and wants_page and not is_api:
            return windows.not_found(request)
        detail = error.detail
        if error.status_code == 404 and detail == "Not Found":
            detail = "There is nothing at this address."
        headers = dict(error.headers or {})
        if error.status_code == 405:
            detail = "This address is there, but not for this method."
            allowed = openapi.methods_at(routers, request.url.path)
            headers |= {"Allow": ", ".join(allowed)} if allowed else {}
        return JSONResponse({"detail": detail}, error.status_code, headers=headers)

    async def bad_request(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path", "header"))
        return JSONResponse({"detail": f"{place or 'request'}: {first['msg']}."}, 422)

    async def not_kept(request: Request, error: Exception) -> Response:
        LOG.error("a write failed: %s", error)
        return JSONResponse({"detail": "The relay could not keep this just now. Nothing was changed; try again."}, 503)

    async def fault(request: Request, error: Exception) -> Response:
        return JSONResponse({"detail": "The relay stumbled over this. It is in its log; try again."}, 500)

    app.add_exception_handler(StarletteHTTPException, http_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, bad_request)
    app.add_exception_handler(NotKept, not_kept)
    app.add_exception_handler(DatabaseClosed, not_kept)
    app.add_exception_handler(Exception, fault)
