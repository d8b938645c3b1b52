"""All SQL that changes alarms. Their history only grows: the database itself refuses to change or delete it.

An alarm is found again by (hub_id, epoch, alarm_seq). Should a home press again on an alarm that the relay
closed meanwhile, a new alarm begins under the same seq: `round` counts them and the last one is meant.
"""

from dataclasses import fields, replace
from typing import Any

from protocol import vocabulary as words

from .. import ledger
from ..database import Migrations, Reader, Row, Tables, Transaction, only_grows
from . import rules, views
from .rules import Alarm

MIGRATIONS = Migrations("alarms")
_FIELDS = [field.name for field in fields(Alarm)]


@MIGRATIONS()
def m001_alarms(db: Tables) -> None:
    for statement in (
        """CREATE TABLE alarms (
            alarm_id INTEGER PRIMARY KEY AUTOINCREMENT,
            hub_id TEXT NOT NULL REFERENCES hubs, dwelling_id TEXT NOT NULL REFERENCES dwellings,
            community_id TEXT NOT NULL REFERENCES communities,
            epoch TEXT NOT NULL, alarm_seq INTEGER NOT NULL, round INTEGER NOT NULL,
            last_seq INTEGER NOT NULL, kind TEXT NOT NULL, activation TEXT NOT NULL, device_id TEXT,
            raised_at INTEGER NOT NULL, activated_at INTEGER, is_pre_alarm INTEGER NOT NULL,
            activations INTEGER NOT NULL, condition TEXT NOT NULL,
            acknowledged_by INTEGER REFERENCES staff, acknowledged_at INTEGER,
            work TEXT NOT NULL, assigned_to INTEGER REFERENCES staff, minutes INTEGER,
            outcome TEXT, note TEXT, closed_at INTEGER, told_step TEXT,
            step TEXT NOT NULL,                       -- derived, kept for looking up
            changed_at INTEGER NOT NULL,
            UNIQUE (hub_id, epoch, alarm_seq, round))""",
        "CREATE INDEX alarms_open ON alarms (community_id, dwelling_id) WHERE work != 'CLOSED'",
        "CREATE INDEX alarms_dwelling ON alarms (dwelling_id, alarm_id)",
        """CREATE TABLE alarm_history (
            entry_id INTEGER PRIMARY KEY AUTOINCREMENT, alarm_id INTEGER NOT NULL REFERENCES alarms,
            at INTEGER NOT NULL, what TEXT NOT NULL,
            by INTEGER REFERENCES staff,              -- NULL: the home or the relay itself
            detail TEXT)""",
        "CREATE INDEX alarm_history_alarm ON alarm_history (alarm_id)",
    ):
        db.execute(statement)
    only_grows(db, "alarm_history", "the history of an alarm")


@MIGRATIONS()
def m002_untold(db: Tables) -> None:
    db.execute("DROP INDEX IF EXISTS alarms_untold")
    db.execute(
        """CREATE INDEX alarms_untold ON alarms (changed_at)
            WHERE step IN ('acknowledged', 'on_the_way', 'arrived', 'cleared') AND coalesce(told_step, '') != step"""
    )


@MIGRATIONS()
def m003_life(db: Tables) -> None:
    for column in (
        "assigned_at INTEGER",
        "arrived_by TEXT",
        "merged_into INTEGER REFERENCES alarms",
        "plan_step INTEGER NOT NULL DEFAULT 0",
        "next_at INTEGER",
        "revision INTEGER NOT NULL DEFAULT 0",
        "is_open INTEGER NOT NULL DEFAULT 1",  # derived, kept for looking up
    ):
        db.execute(f"ALTER TABLE alarms ADD COLUMN {column}")
    db.execute("UPDATE alarms SET is_open = 0 WHERE work = 'CLOSED'")
    db.execute("UPDATE alarms SET next_at = changed_at WHERE is_open = 1")
    db.execute("DROP INDEX alarms_open")
    db.execute("CREATE INDEX alarms_open ON alarms (community_id, dwelling_id) WHERE is_open = 1")
    db.execute("CREATE INDEX alarms_due ON alarms (next_at) WHERE is_open = 1")


def _alarm(row: Row) -> Alarm:
    values = {name: row[name] for name in _FIELDS}
    values["is_pre_alarm"] = bool(values["is_pre_alarm"])
    return Alarm(**values)


def alarm(reader: Reader, alarm_id: int, community_id: str) -> Alarm | None:
    """An alarm of this community; None for those of others."""
    row = reader.row("SELECT * FROM alarms WHERE alarm_id = ? AND community_id = ?", (alarm_id, community_id))
    return _alarm(row) if row else None


def alarm_of_home(reader: Reader, hub_id: str, epoch: str, alarm_seq: int) -> Alarm | None:
    """The last alarm that this home means by that seq."""
    row = reader.row(
        "SELECT * FROM alarms WHERE hub_id = ? AND epoch = ? AND alarm_seq = ? ORDER BY round DESC LIMIT 1",
        (hub_id, epoch, alarm_seq),
    )
    return _alarm(row) if row else None


