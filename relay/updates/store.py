"""All SQL about new firmware: packages in pieces as they go out, stages of communities, the state of each hub.

A hub asks for what it wants next, so nothing here remembers how far it is but for people to see.
"""

import base64
from typing import Any

from protocol import messages, package, topics
from protocol import vocabulary as words

from ..database import Migrations, Reader, Row, Tables, Transaction
from . import rules

MIGRATIONS = Migrations("updates")
Down = tuple[str, dict[str, Any]]


@MIGRATIONS()
def m001_updates(db: Tables) -> None:
    for statement in (
        """CREATE TABLE update_packages (
            build INTEGER PRIMARY KEY, version TEXT NOT NULL, variant TEXT NOT NULL, letter TEXT NOT NULL,
            length INTEGER NOT NULL, added_at INTEGER NOT NULL)""",
        """CREATE TABLE update_pieces (
            build INTEGER NOT NULL REFERENCES update_packages, at INTEGER NOT NULL, data TEXT NOT NULL,
            PRIMARY KEY (build, at))""",
        """CREATE TABLE update_stages (
            build INTEGER NOT NULL REFERENCES update_packages, community_id TEXT NOT NULL REFERENCES communities,
            percent INTEGER NOT NULL, is_stopped INTEGER NOT NULL DEFAULT 0, reason TEXT,
            changed_at INTEGER NOT NULL, changed_by INTEGER REFERENCES staff, PRIMARY KEY (build, community_id))""",
        """CREATE TABLE update_hubs (
            build INTEGER NOT NULL REFERENCES update_packages, hub_id TEXT NOT NULL REFERENCES hubs,
            state TEXT NOT NULL, reason TEXT, at INTEGER NOT NULL DEFAULT 0, said_at INTEGER NOT NULL,
            PRIMARY KEY (build, hub_id))""",
        "CREATE INDEX update_hubs_hub ON update_hubs (hub_id)",
    ):
        db.execute(statement)


# --- packages ------------------------------------------------------------------------------------------


def add(transaction: Transaction, head: package.Head, data: bytes, now: int) -> bool:
    """Keep a package that was checked. False when this build is there already."""
    letter = base64.b64encode(data[: package.LETTER_SIZE]).decode()
    is_new = transaction.insert_new(
        "update_packages",
        {
            "build": head.build,
            "version": head.version,
            "variant": head.variant,
            "letter": letter,
            "length": head.length,
            "added_at": now,
        },
    )
    if is_new:
        image = data[package.LETTER_SIZE :]
        transaction.execute_many(
            "INSERT INTO update_pieces (build, at, data) VALUES (?, ?, ?)",
            [
                (head.build, at, base64.b64encode(image[at : at + package.PIECE]).decode())
                for at in range(0, len(image), package.PIECE)
            ],
        )
    return is_new


def packages(reader: Reader) -> list[Row]:
    return reader.rows(
        "SELECT build, version, variant, length, added_at FROM update_packages ORDER BY build DESC LIMIT 100"
    )


def newest(reader: Reader, variant: str) -> int:
    """The highest build for this board; 0 when there is none."""
    row = reader.row("SELECT max(build) AS build FROM update_packages WHERE variant = ?", (variant,))
    return (row["build"] if row else None) or 0


def is_there(reader: Reader, build: int) -> bool:
    return reader.row("SELECT 1 AS one FROM update_packages WHERE build = ?", (build,)) is not None


# --- stages ----------------------------------------------------------------------------------------------


def stage(reader: Reader, build: int, community_id: str) -> Row:
    """How far this community is. Shape: percent 0 when nobody was chosen."""
    row = reader.row(
        "SELECT percent, is_stopped, reason, changed_at FROM update_stages WHERE build = ? AND community_id = ?",
        (build, community_id),
    )
    return row or {"percent": 0, "is_stopped": 0, "reason": None, "changed_at": None}


def set_stage(
    transaction: Transaction, build: int, community_id: str, percent: int, reason: str | None, by: int | None, now: int
) -> None:
    """Enter this stage, and choose its hubs."""
    transaction.execute(
        "INSERT INTO update_stages (build, community_id, percent, is_stopped, reason, changed_at, changed_by)"
        " VALUES (?, ?, ?, 0, ?, ?, ?) ON CONFLICT (build, community_id) DO UPDATE SET percent = excluded.percent,"
        " is_stopped = 0, reason = excluded.reason, changed_at = excluded.changed_at, changed_by = excluded.changed_by",
        (build, community_id, percent, reason, now, by),
    )
    found = transaction.rows(
        "SELECT hub_id FROM hubs JOIN dwellings USING (dwelling_id) WHERE community_id = ? AND is_active = 1"
        " AND heard_at IS NOT NULL ORDER BY hub_id",
        (community_id,),
    )
    for hub_id in rules.chosen([row["hub_id"] for row in found], build, percent):
        values = {"build": build, "hub_id": hub_id, "state": rules.WAITING, "said_at": 0}
        transaction.insert_new("update_hubs", values)


def stop(transaction: Transaction, build: int, community_id: str, reason: str, by: int | None, now: int) -> bool:
    """Nothing more is offered or given in this community. False when it was not under way."""
    changed = transaction.execute(
        "UPDATE update_stages SET is_stopped = 1, reason = ?, changed_at = ?, changed_by = ?"
        " WHERE build = ? AND community_id = ? AND is_stopped = 0",
        (reason, now, by, build, community_id),
    )
    return changed == 1


def again(transaction: Transaction, build: int, hub_id: str, community_id: str) -> bool:
    """Offer it to this hub once more. False when it was not chosen there."""
    changed = transaction.execute(
        "UPDATE update_hubs SET state = ?, reason = NULL, said_at = 0 WHERE build = ? AND hub_id IN (SELECT hub_id"
        " FROM hubs JOIN dwellings USING (dwelling_id) WHERE hub_id = ? AND community_id = ?)",
        (rules.WAITING, build, hub_id, community_id),
    )
    return changed == 1


