"""Keeps what signed-in people change: one deed for each request that changed something, whichever route it was.

Steps of an alarm have their own history, and a console that says "my sound is on" every few seconds is no deed. What
routes write in detail (a look at a card) they write themselves.
"""

from functools import partial
from typing import Any

from ..clock import now_ms
from ..services import Services
from . import store

NOT_DEEDS = ("/api/alarms/", "/api/console")
LOOK = "/card/health"  # chained by its own route
DETAIL_MAX = 200


def _is_deed(path: str) -> bool:
    return not path.startswith(NOT_DEEDS) and not path.endswith(LOOK)


class Deeds:
    """Plain ASGI: it must not buffer the event stream. `guard.writing` leaves the person in the request's state."""

    def __init__(self, app: Any, services: Services) -> None:
        self._app = app
        self._services = services

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD") or not _is_deed(scope["path"]):
            await self._app(scope, receive, send)
            return

        async def send_and_note(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300:
                self._note(scope)
            await send(message)

        await self._app(scope, receive, send_and_note)

    def _note(self, scope: dict[str, Any]) -> None:
        person = scope.get("state", {}).get("writer")
        route = scope.get("route")
        if person is None or route is None:
            return
        noun = (scope["path"].split("/") + ["", "", ""])[2].replace("-", "_")
        detail = f"{scope['method']} {scope['path']}"[:DETAIL_MAX]
        work = partial(store.note_deed, at=now_ms(), community_id=person.community_id, what=f"{noun}_{route.name}")
        self._services.database.write(partial(work, by=person.staff_id, detail=detail))
