"""What a table would change, and changing it: homes are written some at a time, so that an alarm never waits long.

Ended in the middle, the same table is sent again: what was written is found to be there.
"""

from dataclasses import dataclass, field
from typing import Any

from ..alarms import views
from ..database import Database, Reader, Transaction
from ..homes import store as home_store
from ..homes.rules import kept_as
from . import columns, rules
from .rules import Problem, Row

AT_ONCE = 25  # homes in one job
_NEW: dict[str, Any] = {name: None for name in home_store.DOOR} | {
    "label": "", "label_en": "", "address": "", "access_note": "", "is_away": False, "datum": "WGS-84",
    "residents": [], "contacts": [], "keyholders": [],
}  # fmt: skip


@dataclass
class Plan:
    """What a table comes to. Shape: `writes` (dwelling_id or None, home as it is kept)."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    bad: list[Problem] = field(default_factory=list)
    writes: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)


def plan(reader: Reader, community_id: str, data: bytes) -> Plan:
    """What this table would change. Errors: rules.BadTable."""
    rows, bad = rules.read(data, columns.COLUMNS, columns.NEEDED)
    made = Plan(rows=len(rows), bad=bad)
    before = {one["dwelling_id"]: one for one in home_store.all_with_health(reader, community_id)}
    by_door = {columns.key_of(one): dwelling_id for dwelling_id, one in before.items() if one["door"]}
    after: dict[str, tuple[int, dict[str, Any]]] = {}  # dwelling_id, or its door for one that is new
    for row in rows:
        values, problems = columns.values_of(row)
        place, home = _home_of(row, values, before, by_door, after)
        if home is None:
            problems.append(place)
        made.bad += problems
        if home is not None and not problems:
            after[place] = row.line, columns.merge(home, values)
    for place, (line, home) in after.items():
        _judge(made, place, line, home, before.get(place))
    made.bad.sort(key=lambda one: (one.line, one.column))
    return made


def _home_of(
    row: Row, values: dict[str, Any], before: dict[str, Any], by_door: dict[Any, str], after: dict[str, Any]
) -> tuple[Any, dict[str, Any] | None]:
    """Where a line belongs: (its place, the home as it is so far), or (a problem, None)."""
    named = values.pop(columns.DWELLING_ID, None)
    if named and named not in before:
        text = "There is no such home in your community."
        return Problem(row.line, columns.DWELLING_ID, text, "Leave it empty for a new home."), None
    key = columns.key_of(values)
    if not named and not values.get("door"):
        text = "The line does not say which home it is of."
        return Problem(row.line, "door", text, "Write the door (and building, unit), or the dwelling_id."), None
    place = named or by_door.get(key) or "\n".join(("new", *key))
    return place, after[place][1] if place in after else before.get(place, _NEW)


def _judge(made: Plan, place: str, line: int, home: dict[str, Any], known: dict[str, Any] | None) -> None:
    body, problems = columns.check(home, line)
    made.bad += problems
    if body is None:
        return
    kept = kept_as(body)
    if known is None:
        made.new += 1
    elif _is_same(known, kept):
        return
    else:
        made.changed += 1
    made.writes.append((known["dwelling_id"] if known else None, kept))


def _is_same(known: dict[str, Any], kept: dict[str, Any]) -> bool:
    """Would writing this change nothing? Notes that are not given stay."""
    if any(known[name] != kept[name] for name in home_store.DOOR if name != "datum"):
        return False
    for kind, fields in (
        ("residents", home_store.RESIDENT),
        ("contacts", home_store.CONTACT),
        ("keyholders", home_store.KEYHOLDER),
    ):
        if len(known[kind]) != len(kept[kind]):
            return False
        for old, new in zip(known[kind], kept[kind], strict=True):
            given = [name for name in fields if not (name in columns.HEALTH and new[name] is None)]
            if any(old[name] != new[name] for name in given):
                return False
    return True


def keep(database: Database, community_id: str, writes: list[tuple[str | None, dict[str, Any]]]) -> None:
    """Write the homes of a plan, some at a time."""
    for at in range(0, len(writes), AT_ONCE):
        some = writes[at : at + AT_ONCE]

        def work(transaction: Transaction, some: list[tuple[str | None, dict[str, Any]]] = some) -> None:
            for dwelling_id, home in some:
                if dwelling_id is None:
                    dwelling_id = home_store.add(transaction, community_id, home)
                elif home_store.home(transaction, dwelling_id, community_id) is not None:
                    home_store.change(transaction, dwelling_id, home)
                else:
                    continue  # taken out meanwhile
                views.announce_dwelling(transaction, dwelling_id, community_id)

        database.write(work).result()
