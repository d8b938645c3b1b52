"""A relay in this process, with as many homes as one likes: the real application, database and event stream. What homes
say goes in where the intake puts it, so that a storm needs no thousand MQTT clients.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext
from protocol import messages, topics
from served import served

from relay import guard, sample
from relay.access import rules as access_rules
from relay.access import store as access_store
from relay.app import open_database
from relay.clock import now_ms
from relay.database import Transaction
from relay.intake import rules as intake_rules
from relay.intake import worker as intake_worker
from relay.services import Services
from relay.supervision import worker as supervision_worker

BUILDING = 40  # homes of one
LONG_AGO_MS = 600_000


def _fill(transaction: Transaction, homes: int) -> None:
    sample.fill(transaction, 1, {name: ("clear", "hash") for name, *_ in sample.STAFF})
    now, wide = now_ms(), max(1, int(homes**0.5))
    for number in range(1, homes):
        row, column = divmod(number, wide)
        building = str(100 + number // BUILDING)
        transaction.insert(
            "dwellings",
            {
                "dwelling_id": f"d-{number}",
                "community_id": sample.COMMUNITY_ID,
                "label": f"{building}号楼{number % BUILDING + 1}室",
                "label_en": f"Bldg {building}, {number % BUILDING + 1}",
                "address": f"清河苑 {building} 号楼 {number % BUILDING + 1} 室",
                "estate": "清河苑",
                "building": building,
                "x": 0.03 + 0.94 * column / wide,
                "y": min(0.97, 0.03 + 0.94 * row / wide),
            },
        )
        transaction.execute(
            "INSERT INTO hubs (hub_id, dwelling_id, password_salt, password_hash, added_at, heard_at, is_online)"
            " VALUES (?, ?, '-', '-', ?, ?, 1)",
            (f"hub-{number:05}", f"d-{number}", now, now),
        )


class Crowd:
    """Shape: homes are numbered from 1."""

    def __init__(self, services: Services, url: str) -> None:
        self.services = services
        self.url = url
        self.epoch = secrets.token_hex(4)
        self._seq: dict[int, int] = {}
        self.operator = self._write(self._add_operator)

    def _write(self, work):  # whatever the job gives
        return self.services.database.write(work).result(120)

    def _add_operator(self, transaction: Transaction) -> tuple[int, str]:
        role = access_rules.OPERATOR
        staff_id = access_store.add_staff(transaction, sample.COMMUNITY_ID, "desk", "陈静", "Chen Jing", role, "-")
        return staff_id, access_store.open_session(transaction, staff_id, now_ms())

    def sign_in(self, context: BrowserContext) -> None:
        cookies = {guard.COOKIE: self.operator[1], "anling_theme": "light"}
        context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies.items()])

    def call(self, number: int, kind: str = "help", alarm: int | None = None) -> int:
        """A home's activation, taken in; the seq by which the home names its alarm."""
        seq = self._seq[number] = self._seq.get(number, 0) + 1
        activation = "press" if kind in ("help", "test") else "tripped"
        message = messages.alarm(self.epoch, seq, alarm or seq, kind, "raised", None, activation, 10, None)
        topic = topics.up(f"hub-{number:05}", topics.ALARM)
        payload = messages.encode(message)
        heard = intake_rules.read(topic, payload)
        assert isinstance(heard, intake_rules.Heard), heard
        self._write(lambda tx: intake_worker.take(tx, heard, topic, payload, now_ms()))
        return alarm or seq

    def fall_silent(self, first: int, count: int) -> None:
        """These hubs were last heard long ago: supervision finds it."""

        def work(transaction: Transaction) -> None:
            transaction.execute(
                "UPDATE hubs SET heard_at = ? WHERE hub_id >= ? AND hub_id < ?",
                (now_ms() - LONG_AGO_MS, f"hub-{first:05}", f"hub-{first + count:05}"),
            )
            supervision_worker.look(transaction, now_ms(), 0)

        self._write(work)


@contextmanager
def crowd(folder: Path, homes: int) -> Iterator[Crowd]:
    database = open_database(folder)
    database.write(lambda tx: _fill(tx, homes)).result(300)
    with served(database, folder) as (services, url):
        yield Crowd(services, url)
