"""`make bench-falls` on folders of every kind: figures where there are any, a sentence where there are none."""

import json
import math
import os
import pathlib
import struct
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def array(kind: str, shape: tuple[int, ...], body: bytes) -> bytes:
    """A .npy, version 1."""
    head = repr({"descr": kind, "fortran_order": False, "shape": shape}).encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + body


def texts(*words: str) -> bytes:
    width = max((len(word) for word in words), default=1)
    return array(f"<U{width}", (len(words),), b"".join(word.ljust(width, "\0").encode("utf-32-le") for word in words))


def fall() -> list[tuple[int, int, int]]:
    """Standing, tipping over, a hit, lying still: at 50 Hz."""
    lying = [(985, 70 + k % 5, 95) for k in range(260)]
    hit = [(2600, 900, 800), (4800, 1500, 1900), (3300, -700, 1200), (1800, 600, -900), (500, -300, 400)]
    return [(20, 990 + k % 9, 60) for k in range(220)] + [(30 * k, 900 - 30 * k, 50) for k in range(25)] + hit + lying


def write(
    path: pathlib.Path, trials: list[tuple[list[tuple[int, int, int]], str, int, int]], leave_out: str = ""
) -> None:
    """A file of (samples, position, is_fall, elderly)."""
    samples = [sample for trial in trials for sample in trial[0]]
    starts, at = [], 0
    for trial in trials:
        starts.append(at)
        at += len(trial[0])
    count = len(trials)
    parts = {
        "acc_mg": array("<i2", (len(samples), 3), b"".join(struct.pack("<hhh", *one) for one in samples)),
        "start": array("<i4", (count,), struct.pack(f"<{count}i", *starts)),
        "length": array("<i4", (count,), struct.pack(f"<{count}i", *(len(trial[0]) for trial in trials))),
        "pos": texts(*(trial[1] for trial in trials)),
        "is_fall": array("|u1", (count,), bytes(trial[2] for trial in trials)),
        "elderly": array("|u1", (count,), bytes(trial[3] for trial in trials)),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            if name != leave_out:
                archive.writestr(name + ".npy", body)


def run(folder: object, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FALLS_DIR": str(folder), **more}
    command = [sys.executable, str(ROOT / "tests/bench/falls.py")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


STILL = [(0, 1000, 0)] * 1500


def test_figures_are_by_file_position_and_rate_and_both_interpreters_agree(tmp_path: pathlib.Path) -> None:
    write(tmp_path / "any name.npz", [(fall(), "waist", 1, 0), (STILL, "waist", 0, 1), (STILL, "wrist", 0, 0)])
    done = run(tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[-1]["differing"] == 0 and lines[-1]["trials_compared"] == 2
    found = {(one["position"], one["rate_hz"], one["who"]): one for one in lines[:-1]}
    assert len(found) == 6
    for rate in (50, 25):
        waist = found["waist", rate, "all"]
        assert (waist["falls"], waist["noticed"], waist["sensitivity_pct"]) == (1, 1, 100.0)
        assert waist["sensitivity_95"] == [20.65, 100.0]  # Wilson, one of one
        assert waist["specificity_pct"] == 100.0 and waist["false_alarms_an_hour"] == 0.0
        assert found["waist", rate, "elderly"]["falls"] == 0
        assert found["wrist", rate, "all"]["sensitivity_pct"] is None


def test_a_folder_or_file_that_cannot_be_used_is_named_with_the_remedy(tmp_path: pathlib.Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        done = run(folder)
        assert done.returncode == 2 and "no .npz files" in done.stderr and "FALLS_DIR" in done.stderr
    assert "FALLS_DIR" in run("").stderr
    write(tmp_path / "a.npz", [(fall(), "chest", 1, 0)])
    assert "FAULT=rust is none of clip4" in run(tmp_path, FAULT="rust").stderr
    assert "INTERPRETER=perl" in run(tmp_path, INTERPRETER="perl").stderr
    (tmp_path / "b.npz").write_bytes(b"no zip")
    write(tmp_path / "c.npz", [(fall(), "chest", 1, 0)], leave_out="pos")
    (tmp_path / "d.npz").write_bytes((tmp_path / "a.npz").read_bytes()[:-200])
    done = run(tmp_path, INTERPRETER="cpython")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    for name in ("b.npz", "c.npz: pos missing", "d.npz"):
        assert name in done.stderr
    assert json.loads(done.stdout.splitlines()[0])["file"] == "a.npz"


def test_odd_files_are_used_or_named_and_never_end_in_a_traceback(tmp_path: pathlib.Path) -> None:
    write(tmp_path / "empty trial.npz", [([], "chest", 0, 1), (fall()[:3], "ankle", 1, 0), (STILL, "waist", 0, 0)])
    write(tmp_path / "none.npz", [])
    for name, part, body in (
        ("whole.npz", "start", array("<f8", (1,), struct.pack("<d", 0))),
        ("bytes.npz", "pos", array("|S10", (1,), b"Left Wrist")),
        ("flags.npz", "is_fall", array("|b1", (1,), b"\0")),
    ):
        write(tmp_path / name, [(STILL, "waist", 0, 0)], leave_out=part)
        with zipfile.ZipFile(tmp_path / name, "a") as archive:
            archive.writestr(part + ".npy", body)
    changes = {
        "float.npz": ("acc_mg", array("<f4", (2, 3), bytes(24))),
        "flat.npz": ("acc_mg", array("<i2", (6,), bytes(12))),
        "short.npz": ("is_fall", array("|u1", (0,), b"")),
        "outside.npz": ("length", array("<i4", (1,), struct.pack("<i", 99999))),
        "negative.npz": ("length", array("<i4", (1,), struct.pack("<i", -5))),
        "object.npz": ("pos", array("|O", (1,), b"no")),
        "fields.npz": ("start", array("", (1,), b"").replace(b"''", b"[1]")),
        "slow.npz": ("fs", array("<i2", (1,), struct.pack("<h", 20))),
        "words.npz": ("is_fall", texts("False")),
        "seven.npz": ("is_fall", array("|u1", (1,), b"\7")),
        "half.npz": ("start", array("<f4", (1,), struct.pack("<f", 0.5))),
        "never.npz": ("length", array("<f8", (1,), struct.pack("<d", math.nan))),
        "turned.npz": ("pos", array(">U5", (1,), bytes(20))),
    }
    for name, (part, body) in changes.items():
        write(tmp_path / name, [(STILL, "waist", 0, 0)], leave_out=part)
        with zipfile.ZipFile(tmp_path / name, "a") as archive:
            archive.writestr(part + ".npy", body)
    done = run(tmp_path, INTERPRETER="cpython")
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    for name in changes:
        assert f"bench-falls: {name}: " in done.stderr and "Remedy" in done.stderr, (name, done.stderr)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one for one in found if one.get("position") == "ankle" and one["falls"] == 1]
    assert {"whole.npz", "bytes.npz", "flags.npz"} <= {one.get("file") for one in found}
    assert [one for one in found if one.get("position") == "chest" and one["false_alarms_an_hour"] is None]


def test_faults_and_other_watches_are_played_and_named(tmp_path: pathlib.Path) -> None:
    write(tmp_path / "a.npz", [(fall(), "waist", 1, 0), (STILL, "wrist", 0, 0)])
    for more in ({"FAULT": "lost10"}, {"FAULT": "slow5"}, {"FAULT": "clip4"}, {"WATCH": "infinitime"}):
        done = run(tmp_path, INTERPRETER="cpython", **more)
        assert done.returncode == 0, done.stderr
        first, last = json.loads(done.stdout.splitlines()[0]), json.loads(done.stdout.splitlines()[-1])
        name, value = next(iter(more.items()))
        assert first[name.lower()] == value and last["differing"] == 0
        assert first["noticed"] == 1 or name == "WATCH", more  # between two of its values a short hit is missed


def test_the_table_of_the_readme_is_made_of_these_lines(tmp_path: pathlib.Path) -> None:
    write(tmp_path / "a.npz", [(fall(), "waist", 1, 0), (STILL, "waist", 0, 1), (STILL, "ankle", 0, 0)])
    sys.path.insert(0, str(ROOT / "tests/bench"))
    import falls_table

    lines = [json.loads(line) for line in run(tmp_path, INTERPRETER="cpython").stdout.splitlines()]
    readme = tmp_path / "README.md"
    readme.write_text("before\n" + falls_table.BEGIN + "old\n" + falls_table.END + "\nafter\n", "utf-8")
    falls_table.write(lines, readme)
    text = readme.read_text("utf-8")
    assert "| waist | a | 1 of 1 (100.0 %; 20.6 to 100.0) | 1 | 0.00 (0 in 0.0 h) | 0.00 | 0 in 0.0 h |" in text
    assert "| ankle | a | no falls |  | 0.00 (0 in 0.0 h) | 0.00 |  |" in text
    assert text.startswith("before") and text.endswith("after\n") and "old" not in text


def test_people_are_judged_by_tables_that_do_not_know_them(tmp_path: pathlib.Path) -> None:
    write(tmp_path / "a.npz", [(fall(), "waist", 1, 0), (STILL, "wrist", 0, 0)])
    assert "folds.json" in run(tmp_path, TABLES=str(tmp_path)).stderr
    folds = tmp_path / "folds"
    folds.mkdir()
    never, always = [struct.pack("<hhhhhhBhB", 1, 0, 50, -9000, 1, 0, 255, score, 0) for score in (-100, 100)]
    (folds / "torso-0.bin").write_bytes(never)
    (folds / "torso-1.bin").write_bytes(always)
    (folds / "wrist-0.bin").write_bytes(never)
    for fold, noticed in ((0, 0), (1, 1)):
        (folds / "folds.json").write_text(json.dumps({"torso": {"a.npz/": fold}}), "utf-8")
        done = run(tmp_path, TABLES=str(folds), INTERPRETER="cpython")
        first = json.loads(done.stdout.splitlines()[0])
        assert first["tables"] == "leave-subjects-out" and first["noticed"] == noticed, done.stderr
    (folds / "wrist-0.bin").unlink()
    assert "no table was trained" in run(tmp_path, TABLES=str(folds)).stderr
