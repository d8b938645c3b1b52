"""All SQL of relays that share a database: one row for each, renewed while it lives."""

from ..database import Migrations, Reader, Tables, Transaction
from ..supervision import store as supervision_store
from . import rules

MIGRATIONS = Migrations("lines")


@MIGRATIONS()
def m001_relays(db: Tables) -> None:
    db.execute("CREATE TABLE relays (relay TEXT PRIMARY KEY, count INTEGER NOT NULL, is_hearing INTEGER NOT NULL)")


def beats(reader: Reader) -> list[rules.Beat]:
    rows = reader.rows("SELECT relay, count, is_hearing FROM relays")
    return [rules.Beat(row["relay"], row["count"], bool(row["is_hearing"])) for row in rows]


def beat(transaction: Transaction, relay: str, is_hearing: bool) -> None:
    """This relay lives; does it hear the homes?"""
    transaction.execute(
        "INSERT INTO relays (relay, count, is_hearing) VALUES (?, 1, ?)"
        " ON CONFLICT (relay) DO UPDATE SET count = relays.count + 1, is_hearing = excluded.is_hearing",
        (relay, int(is_hearing)),
    )


def forget(transaction: Transaction, relay: str, now: int) -> None:
    """It is gone, and with it its line: relays come and go."""
    transaction.execute("DELETE FROM relays WHERE relay = ?", (relay,))
    supervision_store.end(transaction, rules.RELAY_LINE_DOWN, now, None, relay)
