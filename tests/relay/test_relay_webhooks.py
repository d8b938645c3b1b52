"""Webhooks: signed, in order, at least once, by a real receiver on loopback; a failing one is told to staff."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from database_parts import alarm_message, say
from office_parts import HERE, THERE
from relay_parts import until

from relay import events
from relay.clock import now_ms
from relay.webhooks import rules, store


class Receiver:
    """A program that is told. It answers with `status` and keeps what it got."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *given: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/told"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def bodies(self) -> list[dict]:
        return [json.loads(body) for _, body in self.got]

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.stop()


def test_what_happens_is_told_signed_in_order_and_only_what_was_asked_for(office, receiver):
    boss = office.desk("supervisor")
    made = boss.post("/api/webhooks", {"url": receiver.url, "names": ["alarm"]})
    say(office.database, "alarm", alarm_message(1))
    until(lambda: receiver.got, "the alarm")
    boss.post("/api/alarms/1/acknowledge")
    boss.post("/api/alarms/1/clear", {"outcome": "helped"})
    until(lambda: len(receiver.got) >= 3 and not receiver.bodies()[-1]["data"]["is_open"], "its end")
    told = receiver.bodies()
    ids = [one["event_id"] for one in told]
    assert ids == sorted(ids) and {one["name"] for one in told} == {"alarm"}
    assert told[0]["data"]["alarm_id"] == 1 and told[0]["community_id"] == HERE
    headers, body = receiver.got[0]
    time, mac = (part.split("=")[1] for part in headers["Anling-Signature"].split(","))
    proof = hmac.new(made["secret"].encode(), time.encode() + b"." + body, hashlib.sha256).hexdigest()
    assert mac == proof and abs(int(time) * 1000 - now_ms()) < 120_000
    assert headers["Anling-Event-Id"] == str(ids[0])
    (listed,) = boss.get("/api/webhooks")
    assert "secret" not in listed and listed["failing_since"] is None and listed["sent_at"]


def test_a_receiver_that_fails_misses_nothing(office, receiver):
    boss = office.desk("supervisor")
    boss.post("/api/webhooks", {"url": receiver.url, "names": ["alarm"]})
    receiver.status = 500
    say(office.database, "alarm", alarm_message(1))
    until(lambda: boss.get("/api/webhooks")[0]["failing_since"], "the failure shows")
    assert "500" in boss.get("/api/webhooks")[0]["last_error"]
    say(office.database, "alarm", alarm_message(2))
    first = receiver.bodies()[0]["event_id"]
    receiver.status = 200
    receiver.got.clear()
    until(lambda: {one["data"]["alarm_id"] for one in receiver.bodies()} == {1, 2}, "both")
    assert receiver.bodies()[0]["event_id"] == first  # the one that was refused comes again, before the others
    until(lambda: boss.get("/api/webhooks")[0]["failing_since"] is None, "it is well again")


def test_webhooks_are_the_supervisors_and_the_communitys_own(office):
    boss = office.desk("supervisor")
    made = boss.post("/api/webhooks", {"url": "https://example.org/x"})
    office.desk("supervisor", THERE).delete(f"/api/webhooks/{made['webhook_id']}", 404)
    assert office.desk("supervisor", THERE).get("/api/webhooks") == []
    for role in ("operator", "responder", "installer", "auditor", "district"):
        office.desk(role).get("/api/webhooks", 403)
    for url in ("ftp://x/y", "https://user:pw@example.org/", "javascript:x", "//x", "https://", "https://x y"):
        boss.post("/api/webhooks", {"url": url}, 422)
    boss.post("/api/webhooks", {"url": "https://example.org/", "names": ["secret"]}, 422)
    boss.delete(f"/api/webhooks/{made['webhook_id']}")
    for _ in range(rules.PER_COMMUNITY):
        boss.post("/api/webhooks", {"url": "https://example.org/x", "names": ["call"]})
    assert "Remove one" in boss.post("/api/webhooks", {"url": "https://example.org/x"}, 409)["detail"]


def test_a_receiver_that_stays_away_is_told_to_staff_and_a_gap_is_admitted(database):
    def write(work):
        return database.write(work).result()

    def webhook():
        with database.read() as reader:
            return reader.row("SELECT * FROM webhooks")

    now = now_ms()
    write(lambda tx: store.add(tx, HERE, "https://example.org/x", ["alarm"], 1, now))
    say(database, "alarm", alarm_message(1))
    with database.read() as reader:
        waiting = store.waiting(reader, webhook())
    assert [one.name for one in waiting or []] == ["alarm"]
    write(lambda tx: store.failed(tx, webhook(), "no answer", now))
    write(lambda tx: store.failed(tx, webhook(), "no answer", now + rules.FAILING_MS))
    with database.read() as reader:
        assert reader.row("SELECT kind FROM technical_alarms WHERE closed_at IS NULL")["kind"] == rules.FAILING
        assert store.due(reader, now + rules.FAILING_MS) == []  # later again
    write(lambda tx: tx.execute("UPDATE events SET at = 0"))
    write(lambda tx: events.prune(tx, now))
    with database.read() as reader:
        assert store.waiting(reader, webhook()) is None
    write(lambda tx: store.moved(tx, webhook()["webhook_id"], 10, now + rules.FAILING_MS))
    with database.read() as reader:
        assert reader.row("SELECT kind FROM technical_alarms WHERE closed_at IS NULL") is None
