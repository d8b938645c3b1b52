"""200 consoles that are cut and resume at random while 1,000 alarms come in: each should see each alarm once."""

import asyncio
import pathlib
import sys
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "relay"))

import load_parts

CONSOLES, ALARMS, PER_S = 200, 1000, 20.0


async def run(report: Any, quantile: Any) -> None:
    def work() -> tuple[dict[str, Any], dict[str, Any]]:
        with load_parts.Place(ALARMS, consoles=CONSOLES) as place:
            place.load.do(do="cut", alive_s=[0.5, 6.0])
            seconds = ALARMS / PER_S
            found = place.load.do(do="run", beats_per_s=17, alarms_per_min=60 * PER_S, seconds=seconds, retry_s=2.0)
            place.load.do(do="cut", alive_s=None)
            return found, place.load.do(do="consoles", alarms=found["pressed"], wait_s=120)

    found, seen = await asyncio.to_thread(work)
    report("consoles", "pressed", found["pressed"], "alarms")
    for name, unit in (("whole", "consoles"), ("cuts", "cuts"), ("reloads", "reloads")):
        report("consoles", name, seen[name], unit)
    report("consoles", "alarms_twice", seen["alarms_twice"], "alarms")
    report("consoles", "events_twice", seen["events_twice"], "events")
