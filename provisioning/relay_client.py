"""The relay as the installer's program sees it: a few JSON routes over HTTP. Decides nothing.

Errors: Trouble, with the relay's own sentence where it gave one. Blocking calls run in a thread.
"""

import asyncio
import email.utils
import http.cookiejar
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from .sentences import Trouble

TIMEOUT_S = 20.0
_OF_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Signing in answers with a redirect, which is all that is to be known."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class RelayClient:
    """Shape: `base` the relay's address; `token` of a program, or None: then `sign_in` first."""

    def __init__(self, base: str, token: str | None = None) -> None:
        self.base = base.rstrip("/")
        parts = urllib.parse.urlsplit(self.base)
        if parts.scheme != "https" and parts.hostname not in _OF_THIS_MACHINE:
            raise Trouble("relay_plain", self.base)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), _NoRedirect()
        )
        self.clock_ahead_s = 0.0  # how far this device's clock is before the relay's

    def _call(self, method: str, path: str, body: bytes | None, kind: str) -> tuple[int, bytes]:
        request = urllib.request.Request(self.base + path, body, self._headers, method=method)
        if body is not None:
            request.add_header("Content-Type", kind)
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                self._look_at_clock(answer.headers.get("Date"))
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()
        except (OSError, ValueError):
            raise Trouble("relay_away", self.base) from None

    def _look_at_clock(self, date: str | None) -> None:
        if date:
            self.clock_ahead_s = time.time() - email.utils.parsedate_to_datetime(date).timestamp()

    def utc_ms(self) -> int:
        """The relay's time."""
        return int((time.time() - self.clock_ahead_s) * 1000)

    async def _json(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        status, text = await asyncio.to_thread(self._call, method, path, data, "application/json")
        if status == 401:
            raise Trouble("not_signed_in")
        try:
            found = json.loads(text)
        except ValueError:
            raise Trouble("relay_away", self.base) from None
        if status >= 400:
            raise Trouble(str(found.get("detail", status)))
        return found

    async def sign_in(self, name: str, password: str) -> None:
        form = urllib.parse.urlencode({"name": name, "password": password}).encode()
        status, _ = await asyncio.to_thread(self._call, "POST", "/sign-in", form, "application/x-www-form-urlencoded")
        if status != 303:
            raise Trouble("not_signed_in")
        me = await self._json("GET", "/api/me")
        self._headers["X-CSRF-Token"] = me["csrf_token"]

    async def get(self, path: str) -> Any:
        return await self._json("GET", path)

    async def post(self, path: str, body: Any = None) -> Any:
        return await self._json("POST", path, {} if body is None else body)

    async def put(self, path: str, body: Any) -> Any:
        return await self._json("PUT", path, body)

    async def file(self, path: str) -> bytes:
        """A file of the relay's, such as a certificate."""
        status, data = await asyncio.to_thread(self._call, "GET", path, None, "")
        if status != 200:
            raise Trouble("relay_away", self.base)
        return data
