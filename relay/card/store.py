"""All SQL of who looked at a dwelling's card, when, why, and as what. Its rows are only ever added to."""

from typing import Any

from .. import ledger
from ..database import Migrations, Reader, Row, Tables, Transaction, only_grows

MIGRATIONS = Migrations("card")


@MIGRATIONS()
def m001_looks(db: Tables) -> None:
    for statement in (
        "ALTER TABLE card_access ADD COLUMN role TEXT",  # as what they looked
        "ALTER TABLE card_access ADD COLUMN is_health INTEGER NOT NULL DEFAULT 0",  # the notes on health were opened
        "ALTER TABLE card_access ADD COLUMN community_id TEXT",
    ):
        db.execute(statement)
    only_grows(db, "card_access", "the log of looks at cards")


def log_look(
    transaction: Transaction,
    at: int,
    staff_id: int,
    role: str,
    community_id: str,
    dwelling_id: str,
    reason: str | None = None,
    alarm_id: int | None = None,
    is_health: bool = False,
) -> None:
    values: Row = {
        "at": at,
        "staff_id": staff_id,
        "dwelling_id": dwelling_id,
        "reason": reason,
        "alarm_id": alarm_id,
        "role": role,
        "is_health": int(is_health),
        "community_id": community_id,
    }
    access_id = transaction.insert("card_access", values)
    ledger.chain(transaction, "card", access_id, community_id, values)


def looks(reader: Reader, dwelling_id: str, after: int = 0, count: int = 500) -> list[Row]:
    """Who looked, newest first."""
    rows = reader.rows(
        "SELECT at, card_access.staff_id, display_name, display_name_en,"
        " coalesce(card_access.role, staff.role) AS role, reason, alarm_id, is_health"
        " FROM card_access JOIN staff ON staff.staff_id = card_access.staff_id"
        " WHERE dwelling_id = ? AND at >= ? ORDER BY access_id DESC LIMIT ?",
        (dwelling_id, after, count),
    )
    return [row | {"is_health": bool(row["is_health"])} for row in rows]


def health(reader: Reader, dwelling_id: str) -> list[dict[str, Any]]:
    """What helpers must know, and nobody else: for a look that is logged."""
    return reader.rows(
        "SELECT resident_id, name, health_notes, habits FROM residents WHERE dwelling_id = ? ORDER BY resident_id",
        (dwelling_id,),
    )


def is_alarm_of(reader: Reader, alarm_id: int, dwelling_id: str) -> bool:
    row = reader.row("SELECT 1 AS one FROM alarms WHERE alarm_id = ? AND dwelling_id = ?", (alarm_id, dwelling_id))
    return row is not None
