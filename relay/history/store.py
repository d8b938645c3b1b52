"""All SQL of the proof: deeds that are not an alarm's, the audit list, what hubs counted and what is stored."""

from typing import Any

from .. import ledger
from ..database import Migrations, Reader, Row, Tables, Transaction, only_grows
from ..hubs import store as hub_store
from ..supervision import store as supervision_store
from . import rules

MIGRATIONS = Migrations("history")


@MIGRATIONS()
def m001_history(db: Tables) -> None:
    for statement in (
        """CREATE TABLE deeds (                      -- what somebody did that is no step of an alarm
            deed_id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, community_id TEXT,
            what TEXT NOT NULL, by INTEGER REFERENCES staff, detail TEXT)""",
        """CREATE TABLE tallies (                    -- what each hub counted in each of its epochs
            hub_id TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL, made INTEGER NOT NULL,
            made_room INTEGER NOT NULL, waiting INTEGER NOT NULL, heard_at INTEGER NOT NULL,
            missing INTEGER NOT NULL DEFAULT 0,      -- as told last: the same difference is told once a night
            PRIMARY KEY (hub_id, epoch))""",
    ):
        db.execute(statement)
    only_grows(db, "deeds", "the list of deeds")


def note_deed(
    transaction: Transaction, at: int, community_id: str | None, what: str, by: int | None, detail: str | None = None
) -> None:
    """Keep what somebody (or the relay itself: `by` None) did, chained. Shape: `what` is a word, such as plan_set."""
    values = {"at": at, "community_id": community_id, "what": what, "by": by, "detail": detail}
    deed_id = transaction.insert("deeds", values)
    ledger.chain(transaction, rules.DEED, deed_id, community_id, values)


def verify(reader: Reader) -> ledger.Verdict:
    return ledger.verify(reader, rules.SOURCES)


_AUDIT = """
SELECT ledger.entry, ledger.source, ledger.hash, ledger.community_id,
    coalesce(h.at, c.at, d.at) AS at, coalesce(h.what, d.what, 'looked_at_card') AS what,
    coalesce(h.by, c.staff_id, d.by) AS by, staff.display_name AS by_name, staff.display_name_en AS by_name_en,
    coalesce(h.detail, d.detail, c.reason) AS detail, coalesce(h.alarm_id, c.alarm_id) AS alarm_id,
    alarms.kind AS alarm_kind, c.is_health, coalesce(c.dwelling_id, alarms.dwelling_id) AS dwelling_id
FROM ledger
LEFT JOIN alarm_history AS h ON ledger.source = 'alarm' AND h.entry_id = ledger.source_id
LEFT JOIN card_access AS c ON ledger.source = 'card' AND c.access_id = ledger.source_id
LEFT JOIN deeds AS d ON ledger.source = 'deed' AND d.deed_id = ledger.source_id
LEFT JOIN alarms ON alarms.alarm_id = coalesce(h.alarm_id, c.alarm_id)
LEFT JOIN staff ON staff.staff_id = coalesce(h.by, c.staff_id, d.by)
"""


def audit(reader: Reader, community_ids: list[str], after: int, count: int) -> list[dict[str, Any]]:
    """What was done in these communities, in the order it was kept."""
    marks = ", ".join("?" * len(community_ids))
    rows = reader.rows(
        _AUDIT + f"WHERE ledger.entry > ? AND ledger.community_id IN ({marks}) ORDER BY ledger.entry LIMIT ?",
        (after, *community_ids, count),
    )
    return about(reader, rows)


def newest_audit(reader: Reader, community_ids: list[str], before: int, count: int) -> list[dict[str, Any]]:
    """The same from the end: the newest first, older than entry `before`."""
    marks = ", ".join("?" * len(community_ids))
    rows = reader.rows(
        _AUDIT + f"WHERE ledger.entry < ? AND ledger.community_id IN ({marks}) ORDER BY ledger.entry DESC LIMIT ?",
        (before, *community_ids, count),
    )
    return about(reader, rows)


