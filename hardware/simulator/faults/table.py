"""Runs the rows and writes the table into firmware/README.md, between its two markers."""

from __future__ import annotations

import asyncio
import pathlib
import sys
import tempfile

from ..home import FIRMWARE
from ..processes import CannotStart
from . import rows
from .stage import Row, Stage

README = FIRMWARE / "README.md"
BEGIN, END = "<!-- faults: made by `make faults` -->", "<!-- faults: end -->"
HEAD = (
    "| fault | siren, ms after the press | what the home was told: “voice” and lamp, s after the press | "
    "alarm at the relay, after the press | way |\n|---|---|---|---|---|\n"
)


async def run(names: list[str]) -> dict[str, Row]:
    """The rows by short name. A row that broke says so in its line."""
    found: dict[str, Row] = {}
    with tempfile.TemporaryDirectory(prefix="anling-", ignore_cleanup_errors=True) as folder:
        stage = Stage(pathlib.Path(folder), len(rows.ORDER) + 2)
        try:
            stage.start_relay()
            together = asyncio.Semaphore(2)

            async def one(name: str, fault: rows.Fault) -> None:
                async with together:
                    try:
                        found[name] = await fault(stage)
                    except (TimeoutError, asyncio.TimeoutError, OSError) as broke:
                        found[name] = Row(name, None, "—", f"NOT SHOWN: {broke}", "—")
                    print(f"{name}: {found[name].arrived}", file=sys.stderr, flush=True)

            await asyncio.gather(*[one(n, f) for n, f in rows.TOGETHER.items() if n in names])
            for name, fault in rows.ALONE.items():
                if name in names:
                    await one(name, fault)
        finally:
            stage.stop()
    return found


def line(row: Row) -> str:
    siren = "—" if row.siren_ms is None else f"{row.siren_ms:.1f}"
    return f"| {row.fault} | {siren} | {row.told} | {row.arrived} | {row.way} |\n"


def write(text: str, readme: pathlib.Path = README) -> None:
    """Put the table between the markers. Errors: ValueError when they are not there."""
    whole = readme.read_text("utf-8")
    before, marker, rest = whole.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not marker or not end:
        raise ValueError(f"{readme.name}: the markers {BEGIN} and {END} are not there")
    readme.write_text(before + BEGIN + "\n" + text + END + after, "utf-8")


def main(only: list[str] | None, seeds: int, is_writing: bool) -> int:
    """Exit code 0 when each row was shown."""
    names = list(only or rows.ORDER)
    for name in names:
        if name not in rows.ORDER:
            print(f"faults: {name} is none of {', '.join(rows.ORDER)}", file=sys.stderr)
            return 2
    rows.SEEDS = max(1, seeds)
    try:
        found = asyncio.run(run(names))
    except CannotStart as fault:
        print(f"faults: {fault}", file=sys.stderr)
        return 2
    text = HEAD + "".join(line(found[name]) for name in rows.ORDER if name in found)
    print(text, end="")
    is_whole = all("NOT SHOWN" not in row.arrived for row in found.values())
    if is_writing and len(names) == len(rows.ORDER) and is_whole:
        write(text)
    elif is_writing:
        print("faults: the table is not written: not every row was shown", file=sys.stderr)
    return 0 if is_whole else 1