def _save(transaction: Transaction, alarm: Alarm, now: int) -> None:
    names = [name for name in _FIELDS if name not in ("alarm_id", "revision")]
    values: list[Any] = [getattr(alarm, name) for name in names]
    transaction.execute(
        f"UPDATE alarms SET {', '.join(name + ' = ?' for name in names)}, step = ?, is_open = ?, changed_at = ?,"
        " revision = revision + 1 WHERE alarm_id = ?",
        [*values, rules.step_of(alarm), alarm.is_open, now, alarm.alarm_id],
    )


def _add(transaction: Transaction, alarm: Alarm, now: int) -> Alarm:
    values: dict[str, Any] = {name: getattr(alarm, name) for name in _FIELDS if name != "alarm_id"}
    before = transaction.row(
        "SELECT max(round) AS round FROM alarms WHERE hub_id = ? AND epoch = ? AND alarm_seq = ?",
        (alarm.hub_id, alarm.epoch, alarm.alarm_seq),
    )
    values |= {
        "round": ((before["round"] if before else None) or 0) + 1,
        "step": rules.step_of(alarm),
        "is_open": alarm.is_open,
        "changed_at": now,
    }
    return Alarm(alarm_id=transaction.insert("alarms", values), **{name: values[name] for name in _FIELDS[1:]})


def note_history(
    transaction: Transaction, alarm_id: int, at: int, what: str, by: int | None, detail: str | None
) -> None:
    values: Row = {"alarm_id": alarm_id, "at": at, "what": what, "by": by, "detail": detail}
    entry_id = transaction.insert("alarm_history", values)
    row = transaction.row("SELECT community_id FROM alarms WHERE alarm_id = ?", (alarm_id,))
    ledger.chain(transaction, "alarm", entry_id, row["community_id"] if row else None, values)


def history(reader: Reader, alarm_id: int) -> list[Row]:
    return reader.rows(
        "SELECT at, what, display_name AS by, display_name_en AS by_en, detail FROM alarm_history"
        " LEFT JOIN staff ON staff_id = by WHERE alarm_id = ? ORDER BY entry_id",
        (alarm_id,),
    )


# --- from the home ----------------------------------------------------------------------------------


def take(transaction: Transaction, hub: Row, message: dict[str, Any], now: int, way: str = "") -> Alarm:
    """Make of a new `alarm` message what it means: a new alarm, a further press, a cancellation. Shape: `way` names
    how it came when not by the hub's own line."""
    known = alarm_of_home(transaction, hub["hub_id"], message["epoch"], message["alarm"])
    detail = f"seq {message['seq']}, {message['activation']}" + (f", by {way}" if way else "")
    is_end = message["step"] in (words.CANCELLED, words.RESTORED)
    if known is not None and (known.is_open or message["seq"] < known.last_seq or is_end):
        changed, what = rules.heard(known, message, now)
        _save(transaction, changed, now)
    else:
        what = message["step"]
        changed = _add(transaction, _new(hub, message, now), now)
    note_history(transaction, changed.alarm_id, now, what, None, detail)
    views.announce(transaction, changed.alarm_id)
    return changed


def _new(hub: Row, message: dict[str, Any], now: int) -> Alarm:
    is_cancelled = message["step"] == words.CANCELLED  # its pre-alarm is still under way: already over
    alarm = Alarm(
        alarm_id=0,
        hub_id=hub["hub_id"],
        dwelling_id=hub["dwelling_id"],
        community_id=hub["community_id"],
        epoch=message["epoch"],
        alarm_seq=message["alarm"],
        last_seq=message["seq"],
        kind=message["kind"],
        activation=message["activation"],
        device_id=message["device"],
        raised_at=now,
        activated_at=rules.activated_at(message["age_ms"], now),
        is_pre_alarm=message["step"] == words.PRE_ALARM,
        condition=rules.RETURNED if is_cancelled or message["step"] == words.RESTORED else rules.ACTIVE,
        work=rules.CLOSED if is_cancelled else rules.OPEN,
        closed_at=now if is_cancelled else None,
    )
    return replace(alarm, next_at=rules.deadline(alarm, now))


def keep_told(transaction: Transaction, hub_id: str, message: dict[str, Any], now: int) -> None:
    """The home has heard a step."""
    known = alarm_of_home(transaction, hub_id, message["epoch"], message["alarm"])
    if known is None or known.told_step == message["step"]:
        return
    transaction.execute(
        "UPDATE alarms SET told_step = ?, revision = revision + 1 WHERE alarm_id = ?", (message["step"], known.alarm_id)
    )
    note_history(transaction, known.alarm_id, now, "told", None, message["step"])
    views.announce(transaction, known.alarm_id)


# --- from staff -------------------------------------------------------------------------------------


