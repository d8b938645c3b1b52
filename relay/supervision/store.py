"""All SQL about technical alarms: raise (folding), end, show.

A place is (hub, device); both are NULL for the relay's own. Life-safety alarms never come here.
"""

from typing import Any

from .. import events
from ..database import Migrations, Reader, Row, Tables, Transaction
from . import rules

MIGRATIONS = Migrations("supervision")


@MIGRATIONS()
def m001_technical(db: Tables) -> None:
    db.execute(
        """CREATE TABLE technical_alarms (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL,
            community_id TEXT,                     -- NULL: the relay's own, shown to all
            hub_id TEXT, dwelling_id TEXT, device_id TEXT, detail TEXT,
            raised_at INTEGER NOT NULL, last_at INTEGER NOT NULL, count INTEGER NOT NULL,
            closed_at INTEGER, closed_by INTEGER REFERENCES staff)"""
    )
    db.execute("CREATE INDEX technical_open ON technical_alarms (hub_id, kind) WHERE closed_at IS NULL")


_PLACE = "coalesce(hub_id, '') = ? AND coalesce(device_id, '') = ?"
_SHOWN = ("id", "kind", "hub_id", "dwelling_id", "device_id", "detail", "raised_at", "count")


def _entry(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in _SHOWN} | {"is_open": row["closed_at"] is None}


def _announce(transaction: Transaction, technical_id: int) -> None:
    row = transaction.row("SELECT * FROM technical_alarms WHERE id = ?", (technical_id,))
    if row is not None:
        events.append(transaction, row["community_id"], "technical", _entry(row))


def raise_technical(
    transaction: Transaction,
    kind: str,
    now: int,
    hub: Row | None = None,
    device_id: str | None = None,
    detail: str | None = None,
) -> int:
    """Raise a fault of the system, or count it into the open one; its id.

    Shape: `hub` has hub_id, dwelling_id, community_id; None for the relay's own.
    """
    hub_id = hub["hub_id"] if hub else None
    known = transaction.row(
        f"SELECT id, last_at FROM technical_alarms WHERE kind = ? AND {_PLACE}"
        " AND closed_at IS NULL ORDER BY id DESC LIMIT 1",
        (kind, hub_id or "", device_id or ""),
    )
    if known is not None and rules.folds(kind, known["last_at"], now):
        transaction.execute(
            "UPDATE technical_alarms SET count = count + 1, last_at = ?, detail = ? WHERE id = ?",
            (now, detail, known["id"]),
        )
        _announce(transaction, known["id"])
        return int(known["id"])
    technical_id = transaction.insert(
        "technical_alarms",
        {
            "kind": kind,
            "community_id": hub["community_id"] if hub else None,
            "hub_id": hub_id,
            "dwelling_id": hub["dwelling_id"] if hub else None,
            "device_id": device_id,
            "detail": detail,
            "raised_at": now,
            "last_at": now,
            "count": 1,
            # "mains restored" is kept as having been heard, but is no fault itself
            "closed_at": now if kind in rules.ENDS else None,
        },
    )
    if kind in rules.ENDS:
        end(transaction, rules.ENDS[kind], now, hub_id, device_id)
    else:
        _announce(transaction, technical_id)
    return technical_id


def end(transaction: Transaction, kind: str, now: int, hub_id: str | None, device_id: str | None = None) -> int:
    """The condition behind a lasting fault is gone; how many were open."""
    rows = transaction.rows(
        f"SELECT id FROM technical_alarms WHERE kind = ? AND {_PLACE} AND closed_at IS NULL",
        (kind, hub_id or "", device_id or ""),
    )
    for row in rows:
        transaction.execute("UPDATE technical_alarms SET closed_at = ? WHERE id = ?", (now, row["id"]))
        _announce(transaction, row["id"])
    return len(rows)


def is_open(reader: Reader, kind: str, hub_id: str | None) -> bool:
    return (
        reader.row(
            "SELECT 1 AS one FROM technical_alarms WHERE kind = ? AND coalesce(hub_id, '') = ? AND closed_at IS NULL",
            (kind, hub_id or ""),
        )
        is not None
    )


def kind_of(reader: Reader, technical_id: int, community_id: str) -> str | None:
    row = reader.row(
        "SELECT kind FROM technical_alarms WHERE id = ? AND (community_id = ? OR community_id IS NULL)",
        (technical_id, community_id),
    )
    return row["kind"] if row else None


def close(transaction: Transaction, technical_id: int, community_id: str, by: int, now: int) -> dict[str, Any] | None:
    """Somebody has dealt with it; the entry, or None when it is not this community's."""
    changed = transaction.execute(
        "UPDATE technical_alarms SET closed_at = coalesce(closed_at, ?), closed_by = coalesce(closed_by, ?)"
        " WHERE id = ? AND (community_id = ? OR community_id IS NULL)",
        (now, by, technical_id, community_id),
    )
    if not changed:
        return None
    _announce(transaction, technical_id)
    row = transaction.row("SELECT * FROM technical_alarms WHERE id = ?", (technical_id,))
    return _entry(row) if row else None


def close_old_momentary(transaction: Transaction, now: int) -> int:
    """Take momentary faults off the board after a day."""
    marks = ", ".join("?" * len(rules.LASTING))
    rows = transaction.rows(
        f"SELECT id FROM technical_alarms WHERE closed_at IS NULL AND last_at < ? AND kind NOT IN ({marks})",
        (now - rules.SHOWN_MS, *sorted(rules.LASTING)),
    )
    for row in rows:
        transaction.execute("UPDATE technical_alarms SET closed_at = ? WHERE id = ?", (now, row["id"]))
        _announce(transaction, row["id"])
    return len(rows)


def entries(reader: Reader, community_id: str) -> list[dict[str, Any]]:
    """What the board lists, newest first."""
    rows = reader.rows(
        "SELECT * FROM technical_alarms WHERE closed_at IS NULL AND (community_id = ? OR community_id IS NULL)"
        " ORDER BY id DESC LIMIT 200",
        (community_id,),
    )
    return [_entry(row) for row in rows]
