"""A member of staff over HTTP, for smoke and bench: signs in, acts, listens to the events. Standard library only."""

from __future__ import annotations

import http.client
import json
import threading
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

Seen = tuple[float, str, dict[str, Any]]  # monotonic s, event name, data


class Staff:
    """Shape: `port` of the relay on 127.0.0.1; `events` collects what the stream brought."""

    def __init__(self, port: int, name: str, password: str) -> None:
        self._port = port
        self._cookie = ""
        self._token = ""
        self.events: list[Seen] = []
        self._news = threading.Condition()
        self._stream: http.client.HTTPConnection | None = None
        form = urllib.parse.urlencode({"name": name, "password": password, "next": "/"})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, answer_headers, _ = self._ask("POST", "/sign-in", form, headers)
        if status != 303:
            raise OSError(f"sign-in of {name}: the relay answered {status}")
        self.cookie_value = answer_headers["set-cookie"].split(";")[0].split("=", 1)[1]
        self._cookie = f"anling_session={self.cookie_value}"
        self.me = self.get("/api/me")
        self._token = self.me["csrf_token"]

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[int, Any, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
        try:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            line.close()

    def get(self, path: str) -> Any:
        """JSON of an address. Errors: OSError with the status."""
        status, _, data = self._ask("GET", path, None, {"Cookie": self._cookie})
        if status != 200:
            raise OSError(f"GET {path}: the relay answered {status}")
        return json.loads(data)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """JSON of a deed. Errors: OSError with the status and the relay's sentence."""
        headers = {"Cookie": self._cookie, "X-CSRF-Token": self._token, "Content-Type": "application/json"}
        status, _, data = self._ask("POST", path, json.dumps(body), headers)
        if status != 200:
            raise OSError(f"POST {path}: the relay answered {status}: {data.decode(errors='replace')[:200]}")
        return json.loads(data)

    def listen(self) -> None:
        """Open the event stream; events come in on a thread until `close`."""
        self._stream = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        self._stream.request("GET", "/api/events", headers={"Cookie": self._cookie, "Accept": "text/event-stream"})
        answer = self._stream.getresponse()
        if answer.status != 200:
            raise OSError(f"GET /api/events: the relay answered {answer.status}")
        threading.Thread(target=self._read, args=(answer,), daemon=True).start()

    def _read(self, answer: http.client.HTTPResponse) -> None:
        name, data = "", ""
        try:
            while line := answer.readline():
                text = line.decode().rstrip("\r\n")
                if text.startswith("event:"):
                    name = text[6:].strip()
                elif text.startswith("data:"):
                    data += text[5:].strip()
                elif not text and data:
                    with self._news:
                        self.events.append((time.monotonic(), name, json.loads(data)))
                        self._news.notify_all()
                    name, data = "", ""
        except (OSError, ValueError, AttributeError):
            return  # closed, by us or by the relay: whoever waits will run out of time and say so

    def wait(self, name: str, right: Callable[[dict[str, Any]], bool], timeout_s: float = 10, since: int = 0) -> Seen:
        """The first such event from number `since` on. Errors: TimeoutError."""
        deadline_s = time.monotonic() + timeout_s
        with self._news:
            while True:
                for event in self.events[since:]:
                    if event[1] == name and right(event[2]):
                        return event
                left_s = deadline_s - time.monotonic()
                if left_s <= 0 or not self._news.wait(left_s):
                    raise TimeoutError(f"no event {name!r} on the screen's stream within {timeout_s} s")

    def close(self) -> None:
        if self._stream is not None and self._stream.sock is not None:
            self._stream.sock.close()
