"""Who judges a trial: the firmware's detector in a process of either interpreter, with the tables that are to judge.

Shape: a trial is a falls_files.Trial; what comes back are the moments, as samples at 25 Hz, at which somebody fell.
"""

from __future__ import annotations

import array
import json
import os
import pathlib
import struct
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import falls_files
from protocol import infinitime

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORN = ("torso", "wrist", "pocket")
HELPER = ROOT / "tests/on_micropython/falls_stream.py"
AT_ONCE = 2


def worn(position: str) -> str:
    """Which table is for there: "Left wrist" is the wrist's; a place that nobody knows is the torso's."""
    place = position.lower()
    if any(word in place for word in ("wrist", "watch", "hand", "arm")):
        return "wrist"
    return "pocket" if any(word in place for word in ("thigh", "pocket")) else "torso"


def at_rate(data: bytes, rate: int) -> bytes:
    """The samples at this rate: 25 Hz by the mean of pairs."""
    if rate == 50:
        return data
    values = memoryview(data).cast("h")
    pairs = len(values) // 6
    out = bytearray()
    for k in range(pairs):
        for axis in range(3):
            out += ((values[6 * k + axis] + values[6 * k + 3 + axis]) >> 1).to_bytes(2, "little", signed=True)
    return bytes(out)


def as_infinitime(data: bytes) -> bytes:
    """What the hub makes of a watch with InfiniTime that moved so: at 25 Hz."""
    line, out = infinitime.Line(), bytearray()
    values = memoryview(data).cast("h")
    for k in range(0, len(values) // 3, 5):
        said = [max(-2048, min(2047, one * 1024 // 1000)) for one in values[3 * k : 3 * k + 3]]
        _, count = line.take(struct.pack("<hhh", *said), 20 * k)
        out += line.data[: 6 * count]
    return bytes(out)


def clipped(data: bytes, most: int) -> bytes:
    return array.array("h", [max(-most, min(most, one)) for one in memoryview(data).cast("h")]).tobytes()


def drifted(data: bytes, pace: float) -> bytes:
    """The same movement by a sensor whose clock is wrong: every `pace` samples one."""
    values = memoryview(data).cast("h")
    out = array.array("h")
    for k in range(int((len(values) // 3 - 1) / pace)):
        at = int(k * pace)
        part = k * pace - at
        out.extend(round(values[3 * at + a] * (1 - part) + values[3 * at + 3 + a] * part) for a in range(3))
    return out.tobytes()


FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    "clip4": lambda data: clipped(data, 4000),
    "clip8": lambda data: clipped(data, 8000),
    "fast5": lambda data: drifted(data, 0.95),
    "slow5": lambda data: drifted(data, 1.05),
    "lost10": lambda data: data,  # by the helper, sample by sample
}


class Tables:
    """Forests, and which of them judges a trial."""

    def __init__(self, folds: pathlib.Path | None) -> None:
        self.name = "firmware" if folds is None else "leave-subjects-out"
        self.paths = [ROOT / f"firmware/hub/falls/{worn}.bin" for worn in WORN]
        self._fold_of: dict[str, dict[str, int]] | None = None
        if folds is not None:
            self._fold_of = json.loads((folds / "folds.json").read_text("utf-8"))
            self.paths = sorted(folds.glob("*.bin"))

    def number(self, trial: falls_files.Trial) -> int:
        where = worn(trial.position)
        if self._fold_of is None:
            return WORN.index(where)
        # Who is in no fold was in no training: any of them will do.
        fold = self._fold_of.get(where, {}).get(f"{trial.file}/{trial.subject}", 0)
        names = [path.name for path in self.paths]
        name = f"{where}-{fold}.bin"
        if name not in names:
            raise falls_files.BadFile(
                f"{trial.file}: worn at the {trial.position}, but nobody fell with one there, so no table was trained. "
                "Remedy: leave CROSS out, or add recordings of falls."
            )
        return names.index(name)


class Interpreter:
    """A process that runs the detector."""

    def __init__(self, name: str, tables: Tables) -> None:
        self._number = tables.number
        paths = [str(path) for path in tables.paths]
        if name == "cpython":
            command = [sys.executable, str(HELPER), *paths]
        else:
            python = pathlib.Path(sys.executable).parent / "micropython"
            command = [str(python), "-X", "heapsize=8m", str(HELPER), *paths]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "firmware"),
            "MICROPYPATH": f".frozen:{ROOT / 'firmware'}",
        }
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)

    def falls(self, trial: falls_files.Trial, rate: int) -> list[int]:
        """The moments at which somebody fell. Errors: RuntimeError when the detector broke."""
        assert self._process.stdin is not None and self._process.stdout is not None
        fault = os.environ.get("FAULT", "")
        data = FAULTS[fault](trial.data)
        data = as_infinitime(data) if os.environ.get("WATCH") == "infinitime" else at_rate(data, rate)
        number = self._number(trial)
        rate += 128 * (fault == "lost10")
        self._process.stdin.write(len(data).to_bytes(4, "little") + bytes([rate, number]) + data)
        self._process.stdin.flush()
        line = self._process.stdout.readline().decode().strip()
        if not line:
            raise RuntimeError(f"the detector broke at {trial.file}, trial {trial.number}")
        return [] if line == "-" else [int(word) for word in line.split()]

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def _share(name: str, tables: Tables, trials: list[falls_files.Trial], rate: int) -> dict[int, list[int]]:
    interpreter = Interpreter(name, tables)
    try:
        return {trial.number: interpreter.falls(trial, rate) for trial in trials}
    finally:
        interpreter.close()


def decide(name: str, tables: Tables, trials: list[falls_files.Trial], rate: int) -> dict[int, list[int]]:
    """What the detector says of each trial, several processes at once."""
    shares = [trials[k::AT_ONCE] for k in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = pool.map(lambda share: _share(name, tables, share, rate), [share for share in shares if share])
    return {number: moments for part in parts for number, moments in part.items()}
