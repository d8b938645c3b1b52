"""When a home has been proven, and what its certificate may say. Pure: rows in, a list of checks out.

Rule 1. Each trigger device: three events from its real place, all of them here, strong enough, soon enough.
Rule 2. The mains pulled and plugged in again; the router unplugged and back, without a restart of the hub; one press
of the resident's, besides those that prove the buttons, that a person answered and the home has heard the answer.
Rule 3. A check that failed blocks the certificate, unless a supervisor gives a reason, which stands in it.
"""

import json
import statistics
from dataclasses import dataclass, field
from typing import Any

from protocol import vocabulary

RUNNING, PASSED, STOPPED = "running", "passed", "stopped"
EVENTS = 3
RSSI_LEAST_DBM = -88
TRIP_MOST_MS = 5_000
TOGETHER_MS = 15_000  # a call and the walk's own word of its press come no further apart
MINUTES = 30  # a walk test ends by itself after so long
MINUTES_MAX = 90
DAY_MS = 24 * 3_600_000
WEEK_MS = 7 * DAY_MS
WEEKLY_FAILED = "weekly_failed"  # the technical alarm: it lasts until a check of this home passes

DEVICE, MAINS, ROUTER, ANSWER, CONTACTS = "device", "mains", "router", "answer", "contacts"


class WalkRefused(Exception):
    """Not now, or not so; the text names the remedy."""


@dataclass(frozen=True)
class Check:
    """One thing that was to be proven. Shape: `what` one of the words above; `device_id` for DEVICE."""

    what: str
    is_passed: bool
    device_id: str | None = None
    told: dict[str, Any] = field(default_factory=dict[str, Any])
    excuse: dict[str, Any] | None = None  # {"reason", "by_name", "at"}

    @property
    def name(self) -> str:
        return f"{self.what}:{self.device_id}" if self.device_id else self.what


def p95(values: list[int]) -> int | None:
    """The value that 95 of 100 do not pass."""
    ordered = sorted(values)
    return ordered[max(0, -(-95 * len(ordered) // 100) - 1)] if ordered else None


def device_check(device: dict[str, Any], events: list[dict[str, Any]]) -> Check:
    """Shape: `events` of this device: rssi_dbm, trip_ms (None while not known)."""
    strengths = [one["rssi_dbm"] for one in events]
    trips = [one["trip_ms"] for one in events if one["trip_ms"] is not None]
    median = round(statistics.median(strengths)) if strengths else None
    latency = p95(trips)
    is_passed = (
        len(trips) >= EVENTS
        and median is not None
        and median >= RSSI_LEAST_DBM
        and latency is not None
        and latency <= TRIP_MOST_MS
    )
    told = {"received": len(events), "wanted": EVENTS, "rssi_dbm": median, "p95_ms": latency}
    return Check(
        DEVICE, is_passed, device["device_id"], told | {name: device[name] for name in ("room", "label", "kind")}
    )


def presses(devices: list[dict[str, Any]], events: list[dict[str, Any]]) -> list[int]:
    """When a button was pressed besides the three times that prove it.

    Shape: `events` device_id, heard_at, in their order."""
    found: list[int] = []
    for one in devices:
        if one["kind"] == vocabulary.BUTTON:
            found += [event["heard_at"] for event in events if event["device_id"] == one["device_id"]][EVENTS:]
    return found


def answered(calls: list[dict[str, Any]], pressed: list[int]) -> dict[str, Any] | None:
    """The call with the resident's press in it, taken after that press; None when there is none.

    The hub's own wired button is no device of the walk: its call is the resident's. Shape: `calls` alarm_id, raised_at,
    acknowledged_at, display_name, device_id; `pressed` times in ms."""
    for call in calls:
        begin, taken = call["raised_at"] - TOGETHER_MS, call["acknowledged_at"]
        own = [at for at in pressed if begin <= at <= taken]
        if call["device_id"] is None:
            own.append(call["raised_at"])
        if own:
            return {
                "alarm_id": call["alarm_id"],
                "by_name": call["display_name"],
                "after_ms": taken - min(own),
                "device_id": call["device_id"],
            }
    return None


def checks(
    devices: list[dict[str, Any]], events: list[dict[str, Any]], facts: dict[str, Any], excuses: dict[str, Any]
) -> list[Check]:
    """All that is to be proven, in the order in which it stands in the certificate.

    Shape of `facts`: mains_lost_at, mains_restored_at, back_at, answered (a dict, or None), contacts (a list)."""
    found = [
        device_check(one, [event for event in events if event["device_id"] == one["device_id"]]) for one in devices
    ]
    lost, restored = facts["mains_lost_at"], facts["mains_restored_at"]
    is_mains = lost is not None and restored is not None and restored >= lost
    found.append(Check(MAINS, is_mains, None, {"lost_at": lost, "restored_at": restored}))
    found.append(Check(ROUTER, facts["back_at"] is not None, None, {"back_at": facts["back_at"]}))
    found.append(Check(ANSWER, facts["answered"] is not None, None, facts["answered"] or {}))
    verified = [one for one in facts["contacts"] if one["is_verified"]]
    found.append(Check(CONTACTS, bool(verified), None, {"contacts": facts["contacts"]}))
    return [Check(one.what, one.is_passed, one.device_id, one.told, excuses.get(one.name)) for one in found]


def blocking(found: list[Check]) -> list[Check]:
    """What still stands in the way of the certificate."""
    return [one for one in found if not one.is_passed and one.excuse is None]


def is_without_restart(uptime_s: int, before_s: int | None, walked_ms: int) -> bool:
    """Whether a hub that says hello has run since before its walk test began. Uptimes are told in whole seconds: one
    that was installed a moment before may be almost a second older than it says."""
    return uptime_s >= (before_s or 0) and (uptime_s + 1) * 1000 > walked_ms


def as_json(check: Check) -> dict[str, Any]:
    return {
        "what": check.what,
        "device_id": check.device_id,
        "is_passed": check.is_passed,
        "told": check.told,
        "excuse": check.excuse,
    }


def excuses_of(text: str | None) -> dict[str, Any]:
    return json.loads(text) if text else {}
