"""Sizes: bytes of bytecode, and the heap that importing the firmware takes under MicroPython."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "firmware" / "tools"))

SCRIPT = """
import gc
gc.collect(); before = gc.mem_alloc()
import hub.kernel, hub.reflex, hub.restore, device.journal, device.link.mqtt, device.link.session
gc.collect()
print(gc.mem_alloc() - before)
"""


async def run(report, quantile) -> None:
    import compile

    total, failed = compile.compile_all()
    assert not failed, failed
    report("sizes", "firmware_mpy_bytes", total, "bytes")
    done = subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "micropython"), "-c", SCRIPT],
        env={**os.environ, "MICROPYPATH": f".frozen:{ROOT / 'firmware'}"},
        capture_output=True,
        text=True,
        check=True,
    )
    # Compiled on the spot from source, with 64-bit words: about twice what a board holds, bytecode included.
    report("sizes", "import_heap_64_bit", int(done.stdout), "bytes")
