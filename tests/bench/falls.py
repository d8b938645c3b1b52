"""`make bench-falls FALLS_DIR=…`: every trial of every file through the firmware's own detector, as JSON lines.

For each file and position: sensitivity, specificity and false alarms an hour of daily life, with Wilson's 95 %
intervals, elderly people apart, at 50 and 25 Hz. MicroPython by default (INTERPRETER=cpython for speed); every
SAMPLE-th trial goes through both, and a difference is an error. The forest is the torso's for waist and chest, the
wrist's and the pocket's (thigh) for theirs: where it is worn is a setting of the device. Exit code 1 when the
interpreters disagree, 2 when the folder or a file of it cannot be used.

The tables in firmware/hub/falls know the people of the recordings that they were trained with. CROSS=1 trains others
first (train_falls.py --cross --folds), each of which knows nobody of its fold, and judges everybody by the one that
does not know them: "tables" says which it was. `TABLES=folder` takes those that --folds wrote before.
WRITE=1 puts the figures into the table of tests/README.md.
WATCH=infinitime plays each trial as a watch with InfiniTime would have said it; FAULT=clip4, clip8, fast5, slow5 or
lost10 as a sensor clipped at so many g, with a clock 5 % wrong, or of which one sample in ten is lost.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

import falls_files
import falls_table
from falls_judges import FAULTS, Tables, decide

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRAIN = ROOT / "firmware/tools/train_falls.py"
SAMPLE = 40


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


def main() -> int:
    interpreter = os.environ.get("INTERPRETER", "micropython")
    if interpreter not in ("micropython", "cpython"):
        print(f"bench-falls: INTERPRETER={interpreter} is neither micropython nor cpython", file=sys.stderr)
        return 2
    other = "cpython" if interpreter == "micropython" else "micropython"
    if os.environ.get("FAULT", "") not in FAULTS:
        print(f"bench-falls: FAULT={os.environ['FAULT']} is none of {', '.join(filter(None, FAULTS))}", file=sys.stderr)
        return 2
    if not os.environ.get("FALLS_DIR"):
        print("bench-falls: say where the recordings are: make bench-falls FALLS_DIR=folder", file=sys.stderr)
        return 2
    folder = pathlib.Path(os.environ["FALLS_DIR"])
    with tempfile.TemporaryDirectory() as scratch:
        try:
            paths = falls_files.files(folder)
            usable = [path for path in paths if _is_usable(path)]
            tables = Tables(_folds(usable, pathlib.Path(scratch)))
        except falls_files.BadFile as fault:
            print(f"bench-falls: {fault}", file=sys.stderr)
            return 2
        return max(_bench(usable, tables, interpreter, other), 2 if len(usable) < len(paths) else 0)


def _is_usable(path: pathlib.Path) -> bool:
    try:
        falls_files.read(path)
    except falls_files.BadFile as fault:
        print(f"bench-falls: {fault}", file=sys.stderr)
        return False
    return True


def _folds(paths: list[pathlib.Path], scratch: pathlib.Path) -> pathlib.Path | None:
    """Where the tables of the folds are; None for the firmware's own. Errors: falls_files.BadFile."""
    given = os.environ.get("TABLES")
    if given:
        if not (pathlib.Path(given) / "folds.json").is_file():
            raise falls_files.BadFile(
                f"TABLES={given} has no folds.json. Remedy: train_falls.py FOLDER --folds {given}"
            )
        return pathlib.Path(given)
    if os.environ.get("CROSS", "0") in ("", "0"):
        return None
    if not all(importlib.util.find_spec(name) for name in ("numpy", "sklearn")):
        raise falls_files.BadFile("CROSS needs numpy and scikit-learn. Remedy: pip install -e '.[falls]'.")
    (scratch / "recordings").mkdir()
    for path in paths:  # those that can be used
        (scratch / "recordings" / path.name).symlink_to(path.resolve())
    command = [sys.executable, str(TRAIN), str(scratch / "recordings"), "--cross", "--folds", str(scratch)]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if done.returncode or not (scratch / "folds.json").is_file():
        raise falls_files.BadFile(
            "The tables could not be trained: see above; it takes two people or more who fell. Remedy: leave CROSS out."
        )
    return scratch


def _bench(paths: list[pathlib.Path], tables: Tables, interpreter: str, other: str) -> int:
    compared = differing = 0
    lines: list[dict[str, object]] = []
    is_bad = False  # a file whose people no table can judge
    for path in paths:
        try:
            trials = falls_files.read(path)
            for rate in (25,) if os.environ.get("WATCH") == "infinitime" else (50, 25):
                found = decide(interpreter, tables, trials, rate)
                sample = trials[::SAMPLE]
                again = decide(other, tables, sample, rate)
                compared += len(sample)
                for trial in sample:
                    if again[trial.number] != found[trial.number]:
                        differing += 1
                        fault = f"{path.name}, trial {trial.number}: the interpreters differ"
                        print(f"bench-falls: {fault}", file=sys.stderr)
                lines += _tell(path.name, tables.name, rate, trials, found)
        except falls_files.BadFile as fault:
            print(f"bench-falls: {fault}", file=sys.stderr)
            is_bad = True
    if os.environ.get("WRITE", "0") not in ("", "0") and not os.environ.get("WATCH") and not os.environ.get("FAULT"):
        falls_table.write(lines)
    line = {"bench": "falls", "interpreter": interpreter, "compared_with": other}
    print(json.dumps({**line, "trials_compared": compared, "differing": differing}))
    return 2 if is_bad else 1 if differing else 0


def _tell(
    file: str, tables: str, rate: int, trials: list[falls_files.Trial], found: dict[int, list[int]]
) -> list[dict[str, object]]:
    """Print the lines of one file, and give them back."""
    lines: list[dict[str, object]] = []
    for position in sorted({trial.position for trial in trials}):
        here = [trial for trial in trials if trial.position == position]
        line = {"bench": "falls", "file": file, "position": position, "rate_hz": rate, "tables": tables}
        line |= {name.lower(): os.environ[name] for name in ("WATCH", "FAULT") if os.environ.get(name)}
        lines.append({**line, "who": "all", **summary(here, found)})
        elderly = [trial for trial in here if trial.is_elderly]
        if elderly:
            lines.append({**line, "who": "elderly", **summary(elderly, found)})
    for one in lines:
        print(json.dumps(one), flush=True)
    return lines


if __name__ == "__main__":
    sys.exit(main())
