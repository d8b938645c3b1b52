"""What the detector of falls costs under MicroPython: heap, time of a batch of 25 samples, time of a moment.

A wearable of 50 Hz brings two batches a second and at worst one moment a second. What that means on an ESP32-S3 at
240 MHz rests on an assumption, not a measurement: SLOWER times the desk's time.
"""

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
SLOWER = 20


async def run(report: Any, quantile: Any) -> None:
    for worn in ("torso", "wrist"):
        table = ROOT / "firmware" / "hub" / "falls" / f"{worn}.bin"
        command = [str(pathlib.Path(sys.executable).parent / "micropython"), "-X", "heapsize=2m"]
        command += [str(ROOT / "tests" / "on_micropython" / "falls_cost.py"), str(table)]
        environment = {**os.environ, "MICROPYPATH": f".frozen:{ROOT / 'firmware'}"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        report("falls_cost", f"{worn}_table_in_flash", table.stat().st_size, "bytes")
        report("falls_cost", f"{worn}_heap", found["ram"], "bytes")
        report("falls_cost", f"{worn}_heap_of_a_second", found["ram_second"], "bytes")
        report("falls_cost", f"{worn}_batch_of_25", found["batch_us"], "us")
        report("falls_cost", f"{worn}_moment", found["moment_us"], "us")
        second_us = 2 * found["batch_us"] + found["moment_us"]
        report("falls_cost", f"{worn}_two_wearables_desk", 2 * second_us / 10000, "% of a core")
        report("falls_cost", f"{worn}_two_wearables_240_mhz_assumed", SLOWER * 2 * second_us / 10000, "% of a core")
