"""Reads a story: lines of `HH:MM:SS  what happens  -> what must be so, and so`. Knows the shape, not the words.

A time that is earlier than the one before it is the next day's. `+N days` alone on a line lets days pass. `#` starts a
remark; the first one is the title.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

DAY_MS = 86_400_000
_LINE = re.compile(r"^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?\s+(.*)$")
_DAYS = re.compile(r"^\+(\d+) days?$")


@dataclass(frozen=True)
class Line:
    """Shape: `at_ms` since midnight before the story; `claims` what must be so afterwards."""

    number: int
    at_ms: int
    event: str
    claims: tuple[str, ...]


def read(text: str) -> Iterator[Line]:
    """Errors: ValueError names the line and what is wrong with it."""
    day_ms = 0
    last_ms = -1
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.split("#", 1)[0].strip()
        if not line:
            continue
        days = _DAYS.match(line)
        if days:
            day_ms += int(days[1]) * DAY_MS
            continue
        found = _LINE.match(line)
        if not found:
            raise ValueError(f"line {number}: not 'HH:MM:SS  what happens  -> what must be so': {raw!r}")
        hour, minute, second, rest = int(found[1]), int(found[2]), int(found[3]), found[5]
        if hour > 23 or minute > 59 or second > 59:
            raise ValueError(f"line {number}: {found[1]}:{found[2]}:{found[3]} is no time of day")
        at_ms = day_ms + ((hour * 60 + minute) * 60 + second) * 1000 + int((found[4] or "0").ljust(3, "0"))
        if at_ms < last_ms:
            day_ms += DAY_MS
            at_ms += DAY_MS
        last_ms = at_ms
        event, _, claims = rest.partition("->")
        yield Line(number, at_ms, event.strip(), tuple(one.strip() for one in claims.split(",") if one.strip()))
