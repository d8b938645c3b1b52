"""Keeps what signed-in people change: one deed for each request that changed something, whichever route it was.

Rule 1: a deed is written in the transaction of the change itself: a crash keeps both or neither.
Rule 2: a request that changed no row is no deed; one that writes several times has one, with its first change.

Steps of an alarm have their own history; a console that says "my sound is on" every few seconds is no deed, nor is
where a responder walks. What routes write in detail (a look at a card) they write themselves. What is kept of a request
is rules.py's matter (its Rule 3).
"""

from contextvars import ContextVar
from typing import Any

from ..clock import now_ms
from ..database import Transaction, Work
from ..services import Services
from . import rules, store

NOT_DEEDS = ("/api/alarms/", "/api/console", "/api/my/place", "/sign-out")
LOOK = "/card/health"  # chained by its own route
BODY_MAX = 65_536  # a longer one is a table or a picture: its address says enough
_REQUEST: ContextVar[dict[str, Any] | None] = ContextVar("request", default=None)  # follows a route into its thread


def _is_deed(path: str) -> bool:
    return not path.startswith(NOT_DEEDS) and not path.endswith(LOOK)


class Deeds:
    """Plain ASGI: it must not buffer the event stream. `guard.writing` leaves the person in the request's state."""

    def __init__(self, app: Any, services: Services) -> None:
        self._app = app
        services.database.accompany = with_deed

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD") or not _is_deed(scope["path"]):
            await self._app(scope, receive, send)
            return
        sent = scope.setdefault("state", {})["sent"] = bytearray()

        async def receive_and_keep() -> Any:
            message = await receive()
            if len(sent) <= BODY_MAX:
                sent.extend(message.get("body", b""))
            return message

        token = _REQUEST.set(scope)
        try:
            await self._app(scope, receive_and_keep, send)
        finally:
            _REQUEST.reset(token)


def with_deed(work: Work) -> Work:
    """The job, and with it the deed of the request that it is part of; a job of nobody's request as it is."""
    scope = _REQUEST.get()
    state = scope.get("state", {}) if scope is not None else {}
    person, route = state.get("writer"), (scope or {}).get("route")
    if scope is None or person is None or route is None or state.get("has_deed"):
        return work
    noun = (scope["path"].split("/") + ["", "", ""])[2].replace("-", "_")
    sent = bytes(state["sent"]) if len(state["sent"]) <= BODY_MAX else b""
    what, detail = f"{noun}_{route.name}", rules.deed_detail(scope.get("path_params", {}), sent)

    def both(transaction: Transaction) -> Any:
        result = work(transaction)
        if transaction.changes:
            store.note_deed(transaction, now_ms(), person.community_id, what, person.staff_id, detail)
            state["has_deed"] = True
        return result

    return both
