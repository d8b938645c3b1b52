"""The MQTT core fed 100,000 hostile byte streams, under MicroPython and under CPython: what escapes, what stays behind.

The streams are those of tests/on_micropython/streams.py: seeded, so that a figure can be had again, and made smaller
when one breaks the contract. Growth is measured after a collection, over the last nine tenths of the streams.
"""

import asyncio
import gc
import json
import os
import pathlib
import sys
import tracemalloc

ROOT = pathlib.Path(__file__).resolve().parents[2]
HELPERS = ROOT / "tests" / "on_micropython"
COUNT = 100_000

SCRIPT = """
import gc, json, streams
peak = 0
streams.run(0, {tenth})
gc.collect(); before = gc.mem_alloc()
for first in range({tenth}, {count}, {tenth}):
    streams.run(first, {tenth})
    gc.collect(); peak = max(peak, gc.mem_alloc())
print(json.dumps([gc.mem_alloc() - before, peak - before]))
"""


async def _under_micropython() -> tuple[int, int]:
    process = await asyncio.create_subprocess_exec(
        str(pathlib.Path(sys.executable).parent / "micropython"),
        "-X",
        "heapsize=512k",
        "-c",
        SCRIPT.format(tenth=COUNT // 10, count=COUNT),
        env={**os.environ, "MICROPYPATH": f".frozen:{HELPERS}:{ROOT / 'firmware'}"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output = (await process.communicate())[0].decode()
    if process.returncode:
        raise SystemExit(f"mqtt_streams: under MicroPython:\n{output}")
    growth, peak = json.loads(output)
    return growth, peak


def _under_cpython() -> tuple[int, int]:
    sys.path.insert(0, str(HELPERS))
    import streams

    streams.run(0, COUNT // 10)
    tracemalloc.start()
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for first in range(COUNT // 10, COUNT, COUNT // 10):
        streams.run(first, COUNT // 10)
    gc.collect()
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return after - before, peak - before


async def run(report, quantile) -> None:
    for name, (growth, peak) in (("micropython", await _under_micropython()), ("cpython", _under_cpython())):
        report("mqtt_streams", f"{name}_streams", COUNT, "streams")
        report("mqtt_streams", f"{name}_escaped", 0, "exceptions")  # the first would have ended the bench
        report("mqtt_streams", f"{name}_growth", growth, "bytes")
        report("mqtt_streams", f"{name}_peak", peak, "bytes")
