"""All SQL of the outbox to people: what is to be sent, each attempt, what became of it.

A message is written in the transaction of the step that asks for it, so it is sent when and only when that step was
kept. Taking one to send it is a lease: a relay that dies in between sends it again, because a message that comes
twice is better than one that never comes.
"""

import re
from typing import Any

from ..database import Migrations, Reader, Row, Tables, Transaction
from ..people import rules as people_rules
from ..people import store as people_store
from . import rules

MIGRATIONS = Migrations("notify")


@MIGRATIONS()
def m001_outgoing(db: Tables) -> None:
    for statement in (
        """CREATE TABLE outgoing (
            outgoing_id INTEGER PRIMARY KEY AUTOINCREMENT,
            alarm_id INTEGER REFERENCES alarms, community_id TEXT NOT NULL REFERENCES communities,
            purpose TEXT NOT NULL, step_no INTEGER NOT NULL,  -- of the escalation; 0 for what follows it
            to_kind TEXT NOT NULL, to_id INTEGER NOT NULL, to_name TEXT NOT NULL,
            channel TEXT NOT NULL, address TEXT NOT NULL, language TEXT NOT NULL, body TEXT NOT NULL,
            state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_at INTEGER,
            made_at INTEGER NOT NULL, sent_at INTEGER, delivered_at INTEGER,
            reference TEXT, last_error TEXT)""",  # reference: the gateway's own number of it
        "CREATE INDEX outgoing_due ON outgoing (next_at) WHERE state IN ('waiting', 'sending')",
        "CREATE INDEX outgoing_made ON outgoing (made_at)",
        "CREATE INDEX outgoing_alarm ON outgoing (alarm_id)",
        "CREATE INDEX outgoing_reference ON outgoing (reference) WHERE reference IS NOT NULL",
        """CREATE TABLE outgoing_attempts (
            attempt_id INTEGER PRIMARY KEY AUTOINCREMENT,
            outgoing_id INTEGER NOT NULL REFERENCES outgoing, at INTEGER NOT NULL,
            sender TEXT NOT NULL, result TEXT NOT NULL, detail TEXT)""",
        "CREATE INDEX outgoing_attempts_of ON outgoing_attempts (outgoing_id)",
    ):
        db.execute(statement)


def add(
    transaction: Transaction,
    alarm_id: int | None,
    community_id: str,
    purpose: str,
    step_no: int,
    to: Row,
    channel: str,
    address: str,
    body: str,
    now: int,
) -> int:
    """Lay a message out to be sent. Shape: `to` has kind, id, name, language."""
    return transaction.insert(
        "outgoing",
        {
            "alarm_id": alarm_id,
            "community_id": community_id,
            "purpose": purpose,
            "step_no": step_no,
            "to_kind": to["kind"],
            "to_id": to["id"],
            "to_name": to["name"],
            "channel": channel,
            "address": address if channel == rules.CHAT else people_rules.dialed(address),
            "language": to["language"],
            "body": body,
            "state": rules.WAITING,
            "next_at": now,
            "made_at": now,
        },
    )


def reached(reader: Reader, to: str, dwelling_id: str, assigned_to: int | None) -> list[tuple[Row, str, str]]:
    """Whom an operator's message reaches, by which channel, at which address. Shape: `to` family or responder."""
    if to == "family":
        people = people_store.contacts_to_tell(reader, dwelling_id)
    else:
        people = reader.rows(
            "SELECT 'staff' AS kind, staff_id AS id, display_name AS name, language, phone, notify_url FROM staff"
            " WHERE staff_id = ? AND is_active = 1",
            (assigned_to,),
        )
    found: list[tuple[Row, str, str]] = []
    for one in people:
        ways = ((rules.SMS, people_rules.dialed(one["phone"] or "")), (rules.CHAT, one["notify_url"]))
        found += [(one, channel, address) for channel, address in ways if address]
    return found


