"""The romfs images that a simulated hub can run from: the firmware's, as a board gets it, and the stand-ins'; and its
flash with two slots, from which the loader starts one.
"""

from __future__ import annotations

import importlib.util
import pathlib
import shutil
import tempfile
from types import ModuleType

from protocol import package

from .places import FIRMWARE, STAND_INS

HERE = pathlib.Path(__file__).resolve().parent
TOOL = FIRMWARE / "tools" / "romfs.py"


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("anling_romfs", TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Images = tuple[pathlib.Path | None, pathlib.Path]  # firmware and stand-ins; None: the hub starts by its loader


def script(images: Images | None) -> pathlib.Path | None:
    """What starts the hub from these images; None: its tree does."""
    if images is None:
        return None
    return STAND_INS / ("_loader_start.py" if images[0] is None else "_rom_start.py")


def environment(images: Images | None) -> dict[str, str]:
    """What that script wants to know."""
    if images is None:
        return {}
    return {"ANLING_STAND_INS": str(images[1])} | ({} if images[0] is None else {"ANLING_ROM": str(images[0])})


def put_in_flash(folder: pathlib.Path, packed: bytes, slot: int = 0) -> None:
    """The hub's folder as it comes from the bench: the loader, and a package in this slot."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(FIRMWARE / "loader.py", folder / "loader.py")
    path = folder / "romfs.bin"
    flash = bytearray(path.read_bytes() if path.exists() else b"\xff" * (2 * package.SLOT))
    at = slot * package.SLOT
    image = packed[package.LETTER_SIZE :]
    flash[at : at + package.SLOT] = packed[: package.LETTER_SIZE].ljust(package.BLOCK, b"\xff") + image.ljust(
        package.IMAGE_MAX, b"\xff"
    )
    path.write_bytes(flash)


def stand_ins(folder: pathlib.Path, is_fast: bool = False) -> pathlib.Path:
    """The stand-ins as an image in this folder."""
    out = folder / "stand-ins.romfs"
    with tempfile.TemporaryDirectory(prefix="anling-") as name:
        tree = pathlib.Path(name) / "stand-ins"
        ignored = shutil.ignore_patterns("__pycache__", "_*_start.py")
        shutil.copytree(HERE / "board", tree, ignore=ignored)
        if is_fast:
            shutil.copytree(HERE / "fast", tree, ignore=ignored, dirs_exist_ok=True)
        _tool().build_tree(out, tree)
    return out


def build(folder: pathlib.Path, is_fast: bool = False) -> tuple[pathlib.Path, pathlib.Path]:
    """Firmware and stand-ins as images in this folder; `is_fast`: with the clock that ANLING_TIME_SCALE speeds up.

    Errors: RuntimeError with what the tool said.
    """
    firmware = folder / "firmware.romfs"
    _tool().build(firmware)
    return firmware, stand_ins(folder, is_fast)
