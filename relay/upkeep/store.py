"""All SQL of the upkeep: backups made, and the counters that a machine reads."""

from typing import Any

from ..database import Migrations, Reader, Row, Tables, Transaction

MIGRATIONS = Migrations("upkeep")


@MIGRATIONS()
def m001_backups(db: Tables) -> None:
    db.execute(
        """CREATE TABLE backups (
            backup_id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, file TEXT NOT NULL,
            bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, is_verified INTEGER NOT NULL, detail TEXT)"""
    )


def keep_backup(transaction: Transaction, values: Row) -> int:
    return transaction.insert("backups", values)


def last_good_backup(reader: Reader) -> int | None:
    """When the newest backup was made that could be restored."""
    row = reader.row("SELECT max(at) AS at FROM backups WHERE is_verified = 1")
    return row["at"] if row else None


def first_seen_at(reader: Reader) -> int | None:
    """When the first home was added: from then on there is something to lose."""
    row = reader.row("SELECT min(added_at) AS at FROM hubs")
    return row["at"] if row else None


def backups(reader: Reader, count: int = 50) -> list[Row]:
    return reader.rows("SELECT * FROM backups ORDER BY backup_id DESC LIMIT ?", (count,))


def unarmed_communities(reader: Reader, seen_after: int) -> list[Row]:
    """Communities with homes on the line and no console whose sound is on. Shape: community_id, is_on_duty."""
    return reader.rows(
        "SELECT community_id FROM communities WHERE EXISTS (SELECT 1 FROM hubs JOIN dwellings USING (dwelling_id)"
        " WHERE dwellings.community_id = communities.community_id AND is_active = 1 AND heard_at IS NOT NULL)"
        " AND NOT EXISTS (SELECT 1 FROM consoles WHERE consoles.community_id = communities.community_id"
        " AND is_armed = 1 AND seen_at > ?)",
        (seen_after,),
    )


def gauges(reader: Reader) -> dict[str, Any]:
    """What a machine watches, as of one commit."""
    row = reader.row(
        "SELECT (SELECT count(*) FROM hubs WHERE is_active = 1) AS hubs,"
        " (SELECT count(*) FROM hubs WHERE is_active = 1 AND is_online = 1) AS hubs_online,"
        " (SELECT count(*) FROM alarms) AS alarms,"
        " (SELECT count(*) FROM alarms WHERE is_open = 1) AS alarms_open,"
        " (SELECT count(*) FROM alarms WHERE is_open = 1 AND step = 'raised') AS alarms_unanswered,"
        " (SELECT coalesce(max(id), 0) FROM dead_letters) AS dead_letters,"
        " (SELECT count(*) FROM outgoing WHERE state IN ('waiting', 'sending')) AS outgoing_waiting,"
        " (SELECT last_id FROM events_last) AS events,"
        " (SELECT entry FROM ledger_head) AS ledger_entries"
    )
    return dict(row or {})


def technical_by_kind(reader: Reader) -> list[Row]:
    return reader.rows(
        "SELECT kind, count(*) AS n FROM technical_alarms WHERE closed_at IS NULL GROUP BY kind ORDER BY kind"
    )


def told_unarmed(reader: Reader) -> set[str]:
    """Communities whose want of an armed console is on the board."""
    rows = reader.rows(
        "SELECT community_id FROM technical_alarms WHERE kind = 'no_armed_console' AND closed_at IS NULL"
    )
    return {row["community_id"] for row in rows}