def carry_out(
    transaction: Transaction,
    alarm_id: int,
    community_id: str,
    what: str,
    by: int,
    now: int,
    detail: str | None = None,
    **given: Any,
) -> tuple[Alarm, Alarm] | None:
    """An order of the signed-in person; (before, after), None for an alarm that is not there.

    Errors: rules.IllegalOrder. Acknowledging twice oneself changes nothing.
    """
    before = alarm(transaction, alarm_id, community_id)
    if before is None:
        return None
    if what == rules.MERGE:
        _check_merge(transaction, before, given["merged_into"])
    if what == rules.ACKNOWLEDGE and before.is_open and before.acknowledged_by is not None:
        if before.acknowledged_by == by:
            return before, before
        other = views.view(transaction, alarm_id)
        raise rules.IllegalOrder(
            f"{other['acknowledged_by_name']} has acknowledged this alarm already. Speak with them; you can"
            " still send somebody."
        )
    after = rules.order(before, what, now, by, **given)
    _save(transaction, after, now)
    if before.acknowledged_by is None and what != rules.ACKNOWLEDGE:
        note_history(transaction, alarm_id, now, rules.ACKNOWLEDGE, by, None)
    note_history(transaction, alarm_id, now, what, by, detail)
    views.announce(transaction, alarm_id)
    return before, after


def hand_over(transaction: Transaction, community_id: str, given_by: int, taken_by: int, now: int) -> list[int]:
    """Whoever comes in takes what the outgoing person had acknowledged: it is their own act, in their name. Which."""
    rows = transaction.rows(
        "SELECT * FROM alarms WHERE community_id = ? AND is_open = 1 AND acknowledged_by = ? ORDER BY alarm_id",
        (community_id, given_by),
    )
    for before in map(_alarm, rows):
        _save(transaction, replace(before, acknowledged_by=taken_by, acknowledged_at=now), now)
        note_history(transaction, before.alarm_id, now, "handed_over", taken_by, None)
        views.announce(transaction, before.alarm_id)
    return [row["alarm_id"] for row in rows]


def _check_merge(reader: Reader, alarm: Alarm, merged_into: int) -> None:
    """Errors: rules.IllegalOrder, when the other is not an open alarm of this dwelling."""
    others = [one.alarm_id for one in open_of_dwelling(reader, alarm.dwelling_id) if one.alarm_id != alarm.alarm_id]
    if merged_into not in others:
        raise rules.IllegalOrder("Only another open alarm of the same home can take this one in. Load the board again.")


# --- from the relay itself ----------------------------------------------------------------------------


def save(transaction: Transaction, alarm: Alarm, now: int, what: str, detail: str | None = None) -> None:
    """Keep what escalation made of an alarm, and tell the consoles."""
    _save(transaction, alarm, now)
    note_history(transaction, alarm.alarm_id, now, what, None, detail)
    views.announce(transaction, alarm.alarm_id)


def raise_pre_alarm(transaction: Transaction, alarm: Alarm, now: int) -> None:
    """Raise a pre-alarm whose home fell silent before it could raise or cancel it."""
    raised = replace(alarm, is_pre_alarm=False, raised_at=now, plan_step=0, next_at=now)
    save(transaction, raised, now, words.RAISED, "the home said no more")


def raised(reader: Reader) -> list[Alarm]:
    """Alarms that nobody has taken, of all communities."""
    return [_alarm(row) for row in reader.rows("SELECT * FROM alarms WHERE is_open = 1 AND step = 'raised'")]


def due(reader: Reader, now: int, count: int = 100) -> list[Alarm]:
    """Open alarms whose `next_at` has come, the longest due first."""
    rows = reader.rows("SELECT * FROM alarms WHERE is_open = 1 AND next_at <= ? ORDER BY next_at LIMIT ?", (now, count))
    return [_alarm(row) for row in rows]


def ahead(reader: Reader, after: int) -> list[Alarm]:
    """Open alarms whose `next_at` is later than this."""
    return [_alarm(row) for row in reader.rows("SELECT * FROM alarms WHERE is_open = 1 AND next_at > ?", (after,))]


def late(reader: Reader, before: int) -> int:
    """How many open alarms should have been looked at before this time, or have no time at all."""
    row = reader.row("SELECT count(*) AS n FROM alarms WHERE is_open = 1 AND coalesce(next_at, 0) < ?", (before,))
    return int(row["n"]) if row else 0


def open_of_dwelling(reader: Reader, dwelling_id: str) -> list[Alarm]:
    rows = reader.rows("SELECT * FROM alarms WHERE is_open = 1 AND dwelling_id = ? ORDER BY alarm_id", (dwelling_id,))
    return [_alarm(row) for row in rows]


def untold(reader: Reader, changed_after: int) -> list[Alarm]:
    """Alarms whose present step the home has not confirmed, and whose hub is on the line."""
    rows = reader.rows(
        "SELECT alarms.* FROM alarms JOIN hubs USING (hub_id) WHERE hubs.is_online = 1"
        " AND step IN ('acknowledged', 'on_the_way', 'arrived', 'cleared') AND coalesce(told_step, '') != step"
        # The home knows an alarm by its seq: what was said of an earlier round would end the present one there.
        " AND round = (SELECT max(later.round) FROM alarms AS later WHERE later.hub_id = alarms.hub_id"
        " AND later.epoch = alarms.epoch AND later.alarm_seq = alarms.alarm_seq)"
        " AND changed_at > ? ORDER BY alarm_id LIMIT 500",
        (changed_after,),
    )
    return [_alarm(row) for row in rows]
