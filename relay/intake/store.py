"""All SQL of the intake: what was taken in, once per identity, and what had to be refused.

The identity (hub_id, epoch, seq) is the table's key, so a message is new exactly once, whatever the broker,
the network or a kill -9 repeats. `received_at` and `committed_at` are UTC ms.
"""

import json
from typing import Any

from ..database import Migrations, Reader, Tables, Transaction
from . import rules

MIGRATIONS = Migrations("intake")


@MIGRATIONS()
def m001_intake(db: Tables) -> None:
    for statement in (
        """CREATE TABLE intake (
            hub_id TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
            word TEXT NOT NULL, body TEXT NOT NULL,
            received_at INTEGER NOT NULL,
            committed_at INTEGER,                    -- written with a later commit: cannot know its own
            copies INTEGER NOT NULL DEFAULT 1,       -- how often it was heard
            PRIMARY KEY (hub_id, epoch, seq)) WITHOUT ROWID""",
        """CREATE TABLE dead_letters (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, topic TEXT NOT NULL,
            hub_id TEXT, reason TEXT NOT NULL, length INTEGER NOT NULL, payload BLOB NOT NULL)""",
    ):
        db.execute(statement)


@MIGRATIONS()
def m002_gateways(db: Tables) -> None:
    db.execute(
        """CREATE TABLE sms_gateways (
            name TEXT PRIMARY KEY, secret_hash TEXT NOT NULL UNIQUE, added_at INTEGER NOT NULL)"""
    )


def keep(transaction: Transaction, heard: rules.Heard, body: str, received_at: int) -> bool:
    """Keep a message under its identity; True when it is new."""
    message = heard.message
    identity = (heard.hub_id, message["epoch"], message["seq"])
    is_new = transaction.insert_new(
        "intake",
        {
            "hub_id": heard.hub_id,
            "epoch": message["epoch"],
            "seq": message["seq"],
            "word": heard.word,
            "body": body,
            "received_at": received_at,
        },
    )
    if not is_new:
        transaction.execute(
            "UPDATE intake SET copies = copies + 1 WHERE hub_id = ? AND epoch = ? AND seq = ?", identity
        )
    return is_new


def is_another(reader: Reader, heard: rules.Heard) -> bool:
    """Is what was kept under this identity something else than this? Copies differ in age, and by the way they came."""
    message = heard.message
    row = reader.row(
        "SELECT word, body FROM intake WHERE hub_id = ? AND epoch = ? AND seq = ?",
        (heard.hub_id, message["epoch"], message["seq"]),
    )
    return row is not None and (row["word"] != heard.word or rules.differ(json.loads(row["body"]), message))


def keep_committed_at(transaction: Transaction, identity: tuple[str, str, int], committed_at: int) -> None:
    transaction.execute(
        "UPDATE intake SET committed_at = ? WHERE hub_id = ? AND epoch = ? AND seq = ? AND committed_at IS NULL",
        (committed_at, *identity),
    )


def keep_dead_letter(
    transaction: Transaction, topic: str, payload: bytes, hub_id: str | None, reason: str, now: int
) -> None:
    letter_id = transaction.insert(
        "dead_letters",
        {
            "at": now,
            "topic": topic[: rules.TOPIC_KEPT],
            "hub_id": hub_id,
            "reason": reason,
            "length": len(payload),
            "payload": payload[: rules.PAYLOAD_KEPT],
        },
    )
    transaction.execute("DELETE FROM dead_letters WHERE id <= ?", (letter_id - rules.DEAD_LETTERS_MAX,))


def counts(reader: Reader) -> dict[str, Any]:
    return (
        reader.row(
            "SELECT (SELECT count(*) FROM intake) AS kept,"
            " (SELECT coalesce(max(id), 0) FROM dead_letters) AS dead_letters"
        )
        or {}
    )
