"""All SQL of walk tests, their events and certificates, and of the weekly checks.

Facts of the home (mains, line, answered call) are read where they are kept anyway: technical alarms, intake, alarms.
"""

import json
from typing import Any

from protocol import messages, topics
from protocol import vocabulary as words

from ..database import Migrations, Reader, Row, Tables, Transaction
from . import rules

MIGRATIONS = Migrations("walks")


@MIGRATIONS()
def m001_walks(db: Tables) -> None:
    for statement in (
        """CREATE TABLE walk_tests (
            walk_id INTEGER PRIMARY KEY AUTOINCREMENT, hub_id TEXT NOT NULL REFERENCES hubs,
            dwelling_id TEXT NOT NULL REFERENCES dwellings, community_id TEXT NOT NULL REFERENCES communities,
            started_by INTEGER NOT NULL REFERENCES staff, started_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
            state TEXT NOT NULL, ended_at INTEGER, back_at INTEGER,    -- the hub's line came back without a restart
            contacts TEXT, excuses TEXT, result TEXT,                  -- JSON
            certificate BLOB, certificate_hash TEXT)""",
        "CREATE INDEX walk_tests_dwelling ON walk_tests (dwelling_id, walk_id)",
        """CREATE TABLE walk_events (
            walk_id INTEGER NOT NULL REFERENCES walk_tests, n INTEGER NOT NULL, device_id TEXT NOT NULL,
            rssi_dbm INTEGER NOT NULL, trip_ms INTEGER, heard_at INTEGER NOT NULL, PRIMARY KEY (walk_id, n))""",
        """CREATE TABLE weekly_checks (
            check_id INTEGER PRIMARY KEY AUTOINCREMENT, dwelling_id TEXT NOT NULL REFERENCES dwellings,
            community_id TEXT NOT NULL, at INTEGER NOT NULL, is_passed INTEGER NOT NULL, faults TEXT NOT NULL)""",
        "CREATE INDEX weekly_checks_dwelling ON weekly_checks (dwelling_id, at)",
    ):
        db.execute(statement)


def start(transaction: Transaction, hub: Row, by: int, now: int, minutes: int) -> int:
    return transaction.insert(
        "walk_tests",
        {
            "hub_id": hub["hub_id"],
            "dwelling_id": hub["dwelling_id"],
            "community_id": hub["community_id"],
            "started_by": by,
            "started_at": now,
            "ends_at": now + minutes * 60_000,
            "state": rules.RUNNING,
        },
    )


def running(reader: Reader, hub_id: str, now: int) -> Row | None:
    """The walk test that is under way at this hub, or None. It ends by itself."""
    return reader.row(
        "SELECT * FROM walk_tests WHERE hub_id = ? AND state = ? AND ends_at > ? ORDER BY walk_id DESC LIMIT 1",
        (hub_id, rules.RUNNING, now),
    )


def walk(reader: Reader, walk_id: int, community_id: str) -> Row | None:
    return reader.row(
        "SELECT walk_tests.*, label, address, display_name FROM walk_tests JOIN dwellings USING (dwelling_id)"
        " JOIN staff ON staff_id = started_by WHERE walk_id = ? AND walk_tests.community_id = ?",
        (walk_id, community_id),
    )


def walks_of(reader: Reader, dwelling_id: str, community_id: str) -> list[Row]:
    return reader.rows(
        "SELECT walk_id, state, started_at, ends_at, ended_at, certificate_hash FROM walk_tests"
        " WHERE dwelling_id = ? AND community_id = ? ORDER BY walk_id DESC LIMIT 100",
        (dwelling_id, community_id),
    )


def set_json(transaction: Transaction, walk_id: int, column: str, value: Any) -> None:
    """Shape: `column` contacts or excuses."""
    assert column in ("contacts", "excuses")
    transaction.execute(
        f"UPDATE walk_tests SET {column} = ? WHERE walk_id = ?", (json.dumps(value, ensure_ascii=False), walk_id)
    )


def end(transaction: Transaction, walk_id: int, state: str, now: int) -> None:
    transaction.execute("UPDATE walk_tests SET state = ?, ended_at = ? WHERE walk_id = ?", (state, now, walk_id))


def keep_certificate(
    transaction: Transaction, walk_id: int, now: int, result: list[dict[str, Any]], data: bytes, digest: str
) -> None:
    transaction.execute(
        "UPDATE walk_tests SET state = ?, ended_at = ?, result = ?, certificate = ?, certificate_hash = ?"
        " WHERE walk_id = ?",
        (rules.PASSED, now, json.dumps(result, ensure_ascii=False), data, digest, walk_id),
    )


# --- from the home ------------------------------------------------------------------------------------


