"""All SQL about technical alarms: raise (folding), end, show.

A place is (hub, device); both are NULL for the relay's own. Life-safety alarms never come here.
"""

from typing import Any

from protocol import vocabulary as words

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


@MIGRATIONS()
def m002_areas(db: Tables) -> None:
    for statement in (
        "ALTER TABLE technical_alarms ADD COLUMN building TEXT",  # of an area event; so is the next
        "ALTER TABLE technical_alarms ADD COLUMN provider TEXT",
        "ALTER TABLE technical_alarms ADD COLUMN area_id INTEGER",  # of a home's own fault: the area it stands behind
        "CREATE INDEX technical_area ON technical_alarms (area_id) WHERE area_id IS NOT NULL",
    ):
        db.execute(statement)


@MIGRATIONS()
def m003_dwellings(db: Tables) -> None:
    db.execute("CREATE INDEX technical_dwelling ON technical_alarms (dwelling_id) WHERE closed_at IS NULL")


_PLACE = "coalesce(hub_id, '') = ? AND coalesce(device_id, '') = ?"
_SHOWN = ("id", "kind", "hub_id", "dwelling_id", "device_id", "detail", "raised_at", "count")


def _entry(reader: Reader, row: Row) -> dict[str, Any]:
    shown = {name: row[name] for name in _SHOWN} | {"is_open": row["closed_at"] is None and row["area_id"] is None}
    if row["kind"] == rules.AREA_OFFLINE:
        homes = reader.rows(
            "SELECT dwelling_id FROM technical_alarms WHERE area_id = ? AND closed_at IS NULL ORDER BY dwelling_id",
            (row["id"],),
        )
        shown |= {"building": row["building"], "provider": row["provider"]}
        shown["dwelling_ids"] = [home["dwelling_id"] for home in homes]
    return shown


def announce(transaction: Transaction, technical_id: int) -> None:
    """Tell the consoles how a fault is now; of one that stands behind an area event, how the area is."""
    row = transaction.row("SELECT * FROM technical_alarms WHERE id = ?", (technical_id,))
    if row is not None:
        events.append(transaction, row["community_id"], "technical", _entry(transaction, row))


def raise_technical(
    transaction: Transaction,
    kind: str,
    now: int,
    hub: Row | None = None,
    device_id: str | None = None,
    detail: str | None = None,
    is_announced: bool = True,
) -> int:
    """Raise a fault of the system, or count it into the open one; its id.

    Shape: `hub` has hub_id, dwelling_id, community_id; None for the relay's own. Without `is_announced` the caller
    tells the consoles.
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
        announce(transaction, known["id"])
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
    elif is_announced:
        announce(transaction, technical_id)
    return technical_id


def end(transaction: Transaction, kind: str, now: int, hub_id: str | None, device_id: str | None = None) -> int:
    """The condition behind a lasting fault is gone; how many were open."""
    rows = transaction.rows(
        f"SELECT id, area_id FROM technical_alarms WHERE kind = ? AND {_PLACE} AND closed_at IS NULL",
        (kind, hub_id or "", device_id or ""),
    )
    return _end(transaction, rows, now)


def end_all_of_hub(transaction: Transaction, hub_id: str, now: int) -> int:
    """The hub is put out: what was wrong with it is nobody's fault any more."""
    rows = transaction.rows(
        "SELECT id, area_id FROM technical_alarms WHERE hub_id = ? AND closed_at IS NULL", (hub_id,)
    )
    return _end(transaction, rows, now)


def end_of_dwelling(transaction: Transaction, kind: str, dwelling_id: str, now: int) -> int:
    """The same for a fault of a dwelling, whichever hub it had when it was raised."""
    rows = transaction.rows(
        "SELECT id, area_id FROM technical_alarms WHERE kind = ? AND dwelling_id = ? AND closed_at IS NULL",
        (kind, dwelling_id),
    )
    return _end(transaction, rows, now)


def _end(transaction: Transaction, rows: list[Row], now: int) -> int:
    for row in rows:
        transaction.execute("UPDATE technical_alarms SET closed_at = ? WHERE id = ?", (now, row["id"]))
        if row["area_id"] is None:
            announce(transaction, row["id"])
        else:
            _shrink_area(transaction, row["area_id"], now)
    return len(rows)


