"""The lines of `make bench-falls` as the table of tests/README.md: a row for each position of each file.

make bench-falls FALLS_DIR=folder CROSS=1 WRITE=1
"""

from __future__ import annotations

import pathlib
from typing import Any

README = pathlib.Path(__file__).resolve().parents[1] / "README.md"
BEGIN, END = "<!-- falls: measured -->\n", "<!-- falls: end -->"
HEAD = (
    "| where | recordings | falls noticed at 50 Hz (Wilson 95 %) | at 25 Hz | false alarms an hour at 50 Hz | at 25 Hz "
    "| of the elderly, at 50 Hz |\n|---|---|---|---|---|---|---|\n"
)
ORDER = ("waist", "chest", "wrist", "thigh")
Line = dict[str, Any]


def _noticed(line: Line) -> str:
    if not line["falls"]:
        return "no falls"
    low, high = line["sensitivity_95"]
    return f"{line['noticed']} of {line['falls']} ({line['sensitivity_pct']:.1f} %; {low:.1f} to {high:.1f})"


def _alarms(line: Line | None) -> str:
    return f"{line['false_alarms']} in {line['daily_h']:.1f} h" if line and line["daily_h"] else ""


def _rate(line: Line) -> str:
    return "" if line["false_alarms_an_hour"] is None else f"{line['false_alarms_an_hour']:.2f}"


def table(lines: list[Line]) -> str:
    """Rows of Markdown. Shape: `lines` as tests/bench/falls.py prints them."""
    found = {(one["position"], one["file"], one["rate_hz"], one["who"]): one for one in lines if "position" in one}
    places = {key[:2] for key in found}
    rows = ""
    for place in sorted(places, key=lambda key: (ORDER.index(key[0]) if key[0] in ORDER else len(ORDER), key)):
        fast, slow = found[(*place, 50, "all")], found[(*place, 25, "all")]
        rows += f"| {place[0]} | {place[1].removesuffix('.npz')} | {_noticed(fast)} "
        rows += f"| {slow['noticed'] if slow['falls'] else ''} | {_rate(fast)} ({_alarms(fast)}) | {_rate(slow)} "
        rows += f"| {_alarms(found.get((*place, 50, 'elderly')))} |\n"
    return HEAD + rows


def write(lines: list[Line], path: pathlib.Path = README) -> None:
    """Put the table between its marks."""
    text = path.read_text("utf-8")
    before, rest = text.split(BEGIN)
    path.write_text(before + BEGIN + table(lines) + END + rest.split(END)[1], "utf-8")
