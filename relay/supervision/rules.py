"""Which technical alarms last, which ones end others, and when two are one. Pure.

Rule 1: a lasting fault (hub offline, mains lost, …) is open until its opposite is heard; hearing it again
while open only counts.
Rule 2: a momentary one (restart, refused frame, …) folds into the last one of its place and kind when
that was heard within 60 s. It stays on the board until somebody closes it or a day has passed.
Rule 3: when many homes of one building or of one provider go off the line together, that is one area event with its
homes listed; the homes' own faults stand behind it. Alarms are never folded: they do not come here.
Rule 4: the area is told first and at the time of its first home: homes that have missed a heartbeat by then count, too,
though each is declared and listed at its own time only. Nothing waits for them. An area of which too little came is
taken back, and its homes are told each by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from protocol import vocabulary as words

BROKER_DOWN = "broker_down"  # the relay's own: no hub can say it
ALARM_UNKNOWN = "alarm_unknown"  # a home lives an alarm that the relay does not have
HUB_REVOKED = "hub_revoked"  # a dwelling is without protection until another hub of its is heard
AREA_OFFLINE = "area_offline"  # homes of one building or provider went off the line together
NO_ARMED_CONSOLE = "no_armed_console"  # nobody would hear an alarm
GATEWAY_DOWN = "gateway_down"
DISK_LOW, BACKUP_OLD = "disk_low", "backup_old"
COUNTS_DIFFER = "counts_differ"  # a hub made alarm messages that are not stored
CHAIN_BROKEN = "chain_broken"  # a history was tampered with
AREA_HOMES_MIN = 3
AREA_SHARE_MIN = 0.5  # of the homes of that place that have a hub
AREA_TOGETHER_MS = 5 * 60_000  # heartbeats are a minute apart, and offline is declared in rounds
SUSPECT_MS = 100_000  # a heartbeat a minute: one was missed, and it was no late one
AREA_SETTLES_MS = 100_000  # by then whoever was suspected is declared or was heard
FOLD_MS = 60_000
SHOWN_MS = 24 * 3600 * 1000

# What is heard → the fault that it ends.
ENDS: dict[str, str] = {over: begun for begun, over in words.RESTORED_BY.items()}
LASTING = frozenset(
    {
        *words.RESTORED_BY,
        words.HUB_OFFLINE,
        words.JOURNAL_FULL,
        BROKER_DOWN,
        "escalation_late",
        "nobody_to_tell",
        AREA_OFFLINE,
        NO_ARMED_CONSOLE,
        GATEWAY_DOWN,  # until that sender sends again
        DISK_LOW,
        BACKUP_OLD,
        CHAIN_BROKEN,
        "webhook_failing",
        "relay_line_down",
        "weekly_failed",
    }
)


def folds(kind: str, last_at: int, now: int) -> bool:
    """Does a new report fold into the open one heard last at `last_at`?"""
    return kind in LASTING or now - last_at < FOLD_MS


@dataclass(frozen=True)
class Place:
    """What homes may share. One of the two is None."""

    community_id: str
    building: str | None  # estate and number
    provider: str | None


@dataclass(frozen=True)
class Silent:
    """A home whose hub is off the line. Shape: `technical_id` of its own fault; None: only suspected."""

    technical_id: int | None
    community_id: str
    building: str | None
    provider: str | None


def areas(silent: Iterable[Silent], homes: dict[Place, int]) -> dict[Place, list[int]]:
    """Fold homes that fell silent together; the faults behind each area. Shape: `homes` is how many homes with a hub
    each place has.

    A provider comes first where it takes homes of several buildings along; a home is in one area at most.
    """
    left = list(silent)
    found: dict[Place, list[int]] = {}
    for is_provider in (True, False):
        groups: dict[Place, list[Silent]] = {}
        for one in left:
            name = one.provider if is_provider else one.building
            if name is not None:
                place = Place(one.community_id, None if is_provider else name, name if is_provider else None)
                groups.setdefault(place, []).append(one)
        for place, members in groups.items():
            declared = [one.technical_id for one in members if one.technical_id is not None]
            is_enough = len(members) >= max(AREA_HOMES_MIN, AREA_SHARE_MIN * homes.get(place, 0))
            is_of_one_building = is_provider and len({one.building for one in members}) == 1
            if declared and is_enough and not is_of_one_building:
                found[place] = declared
                taken = {id(one) for one in members}
                left = [one for one in left if id(one) not in taken]
    return found