def about(reader: Reader, rows: list[Row]) -> list[dict[str, Any]]:
    """The entries with what each is about, by name: the home, the hub, the colleague, the fault; and why."""
    for row in rows:
        fields = rules.deed_fields(row["detail"]) if row["source"] == rules.DEED else {}
        why = row["detail"] if row["source"] == rules.CARD else fields.pop("reason", None) or fields.pop("note", None)
        row |= {"fields": fields, "reason": why, "is_health": bool(row["is_health"]), "hub_id": fields.get("hub_id")}
        row["dwelling_id"] = row["dwelling_id"] or fields.get("dwelling_id")
    faults = _named(reader, "id", "technical_alarms", "kind, dwelling_id, hub_id", rows, "technical_id")
    for row in rows:
        fault = faults.get(str(row["fields"].get("technical_id")))
        row["technical_kind"] = fault["kind"] if fault else None
        for name in ("dwelling_id", "hub_id"):
            row[name] = row[name] or (fault[name] if fault else None)
    hubs = _named(reader, "hub_id", "hubs", "dwelling_id", rows, "hub_id")
    for row in rows:
        hub = hubs.get(str(row["hub_id"]))
        row["dwelling_id"] = row["dwelling_id"] or (hub["dwelling_id"] if hub else None)
    homes = _named(reader, "dwelling_id", "dwellings", "label, label_en", rows, "dwelling_id")
    people = _named(reader, "staff_id", "staff", "display_name, display_name_en", rows, "staff_id", "to_staff_id")
    for row in rows:
        home = homes.get(str(row["dwelling_id"]), {})
        of = people.get(str(row["fields"].get("staff_id") or row["fields"].get("to_staff_id")), {})
        row |= {"label": home.get("label"), "label_en": home.get("label_en")}
        row |= {"of_name": of.get("display_name"), "of_name_en": of.get("display_name_en")}
    return rows


def _named(reader: Reader, key: str, table: str, columns: str, rows: list[Row], *names: str) -> dict[str, Row]:
    """The rows of a table that these entries name, by their key as text."""
    found = {row.get(name) or row["fields"].get(name) for row in rows for name in names} - {None, ""}
    if key in ("id", "staff_id"):
        found = {int(one) for one in found if str(one).isdecimal()}
    wanted = sorted(found)
    marks = ", ".join("?" * len(wanted))
    sql = f"SELECT {key}, {columns} FROM {table} WHERE {key} IN ({marks})"
    return {str(row[key]): row for row in (reader.rows(sql, wanted) if wanted else [])}


def chained_history(reader: Reader, alarm_id: int) -> list[Row]:
    """An alarm's history with the ledger's entry and hash of each line."""
    return reader.rows(
        "SELECT ledger.entry, h.at, h.what, h.by, display_name AS by_name, h.detail, ledger.hash"
        " FROM alarm_history AS h LEFT JOIN staff ON staff_id = h.by"
        " LEFT JOIN ledger ON ledger.source = 'alarm' AND ledger.source_id = h.entry_id"
        " WHERE h.alarm_id = ? ORDER BY h.entry_id",
        (alarm_id,),
    )


def home_messages(reader: Reader, hub_id: str, epoch: str, alarm_seq: int) -> list[Row]:
    """The home's own messages about an alarm as they came in. Shape: `body` is the message's JSON text."""
    return reader.rows(
        "SELECT seq, received_at, committed_at, copies, body FROM intake WHERE hub_id = ? AND epoch = ?"
        " AND word = 'alarm' AND seq >= ? ORDER BY seq",
        (hub_id, epoch, alarm_seq),
    )


