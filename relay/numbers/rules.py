"""How the service is measured. Pure: rows in, numbers out.

Rule 1: answering counts from the moment the relay had the alarm to the first acknowledgement ever; one that sounded
again later was answered late only once. An alarm that nobody answered counts as not answered in time.
Rule 2: test calls and what the resident took back are no calls to be answered: they have counts of their own.

Ref: facts.md, "The service's own yardsticks".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from protocol import vocabulary as words

ANSWER_S = (30, 60, 180)
ARRIVE_MIN = (45, 60)
FALSE_OUTCOMES = ("pressed_by_mistake", "device_fault")
WEEKLY = "weekly"  # the device that a hub's own weekly test names: nobody is asked to answer it
COMMUNITY, SHIFT, DAY = "community", "shift", "day"
BY = (COMMUNITY, SHIFT, DAY)


@dataclass(frozen=True)
class Call:
    """One alarm as it is measured. Shape: times UTC ms, None where it did not happen."""

    community_id: str
    dwelling_id: str
    kind: str
    device_id: str | None
    raised_at: int
    answered_at: int | None
    arrived_at: int | None
    outcome: str | None
    is_cancelled: bool


def quantile(values: list[int], share: float) -> int | None:
    """The value that this share of them does not exceed; None of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def measure(calls: Iterable[Call], homes: int, availability_pct: float | None) -> dict[str, Any]:
    """The numbers of some calls. Shape: `homes` with a hub, over which false alarms are spread."""
    found = list(calls)
    asked = [call for call in found if call.kind != words.TEST and not call.is_cancelled]
    waited = [call.answered_at - call.raised_at for call in asked if call.answered_at is not None]
    drove = [call.arrived_at - call.raised_at for call in asked if call.arrived_at is not None]
    outcomes = {outcome: sum(call.outcome == outcome for call in asked) for outcome in words.OUTCOMES}
    false = sum(outcomes[outcome] for outcome in FALSE_OUTCOMES)
    tests = [call for call in found if call.kind == words.TEST and call.device_id != WEEKLY]
    answering: dict[str, Any] = {"n": len(asked), "answered": len(waited)}
    answering |= {f"within_{s}_s": sum(ms <= s * 1000 for ms in waited) for s in ANSWER_S}
    answering |= {"p50_ms": quantile(waited, 0.5), "p95_ms": quantile(waited, 0.95)}
    on_scene: dict[str, Any] = {"n": len(drove)}
    on_scene |= {f"within_{m}_min": sum(ms <= m * 60_000 for ms in drove) for m in ARRIVE_MIN}
    on_scene |= {"p50_ms": quantile(drove, 0.5), "p95_ms": quantile(drove, 0.95)}
    return {
        "answering": answering,
        "on_scene": on_scene,
        "outcomes": {outcome: count for outcome, count in outcomes.items() if count},
        "cancelled": sum(call.is_cancelled for call in found),
        "tests": len(tests),
        "unanswered_tests": sum(call.answered_at is None for call in tests),
        "homes": homes,
        "false_alarms": false,
        "false_alarms_per_home": round(false / homes, 4) if homes else None,
        "hub_availability_pct": availability_pct,
    }


def availability_pct(spans: list[tuple[int, int]], hub_since: list[int], begin: int, end: int) -> float | None:
    """The share of the time in which hubs were reachable, in percent. Shape: `spans` of absence, [from, to) each;
    `hub_since` when each hub was first there."""
    there = sum(max(0, end - max(begin, since)) for since in hub_since)
    if not there:
        return None
    away = sum(max(0, min(end, until) - max(begin, since)) for since, until in spans)
    return round(100 * (1 - min(away, there) / there), 3)


def flat(numbers: dict[str, Any], before: str = "") -> dict[str, Any]:
    """The same as one line of a table: `answering.p50_ms`, …"""
    found: dict[str, Any] = {}
    for name, value in numbers.items():
        if isinstance(value, dict):
            found |= flat(value, f"{before}{name}.")
        else:
            found[before + name] = value
    return found