def _shrink_area(transaction: Transaction, area_id: int, now: int) -> None:
    """A home of an area is back; with the last one the area event is over."""
    left = transaction.row("SELECT 1 AS one FROM technical_alarms WHERE area_id = ? AND closed_at IS NULL", (area_id,))
    if left is None:
        transaction.execute("UPDATE technical_alarms SET closed_at = ? WHERE id = ?", (now, area_id))
    announce(transaction, area_id)


def is_open(reader: Reader, kind: str, hub_id: str | None, device_id: str | None = None) -> bool:
    """Is there such a fault? Shape: without `device_id` of any device."""
    sql = "SELECT 1 AS one FROM technical_alarms WHERE kind = ? AND coalesce(hub_id, '') = ? AND closed_at IS NULL"
    if device_id is None:
        return reader.row(sql, (kind, hub_id or "")) is not None
    return reader.row(sql + " AND device_id = ?", (kind, hub_id or "", device_id)) is not None


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
    announce(transaction, technical_id)
    row = transaction.row("SELECT * FROM technical_alarms WHERE id = ?", (technical_id,))
    return _entry(transaction, row) if row else None


def close_old_momentary(transaction: Transaction, now: int) -> int:
    """Take momentary faults off the board after a day."""
    marks = ", ".join("?" * len(rules.LASTING))
    rows = transaction.rows(
        f"SELECT id FROM technical_alarms WHERE closed_at IS NULL AND last_at < ? AND kind NOT IN ({marks})",
        (now - rules.SHOWN_MS, *sorted(rules.LASTING)),
    )
    for row in rows:
        transaction.execute("UPDATE technical_alarms SET closed_at = ? WHERE id = ?", (now, row["id"]))
        announce(transaction, row["id"])
    return len(rows)


def entries(reader: Reader, community_id: str) -> list[dict[str, Any]]:
    """What the board lists, newest first."""
    rows = reader.rows(
        "SELECT * FROM technical_alarms WHERE closed_at IS NULL AND area_id IS NULL"
        " AND (community_id = ? OR community_id IS NULL) ORDER BY id DESC LIMIT 200",
        (community_id,),
    )
    return [_entry(reader, row) for row in rows]


# --- area events --------------------------------------------------------------------------------------

_BUILDING = "CASE WHEN {0}building IS NULL THEN NULL ELSE trim(coalesce({0}estate, '') || ' ' || {0}building) END"


def silent_homes(reader: Reader, raised_after: int) -> list[rules.Silent]:
    """Homes off the line since then that stand behind no area event yet."""
    rows = reader.rows(
        f"SELECT t.id, t.community_id, {_BUILDING.format('d.')} AS place, d.provider"
        " FROM technical_alarms AS t JOIN dwellings AS d ON d.dwelling_id = t.dwelling_id"
        " WHERE t.kind = ? AND t.closed_at IS NULL AND t.area_id IS NULL AND t.raised_at > ? ORDER BY t.id",
        (words.HUB_OFFLINE, raised_after),
    )
    return [rules.Silent(row["id"], row["community_id"], row["place"], row["provider"]) for row in rows]


def suspected_homes(reader: Reader, heard_before: int, community_ids: set[str]) -> list[rules.Silent]:
    """Homes of these communities that were not heard since then, though their silence is no fault yet."""
    marks = ", ".join("?" * len(community_ids))
    rows = reader.rows(
        f"SELECT d.community_id, {_BUILDING.format('d.')} AS place, d.provider FROM hubs"
        f" JOIN dwellings AS d ON d.dwelling_id = hubs.dwelling_id WHERE hubs.is_active = 1 AND heard_at <= ?"
        f" AND d.community_id IN ({marks}) AND NOT EXISTS (SELECT 1 FROM technical_alarms AS t"
        " WHERE t.hub_id = hubs.hub_id AND t.kind = ? AND t.closed_at IS NULL)",
        (heard_before, *sorted(community_ids), words.HUB_OFFLINE),
    )
    return [rules.Silent(None, row["community_id"], row["place"], row["provider"]) for row in rows]