def messages_to_people(reader: Reader, alarm_id: int) -> list[Row]:
    """What was sent to whom, with every try; numbers by their last four digits are the caller's work."""
    return reader.rows(
        "SELECT outgoing_id, purpose, step_no, to_kind, to_name, channel, state, made_at, sent_at, delivered_at,"
        " attempts, last_error FROM outgoing WHERE alarm_id = ? ORDER BY outgoing_id",
        (alarm_id,),
    )


def attempts(reader: Reader, alarm_id: int) -> list[Row]:
    return reader.rows(
        "SELECT a.outgoing_id, a.at, a.sender, a.result, a.detail FROM outgoing_attempts AS a"
        " JOIN outgoing USING (outgoing_id) WHERE alarm_id = ? ORDER BY attempt_id",
        (alarm_id,),
    )


def last_night(reader: Reader) -> int | None:
    """When counts were last compared and the chain made anew."""
    row = reader.row("SELECT max(at) AS at FROM deeds WHERE what = 'counts_compared'")
    return row["at"] if row else None


# --- what hubs counted --------------------------------------------------------------------------------


def keep_tally(transaction: Transaction, hub_id: str, message: dict[str, Any], now: int) -> rules.Tally | None:
    """Keep what a hub counted; compared with what is stored. None for one that is older than what is known."""
    counted = (message["seq"], message["made"], message["made_room"], message["waiting"], now)
    changed = transaction.execute(
        "INSERT INTO tallies (hub_id, epoch, seq, made, made_room, waiting, heard_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (hub_id, epoch) DO UPDATE SET seq = excluded.seq, made = excluded.made,"
        " made_room = excluded.made_room, waiting = excluded.waiting, heard_at = excluded.heard_at"
        " WHERE excluded.seq >= tallies.seq",
        (hub_id, message["epoch"], *counted),
    )
    return compare(transaction, hub_id, message["epoch"]) if changed else None


def take_tally(transaction: Transaction, hub_id: str, message: dict[str, Any], now: int) -> None:
    """A hub has counted: tell a difference that is not told yet."""
    tally = keep_tally(transaction, hub_id, message, now)
    if tally is None:
        return
    if tally.missing > told_missing(transaction, tally):
        tell_difference(transaction, tally, now)
    keep_missing(transaction, tally)


def tell_difference(transaction: Transaction, tally: rules.Tally, now: int) -> None:
    hub = hub_store.hub(transaction, tally.hub_id)
    detail = f"raised {tally.made}, stored {tally.stored}"
    supervision_store.raise_technical(transaction, rules.COUNTS_DIFFER, now, hub, None, detail)


_COMPARED = """
SELECT hub_id, epoch, seq, made, made_room, waiting, missing AS told,
    (SELECT count(*) FROM intake WHERE intake.hub_id = tallies.hub_id AND intake.epoch = tallies.epoch
        AND intake.word = 'alarm' AND intake.seq <= tallies.seq) AS stored
FROM tallies
"""


def _tally(row: Row) -> rules.Tally:
    return rules.Tally(**{name: row[name] for name in rules.Tally.__dataclass_fields__})


def compare(reader: Reader, hub_id: str, epoch: str) -> rules.Tally | None:
    row = reader.row(_COMPARED + "WHERE hub_id = ? AND epoch = ?", (hub_id, epoch))
    return _tally(row) if row else None


def told_missing(reader: Reader, tally: rules.Tally) -> int:
    row = reader.row("SELECT missing FROM tallies WHERE hub_id = ? AND epoch = ?", (tally.hub_id, tally.epoch))
    return int(row["missing"]) if row else 0


def keep_missing(transaction: Transaction, tally: rules.Tally) -> None:
    transaction.execute(
        "UPDATE tallies SET missing = ? WHERE hub_id = ? AND epoch = ?", (tally.missing, tally.hub_id, tally.epoch)
    )


def compare_all(reader: Reader) -> list[rules.Tally]:
    """Every hub's count beside what is stored."""
    return [_tally(row) for row in reader.rows(_COMPARED + "ORDER BY hub_id, epoch")]
