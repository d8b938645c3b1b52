"""All SQL of webhooks: who is told what, and how far each has come in the events."""

import json
from typing import Any

from .. import events
from ..database import Migrations, Reader, Row, Tables, Transaction
from ..supervision import store as supervision_store
from ..vault import Secret, seal, unseal
from . import rules

MIGRATIONS = Migrations("webhooks")
SECRET = Secret("webhooks", "webhook_id", "secret")
SECRETS = (SECRET,)


@MIGRATIONS()
def m001_webhooks(db: Tables) -> None:
    for statement in (
        """CREATE TABLE webhooks (
            webhook_id INTEGER PRIMARY KEY AUTOINCREMENT, community_id TEXT NOT NULL REFERENCES communities,
            url TEXT NOT NULL, names TEXT NOT NULL,   -- JSON list of event names
            secret TEXT NOT NULL,                     -- sealed: requests are signed with it
            made_by INTEGER NOT NULL REFERENCES staff, made_at INTEGER NOT NULL,
            sent_event_id INTEGER NOT NULL,           -- taken by the receiver up to this one
            next_at INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0,
            failing_since INTEGER, last_error TEXT, sent_at INTEGER)""",
        "CREATE INDEX webhooks_community ON webhooks (community_id)",
    ):
        db.execute(statement)


_SHOWN = ("webhook_id", "url", "made_at", "sent_at", "failing_since", "last_error")


def add(transaction: Transaction, community_id: str, url: str, names: list[str], by: int, now: int) -> Row | None:
    """A new webhook, told from now on; its number and secret. None when there are too many."""
    count = transaction.row("SELECT count(*) AS n FROM webhooks WHERE community_id = ?", (community_id,))
    if count and count["n"] >= rules.PER_COMMUNITY:
        return None
    secret = rules.make_secret()
    webhook_id = transaction.insert(
        "webhooks",
        {
            "community_id": community_id,
            "url": url,
            "names": json.dumps(names),
            "secret": "",  # sealed below: it says whose it is
            "made_by": by,
            "made_at": now,
            "sent_event_id": events.last_id(transaction),
            "next_at": now,
        },
    )
    sealed = seal(transaction, SECRET, webhook_id, secret)
    transaction.execute("UPDATE webhooks SET secret = ? WHERE webhook_id = ?", (sealed, webhook_id))
    return {"webhook_id": webhook_id, "secret": secret}


def secret_of(reader: Reader, webhook: Row) -> str:
    """What requests are signed with. Errors: vault.Locked."""
    return unseal(reader, SECRET, webhook["webhook_id"], webhook["secret"])


def webhooks(reader: Reader, community_id: str) -> list[dict[str, Any]]:
    """The webhooks of a community, never their secrets."""
    rows = reader.rows("SELECT * FROM webhooks WHERE community_id = ? ORDER BY webhook_id", (community_id,))
    return [{name: row[name] for name in _SHOWN} | {"names": json.loads(row["names"])} for row in rows]


def remove(transaction: Transaction, community_id: str, webhook_id: int, now: int) -> bool:
    _end_failing(transaction, webhook_id, now)
    sql = "DELETE FROM webhooks WHERE webhook_id = ? AND community_id = ?"
    return transaction.execute(sql, (webhook_id, community_id)) == 1


def due(reader: Reader, now: int) -> list[Row]:
    """Webhooks that may be tried and for which anything has happened since."""
    return reader.rows(
        "SELECT * FROM webhooks WHERE next_at <= ? AND sent_event_id < (SELECT last_id FROM events_last)"
        " ORDER BY webhook_id",
        (now,),
    )


def waiting(reader: Reader, webhook: Row) -> list[events.Event] | None:
    """What this receiver has not had, of the names that it asked for; None: more was lost than is kept."""
    found = events.since(reader, [webhook["community_id"]], webhook["sent_event_id"])
    if found is None:
        return None
    names = json.loads(webhook["names"])
    return [one for one in found if one.name in names and one.community_id is not None][: rules.AT_ONCE]


def moved(transaction: Transaction, webhook_id: int, event_id: int, now: int) -> None:
    """The receiver has taken everything up to this event."""
    transaction.execute(
        "UPDATE webhooks SET sent_event_id = ?, sent_at = ?, next_at = ?, failures = 0, failing_since = NULL,"
        " last_error = NULL WHERE webhook_id = ?",
        (event_id, now, now, webhook_id),
    )
    _end_failing(transaction, webhook_id, now)


def passed(transaction: Transaction, webhook_id: int, event_id: int) -> None:
    """Nothing up to this event was for this receiver."""
    transaction.execute("UPDATE webhooks SET sent_event_id = ? WHERE webhook_id = ?", (event_id, webhook_id))


def failed(transaction: Transaction, webhook: Row, error: str, now: int) -> None:
    """The receiver did not take it: later again; after a while staff are told."""
    failures = webhook["failures"] + 1
    since = webhook["failing_since"] or now
    transaction.execute(
        "UPDATE webhooks SET failures = ?, failing_since = ?, last_error = ?, next_at = ? WHERE webhook_id = ?",
        (failures, since, error, rules.next_try_at(failures, now), webhook["webhook_id"]),
    )
    if now - since >= rules.FAILING_MS and not _is_told(transaction, webhook["webhook_id"]):
        place = {"hub_id": None, "dwelling_id": None, "community_id": webhook["community_id"]}
        device = _device(webhook["webhook_id"])
        supervision_store.raise_technical(transaction, rules.FAILING, now, place, device, error)


def _device(webhook_id: int) -> str:
    return f"webhook-{webhook_id}"


def _is_told(reader: Reader, webhook_id: int) -> bool:
    row = reader.row(
        "SELECT 1 AS one FROM technical_alarms WHERE kind = ? AND device_id = ? AND closed_at IS NULL",
        (rules.FAILING, _device(webhook_id)),
    )
    return row is not None


def _end_failing(transaction: Transaction, webhook_id: int, now: int) -> None:
    supervision_store.end(transaction, rules.FAILING, now, None, _device(webhook_id))