def homes_of_places(reader: Reader, community_ids: set[str]) -> dict[rules.Place, int]:
    """How many homes with a hub that was ever heard each building and each provider has."""
    found: dict[rules.Place, int] = {}
    marks = ", ".join("?" * len(community_ids))
    for row in reader.rows(
        f"SELECT community_id, {_BUILDING.format('')} AS place, provider, count(*) AS n FROM dwellings JOIN hubs"
        f" USING (dwelling_id) WHERE heard_at IS NOT NULL AND is_active = 1 AND community_id IN ({marks})"
        " GROUP BY 1, 2, 3",
        sorted(community_ids),
    ):
        for building, provider in ((row["place"], None), (None, row["provider"])):
            if building or provider:
                place = rules.Place(row["community_id"], building, provider)
                found[place] = found.get(place, 0) + row["n"]
    return found


def open_areas(reader: Reader) -> dict[rules.Place, int]:
    """The area events that are not over, by their place."""
    rows = reader.rows(
        "SELECT id, community_id, building, provider FROM technical_alarms WHERE kind = ? AND closed_at IS NULL",
        (rules.AREA_OFFLINE,),
    )
    return {rules.Place(row["community_id"], row["building"], row["provider"]): row["id"] for row in rows}


def fold(
    transaction: Transaction,
    place: rules.Place,
    technical_ids: list[int],
    area_id: int | None,
    now: int,
    untold: frozenset[int] = frozenset(),
) -> int:
    """Put homes' faults behind an area event, an open one or a new one; its id. Shape: `untold` of them no console has
    heard."""
    if area_id is None:
        area_id = transaction.insert(
            "technical_alarms",
            {
                "kind": rules.AREA_OFFLINE,
                "community_id": place.community_id,
                "building": place.building,
                "provider": place.provider,
                "detail": place.building or place.provider,
                "raised_at": now,
                "last_at": now,
                "count": 0,
            },
        )
    for technical_id in technical_ids:
        transaction.execute("UPDATE technical_alarms SET area_id = ? WHERE id = ?", (area_id, technical_id))
    transaction.execute(
        "UPDATE technical_alarms SET last_at = ?, count = count + ? WHERE id = ?", (now, len(technical_ids), area_id)
    )
    announce(transaction, area_id)
    for technical_id in technical_ids:
        if technical_id not in untold:
            announce(transaction, technical_id)  # it leaves the board: the area stands for it
    return area_id


def thin_areas(reader: Reader, raised_before: int) -> list[int]:
    """Area events older than this of which too few homes ever came."""
    rows = reader.rows(
        "SELECT id FROM technical_alarms WHERE kind = ? AND closed_at IS NULL AND raised_at <= ? AND count < ?",
        (rules.AREA_OFFLINE, raised_before, rules.AREA_HOMES_MIN),
    )
    return [row["id"] for row in rows]


def unfold(transaction: Transaction, area_id: int, now: int) -> None:
    """Take an area event back: its homes are told each by itself."""
    homes = transaction.rows("SELECT id FROM technical_alarms WHERE area_id = ? AND closed_at IS NULL", (area_id,))
    transaction.execute("UPDATE technical_alarms SET area_id = NULL WHERE area_id = ?", (area_id,))
    transaction.execute("UPDATE technical_alarms SET closed_at = ? WHERE id = ?", (now, area_id))
    for row in homes:
        announce(transaction, row["id"])
    announce(transaction, area_id)


def area_entries(reader: Reader, community_ids: list[str]) -> list[dict[str, Any]]:
    """Area events that are not over, newest first."""
    marks = ", ".join("?" * len(community_ids))
    rows = reader.rows(
        f"SELECT * FROM technical_alarms WHERE kind = ? AND closed_at IS NULL AND community_id IN ({marks})"
        " ORDER BY id DESC",
        (rules.AREA_OFFLINE, *community_ids),
    )
    return [_entry(reader, row) | {"community_id": row["community_id"]} for row in rows]
