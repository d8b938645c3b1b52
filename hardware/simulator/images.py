"""The romfs images that a simulated hub can run from: the firmware's, as a board gets it, and the stand-ins'."""

from __future__ import annotations

import importlib.util
import pathlib
import shutil
import tempfile
from types import ModuleType

HERE = pathlib.Path(__file__).resolve().parent
TOOL = HERE.parent.parent / "firmware" / "tools" / "romfs.py"


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("anling_romfs", TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build(folder: pathlib.Path, is_fast: bool = False) -> tuple[pathlib.Path, pathlib.Path]:
    """Firmware and stand-ins as images in this folder; `is_fast`: with the clock that ANLING_TIME_SCALE speeds up.

    Errors: RuntimeError with what the tool said.
    """
    tool = _tool()
    firmware, stand_ins = folder / "firmware.romfs", folder / "stand-ins.romfs"
    tool.build(firmware)
    with tempfile.TemporaryDirectory(prefix="anling-") as name:
        tree = pathlib.Path(name) / "stand-ins"
        shutil.copytree(HERE / "board", tree, ignore=shutil.ignore_patterns("__pycache__", "_rom_start.py"))
        if is_fast:
            shutil.copytree(HERE / "fast", tree, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        tool.build_tree(stand_ins, tree)
    return firmware, stand_ins
