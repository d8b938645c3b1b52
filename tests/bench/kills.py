"""Ten kills -9 of relay and broker in turn under the heartbeats of 10,000 homes with alarms among them: what the homes
counted should be what is stored, by the relay's own comparison (`relay counts`)."""

import asyncio
import pathlib
import sys
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "relay"))

import kills_parts
import load_parts


async def run(report: Any, quantile: Any) -> None:
    def work() -> dict[str, Any]:
        with load_parts.Place(10_000) as place:
            return kills_parts.story(place, kills=10, every_s=6.0, alarms_per_min=300, beats_per_s=167)

    found = await asyncio.to_thread(work)
    report("kills", "raised", found["told"]["made"], "alarms")
    report("kills", "receipted", found["stored"], "alarms")
    report("kills", "homes_that_differ", len(found["differing"]), "homes")
    print(found["counts"], file=sys.stderr, flush=True)
