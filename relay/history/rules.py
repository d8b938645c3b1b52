"""What belongs to the proof, and when two counts agree. Pure.

Rule 1: what a person did is kept in a table that only grows and is chained (relay/ledger.py).
Rule 2: a hub says how many alarm messages it made, how many of them had to make room and how many still wait. What
is stored lies between `made - made_room - waiting` and `made`; anything else is a difference.
"""

from dataclasses import dataclass

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
