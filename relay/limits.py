"""How much one request may send: what is larger is refused, and never kept in memory, whoever sends it."""

from contextlib import suppress
from typing import Any

import orjson

BODY_MAX = 1024 * 1024
UPLOAD_MAX = 21 * 1024 * 1024  # the routes say themselves, and better, what is too large from 20 MB on
UPLOADS = ("/api/people/import", "/api/surroundings/import", "/api/community/picture")


class _TooLarge(Exception):
    """More came than was announced, or than is taken."""


def _refusal(most: int) -> bytes:
    return orjson.dumps({"detail": f"The request is larger than {most >> 20} MB. Send less."})


class Limits:
    """Plain ASGI, before anything reads the body."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = UPLOAD_MAX if scope["path"] in UPLOADS else BODY_MAX
        headers = dict(scope["headers"])
        announced = headers.get(b"content-length", b"0")
        if len(announced) > 15 or (announced.isdigit() and int(announced) > most):
            await _refuse(send, most)
            return
        came, is_refused = 0, False

        async def receive_some() -> Any:
            nonlocal came, is_refused
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                is_refused = True
                raise _TooLarge
            return message

        async def send_unless_refused(message: Any) -> None:
            if not is_refused:
                await send(message)

        with suppress(_TooLarge):
            await self._app(scope, receive_some, send_unless_refused)
        if is_refused:
            await _refuse(send, most)


async def _refuse(send: Any, most: int) -> None:
    body = _refusal(most)
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
