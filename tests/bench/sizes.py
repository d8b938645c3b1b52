"""Sizes: bytes of bytecode, and the heap that importing the firmware takes under MicroPython."""

import os
import pathlib
import subprocess
import sys
import tempfile

from simulator import images

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "firmware" / "tools"))

IMPORTS = (
    "import hub.kernel, hub.senses.reflex, hub.keeping.restore, hub.saying.speech, hub.stairwell.neighbour, hub.vigil,"
    " device.flash.journal, device.flash.settings, device.voice.adpcm, device.link.mqtt,"
    " device.link.session, device.link.dial"
)
SOURCE = f"""
import gc
gc.collect(); before = gc.mem_alloc()
{IMPORTS}
gc.collect()
print(gc.mem_alloc() - before)
"""
# The image lies in the heap here and in flash on a board: it is there before the counting begins.
IMAGE = f"""
import gc, os, sys, vfs
image = bytearray(os.stat(os.getenv("IMAGE"))[6])
with open(os.getenv("IMAGE"), "rb") as file:
    file.readinto(image)
vfs.mount(vfs.VfsRom(memoryview(image)), "/rom")
sys.path[:] = [".frozen", "/rom"]
gc.collect(); before = gc.mem_alloc()
{IMPORTS}
gc.collect()
print(gc.mem_alloc() - before)
"""


def _heap(script: str, environment: dict[str, str]) -> int:
    done = subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "micropython"), "-X", "heapsize=2m", "-c", script],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


async def run(report, quantile) -> None:
    import compile

    total, failed = compile.compile_all()
    assert not failed, failed
    report("sizes", "firmware_mpy_bytes", total, "bytes")
    with tempfile.TemporaryDirectory(prefix="anling-") as name:
        firmware, stand_ins = images.build(pathlib.Path(name))
        report("sizes", "firmware_romfs_bytes", firmware.stat().st_size, "bytes")
        report("sizes", "stand_ins_romfs_bytes", stand_ins.stat().st_size, "bytes")
        from_image = _heap(IMAGE, {"IMAGE": str(firmware)})
    # With 64-bit words: about twice what a board holds.
    report("sizes", "import_heap_64_bit", from_image, "bytes")
    from_source = _heap(SOURCE, {"MICROPYPATH": f".frozen:{ROOT / 'firmware'}"})
    report("sizes", "import_heap_64_bit_from_source", from_source, "bytes")
    report("sizes", "import_heap_image_to_source", from_image / from_source, "ratio")
