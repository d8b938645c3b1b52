"""`make bench`: speed and memory as JSON lines {bench, metric, value, unit}. Names given run only those benches.

Nothing here passes or fails by its figure; a bench that cannot measure says so and ends with exit code 1.
"""

import asyncio
import importlib
import json
import sys

BENCHES = (
    "sizes",
    "press",
    "board",
    "district",
    "homes",
    "escalation",
    "load",
    "several",
    "kills",
    "consoles",
    "stalls",
    "loop_hold",
    "powercut",
    "update",
    "falls_cost",
    "silence",
    "mqtt_streams",
    "mqtt_faults",
    "soak",
)


def report(bench: str, metric: str, value: float, unit: str) -> None:
    """Print one line."""
    print(json.dumps({"bench": bench, "metric": metric, "value": round(value, 3), "unit": unit}), flush=True)


def quantile(values: list[float], share: float) -> float:
    """The value that this share of the sorted values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main() -> int:
    wanted = sys.argv[1:] or BENCHES
    for name in wanted:
        if name not in BENCHES:
            print(f"bench: {name} is none of {', '.join(BENCHES)}", file=sys.stderr)
            return 2
        asyncio.run(importlib.import_module(name).run(report, quantile))
    return 0


if __name__ == "__main__":
    sys.exit(main())
