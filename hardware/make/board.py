"""Writes board.py: the pins and parts that the firmware of one variant runs on."""

from __future__ import annotations

from .power import load_mw, usable_mwh
from .source import Source, Variant

_HEAD = '"""Pins and parts of the board that this firmware runs on ({name}). Made from hardware/hub.toml."""\n'
_SIMULATOR_ROOTS = """
import os
import sys

if sys.platform == "linux" or sys.platform == "darwin" or sys.platform == "win32":
    NAME = "simulator"
    _HERE = __file__.rsplit("/", 2)[0] if "/" in __file__ else "."
    VOICE_ROOTS = ((os.getenv("ANLING_HUB_DIR") or ".") + "/voices", _HERE + "/voices")
else:  # a board that was given no board.py of its own: romfs.py --board
    NAME = "reference"
    VOICE_ROOTS = ("/voices", "/rom/voices")
"""
_BOARD_ROOTS = """
NAME = "{name}"
VOICE_ROOTS = ("/voices", "/rom/voices")  # what a family recorded is in flash, the rest in the image
"""


def text(source: Source, variant: Variant) -> str:
    """All of board.py, as the formatter would have it."""
    data = source.data
    line, sound = data["line"], data["sound"]
    cell = data["cell"][variant.cell]
    out = [_HEAD.format(name=variant.name)]
    out.append(_SIMULATOR_ROOTS if variant.name == "simulator" else _BOARD_ROOTS.format(name=variant.name))
    out.append("\n")
    for signal, about in data["signal"].items():
        out.append(f"{signal} = {variant.pins[signal]}  # {about['text']}\n")
    out.append(f"LAMP_COUNT = {variant.lamp_count}\n")
    out.append(
        f"# The help button's line: {line['pull_up_ohm']} ohm up to 3.3 V, {line['end_ohm']} ohm at its far end,\n"
        f"# {line['press_ohm']} ohm across it when pressed.\n"
    )
    for key in ("short_below_mv", "pressed_below_mv", "cut_above_mv"):
        out.append(f"WIRE_{key.upper()} = {line[key]}\n")
    table = ", ".join(f"({mv}, {pct})" for mv, pct in cell["table"])
    out.append(f"BATTERY_DIVIDER = {variant.battery_divider}\n")
    out.append(
        f"BATTERY_MWH = {usable_mwh(source, variant)}  # {variant.cells} x {variant.cell}, what can be used of them\n"
    )
    out.append(f"BATTERY_TABLE = ({table})  # mV of a cell: per cent\n" if len(table) < 80 else _wrapped(cell["table"]))
    out.append(f"LOAD_MW = {load_mw(source, variant)}  # Wi-Fi up, scanning all the time, lamp on\n")
    reset_state = data["chip"]["reset_state"]
    out.append(f"RESET_STATE = 0x{reset_state:08X}  # register: its low six bits say why the chip started\n")
    out.append('JOURNAL_LABEL = "journal"\n')
    out.append('SETTINGS_LABEL = "settings"\n')
    out.append('ROMFS_LABEL = "romfs"\n')
    for key in ("siren_hz", "calling_hz", "question_hz"):
        out.append(f"{key.upper()} = {sound[key]}\n")
    return "".join(out)


def _wrapped(table: list[list[int]]) -> str:
    pairs = "".join(f"    ({mv}, {pct}),\n" for mv, pct in table)
    return f"# mV of a cell: per cent\nBATTERY_TABLE = (\n{pairs})\n"
