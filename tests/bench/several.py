"""Two relays on one PostgreSQL and one mosquitto take 1,000 alarms; one is killed in the middle. Each alarm should be
stored, shown and escalated once."""

import asyncio
import pathlib
import sys
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "relay"))

import postgres_parts
import several_parts

ALARMS, PER_S = 1000, 15.0


async def run(report: Any, quantile: Any) -> None:
    programs = postgres_parts.folder_of_programs()
    if programs is None:
        sys.exit(postgres_parts.REMEDY)

    def work() -> dict[str, Any]:
        cluster = postgres_parts.Cluster(programs)
        try:
            return several_parts.story(cluster, ALARMS, PER_S)
        finally:
            cluster.stop()

    found = await asyncio.to_thread(work)
    for name in ("pressed", "stored", "rows", "homes", "escalated", "again", "escalated_twice", "messages_twice"):
        report("several", name, found[name], "alarms")
    for name in ("whole", "alarms_twice", "events_twice"):
        report("several", f"console_{name}", found["shown"][name], "of 1 console" if name == "whole" else "alarms")
    report("several", "publish_to_receipt_p50", quantile(found["receipt_ms"], 0.5), "ms")
    print(found["counts"], file=sys.stderr, flush=True)
