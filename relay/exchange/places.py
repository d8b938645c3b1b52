"""The table of help nearby: clinics, stations, defibrillators. Pure."""

from collections.abc import Sequence
from typing import Any

from ..district.store import KINDS
from ..people import datum
from . import rules
from .rules import Problem, Row

COLUMNS: dict[str, Sequence[str]] = {
    "kind": ("类型",),
    "name": ("名称",),
    "latitude": ("纬度",),
    "longitude": ("经度",),
    "datum": ("坐标系",),
    "phone": ("电话",),
}
NEEDED = ("kind", "name", "latitude", "longitude")
_KINDS = {"医院": "clinic", "诊所": "clinic", "卫生站": "clinic", "服务站": "station", "派出所": "station"}
_KINDS |= {"除颤仪": "defibrillator", "aed": "defibrillator"}
_LIMITS = {"latitude": 90, "longitude": 180}


def read(data: bytes) -> tuple[list[dict[str, Any]], list[Problem], int]:
    """The places of a table, what is wrong with it, how many lines it has. Errors: rules.BadTable."""
    rows, bad = rules.read(data, COLUMNS, NEEDED)
    found: list[dict[str, Any]] = []
    for row in rows:
        place, problems = _place(row)
        bad += problems
        found.append(place)
    return found, bad, len(rows)


def _place(row: Row) -> tuple[dict[str, Any], list[Problem]]:
    cells = row.cells
    kind = _KINDS.get(cells.get("kind", "").lower(), cells.get("kind", ""))
    problems = [] if kind in KINDS else [Problem(row.line, "kind", "This is no known kind.", "Use " + ", ".join(KINDS))]
    if not 1 <= len(cells.get("name", "")) <= 64:
        problems.append(Problem(row.line, "name", "The name is missing or too long.", "Use 1 to 64 characters."))
    if len(cells.get("phone", "")) > 32:
        problems.append(Problem(row.line, "phone", "The number is too long.", "Use at most 32 characters."))
    place: dict[str, float] = {}
    for name, limit in _LIMITS.items():
        try:
            place[name] = float(cells.get(name, ""))
            if not -limit <= place[name] <= limit:
                raise ValueError
        except ValueError:
            problems.append(Problem(row.line, name, "This is no place.", f"Use degrees from -{limit} to {limit}."))
    given = {"gcj02": datum.GCJ_02, "gcj-02": datum.GCJ_02, "": datum.WGS_84, "wgs84": datum.WGS_84}
    known = given.get(cells.get("datum", "").lower(), cells.get("datum", ""))
    if known not in datum.DATUMS:
        problems.append(Problem(row.line, "datum", "This is no known datum.", "Use WGS-84 or GCJ-02."))
    if problems:
        return {}, problems
    latitude, longitude = datum.to_wgs_84(place["latitude"], place["longitude"], known)
    kept = {"kind": kind, "name": cells["name"], "latitude": latitude, "longitude": longitude}
    return kept | {"phone": cells.get("phone", "")}, []


def lines(found: list[dict[str, Any]]) -> list[list[Any]]:
    return [[one.get(name, "WGS-84") for name in COLUMNS] for one in found]
