"""Packages for the tests of updates: real images of the firmware, signed by a key of the tests'."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from simulator import images

from provisioning import sign

TESTS = Path(__file__).resolve().parent
FIRMWARE = TESTS.parent / "firmware"
OLD, NEW, BAD = 1, 2, 3


@lru_cache
def key() -> rsa.RSAPrivateKey:
    """The fleet's key in these tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


@lru_cache
def stranger() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


@dataclass
class Change:
    """One line of the firmware put before another."""

    file: str
    line: str
    instead: str


def tree(folder: Path, *changes: Change, small: bool = False) -> Path:
    """A copy of the firmware with these changes; `small`: the kernel alone."""
    shutil.copytree(FIRMWARE, folder, ignore=shutil.ignore_patterns("__pycache__", "voices", "tools", "wearables"))
    if small:
        shutil.rmtree(folder / "hub" / "falls")
        for path in (folder / "device").iterdir():
            if path.name not in ("build.py", "update", "__init__.py"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    for change in changes:
        path = folder / change.file
        text = path.read_text("utf-8")
        assert change.line in text, change
        path.write_text(text.replace(change.line, change.instead, 1), "utf-8")
    return folder


def image(folder: Path, firmware: Path, number: int) -> bytes:
    out = folder / f"build-{number}.romfs"
    keys = (sign.modulus(key().public_key()),)
    images._tool().build(out, firmware, number=number, version=f"0.1.{number}", keys=keys)
    return out.read_bytes()


def package(data: bytes, number: int, by: rsa.RSAPrivateKey | None = None, variant: str = "simulator") -> bytes:
    return sign.sign(data, number, f"0.1.{number}", variant, by or key())


def write_all(folder: Path, small: bool) -> None:
    """The packages that on_micropython/update_power.py wants."""
    folder.mkdir(parents=True, exist_ok=True)
    ill = Change(
        "hub/kernel.py", "from protocol import messages", "raise RuntimeError('ill')\nfrom protocol import messages"
    )
    good = tree(folder / "good", small=small)
    data = image(folder, good, NEW)
    (folder / "old").write_bytes(package(image(folder, good, OLD), OLD))
    (folder / "new").write_bytes(package(data, NEW))
    (folder / "bad").write_bytes(package(image(folder, tree(folder / "ill", ill, small=small), BAD), BAD))
    (folder / "stranger").write_bytes(package(data, NEW, stranger()))
    (folder / "other_board").write_bytes(package(data, NEW, variant="pilot"))
    (folder / "needs_newer").write_bytes(sign.sign(data, NEW, "0.1.2", "simulator", key(), (9, 0)))
    (folder / "key").write_bytes(sign.modulus(key().public_key()))


def command(folder: Path, step: int) -> tuple[list[str], dict[str, str]]:
    """What runs the script over these packages under MicroPython, and its environment."""
    helpers = TESTS / "on_micropython"
    interpreter = str(Path(sys.executable).parent / "micropython")
    arguments = [interpreter, "-X", "heapsize=64M", str(helpers / "update_power.py"), str(folder), str(step)]
    return arguments, {**os.environ, "MICROPYPATH": f".frozen:{helpers}:{FIRMWARE}"}


def run(folder: Path, step: int) -> list[str]:
    arguments, environment = command(folder, step)
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout.splitlines()