_DUE = """
SELECT outgoing.*, alarms.is_open AS is_alarm_open, alarms.acknowledged_by, alarms.kind, dwellings.label AS place,
    (SELECT string_agg(name, '、') FROM residents WHERE residents.dwelling_id = alarms.dwelling_id) AS resident
FROM outgoing LEFT JOIN alarms USING (alarm_id) LEFT JOIN dwellings ON dwellings.dwelling_id = alarms.dwelling_id
WHERE state IN ('waiting', 'sending') AND outgoing.next_at <= ? AND channel LIKE ?
ORDER BY outgoing.next_at, outgoing_id LIMIT ?
"""


def take_due(transaction: Transaction, now: int, channel: str = "%", count: int = 20) -> list[Row]:
    """Messages (of a channel) whose time has come, leased to the caller; those not needed any more are set aside."""
    rows = transaction.rows(_DUE, (now, channel, count))
    taken: list[Row] = []
    for row in rows:
        is_over = row["is_alarm_open"] == 0 or row["acknowledged_by"] is not None
        if row["purpose"] == rules.RAISED and row["alarm_id"] is not None and is_over:
            transaction.execute(
                "UPDATE outgoing SET state = ?, next_at = NULL WHERE outgoing_id = ?",
                (rules.NOT_NEEDED, row["outgoing_id"]),
            )
            continue
        transaction.execute(
            "UPDATE outgoing SET state = ?, attempts = attempts + 1, next_at = ? WHERE outgoing_id = ?",
            (rules.SENDING, now + rules.LEASE_MS, row["outgoing_id"]),
        )
        taken.append({**row, "attempts": row["attempts"] + 1})
    return taken


def clock_set_back(transaction: Transaction, now: int, wait_max_ms: int) -> None:
    """No message waits for longer than it may at any clock."""
    transaction.execute(
        "UPDATE outgoing SET next_at = ? WHERE state IN ('waiting', 'sending') AND next_at > ?",
        (now, now + wait_max_ms),
    )


def _note(transaction: Transaction, outgoing_id: int, at: int, sender: str, result: str, detail: str | None) -> None:
    transaction.insert(
        "outgoing_attempts",
        {"outgoing_id": outgoing_id, "at": at, "sender": sender, "result": result, "detail": detail},
    )


def keep_sent(transaction: Transaction, outgoing_id: int, sender: str, reference: str | None, now: int) -> None:
    transaction.execute(
        "UPDATE outgoing SET state = ?, next_at = NULL, sent_at = ?, reference = ? WHERE outgoing_id = ?",
        (rules.SENT, now, reference, outgoing_id),
    )
    _note(transaction, outgoing_id, now, sender, rules.SENT, reference)


def keep_failure(transaction: Transaction, row: Row, sender: str, reason: str, is_final: bool, now: int) -> bool:
    """Note a failed try; True when the message is given up."""
    again_at = None if is_final else rules.next_try_at(row["attempts"], now)
    transaction.execute(
        "UPDATE outgoing SET state = ?, next_at = ?, last_error = ? WHERE outgoing_id = ?",
        (rules.FAILED if again_at is None else rules.WAITING, again_at, reason[:200], row["outgoing_id"]),
    )
    _note(transaction, row["outgoing_id"], now, sender, rules.FAILED, reason[:200])
    return again_at is None


def keep_report(transaction: Transaction, reference: str, is_delivered: bool, detail: str, now: int) -> Row | None:
    """What a gateway says of a message it took; the message, None when it is not known."""
    row = transaction.row("SELECT * FROM outgoing WHERE reference = ?", (reference,))
    if row is None or row["state"] == rules.DELIVERED:
        return row
    state = rules.DELIVERED if is_delivered else rules.FAILED
    transaction.execute(
        "UPDATE outgoing SET state = ?, delivered_at = ?, last_error = ? WHERE outgoing_id = ?",
        (state, now if is_delivered else None, None if is_delivered else detail[:200], row["outgoing_id"]),
    )
    _note(transaction, row["outgoing_id"], now, "report", state, detail[:200])
    return {**row, "state": state}


