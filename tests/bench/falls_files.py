"""Recordings out of .npz files, without numpy: zip and .npy read by hand. Says what is wrong with a file, and names it.

Shape of a file: acc_mg int16 (N, 3), start, length int32, subject, activity, pos text, is_fall, elderly uint8: trial i
is acc_mg[start[i] : start[i] + length[i]], x, y, z in milli-g at 50 Hz.
"""

from __future__ import annotations

import array
import ast
import pathlib
import struct
import sys
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

_NUMBERS = {
    "i1": "b",
    "u1": "B",
    "b1": "B",
    "i2": "h",
    "u2": "H",
    "i4": "i",
    "u4": "I",
    "f4": "f",
    "f8": "d",
    "i8": "q",
    "u8": "Q",
}
WANTED = ("acc_mg", "start", "length", "pos", "is_fall", "elderly")
WELCOME = ("subject", "fs")  # subject: only leaving people out needs it
RATE_HZ = 50
UNREADABLE = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    SyntaxError,
    OverflowError,
    MemoryError,
    RecursionError,
    NotImplementedError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


class BadFile(Exception):
    """A file that cannot be used; the text names it and the remedy."""


@dataclass
class Trial:
    """One recording. Shape: `data` x y z int16 little-endian at 50 Hz, in mg."""

    file: str
    number: int
    position: str
    is_fall: bool
    is_elderly: bool
    subject: str
    data: bytes

    @property
    def samples(self) -> int:
        return len(self.data) // 6


def _array(data: bytes, name: str) -> list[Any] | array.array[Any]:
    """The values of one .npy, flat. Errors: ValueError."""
    if data[:6] != b"\x93NUMPY":
        raise ValueError(f"{name} is not an array")
    wide = data[6] >= 2
    size = struct.unpack_from("<I" if wide else "<H", data, 8)[0]
    begin = (12 if wide else 10) + size
    head = ast.literal_eval(data[begin - size : begin].decode("latin-1").strip())
    kind: str = head["descr"]
    if name == "acc_mg" and (len(head["shape"]) != 2 or head["shape"][1] != 3):
        raise ValueError("acc_mg is not (N, 3)")
    if head["fortran_order"] and len(head["shape"]) > 1:
        raise ValueError(f"{name} lies by columns; save it in C order")
    body = data[begin:]
    if kind[0] == ">" or (kind[1] not in "US" and kind[1:] not in _NUMBERS):
        raise ValueError(f"{name} has the type {kind}, which is not read here")
    if kind[1] in "US":
        width = (4 if kind[1] == "U" else 1) * int(kind[2:])
        count = len(body) // width if width else head["shape"][0]
        code = "utf-32-le" if kind[1] == "U" else "utf-8"
        return [body[k * width : (k + 1) * width].decode(code).rstrip("\0") for k in range(count)]
    found = array.array(_NUMBERS[kind[1:]])
    found.frombytes(body)
    if sys.byteorder == "big":
        found.byteswap()
    expected = 1
    for one in head["shape"]:
        expected *= one
    if len(found) != expected:
        raise ValueError(f"{name} is cut short")
    return found


def _whole(values: list[Any] | array.array[Any], name: str) -> list[int]:
    """These as integers, flags as 0 or 1. Errors: ValueError."""
    if any(isinstance(value, str) or value != value or int(value) != value for value in values):
        raise ValueError(f"{name} holds something else than whole numbers")
    if name in ("is_fall", "elderly") and any(value not in (0, 1) for value in values):
        raise ValueError(f"{name} is neither 0 nor 1")
    return [int(value) for value in values]


def read(path: pathlib.Path) -> list[Trial]:
    """The trials of one file. Errors: BadFile."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.removesuffix(".npy") for name in archive.namelist()}
            missing = [name for name in WANTED if name not in names]
            if missing:
                raise ValueError(f"{', '.join(missing)} missing")
            here = (*WANTED, *(name for name in WELCOME if name in names))
            found = {name: _array(archive.read(name + ".npy"), name) for name in here}
        for name in ("start", "length", "is_fall", "elderly"):
            found[name] = _whole(found[name], name)
    except UNREADABLE as fault:
        raise BadFile(
            f"{path.name}: {fault}. Remedy: leave it out, or make it again as tests/README.md says."
        ) from None
    samples = found["acc_mg"]
    assert isinstance(samples, array.array)
    if samples.typecode != "h":
        raise BadFile(f"{path.name}: acc_mg is not int16. Remedy: store milli-g as int16.")
    if any(rate != RATE_HZ for rate in found.pop("fs", ())):
        raise BadFile(f"{path.name}: fs is not {RATE_HZ}. Remedy: bring the samples to {RATE_HZ} Hz.")
    count = len(found["start"])
    uneven = [name for name in found if name != "acc_mg" and len(found[name]) != count]
    if uneven:
        raise BadFile(f"{path.name}: {', '.join(uneven)} not as long as start. Remedy: make the file again.")
    people = found.get("subject", [""] * count)
    trials = []
    for k, start in enumerate(found["start"]):
        end = start + found["length"][k]
        if not 0 <= start <= end <= len(samples) // 3:
            raise BadFile(f"{path.name}: trial {k} lies outside acc_mg. Remedy: make the file again.")
        data = samples[3 * start : 3 * end].tobytes()
        what = bool(found["is_fall"][k]), bool(found["elderly"][k])
        trials.append(Trial(path.name, k, str(found["pos"][k]), *what, str(people[k]), data))
    return trials


def files(folder: pathlib.Path) -> list[pathlib.Path]:
    """The .npz files of a folder. Errors: BadFile."""
    found = sorted(folder.glob("*.npz")) if folder.is_dir() else []
    if not found:
        raise BadFile(
            f"There are no .npz files in {folder}. Remedy: make bench-falls FALLS_DIR=the folder of the recordings."
        )
    return found
