"""All SQL that looks at many homes at once. 30,000 homes are one statement; nothing here is kept but help nearby."""

from collections.abc import Sequence
from typing import Any

from ..database import Migrations, Reader, Row, Tables, Transaction

MIGRATIONS = Migrations("district")
CLINIC, STATION, DEFIBRILLATOR = "clinic", "station", "defibrillator"
KINDS = (CLINIC, STATION, DEFIBRILLATOR)


@MIGRATIONS()
def m001_surroundings(db: Tables) -> None:
    for statement in (
        """CREATE TABLE surroundings (
            place_id INTEGER PRIMARY KEY AUTOINCREMENT, community_id TEXT NOT NULL REFERENCES communities,
            kind TEXT NOT NULL, name TEXT NOT NULL, latitude REAL NOT NULL, longitude REAL NOT NULL,
            phone TEXT NOT NULL DEFAULT '')""",
        "CREATE INDEX surroundings_community ON surroundings (community_id)",
    ):
        db.execute(statement)


_URGENCY = """
    SELECT dwelling_id, min(CASE step WHEN 'raised' THEN 0 WHEN 'pre_alarm' THEN 2 ELSE 1 END) AS urgency,
        min(alarm_id) AS alarm_id
    FROM alarms WHERE is_open = 1 GROUP BY dwelling_id
"""
_STATE = """
    CASE WHEN urgency = 0 THEN 'alarm' WHEN urgency = 1 THEN 'acknowledged' WHEN urgency = 2 THEN 'pre_alarm'
        WHEN coalesce(is_online, 0) = 0 THEN 'offline' WHEN is_away = 1 THEN 'away' ELSE 'safe' END
"""
_POINT = _STATE.replace("'acknowledged'", "'alarm'")  # from afar a home in alarm is one until it is closed
_HOMES = f"""
FROM dwellings LEFT JOIN hubs ON hubs.dwelling_id = dwellings.dwelling_id AND hubs.is_active = 1
LEFT JOIN ({_URGENCY}) AS urgent ON urgent.dwelling_id = dwellings.dwelling_id
"""


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def district_of(reader: Reader, community_id: str) -> Row | None:
    return reader.row(
        "SELECT districts.district_id, districts.name, districts.name_en FROM districts"
        " JOIN communities USING (district_id) WHERE community_id = ?",
        (community_id,),
    )


def communities(reader: Reader, community_ids: Sequence[str], now: int) -> list[dict[str, Any]]:
    """Each community with what its map shows of it."""
    marks = _marks(community_ids)

    def count(sql: str, *more: Any) -> dict[str, int]:
        rows = reader.rows(sql.format(marks=marks), [*community_ids, *more])
        return {row["community_id"]: row["n"] for row in rows}

    homes = count(
        "SELECT community_id, count(*) AS n FROM dwellings WHERE community_id IN ({marks}) GROUP BY community_id"
    )
    open_alarms = count(
        "SELECT community_id, count(*) AS n FROM alarms WHERE community_id IN ({marks}) AND is_open = 1"
        " GROUP BY community_id"
    )
    offline = count(
        "SELECT community_id, count(*) AS n FROM hubs JOIN dwellings ON dwellings.dwelling_id = hubs.dwelling_id"
        " WHERE community_id IN ({marks}) AND is_active = 1 AND is_online = 0 GROUP BY community_id"
    )
    on_duty = count(
        "SELECT community_id, count(DISTINCT staff_id) AS n FROM shifts WHERE community_id IN ({marks})"
        " AND begins_at <= ? AND ends_at > ? GROUP BY community_id",
        now,
        now,
    )
    rows = reader.rows(
        f"SELECT community_id, name, name_en, latitude, longitude FROM communities WHERE community_id IN ({marks})"
        " ORDER BY community_id",
        community_ids,
    )
    return [
        row
        | {
            "homes": homes.get(row["community_id"], 0),
            "open_alarms": open_alarms.get(row["community_id"], 0),
            "offline_hubs": offline.get(row["community_id"], 0),
            "on_duty": on_duty.get(row["community_id"], 0),
        }
        for row in rows
    ]


def points(reader: Reader, community_ids: Sequence[str]) -> list[list[Any]]:
    """Every home that has a place on the ground. Shape: dwelling_id, latitude, longitude, state, community's index."""
    index = {community_id: at for at, community_id in enumerate(community_ids)}
    rows = reader.rows(
        "SELECT dwellings.dwelling_id, latitude, longitude, community_id,"
        f" {_POINT} AS state {_HOMES}"
        f" WHERE community_id IN ({_marks(community_ids)}) AND latitude IS NOT NULL AND longitude IS NOT NULL",
        community_ids,
    )
    return [
        [row["dwelling_id"], row["latitude"], row["longitude"], row["state"], index[row["community_id"]]]
        for row in rows
    ]


def buildings(reader: Reader, community_id: str) -> list[Row]:
    return reader.rows(
        "SELECT estate, building, avg(latitude) AS latitude, avg(longitude) AS longitude, max(floors) AS floors,"
        " max(doors) AS doors_per_floor, sum(doors) AS homes FROM ("
        " SELECT coalesce(estate, '') AS estate, coalesce(building, '') AS building, coalesce(floor, 1) AS floors,"
        " avg(latitude) AS latitude, avg(longitude) AS longitude, count(*) AS doors FROM dwellings"
        " WHERE community_id = ? AND coalesce(building, '') != ''"
        " GROUP BY coalesce(estate, ''), coalesce(building, ''), coalesce(floor, 1)) AS floor_by_floor"
        " GROUP BY estate, building ORDER BY estate, length(building), building",
        (community_id,),
    )


def doors(reader: Reader, community_id: str, estate: str, building: str) -> list[Row]:
    """The doors of a building, the lowest floor first."""
    return reader.rows(
        "SELECT coalesce(floor, 1) AS floor, coalesce(unit, '') AS unit, coalesce(door, '') AS door,"
        f" dwellings.dwelling_id, label, label_en, {_STATE} AS state, alarm_id"
        f" {_HOMES} WHERE community_id = ? AND coalesce(estate, '') = ? AND coalesce(building, '') = ?"
        " ORDER BY coalesce(floor, 1), coalesce(unit, ''), coalesce(door, ''), dwellings.dwelling_id",
        (community_id, estate, building),
    )


def surroundings(reader: Reader, community_id: str) -> list[Row]:
    return reader.rows(
        "SELECT place_id, kind, name, latitude, longitude, phone FROM surroundings WHERE community_id = ?"
        " ORDER BY kind, name, place_id",
        (community_id,),
    )


def set_surroundings(transaction: Transaction, community_id: str, places: list[dict[str, Any]]) -> None:
    """Put these places in the place of all that were there."""
    transaction.execute("DELETE FROM surroundings WHERE community_id = ?", (community_id,))
    for place in places:
        transaction.insert("surroundings", {"community_id": community_id} | place)
