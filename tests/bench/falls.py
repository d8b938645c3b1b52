"""`make bench-falls FALLS_DIR=…`: every trial of every file through the firmware's own detector, as JSON lines.

For each file and position: sensitivity, specificity and false alarms an hour of daily life, with Wilson's 95 %
intervals, elderly people apart, at 50 and 25 Hz. MicroPython by default (INTERPRETER=cpython for speed); every
SAMPLE-th trial goes through both, and a difference is an error. The forest is the torso's for waist and chest, the
wrist's and the pocket's (thigh) for theirs: where it is worn is a setting of the device. Exit code 1 when the
interpreters disagree, 2 when the folder or a file of it cannot be used.
"""

from __future__ import annotations

import json
import math
import os
import pathlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import falls_files

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = {worn: ROOT / f"firmware/hub/falls/{worn}.bin" for worn in ("torso", "wrist", "pocket")}
HELPER = ROOT / "tests/on_micropython/falls_stream.py"
SAMPLE = 40
AT_ONCE = 2


def worn(position: str) -> str:
    return {"wrist": "wrist", "thigh": "pocket"}.get(position, "torso")


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


class Interpreter:
    """A process that runs the detector."""

    def __init__(self, name: str) -> None:
        paths = [str(path) for path in TABLES.values()]
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
        data = at_rate(trial.data, rate)
        number = list(TABLES).index(worn(trial.position))
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


def wilson(count: int, total: int) -> list[float] | None:
    """Wilson's 95 % interval of a share, in per cent."""
    if not total:
        return None
    z, share = 1.959964, count / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    wide = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return [round(100 * (middle - wide), 2), round(100 * (middle + wide), 2)]


def summary(trials: list[falls_files.Trial], found: dict[int, list[int]]) -> dict[str, object]:
    """The figures of these trials. Shape: `found` by the trial's number."""
    falls = [trial for trial in trials if trial.is_fall]
    life = [trial for trial in trials if not trial.is_fall]
    noticed = sum(bool(found[trial.number]) for trial in falls)
    quiet = sum(not found[trial.number] for trial in life)
    false = sum(len(found[trial.number]) for trial in life)
    hours = sum(trial.samples for trial in life) / 50 / 3600
    return {
        "falls": len(falls),
        "noticed": noticed,
        "sensitivity_pct": round(100 * noticed / len(falls), 2) if falls else None,
        "sensitivity_95": wilson(noticed, len(falls)),
        "daily_trials": len(life),
        "specificity_pct": round(100 * quiet / len(life), 2) if life else None,
        "specificity_95": wilson(quiet, len(life)),
        "daily_h": round(hours, 3),
        "false_alarms": false,
        "false_alarms_an_hour": round(false / hours, 3) if hours else None,
    }


def _share(name: str, trials: list[falls_files.Trial], rate: int) -> dict[int, list[int]]:
    interpreter = Interpreter(name)
    try:
        return {trial.number: interpreter.falls(trial, rate) for trial in trials}
    finally:
        interpreter.close()


def decide(name: str, trials: list[falls_files.Trial], rate: int) -> dict[int, list[int]]:
    """What the detector says of each trial, several processes at once."""
    shares = [trials[k::AT_ONCE] for k in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = pool.map(lambda share: _share(name, share, rate), [share for share in shares if share])
    return {number: moments for part in parts for number, moments in part.items()}


def main() -> int:
    interpreter = os.environ.get("INTERPRETER", "micropython")
    if interpreter not in ("micropython", "cpython"):
        print(f"bench-falls: INTERPRETER={interpreter} is neither micropython nor cpython", file=sys.stderr)
        return 2
    other = "cpython" if interpreter == "micropython" else "micropython"
    if not os.environ.get("FALLS_DIR"):
        print("bench-falls: say where the recordings are: make bench-falls FALLS_DIR=folder", file=sys.stderr)
        return 2
    compared = differing = 0
    is_bad = False
    try:
        paths = falls_files.files(pathlib.Path(os.environ["FALLS_DIR"]))
    except falls_files.BadFile as fault:
        print(f"bench-falls: {fault}", file=sys.stderr)
        return 2
    for path in paths:
        try:
            trials = falls_files.read(path)
        except falls_files.BadFile as fault:
            print(f"bench-falls: {fault}", file=sys.stderr)
            is_bad = True
            continue
        for rate in (50, 25):
            found = decide(interpreter, trials, rate)
            sample = trials[::SAMPLE]
            again = decide(other, sample, rate)
            compared += len(sample)
            for trial in sample:
                if again[trial.number] != found[trial.number]:
                    differing += 1
                    print(f"bench-falls: {path.name}, trial {trial.number}: the interpreters differ", file=sys.stderr)
            for position in sorted({trial.position for trial in trials}):
                here = [trial for trial in trials if trial.position == position]
                line = {"bench": "falls", "file": path.name, "position": position, "rate_hz": rate}
                print(json.dumps({**line, "who": "all", **summary(here, found)}), flush=True)
                elderly = [trial for trial in here if trial.is_elderly]
                if elderly:
                    print(json.dumps({**line, "who": "elderly", **summary(elderly, found)}), flush=True)
    line = {"bench": "falls", "interpreter": interpreter, "compared_with": other}
    print(json.dumps({**line, "trials_compared": compared, "differing": differing}))
    return 2 if is_bad else 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
