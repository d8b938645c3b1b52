"""All SQL that keeps homes and their people: listed in pages, written whole.

A person who is written again under the same number keeps it: links of the family and the log of looks hang on it.
"""

import secrets
from typing import Any

from ..clock import now_ms
from ..database import Reader, Row, Transaction
from ..family import store as family_store
from ..people import datum, rules
from ..people import store as people_store

DOOR = (
    "label",
    "label_en",
    "address",
    "estate",
    "building",
    "unit",
    "floor",
    "door",
    "latitude",
    "longitude",
    "datum",
    "x",
    "y",
    "access_note",
    "provider",
    "is_away",
)
_SHOWN = ("dwelling_id", *DOOR, "door_code", "hub_id")
RESIDENT = ("name", "sex", "birth_year", "phone", "languages", "hearing", "health_notes", "habits")
CONTACT = ("name", "relation", "phone", "language", "notify_url")
KEYHOLDER = ("name", "phone", "note")
_HOMES = (
    "SELECT dwellings.*, hubs.hub_id FROM dwellings"
    " LEFT JOIN hubs ON hubs.dwelling_id = dwellings.dwelling_id AND hubs.is_active = 1"
)
_PAGE = 500  # dwellings whose people are read by one statement


class NoSuchPerson(Exception):
    """A number was given that is nobody's in this home."""


def page(reader: Reader, community_id: str, after: str, count: int) -> list[dict[str, Any]]:
    """Homes in the order of their id, after this one."""
    rows = reader.rows(
        _HOMES + " WHERE community_id = ? AND dwellings.dwelling_id > ? ORDER BY dwellings.dwelling_id LIMIT ?",
        (community_id, after, count),
    )
    return _with_people(reader, rows)


def home(reader: Reader, dwelling_id: str, community_id: str) -> dict[str, Any] | None:
    rows = reader.rows(_HOMES + " WHERE dwellings.dwelling_id = ? AND community_id = ?", (dwelling_id, community_id))
    return _with_people(reader, rows)[0] if rows else None


def _with_people(reader: Reader, rows: list[Row], has_health: bool = False) -> list[dict[str, Any]]:
    homes = [
        {name: row[name] for name in _SHOWN}
        | {"is_away": bool(row["is_away"]), "datum": datum.WGS_84, "datum_given": row["datum"]}
        for row in rows
    ]
    for at in range(0, len(homes), _PAGE):
        some = homes[at : at + _PAGE]
        ids = [one["dwelling_id"] for one in some]
        for table, order in (
            ("residents", "resident_id"),
            ("contacts", "call_order, contact_id"),
            ("keyholders", "keyholder_id"),
        ):
            of_home: dict[str, list[Row]] = {dwelling_id: [] for dwelling_id in ids}
            marks = ", ".join("?" * len(ids))
            for row in reader.rows(f"SELECT * FROM {table} WHERE dwelling_id IN ({marks}) ORDER BY {order}", ids):
                of_home[row.pop("dwelling_id")].append(row)
            for one in some:
                one[table] = of_home[one["dwelling_id"]]
    if not has_health:
        for one in homes:
            for resident in one["residents"]:
                resident["has_notes"] = resident.pop("health_notes") != ""
                del resident["habits"]
    return homes


def all_with_health(reader: Reader, community_id: str) -> list[dict[str, Any]]:
    """Everything that is known, for whoever writes it anew or may have it all."""
    rows = reader.rows(_HOMES + " WHERE community_id = ? ORDER BY dwellings.dwelling_id", (community_id,))
    return _with_people(reader, rows, has_health=True)


def ids(reader: Reader, community_id: str) -> list[str]:
    rows = reader.rows("SELECT dwelling_id FROM dwellings WHERE community_id = ? ORDER BY dwelling_id", (community_id,))
    return [row["dwelling_id"] for row in rows]


def at_door(reader: Reader, community_id: str, home: dict[str, Any]) -> str | None:
    """Which home has this door already; None also where no door is given."""
    if not home.get("door"):
        return None
    row = reader.row(
        "SELECT dwelling_id FROM dwellings WHERE community_id = ? AND coalesce(estate, '') = ?"
        " AND coalesce(building, '') = ? AND coalesce(unit, '') = ? AND door = ?",
        (community_id, home["estate"] or "", home["building"] or "", home["unit"] or "", home["door"]),
    )
    return row["dwelling_id"] if row else None


