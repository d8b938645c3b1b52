"""The power goes at every flash operation, whole and torn; a byte goes bad; and what the journal costs the flash,
beside LittleFS. All of it under MicroPython: tests/on_micropython/powercut.py. About a minute.

Fails when any cut loses or doubles an alarm, or when a negative control loses none.
"""

import asyncio
import json
import os
import pathlib
import sys
from typing import Any

TESTS = pathlib.Path(__file__).resolve().parents[1]
MUST_BE_NONE = ("cut_points_bad", "double_cuts_bad", "alarms_lost", "erases_in_alarms")


async def run(report: Any, quantile: Any) -> None:
    folder = TESTS / "on_micropython"
    process = await asyncio.create_subprocess_exec(
        str(pathlib.Path(sys.executable).parent / "micropython"),
        *("-X", "heapsize=16M", str(folder / "powercut.py")),
        env={**os.environ, "MICROPYPATH": f".frozen:{folder}:{TESTS.parent / 'firmware'}"},
        stdout=asyncio.subprocess.PIPE,
    )
    wrong: list[str] = []
    assert process.stdout is not None
    async for line in process.stdout:
        if not line.startswith(b"["):
            print(line.decode(errors="replace").rstrip(), file=sys.stderr)
            continue
        metric, value, unit = json.loads(line)
        report("powercut", metric, value, unit)
        is_control = metric.startswith("control_")
        if not value if is_control else (metric.endswith(MUST_BE_NONE) and value):
            wrong.append(f"{metric} is {value}")
    if await process.wait() or wrong:
        raise SystemExit("powercut: " + ("; ".join(wrong) or "the run did not end well"))
