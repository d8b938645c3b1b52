"""The SQL of somebody's own assignments, of where responders on duty are, and of who is nearest to a home."""

from typing import Any

from ..access import store as access_store
from ..alarms import views
from ..database import Migrations, Reader, Tables, Transaction
from ..people import store as people_store
from . import rules

MIGRATIONS = Migrations("responder")


@MIGRATIONS()
def m001_places(db: Tables) -> None:
    db.execute(
        """CREATE TABLE staff_places (                -- the last place of whoever is on duty and shares it; no history
            staff_id INTEGER PRIMARY KEY REFERENCES staff, latitude REAL NOT NULL, longitude REAL NOT NULL,
            at INTEGER NOT NULL)"""
    )


def assignments(reader: Reader, community_id: str, staff_id: int) -> list[dict[str, Any]]:
    """The open alarms that this person was sent to, or took, the oldest first; each with the way to its door."""
    rows = reader.rows(
        "SELECT alarm_id, alarms.dwelling_id, label, label_en, access_note, latitude, longitude"
        " FROM alarms JOIN dwellings ON dwellings.dwelling_id = alarms.dwelling_id"
        " WHERE alarms.community_id = ? AND is_open = 1 AND assigned_to = ? ORDER BY alarm_id",
        (community_id, staff_id),
    )
    duty_phone = people_store.duty_phone(reader, community_id)
    found: list[dict[str, Any]] = []
    for row in rows:
        people = people_store.card(reader, row["dwelling_id"])
        view = views.view(reader, row["alarm_id"])
        way = {name: row[name] for name in ("label", "label_en", "access_note", "latitude", "longitude")}
        found.append(
            view
            | way
            | {
                "alarm": view,
                "state": view["work"],
                "duty_phone": duty_phone,
                "contacts": people["contacts"],
                "keyholders": people["keyholders"],
                "hearing": [one["hearing"] for one in people["residents"] if one["hearing"]],
                "languages": [one["languages"] for one in people["residents"] if one["languages"]],
            }
        )
    return found


def keep_place(transaction: Transaction, staff_id: int, latitude: float, longitude: float, now: int) -> None:
    """Where somebody on duty is; everybody's that grew old is forgotten."""
    forget_places(transaction, now, staff_id)
    place = {"staff_id": staff_id, "latitude": latitude, "longitude": longitude, "at": now}
    transaction.insert("staff_places", place)


def forget_places(transaction: Transaction, now: int, staff_id: int | None = None) -> None:
    transaction.execute(
        "DELETE FROM staff_places WHERE at <= ? OR at > ? OR staff_id = ?", (now - rules.FRESH_MS, now, staff_id or 0)
    )


def who_may_go(reader: Reader, community_id: str, alarm_id: int, now: int) -> list[dict[str, Any]] | None:
    """Everybody who can be sent to an alarm, whom to ask first at the top; None when there is no such alarm here."""
    home = reader.row(
        "SELECT latitude, longitude FROM alarms JOIN dwellings ON dwellings.dwelling_id = alarms.dwelling_id"
        " WHERE alarm_id = ? AND alarms.community_id = ?",
        (alarm_id, community_id),
    )
    if home is None:
        return None
    on_duty = {row["staff_id"] for row in access_store.on_duty(reader, community_id, now)}
    busy = reader.rows(
        "SELECT DISTINCT assigned_to FROM alarms WHERE community_id = ? AND is_open = 1 AND alarm_id <> ?"
        " AND work IN ('ASSIGNED', 'ACCEPTED', 'ON_SCENE')",
        (community_id, alarm_id),
    )
    are_busy = {row["assigned_to"] for row in busy}
    places = {
        row["staff_id"]: row
        for row in reader.rows("SELECT * FROM staff_places WHERE at > ?", (now - rules.FRESH_MS,))
        if row["staff_id"] in on_duty and home["latitude"] is not None and home["longitude"] is not None
    }
    found: list[dict[str, Any]] = []
    for row in access_store.responders(reader, community_id):
        at = places.get(row["staff_id"])
        here: tuple[Any, Any] = (home["latitude"], home["longitude"])
        away = None if at is None else rules.distance_m(at["latitude"], at["longitude"], *here)
        is_on_duty, is_busy = row["staff_id"] in on_duty, row["staff_id"] in are_busy
        found.append(row | {"is_on_duty": is_on_duty, "is_busy": is_busy, "distance_m": away})
    return rules.in_order(found)
