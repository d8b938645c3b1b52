"""The SQL of somebody's own assignments."""

from typing import Any

from ..alarms import views
from ..database import Reader
from ..people import store as people_store


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
