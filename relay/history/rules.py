"""What belongs to the proof, and when two counts agree. Pure.

Rule 1: what a person did is kept in a table that only grows and is chained (relay/ledger.py).
Rule 2: a hub says how many alarm messages it made, how many of them had to make room and how many still wait. What
is stored lies between `made - made_room - waiting` and `made`; anything else is a difference.
Rule 3: a deed keeps what it was about (the numbers in its address) and, of what was sent, the fields that SAID names:
the reason and who or what was named. No password, telephone or note on health is among them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..ledger import Source

ALARM, CARD, DEED = "alarm", "card", "deed"
SOURCES = (
    Source(
        ALARM,
        "alarm_history",
        "entry_id",
        ("alarm_id", "at", "what", "by", "detail"),
        "(SELECT community_id FROM alarms WHERE alarms.alarm_id = t.alarm_id)",
    ),
    Source(
        CARD,
        "card_access",
        "access_id",
        ("at", "staff_id", "dwelling_id", "reason", "alarm_id", "role", "is_health", "community_id"),
        "coalesce(t.community_id, (SELECT d.community_id FROM dwellings AS d WHERE d.dwelling_id = t.dwelling_id))",
    ),
    Source(DEED, "deeds", "deed_id", ("at", "community_id", "what", "by", "detail"), "t.community_id"),
)
SAID = (
    "reason",
    "note",
    "label",
    "name",
    "display_name",
    "role",
    "duty",
    "hours",
    "percent",
    "days",
    "staff_id",
    "to_staff_id",
    "contact_id",
    "dwelling_id",
    "community_id",
)
VALUE_MAX = 200
_OLD_DEED = re.compile(r"(?:POST|PUT|DELETE) /api(/\S*)")  # how the address was kept before it was taken apart
_NOUNS = {
    "dwellings": "dwelling_id",
    "hubs": "hub_id",
    "claims": "hub_id",
    "staff": "staff_id",
    "technical": "technical_id",
    "tokens": "token_id",
    "shifts": "shift_id",
    "updates": "build",
    "webhooks": "webhook_id",
}
COUNTS_DIFFER = "counts_differ"
CHAIN_BROKEN = "chain_broken"


@dataclass(frozen=True)
class Tally:
    """What a hub says of its alarm messages up to `seq`, and what the relay has of them."""

    hub_id: str
    epoch: str
    seq: int
    made: int
    made_room: int
    waiting: int
    stored: int

    @property
    def missing(self) -> int:
        """Alarm messages that were made, did not have to make room, do not wait, and are not stored."""
        return max(0, self.made - self.made_room - self.waiting - self.stored)

    @property
    def too_many(self) -> int:
        """Stored ones that the hub does not know of."""
        return max(0, self.stored - self.made)

    @property
    def agrees(self) -> bool:
        return not self.missing and not self.too_many


def deed_detail(about: Mapping[str, Any], body: bytes) -> str | None:
    """What is kept of a deed, by Rule 3. Shape: `about` the address's numbers and names; JSON text out."""
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        sent = None
    said = sent if isinstance(sent, dict) else {}
    kept = {name: value for name in SAID if isinstance(value := said.get(name), str | int) and value != ""}
    found = {**{name: str(value) for name, value in about.items()}, **kept}
    cut = {name: value[:VALUE_MAX] if isinstance(value, str) else value for name, value in found.items()}
    return json.dumps(cut, ensure_ascii=False) if cut else None


def deed_fields(detail: str | None) -> dict[str, Any]:
    """What a deed is about and what was said with it; one of the relay's own has only a `text`."""
    if not detail:
        return {}
    old = _OLD_DEED.fullmatch(detail)
    if old is not None:
        parts = old[1].strip("/").split("/")
        return {_NOUNS[noun]: name for noun, name in pairwise(parts) if noun in _NOUNS}
    try:
        found = json.loads(detail)
    except ValueError:
        return {"text": detail}
    return found if isinstance(found, dict) else {"text": detail}
