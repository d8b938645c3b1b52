"""An office: the real application in this process, on either engine, with somebody of each role signed in.

Sessions are opened in the database, not by password: argon2 is slow on purpose, and signing in has tests of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from served import served

from relay import guard, sample
from relay.access import rules as access_rules
from relay.access import store as access_store
from relay.app import open_database
from relay.clock import now_ms
from relay.people import store as people_store
from relay.services import Services

HERE, THERE = sample.COMMUNITY_ID, "c-other"


class Desk:
    """One person's browser, or a program's line; each call asserts the answer's status."""

    def __init__(self, client: httpx.Client, cookie: str | None = None, secret: str | None = None) -> None:
        self.client = client
        self.headers: dict[str, str] = {}
        if cookie is not None:
            self.headers["Cookie"] = f"{guard.COOKIE}={cookie}"
            self.me = self.get("/api/me")
            self.headers["X-CSRF-Token"] = self.me["csrf_token"]
        if secret is not None:
            self.headers["Authorization"] = f"Bearer {secret}"

    def ask(self, method: str, path: str, status: int = 200, **given: Any) -> Any:
        headers = self.headers | given.pop("headers", {})
        answer = self.client.request(method, path, headers=headers, follow_redirects=False, **given)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer

    def get(self, path: str, status: int = 200) -> Any:
        return self.ask("GET", path, status).json()

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        return self.ask("POST", path, status, json={} if body is None else body).json()

    def put(self, path: str, body: Any, status: int = 200) -> Any:
        return self.ask("PUT", path, status, json=body).json()

    def delete(self, path: str, status: int = 200) -> Any:
        return self.ask("DELETE", path, status).json()


class Office:
    def __init__(self, client: httpx.Client, services: Services) -> None:
        self.client = client
        self.services = services
        self.database = services.database
        self._desks: dict[tuple[str, str], Desk] = {}

    def desk(self, role: str, community_id: str = HERE) -> Desk:
        """Somebody of this role in this community: made when first asked for."""
        if (role, community_id) not in self._desks:
            name = f"{role}@{community_id}"
            add = {"name": name, "display_name": f"{role}甲", "display_name_en": role, "role": role}

            def work(transaction: Any) -> str:
                staff_id = access_store.add_staff(transaction, community_id, password_hash="-", **add)
                return access_store.open_session(transaction, staff_id, now_ms())

            self._desks[role, community_id] = Desk(self.client, self.database.write(work).result())
        return self._desks[role, community_id]

    def another_desk(self, desk: Desk) -> Desk:
        """The same person at another browser."""
        open_session = access_store.open_session
        staff_id = desk.me["staff_id"]
        return Desk(self.client, self.database.write(lambda tx: open_session(tx, staff_id, now_ms())).result())

    def program(self, role: str, community_id: str = HERE) -> Desk:
        made = self.desk(access_rules.SUPERVISOR, community_id).post("/api/tokens", {"name": role, "role": role})
        return Desk(self.client, secret=made["secret"])

    def nobody(self) -> Desk:
        return Desk(self.client)

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        with self.database.read() as reader:
            return reader.rows(sql, parameters)


@contextmanager
def office(folder: Path, address: str | None, homes: int = 3) -> Iterator[Office]:
    database = open_database(folder, address)
    passwords = {name: ("clear", "hash") for name, *_ in sample.STAFF}

    def fill(transaction: Any) -> None:
        sample.fill(transaction, homes, passwords)
        people_store.add_community(transaction, THERE, "别处", "Elsewhere", 1600, 1000)

    database.write(fill).result()
    with served(database, folder) as (services, url), httpx.Client(base_url=url, timeout=20) as client:
        yield Office(client, services)