def is_step_in_vain(reader: Reader, alarm_id: int, step_no: int) -> bool:
    """True when not one message of this step can reach anybody any more."""
    row = reader.row(
        "SELECT count(*) AS n, sum(CASE WHEN state = 'failed' THEN 1 ELSE 0 END) AS failed FROM outgoing"
        " WHERE alarm_id = ? AND step_no = ? AND purpose = 'raised'",
        (alarm_id, step_no),
    )
    return row is not None and row["n"] > 0 and row["n"] == row["failed"]


def to_follow_up(reader: Reader, after_id: int) -> list[Row]:
    """Contacts who were told of an alarm and not yet what became of it. Shape: a row for each and purpose."""
    return reader.rows(
        "SELECT DISTINCT outgoing.alarm_id, outgoing.community_id, to_kind, to_id, to_name, channel, outgoing.address,"
        " outgoing.language, alarms.is_open, alarms.kind, alarms.raised_at, dwellings.label,"
        " coalesce(taker.display_name, '') AS who"
        " FROM outgoing JOIN alarms USING (alarm_id) JOIN dwellings USING (dwelling_id)"
        " LEFT JOIN staff AS taker ON taker.staff_id = alarms.acknowledged_by"
        " WHERE outgoing_id > ? AND purpose = 'raised' AND to_kind = 'contact' AND state IN ('sent', 'delivered')"
        " AND (alarms.is_open = 0 OR alarms.acknowledged_by IS NOT NULL)"
        " AND NOT EXISTS (SELECT 1 FROM outgoing AS later WHERE later.alarm_id = outgoing.alarm_id"
        " AND later.to_kind = outgoing.to_kind AND later.to_id = outgoing.to_id"
        " AND later.purpose = CASE WHEN alarms.is_open = 0 THEN 'closed' ELSE 'taken' END)",
        (after_id,),
    )


def newest_before(reader: Reader, made_before: int) -> int:
    """The newest message made before this time: older ones are not followed up any more."""
    row = reader.row("SELECT max(outgoing_id) AS id FROM outgoing WHERE made_at < ?", (made_before,))
    return int(row["id"] or 0) if row else 0


_SHOWN = (
    "outgoing_id, alarm_id, purpose, step_no, to_kind, to_name, channel, address, language, body, state, attempts,"
    " made_at, sent_at, delivered_at, last_error"
)


def outgoing(reader: Reader, community_id: str, alarm_id: int | None, count: int) -> list[dict[str, Any]]:
    """What was sent or would be, newest first. Numbers are shown by their last four digits."""
    where, parameters = "community_id = ?", [community_id]
    if alarm_id is not None:
        where, parameters = where + " AND alarm_id = ?", [*parameters, alarm_id]
    rows = reader.rows(
        f"SELECT {_SHOWN} FROM outgoing WHERE {where} ORDER BY outgoing_id DESC LIMIT ?", (*parameters, count)
    )
    return [row | {"address": hidden(row["address"])} for row in rows]


def hidden(address: str) -> str:
    """An address as a page may show it: chat addresses hold secrets, numbers are nobody else's business."""
    scheme, mark, _ = address.partition("://")
    return f"{scheme}://…" if mark else "…" + re.sub(r"\D", "", address)[-4:]


def of_alarm(reader: Reader, alarm_id: int) -> list[Row]:
    """Every message of an alarm with its attempts, for the export."""
    rows = reader.rows(f"SELECT {_SHOWN} FROM outgoing WHERE alarm_id = ? ORDER BY outgoing_id", (alarm_id,))
    for row in rows:
        row["address"] = hidden(row["address"])
        row["tries"] = reader.rows(
            "SELECT at, sender, result, detail FROM outgoing_attempts WHERE outgoing_id = ? ORDER BY attempt_id",
            (row["outgoing_id"],),
        )
    return rows