_OF_COMMUNITY = (
    " FROM update_hubs JOIN hubs ON hubs.hub_id = update_hubs.hub_id JOIN dwellings USING (dwelling_id)"
    " WHERE update_hubs.build = ? AND community_id = ?"
)


def counts(reader: Reader, build: int, community_id: str) -> dict[str, int]:
    """{state: how many hubs}."""
    rows = reader.rows(
        "SELECT state, count(*) AS count" + _OF_COMMUNITY + " GROUP BY state ORDER BY state", (build, community_id)
    )
    return {row["state"]: row["count"] for row in rows}


def failures(reader: Reader, build: int, community_id: str) -> int:
    rows = reader.rows("SELECT state, update_hubs.reason" + _OF_COMMUNITY, (build, community_id))
    return sum(rules.is_failure(row["state"], row["reason"]) for row in rows)


def hubs(reader: Reader, build: int, community_id: str) -> list[Row]:
    """How far each chosen hub is."""
    return reader.rows(
        "SELECT update_hubs.hub_id, label, label_en, state, update_hubs.reason, at, said_at, length, is_online"
        " FROM update_hubs JOIN hubs ON hubs.hub_id = update_hubs.hub_id JOIN dwellings USING (dwelling_id)"
        " JOIN update_packages ON update_packages.build = update_hubs.build"
        " WHERE update_hubs.build = ? AND community_id = ? ORDER BY update_hubs.hub_id",
        (build, community_id),
    )


# --- what a hub is told -----------------------------------------------------------------------------------

_OPEN = (
    "SELECT update_hubs.build, update_hubs.hub_id, state, letter FROM update_hubs"
    " JOIN update_packages ON update_packages.build = update_hubs.build"
    " JOIN hubs ON hubs.hub_id = update_hubs.hub_id JOIN dwellings USING (dwelling_id)"
    " JOIN update_stages ON update_stages.build = update_hubs.build"
    " AND update_stages.community_id = dwellings.community_id"
    " WHERE is_stopped = 0 AND is_active = 1"
)


def _offer(row: Row) -> Down:
    return topics.UPDATE, messages.update_order(words.OFFER, row["build"], 0, row["letter"])


def offers(reader: Reader, said_before: int) -> list[tuple[str, Down]]:
    """What to offer again: hubs on the line that have not said a word of it since then. [(hub_id, message)]."""
    rows = reader.rows(
        _OPEN + " AND is_online = 1 AND state IN (?, ?) AND said_at < ? ORDER BY update_hubs.build, update_hubs.hub_id",
        (rules.WAITING, words.FETCHING, said_before),
    )
    return [(row["hub_id"], _offer(row)) for row in rows]


def offer_for(reader: Reader, hub_id: str, running: int) -> list[Down]:
    """The newest package that this hub was chosen for and has not answered to, if it is newer than what it runs."""
    row = reader.row(
        _OPEN + " AND update_hubs.hub_id = ? AND state IN (?, ?) AND update_hubs.build > ?"
        " ORDER BY update_hubs.build DESC LIMIT 1",
        (hub_id, rules.WAITING, words.FETCHING, running),
    )
    return [_offer(row)] if row else []


def take(transaction: Transaction, hub: Row, message: dict[str, Any], now: int) -> tuple[list[Down], str | None]:
    """What a hub says of its update: (what goes down to it, what is to be told to staff or None)."""
    hub_id, build, state = hub["hub_id"], message["build"], message["state"]
    if state == words.RUNNING:
        return offer_for(transaction, hub_id, message["running"]), None
    known = transaction.row(_OPEN + " AND update_hubs.hub_id = ? AND update_hubs.build = ?", (hub_id, build))
    if state == words.FETCHING:
        if known is None:
            return [(topics.UPDATE, messages.update_order(words.STOP, build))], None
        _keep(transaction, hub_id, build, state, None, message["at"], now)
        return _pieces(transaction, build, message["at"], message["count"]), None
    before = transaction.row("SELECT state FROM update_hubs WHERE hub_id = ? AND build = ?", (hub_id, build))
    if before is None or before["state"] == state:
        return [], None
    _keep(transaction, hub_id, build, state, message["reason"], message["at"], now)
    if not rules.is_failure(state, message["reason"]):
        return [], None
    community_id = hub["community_id"]
    chosen = sum(counts(transaction, build, community_id).values())
    percent = stage(transaction, build, community_id)["percent"]
    if rules.must_stop(percent, chosen, failures(transaction, build, community_id)):
        stop(transaction, build, community_id, f"{hub_id}: {message['reason'] or state}", None, now)
    return [], f"build {build}: {message['reason'] or state}"[:64]


def _keep(transaction: Transaction, hub_id: str, build: int, state: str, reason: str | None, at: int, now: int) -> None:
    transaction.execute(
        "UPDATE update_hubs SET state = ?, reason = ?, at = ?, said_at = ? WHERE hub_id = ? AND build = ?",
        (state, reason, at, now, hub_id, build),
    )


def _pieces(reader: Reader, build: int, at: int, count: int) -> list[Down]:
    """The pieces from `at`, a block of them at most."""
    rows = reader.rows(
        "SELECT at, data FROM update_pieces WHERE build = ? AND at >= ? AND at < ? ORDER BY at",
        (build, at, at + min(count, rules.PIECES_AT_ONCE * package.PIECE)),
    )
    return [(topics.UPDATE, messages.update_order(words.PIECE, build, row["at"], row["data"])) for row in rows]
