"""All SQL behind the numbers. Reads what others keep; keeps nothing itself."""

from ..database import Reader, Row
from . import rules

OFFLINE_BEFORE_MS = 180_000  # a hub is declared offline so long after it was last heard


def _marks(values: list[str]) -> str:
    return ", ".join("?" * len(values))


def calls(reader: Reader, community_ids: list[str], begin: int, end: int) -> list[rules.Call]:
    """Alarms raised in [begin, end), oldest first."""
    rows = reader.rows(
        "SELECT a.community_id, a.dwelling_id, a.kind, a.device_id, a.outcome, a.work, a.merged_into,"
        " coalesce(h.raised_at, a.raised_at) AS raised_at, h.answered_at, h.arrived_at FROM alarms AS a LEFT JOIN ("
        " SELECT alarm_id, min(CASE WHEN what = 'raised' THEN at END) AS raised_at,"
        " min(CASE WHEN what = 'acknowledge' THEN at END) AS answered_at,"
        " min(CASE WHEN what = 'arrived' THEN at END) AS arrived_at FROM alarm_history"
        " WHERE alarm_id IN (SELECT alarm_id FROM alarms WHERE raised_at >= ? AND raised_at < ?) GROUP BY alarm_id"
        ") AS h ON h.alarm_id = a.alarm_id"
        f" WHERE a.community_id IN ({_marks(community_ids)}) AND a.raised_at >= ? AND a.raised_at < ?"
        " AND a.merged_into IS NULL ORDER BY a.alarm_id",
        (begin, end, *community_ids, begin, end),
    )
    return [
        rules.Call(
            row["community_id"],
            row["dwelling_id"],
            row["kind"],
            row["device_id"],
            row["raised_at"],
            row["answered_at"],
            row["arrived_at"],
            row["outcome"],
            row["work"] == "CLOSED" and row["outcome"] is None,
        )
        for row in rows
    ]


def hubs(reader: Reader, community_ids: list[str]) -> list[Row]:
    """Hubs that were ever heard. Shape: community_id, since."""
    return reader.rows(
        "SELECT community_id, added_at AS since FROM hubs JOIN dwellings USING (dwelling_id)"
        f" WHERE community_id IN ({_marks(community_ids)}) AND is_active = 1 AND heard_at IS NOT NULL",
        tuple(community_ids),
    )


def absences(reader: Reader, community_ids: list[str], begin: int, end: int) -> list[Row]:
    """When hubs could not be reached. Shape: community_id, since, until."""
    return reader.rows(
        "SELECT community_id, raised_at - ? AS since, coalesce(closed_at, ?) AS until FROM technical_alarms"
        f" WHERE kind = 'hub_offline' AND community_id IN ({_marks(community_ids)})"
        " AND raised_at < ? AND coalesce(closed_at, ?) > ?",
        (OFFLINE_BEFORE_MS, end, *community_ids, end, end, begin),
    )


def shifts(reader: Reader, community_ids: list[str], begin: int, end: int) -> list[Row]:
    """Operators' shifts that touch [begin, end), oldest first."""
    return reader.rows(
        "SELECT shift_id, shifts.community_id, begins_at, ends_at, display_name FROM shifts JOIN staff USING (staff_id)"
        f" WHERE duty = 'operator' AND shifts.community_id IN ({_marks(community_ids)})"
        " AND begins_at < ? AND ends_at > ? ORDER BY begins_at, shift_id",
        (*community_ids, end, begin),
    )


def communities(reader: Reader, community_ids: list[str]) -> list[Row]:
    return reader.rows(
        f"SELECT community_id, name, name_en FROM communities WHERE community_id IN ({_marks(community_ids)})"
        " ORDER BY community_id",
        tuple(community_ids),
    )
