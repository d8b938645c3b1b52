"""All SQL that finds homes: by what somebody typed, or by the number that rings."""

from collections.abc import Callable
from typing import Any

from .. import events
from ..database import Reader, Row, Transaction
from ..people import rules as people_rules

FOUND_MAX = 20
PHONE_DIGITS_MIN = 3  # fewer find everybody
SAME_NUMBER_DIGITS = 7  # a number without its area code has at least so many

_DIGITS = "replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '(', ''), ')', ''), '+86', '')"
_LIKE = "LIKE ? ESCAPE '!'"
_HERE = "JOIN dwellings USING (dwelling_id) WHERE community_id = ? AND"  # before all else: a district is large
_PLACE = "lower(label || ' ' || label_en || ' ' || address)"
# What may match, and how well: a low number comes first.
_BY_TEXT: tuple[tuple[int, str], ...] = (
    (0, f"SELECT dwelling_id FROM residents {_HERE} lower(name) {_LIKE}"),
    (1, f"SELECT dwelling_id FROM dwellings WHERE community_id = ? AND {_PLACE} {_LIKE}"),
    (3, f"SELECT dwelling_id FROM contacts {_HERE} lower(name) {_LIKE}"),
    (4, f"SELECT dwelling_id FROM keyholders {_HERE} lower(name) {_LIKE}"),
)
_PHONES = ((2, "residents"), (3, "contacts"), (4, "keyholders"))


def _pattern(text: str, before: str = "%") -> str:
    """What LIKE looks for: this text anywhere, its own % and _ meant as they are."""
    return before + text.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"


def search(reader: Reader, community_id: str, text: str) -> list[dict[str, Any]]:
    """Homes that somebody may mean by this, the likeliest first."""
    typed = " ".join(text.lower().split())
    parts: list[tuple[int, str, str]] = [(rank, sql, _pattern(typed)) for rank, sql in _BY_TEXT] if typed else []
    if typed.isascii() and typed.isalpha():
        parts.append((0, f"SELECT dwelling_id FROM residents {_HERE} initials {_LIKE}", _pattern(typed, "")))
    digits = people_rules.phone_key(typed)
    if len(digits) >= PHONE_DIGITS_MIN and not any(character.isalpha() for character in typed):
        for rank, table in _PHONES:
            sql = f"SELECT dwelling_id FROM {table} {_HERE} {_DIGITS} {_LIKE}"
            parts.append((rank, sql, _pattern(digits)))
    if not parts:
        return []
    union = " UNION ALL ".join(f"SELECT dwelling_id, {rank} AS rank FROM ({sql}) AS p{rank}" for rank, sql, _ in parts)
    rows = reader.rows(
        "SELECT dwellings.dwelling_id, label, label_en, address, min(rank) AS best,"
        " (SELECT string_agg(name, '、') FROM residents WHERE residents.dwelling_id = dwellings.dwelling_id) AS names,"
        " (SELECT count(*) FROM alarms WHERE alarms.dwelling_id = dwellings.dwelling_id AND is_open = 1) AS open_alarms"
        f" FROM ({union}) AS found JOIN dwellings ON dwellings.dwelling_id = found.dwelling_id"
        " GROUP BY dwellings.dwelling_id, label, label_en, address"
        " ORDER BY best, dwellings.dwelling_id LIMIT ?",
        [*(value for _, _, pattern in parts for value in (community_id, pattern)), FOUND_MAX],
    )
    for row in rows:
        del row["best"]
        row["names"] = row["names"].split("、") if row["names"] else []
    return rows


# --- who rings ----------------------------------------------------------------------------------------


def _is_same(stored: str, key: str) -> bool:
    """Are these one number, also when one of them came without its area code?"""
    known = people_rules.phone_key(stored)
    shorter, longer = sorted((known, key), key=len)
    return known == key or (len(shorter) >= SAME_NUMBER_DIGITS and longer.endswith(shorter))


def calls_from(reader: Reader, community_id: str, phone: str) -> list[dict[str, Any]]:
    """Whose number this is, in this community: residents first, then family, then keyholders."""
    key = people_rules.phone_key(phone)
    if len(key) < SAME_NUMBER_DIGITS:
        return []
    found: list[dict[str, Any]] = []
    for kind, table, relation in (
        ("resident", "residents", "''"),
        ("contact", "contacts", "relation"),
        ("keyholder", "keyholders", "note"),
    ):
        rows = reader.rows(
            f"SELECT dwellings.dwelling_id, label, label_en, address, name AS who, {relation} AS relation, phone"
            f" FROM {table} JOIN dwellings ON dwellings.dwelling_id = {table}.dwelling_id"
            f" WHERE community_id = ? AND {_DIGITS} {_LIKE} ORDER BY dwellings.dwelling_id LIMIT 50",
            (community_id, _pattern(key[-SAME_NUMBER_DIGITS:])),
        )
        found += [{"kind": kind} | row for row in rows if _is_same(row.pop("phone"), key)]
    for one in found:
        one["open_alarms"] = _open_alarms(reader, one["dwelling_id"])
    return found


def _open_alarms(reader: Reader, dwelling_id: str) -> list[int]:
    rows: list[Row] = reader.rows(
        "SELECT alarm_id FROM alarms WHERE dwelling_id = ? AND is_open = 1 ORDER BY alarm_id", (dwelling_id,)
    )
    return [row["alarm_id"] for row in rows]


def announce_call(community_id: str, phone: str, called_at: int) -> Callable[[Transaction], list[dict[str, Any]]]:
    """The job that tells the community's consoles who rings; whose number it is."""

    def work(transaction: Transaction) -> list[dict[str, Any]]:
        matches = calls_from(transaction, community_id, phone)
        told = {"phone": phone, "called_at": called_at, "matches": matches}
        events.append(transaction, community_id, "call", told)
        return matches

    return work
