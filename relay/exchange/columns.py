"""The columns of the table of homes, and how a line becomes a home and its people; and back. Pure.

One line is one resident: a home with two has two lines, and what belongs to the home is read from each. People are
known again by their name in their home; none is ever taken out by a table.
"""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from ..homes import shapes
from .rules import EMPTY, Problem, Row

DWELLING_ID = "dwelling_id"
_DOOR: dict[str, Sequence[str]] = {
    "estate": ("小区",),
    "building": ("楼", "楼栋", "楼号"),
    "unit": ("单元",),
    "floor": ("楼层", "层"),
    "door": ("门牌", "室", "房号", "门号"),
    "label": ("显示名",),
    "label_en": ("英文显示名",),
    "address": ("地址",),
    "latitude": ("纬度",),
    "longitude": ("经度",),
    "datum": ("坐标系",),
    "access_note": ("进门说明",),
    "provider": ("网络运营商",),
}
_WAY = ("estate", "building", "unit", "floor", "door")
_RESIDENT: dict[str, Sequence[str]] = {
    "name": ("姓名", "老人姓名"),
    "sex": ("性别",),
    "birth_year": ("出生年",),
    "phone": ("电话", "老人电话"),
    "languages": ("语言",),
    "hearing": ("听力",),
    "health_notes": ("健康情况",),
    "habits": ("生活习惯",),
}
_People = list[dict[str, Any]]
HEALTH = ("health_notes", "habits")
CONTACTS, KEYHOLDERS = 4, 2
_CONTACT = {"name": "姓名", "relation": "关系", "phone": "电话", "language": "语言"}
_HOLDER = {"name": "姓名", "phone": "电话", "note": "备注"}
COLUMNS: dict[str, Sequence[str]] = {
    DWELLING_ID: ("住户编号",),
    **_DOOR,
    **_RESIDENT,
    **{f"contact{n}_{name}": (f"联系人{n}{zh}",) for n in range(1, CONTACTS + 1) for name, zh in _CONTACT.items()},
    **{f"keyholder{n}_{name}": (f"持钥人{n}{zh}",) for n in range(1, KEYHOLDERS + 1) for name, zh in _HOLDER.items()},
}
NEEDED = ("name",)
_WORDS = {
    "sex": {"女": "female", "男": "male", "f": "female", "m": "male"},
    "datum": {"wgs84": "WGS-84", "wgs-84": "WGS-84", "gcj02": "GCJ-02", "gcj-02": "GCJ-02", "高德": "GCJ-02"},
    "language": {"中文": "zh", "英文": "en"},
}
_NUMBERS: dict[str, type] = {"floor": int, "birth_year": int, "latitude": float, "longitude": float}
_SHORTENED = re.compile(r"\d([.,]\d+)?[eE]\+?\d+")  # 1.38E+10: what a spreadsheet makes of a telephone number
_REMEDIES = {
    "phone": "The spreadsheet has shortened it: make the column text and type the number again.",
    "sex": "Use female or male (女, 男), or leave it empty.",
    "datum": "Use WGS-84 or GCJ-02.",
    "latitude": "Use degrees from -90 to 90, together with longitude.",
    "longitude": "Use degrees from -180 to 180, together with latitude.",
    "floor": "Use a whole number from -9 to 200.",
    "birth_year": f"Use a year from {shapes.BIRTH_YEAR_MIN} to {shapes.BIRTH_YEAR_MAX}.",
    "language": "Use zh or en.",
    "name": "Write the name.",
}


def key_of(home: dict[str, Any]) -> tuple[str, ...]:
    """By which a home is known again: its door."""
    return tuple(str(home.get(name) or "") for name in ("estate", "building", "unit", "door"))


def _value(column: str, text: str) -> Any:
    """A cell's value. Errors: ValueError."""
    name = column.rsplit("_", 1)[-1] if column not in COLUMNS or column.startswith(("contact", "keyholder")) else column
    if text == EMPTY:
        return "" if name not in _NUMBERS and name not in ("sex", "phone") else None
    if name in _NUMBERS:
        return _NUMBERS[name](text)
    if name == "phone" and _SHORTENED.fullmatch(text):
        raise ValueError
    return _WORDS.get(name, {}).get(text.lower(), text)


