"""All SQL of hand-overs: offered with a note, accepted by whoever comes in, or taken back."""

from typing import Any

from .. import events
from ..access import store as access_store
from ..alarms import store as alarm_store
from ..database import Migrations, Reader, Row, Tables, Transaction
from . import rules

MIGRATIONS = Migrations("duty")
NOTES_SHOWN = 5


@MIGRATIONS()
def m001_handovers(db: Tables) -> None:
    for statement in (
        """CREATE TABLE handovers (
            handover_id INTEGER PRIMARY KEY AUTOINCREMENT, community_id TEXT NOT NULL REFERENCES communities,
            offered_by INTEGER NOT NULL REFERENCES staff, to_staff_id INTEGER REFERENCES staff,
            note TEXT NOT NULL, offered_at INTEGER NOT NULL,
            accepted_by INTEGER REFERENCES staff, accepted_at INTEGER, withdrawn_at INTEGER)""",
        "CREATE INDEX handovers_community ON handovers (community_id, handover_id)",
    ):
        db.execute(statement)


_OFFERS = """
SELECT handover_id, offered_by AS by_staff_id, giver.display_name AS by, giver.display_name_en AS by_en,
    to_staff_id, taker.display_name AS "to", offered_at AS at, accepted_at, note
FROM handovers JOIN staff AS giver ON giver.staff_id = offered_by
LEFT JOIN staff AS taker ON taker.staff_id = coalesce(accepted_by, to_staff_id)
WHERE handovers.community_id = ?
"""


def offers(reader: Reader, community_id: str) -> list[Row]:
    """What waits to be accepted, newest first."""
    return reader.rows(
        _OFFERS + " AND accepted_at IS NULL AND withdrawn_at IS NULL ORDER BY handover_id DESC", (community_id,)
    )


def notes(reader: Reader, community_id: str) -> list[Row]:
    """What was handed over last, newest first."""
    return reader.rows(
        _OFFERS + " AND accepted_at IS NOT NULL ORDER BY handover_id DESC LIMIT ?", (community_id, NOTES_SHOWN)
    )


def offer_of(reader: Reader, community_id: str, handover_id: int) -> Row | None:
    """An offer that still waits."""
    return next((one for one in offers(reader, community_id) if one["handover_id"] == handover_id), None)


def offer(transaction: Transaction, community_id: str, by: int, to: int | None, note: str, now: int) -> int:
    """Offer a hand-over; an earlier offer of the same person is replaced. Until it is accepted they stay on duty."""
    transaction.execute(
        "UPDATE handovers SET withdrawn_at = ? WHERE community_id = ? AND offered_by = ? AND accepted_at IS NULL"
        " AND withdrawn_at IS NULL",
        (now, community_id, by),
    )
    handover_id = transaction.insert(
        "handovers",
        {"community_id": community_id, "offered_by": by, "to_staff_id": to, "note": note, "offered_at": now},
    )
    transaction.execute(
        "UPDATE shifts SET ends_at = ? WHERE community_id = ? AND staff_id = ? AND begins_at <= ? AND ends_at > ?"
        " AND ends_at < ?",
        (now + rules.STAYS_MS, community_id, by, now, now, now + rules.STAYS_MS),
    )
    _announce(transaction, community_id, now)
    return handover_id


def withdraw(transaction: Transaction, community_id: str, handover_id: int, by: int, now: int) -> bool:
    changed = transaction.execute(
        "UPDATE handovers SET withdrawn_at = ? WHERE handover_id = ? AND community_id = ? AND offered_by = ?"
        " AND accepted_at IS NULL AND withdrawn_at IS NULL",
        (now, handover_id, community_id, by),
    )
    if changed:
        _announce(transaction, community_id, now)
    return changed == 1


def accept(transaction: Transaction, community_id: str, offer: Row, by: int, now: int) -> list[int]:
    """The incoming person answers from here on: for the alarms that the outgoing one had taken, and for the duty."""
    transaction.execute(
        "UPDATE handovers SET accepted_by = ?, accepted_at = ? WHERE handover_id = ?", (by, now, offer["handover_id"])
    )
    taken = alarm_store.hand_over(transaction, community_id, offer["by_staff_id"], by, now)
    go_off(transaction, community_id, offer["by_staff_id"], now)
    on_duty = access_store.on_duty(transaction, community_id, now)
    if not any(one["staff_id"] == by and one["duty"] == rules.OPERATOR for one in on_duty):
        access_store.add_shift(transaction, community_id, by, rules.OPERATOR, now, now + rules.SHIFT_MS)
    _announce(transaction, community_id, now)
    return taken


def go_on(transaction: Transaction, community_id: str, staff_id: int, duty: str, now: int, ends_at: int) -> int:
    """Begin a shift of one's own; a running one of the same duty ends where this one begins. Its number."""
    transaction.execute(
        "UPDATE shifts SET ends_at = ? WHERE community_id = ? AND staff_id = ? AND duty = ? AND begins_at <= ?"
        " AND ends_at > ?",
        (now, community_id, staff_id, duty, now, now),
    )
    shift_id = access_store.add_shift(transaction, community_id, staff_id, duty, now, ends_at)
    _announce(transaction, community_id, now)
    return shift_id


def go_off(transaction: Transaction, community_id: str, staff_id: int, now: int) -> int:
    """End somebody's running shifts; how many."""
    changed = transaction.execute(
        "UPDATE shifts SET ends_at = ? WHERE community_id = ? AND staff_id = ? AND begins_at <= ? AND ends_at > ?",
        (now, community_id, staff_id, now, now),
    )
    _announce(transaction, community_id, now)
    return changed


def on_duty(reader: Reader, community_id: str, now: int) -> list[dict[str, Any]]:
    names = ("staff_id", "display_name", "display_name_en", "duty", "shift_id", "begins_at", "ends_at")
    return [{name: row[name] for name in names} for row in access_store.on_duty(reader, community_id, now)]


def _announce(transaction: Transaction, community_id: str, now: int) -> None:
    """Tell the consoles who is on duty and what waits to be accepted."""
    told = {"on_duty": on_duty(transaction, community_id, now), "offers": offers(transaction, community_id)}
    events.append(transaction, community_id, "duty", told)