def add(transaction: Transaction, community_id: str, home: dict[str, Any], dwelling_id: str | None = None) -> str:
    """A new home with its people; its id. Shape of `home`: the names of shapes.NewHome, place in WGS-84."""
    dwelling_id = dwelling_id or "d-" + secrets.token_hex(6)
    people_store.add_dwelling(
        transaction,
        {name: home[name] for name in DOOR}
        | {"dwelling_id": dwelling_id, "community_id": community_id, "door_code": secrets.token_urlsafe(9)}
        | {"is_away": int(home["is_away"])},
    )
    _write_people(transaction, dwelling_id, home)
    return dwelling_id


def change(transaction: Transaction, dwelling_id: str, home: dict[str, Any]) -> None:
    """Write a home whole; a place that did not move keeps the datum it came in. Errors: NoSuchPerson."""
    before = transaction.row("SELECT latitude, longitude, datum FROM dwellings WHERE dwelling_id = ?", (dwelling_id,))
    if before is not None and all(before[name] == home[name] for name in ("latitude", "longitude")):
        home = home | {"datum": before["datum"]}
    marks = ", ".join(f"{name} = ?" for name in DOOR)
    values = [int(home[name]) if name == "is_away" else home[name] for name in DOOR]
    transaction.execute(f"UPDATE dwellings SET {marks} WHERE dwelling_id = ?", [*values, dwelling_id])
    _write_people(transaction, dwelling_id, home)


def _write_people(transaction: Transaction, dwelling_id: str, home: dict[str, Any]) -> None:
    residents = [
        {name: value for name, value in one.items() if value is not None or name not in ("health_notes", "habits")}
        | {"initials": rules.initials(one["name"])}
        for one in home["residents"]
    ]
    contacts = [one | {"call_order": order} for order, one in enumerate(home["contacts"], 1)]
    _write(transaction, "residents", "resident_id", dwelling_id, residents, (*RESIDENT, "initials"))
    _write(transaction, "contacts", "contact_id", dwelling_id, contacts, (*CONTACT, "call_order"))
    _write(transaction, "keyholders", "keyholder_id", dwelling_id, home["keyholders"], KEYHOLDER)


def _write(
    transaction: Transaction,
    table: str,
    key: str,
    dwelling_id: str,
    people: list[dict[str, Any]],
    fields: tuple[str, ...],
) -> None:
    """Change those with a number, add those without, let go of those that are not named."""
    known = {row[key] for row in transaction.rows(f"SELECT {key} FROM {table} WHERE dwelling_id = ?", (dwelling_id,))}
    named = {one[key] for one in people if one.get(key) is not None}
    if not named <= known:
        raise NoSuchPerson(table)
    for number in known - named:
        if table == "contacts":
            family_store.end_of_contact(transaction, number, now_ms())
        transaction.execute(f"DELETE FROM {table} WHERE {key} = ?", (number,))
    for one in people:
        values = {name: one[name] for name in fields if name in one}
        if one.get(key) is None:
            transaction.insert(table, values | {"dwelling_id": dwelling_id})
        else:
            marks = ", ".join(f"{name} = ?" for name in values)
            transaction.execute(f"UPDATE {table} SET {marks} WHERE {key} = ?", [*values.values(), one[key]])


def why_kept(reader: Reader, dwelling_id: str) -> str | None:
    """What hangs on a home, so that it cannot go: hub, alarms, looks; None when nothing does."""
    for table in ("hubs", "alarms", "card_access"):
        if reader.row(f"SELECT 1 AS one FROM {table} WHERE dwelling_id = ? LIMIT 1", (dwelling_id,)) is not None:
            return table
    return None


def remove(transaction: Transaction, dwelling_id: str) -> None:
    family_store.forget_home(transaction, dwelling_id)
    for table in ("residents", "contacts", "keyholders", "dwellings"):
        transaction.execute(f"DELETE FROM {table} WHERE dwelling_id = ?", (dwelling_id,))