def values_of(row: Row) -> tuple[dict[str, Any], list[Problem]]:
    """The cells of a line as values, and what is wrong with them."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for column, text in row.cells.items():
        try:
            values[column] = _value(column, text)
        except ValueError:
            problems.append(Problem(row.line, column, "This is no number.", _remedy(column)))
    return values, problems


def _remedy(column: str) -> str:
    return _REMEDIES.get(column) or _REMEDIES.get(column.rsplit("_", 1)[-1]) or "Correct it or leave it empty."


def merge(home: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """A home as it is after a line: what the line has replaces, what it has not stays."""
    after = home | {name: values[name] for name in _DOOR if name in values and name != "datum"}
    if {"latitude", "longitude"} & set(values):  # what is there already is WGS-84
        after["datum"] = values.get("datum") or "WGS-84"
    if any(after[name] != home[name] for name in _WAY):
        for made in ("label", "label_en", "address"):
            after[made] = values.get(made, "")
    resident = {name: values[name] for name in _RESIDENT if name in values}
    after["residents"] = _with_person(home["residents"], resident)
    after["contacts"] = home["contacts"]
    for number in range(1, CONTACTS + 1):
        after["contacts"] = _with_person(after["contacts"], _numbered("contact", number, _CONTACT, values), number - 1)
    after["keyholders"] = home["keyholders"]
    for number in range(1, KEYHOLDERS + 1):
        after["keyholders"] = _with_person(after["keyholders"], _numbered("keyholder", number, _HOLDER, values))
    return after


def _numbered(kind: str, number: int, fields: dict[str, str], values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[f"{kind}{number}_{name}"] for name in fields if f"{kind}{number}_{name}" in values}


def _with_person(
    people: list[dict[str, Any]], person: dict[str, Any], place: int | None = None
) -> list[dict[str, Any]]:
    """These people with this one among them, at this place in their order where one is given."""
    if not person.get("name"):
        return people
    known = next((one for one in people if one["name"] == person["name"]), {})
    others = [one for one in people if one is not known]
    at = people.index(known) if known and place is None else len(others) if place is None else min(place, len(others))
    return [*others[:at], known | person, *others[at:]]


def check(home: dict[str, Any], line: int) -> tuple[shapes.NewHome | None, list[Problem]]:
    """The home as it can be written, or what is wrong with it."""
    fields = {name: value for name, value in home.items() if name in shapes.NewHome.model_fields}
    try:
        return shapes.NewHome.model_validate(_known(fields)), []
    except ValidationError as error:
        return None, [
            Problem(line, _column(one["loc"]), f"{one['msg']}.", _remedy(_column(one["loc"]))) for one in error.errors()
        ]


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    """Only what the shapes know: rows of the tables have more."""
    kinds = {"residents": shapes.Resident, "contacts": shapes.Contact, "keyholders": shapes.Keyholder}
    cleaned = {name: value for name, value in fields.items() if value is not None or name in ("latitude", "longitude")}
    for name, shape in kinds.items():
        cleaned[name] = [{key: one[key] for key in one if key in shape.model_fields} for one in fields[name]]
    return cleaned


def _column(place: tuple[int | str, ...]) -> str:
    """The column that a place in a home stands for."""
    if len(place) == 3 and place[0] in ("contacts", "keyholders") and isinstance(place[1], int):
        return f"{str(place[0])[:-1]}{place[1] + 1}_{place[2]}"
    return str(place[-1]) if place else ""


def lines_of(home: dict[str, Any], has_health: bool) -> list[list[Any]]:
    """A home as lines of the table, one a resident; one line also where nobody lives yet."""
    people: dict[str, Any] = {}
    for kind, fields, count in (("contact", _CONTACT, CONTACTS), ("keyholder", _HOLDER, KEYHOLDERS)):
        for number, one in enumerate(home[kind + "s"][:count], 1):
            people |= {f"{kind}{number}_{name}": one[name] for name in fields}
    base = {name: home[name] for name in (DWELLING_ID, *_DOOR)} | people
    base["datum"] = "WGS-84" if home["latitude"] is not None else None
    names = names_out(has_health)
    residents = home["residents"] or [{}]
    return [[(base | {name: one.get(name) for name in _RESIDENT}).get(name) for name in names] for one in residents]


def names_out(has_health: bool) -> list[str]:
    return [name for name in COLUMNS if has_health or name not in HEALTH]
