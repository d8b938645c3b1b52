"""The relay under the heartbeats of 10,000 and of 30,000 homes with alarms among them; its knee; memory; as a ratio to
a relay that commits each event by itself. Everything with mosquitto; the load in a process of its own.

LOAD_SECONDS is how long each rate is held (60). `loadavg` tells how busy the machine was with other things.
"""

import asyncio
import os
import pathlib
import sys
import time
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "relay"))

import load_parts

SECONDS = float(os.environ.get("LOAD_SECONDS", "60"))
RATES = {"10000_homes": 167.0, "30000_homes": 500.0}
KNEE_RATES = (2000, 4000, 6000, 7000, 8000, 10_000, 12_000, 14_000)
KNEE_LAG_S = 0.5  # behind by more than this after KNEE_SECONDS, the rate was too much
KNEE_SECONDS = 5
SLOW = str(pathlib.Path(__file__).resolve().parent / "commit_per_event.py")


def _held(place: load_parts.Place, name: str, rate: float, report: Any, quantile: Any) -> None:
    before, started = place.relay.cpu_s(), time.monotonic()
    found = place.load.do(do="run", beats_per_s=rate, alarms_per_min=20, seconds=SECONDS)
    share = (place.relay.cpu_s() - before) / (time.monotonic() - started)
    report("load", f"{name}_alarms_pressed", found["pressed"], "alarms")
    report("load", f"{name}_alarms_stored", found["stored"], "alarms")
    for what in ("receipt", "console"):
        times = found[f"{what}_ms"]
        for share_of, label in ((0.5, "p50"), (0.99, "p99")):
            report("load", f"{name}_publish_to_{what}_{label}", quantile(times, share_of) if times else -1, "ms")
    report("load", f"{name}_cpu", 100 * share, "% of a core")
    report("load", f"{name}_memory", place.relay.rss_mb(), "MB")


def _knee(place: load_parts.Place, name: str, report: Any, rates: tuple[int, ...]) -> float:
    """The highest rate of heartbeats that the relay kept up with."""
    best, cost_us = 0.0, []
    for rate in rates:
        before = place.relay.cpu_s()
        lag_s = min(place.load.do(do="knee", beats_per_s=rate, seconds=KNEE_SECONDS)["lag_s"] for _ in range(2))
        cost_us.append(1e6 * (place.relay.cpu_s() - before) / (2 * rate * KNEE_SECONDS))
        report("load", f"{name}_lag_at_{rate}", lag_s, "s")
        if lag_s > KNEE_LAG_S:
            break
        best = rate
    report("load", f"{name}_knee", best, "events/s")
    report("load", f"{name}_cpu_per_event", cost_us[-1], "us")
    return best


async def run(report: Any, quantile: Any) -> None:
    def work() -> None:
        report("load", "loadavg", load_parts.loadavg(), "processes")
        with load_parts.Place(30_000) as place:
            place.load.do(do="run", beats_per_s=100, alarms_per_min=600, seconds=1)  # warm
            for name, rate in RATES.items():
                _held(place, name, rate, report, quantile)
            knee = _knee(place, "grouped", report, KNEE_RATES)
            report("load", "memory_after_the_knee", place.relay.rss_mb(), "MB")
        with load_parts.Place(10_000, SLOW) as place:
            slow = _knee(place, "commit_per_event", report, (50, 100, 200, 400, 800, 1600, 3200))
        if slow:
            report("load", "grouped_to_commit_per_event", knee / slow, "times")
        report("load", "loadavg", load_parts.loadavg(), "processes")

    await asyncio.to_thread(work)