def take(transaction: Transaction, hub: Row, word: str, message: dict[str, Any], now: int) -> list[dict[str, Any]]:
    """What a message of this hub means for its walk test; the orders that go down to it after the commit.

    Shape: `hub` as it was known before this message."""
    found = running(transaction, hub["hub_id"], now)
    if word == topics.WALK:
        if found is None:
            return [messages.walk_order(seconds=0)]
        return _take_event(transaction, found, message, now)
    if word == topics.HELLO and found is not None:
        if rules.is_without_restart(message["uptime_s"], hub["uptime_s"], now - found["started_at"]):
            transaction.execute("UPDATE walk_tests SET back_at = ? WHERE walk_id = ?", (now, found["walk_id"]))
        return [messages.walk_order(seconds=max(1, (found["ends_at"] - now) // 1000))]
    return []


def _take_event(transaction: Transaction, found: Row, message: dict[str, Any], now: int) -> list[dict[str, Any]]:
    row = {
        "walk_id": found["walk_id"],
        "n": message["n"],
        "device_id": message["device"] or "",
        "rssi_dbm": message["rssi_dbm"] or 0,
        "heard_at": now,
    }
    transaction.insert_new("walk_events", row)
    if message["trip_ms"] is None:
        return [messages.walk_order(heard=message["n"])]
    transaction.execute(
        "UPDATE walk_events SET trip_ms = ? WHERE walk_id = ? AND n = ?",
        (message["trip_ms"], found["walk_id"], message["n"]),
    )
    return []


# --- what is proven -----------------------------------------------------------------------------------


def checks(reader: Reader, found: Row) -> list[rules.Check]:
    """How far the walk test is."""
    devices = reader.rows(
        "SELECT device_id, kind, room, label FROM devices WHERE hub_id = ? ORDER BY room, device_id", (found["hub_id"],)
    )
    events = reader.rows(
        "SELECT device_id, rssi_dbm, trip_ms, heard_at FROM walk_events WHERE walk_id = ? ORDER BY n",
        (found["walk_id"],),
    )
    since, until = found["started_at"], found["ended_at"] or 1 << 62
    facts = {
        "mains_lost_at": _technical_at(reader, found, words.MAINS_LOST, since, until),
        "mains_restored_at": _technical_at(reader, found, words.MAINS_RESTORED, since, until),
        "back_at": found["back_at"],
        "answered": rules.answered(_calls(reader, found, since, until), rules.presses(devices, events)),
        "contacts": json.loads(found["contacts"]) if found["contacts"] else [],
    }
    return rules.checks(devices, events, facts, rules.excuses_of(found["excuses"]))


def _technical_at(reader: Reader, found: Row, kind: str, since: int, until: int) -> int | None:
    row = reader.row(
        "SELECT max(last_at) AS at FROM technical_alarms WHERE hub_id = ? AND kind = ? AND last_at BETWEEN ? AND ?",
        (found["hub_id"], kind, since, until),
    )
    return row["at"] if row else None


def _calls(reader: Reader, found: Row, since: int, until: int) -> list[Row]:
    """The calls of this hub's buttons in this walk that a person took, and whose answer the home has heard."""
    return reader.rows(
        "SELECT alarm_id, raised_at, acknowledged_at, display_name, device_id FROM alarms"
        " JOIN staff ON staff_id = acknowledged_by WHERE hub_id = ? AND raised_at BETWEEN ? AND ?"
        " AND acknowledged_at <= ? AND kind = ? AND activation != ?"
        " AND told_step IN ('acknowledged', 'on_the_way', 'arrived', 'cleared') ORDER BY alarm_id",
        (found["hub_id"], since, until, until, words.TEST, words.TRIPPED),
    )


# --- every week ---------------------------------------------------------------------------------------


def weekly_due(reader: Reader, now: int, count: int = 200) -> list[Row]:
    """Homes with a certificate whose last check is a week old; a day, when it failed."""
    return reader.rows(
        "SELECT DISTINCT hubs.hub_id, hubs.dwelling_id, walk_tests.community_id, is_online, is_mains_on, battery_pct"
        " FROM walk_tests JOIN hubs ON hubs.hub_id = walk_tests.hub_id"
        " WHERE state = ? AND ended_at < ? AND is_active = 1"
        " AND NOT EXISTS (SELECT 1 FROM weekly_checks WHERE weekly_checks.dwelling_id = hubs.dwelling_id"
        " AND (at >= ? OR (is_passed = 1 AND at >= ?)))"
        " LIMIT ?",
        (rules.PASSED, now - rules.WEEK_MS, now - rules.DAY_MS, now - rules.WEEK_MS, count),
    )


def open_faults(reader: Reader, hub_id: str) -> list[Row]:
    """What is known to be wrong in a home; that its last check failed is no fault of its own."""
    return reader.rows(
        "SELECT kind, device_id FROM technical_alarms WHERE hub_id = ? AND closed_at IS NULL AND kind != ? ORDER BY id",
        (hub_id, rules.WEEKLY_FAILED),
    )


def keep_weekly(transaction: Transaction, home: Row, now: int, faults: list[str]) -> None:
    transaction.insert(
        "weekly_checks",
        {
            "dwelling_id": home["dwelling_id"],
            "community_id": home["community_id"],
            "at": now,
            "is_passed": int(not faults),
            "faults": json.dumps(faults),
        },
    )


def weekly_of(reader: Reader, dwelling_id: str, community_id: str) -> list[Row]:
    return reader.rows(
        "SELECT at, is_passed, faults FROM weekly_checks WHERE dwelling_id = ? AND community_id = ?"
        " ORDER BY at DESC LIMIT 100",
        (dwelling_id, community_id),
    )
