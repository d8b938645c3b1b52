"""What is written on a hub's chip, part by part: MicroPython, our partition table, the firmware in the first slot, the
file system with loader and voices, NVS with a second copy of the hub's identity. The same input, the same bytes.

Errors: CannotBuild, one sentence with the remedy.
"""

from __future__ import annotations

import binascii
import json
import re
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from littlefs import LittleFS
from protocol import package

from hardware import partitions
from hardware.make.source import FILE, Source, SourceFault, load

ROOT = Path(__file__).resolve().parent.parent
FIRMWARE = ROOT / "firmware"
MAIN = "import loader\nimport vfs\n\nloader.start(memoryview(vfs.rom_ioctl(2, 0)))\n"
SAFE = ("__init__.py", "board.py", "last_resort.py")  # of device/: what sounds the siren when no slot is whole
IDENTITY = ("hub_id", "password", "psk_hex", "claim", "ca_pem")
BLOCK = 4096
CHIP_ID = b"\x09\x00"  # ESP32-S3 in the head of a program. Ref: ESP-IDF, esp_image_header_t
_BANNER = re.compile(rb"MicroPython v(\d{1,3})\.(\d{1,3})\b")
_NVS_PAGE, _NVS_ENTRY, _NVS_ENTRIES = 4096, 32, 126
_NVS_U8, _NVS_BLOB, _NVS_INDEX = 0x01, 0x42, 0x48


class CannotBuild(Exception):
    """This image cannot be made; one sentence with the remedy."""


@dataclass(frozen=True)
class Part:
    """Bytes for one place of the flash."""

    name: str
    at: int
    data: bytes


def source() -> Source:
    try:
        return load(FILE)
    except SourceFault as fault:
        raise CannotBuild(str(fault)) from None


def place(layout: Source, label: str) -> tuple[int, int]:
    """(where, how large) a partition is."""
    for one in layout.data["flash"]["partition"]:
        if one["label"] == label:
            return one["at"], one["size"]
    raise CannotBuild(f"hub.toml has no partition {label}. Put it in, as firmware/loader.py needs it")


def identity_of(made: dict[str, Any], relay: str) -> dict[str, Any]:
    """What a hub is given of a line of `relay hub-make`. Errors: CannotBuild naming what is missing."""
    missing = [name for name in ("hub_id", "password", "psk_hex", "claim") if not made.get(name)]
    if missing:
        raise CannotBuild(f"The hub's data has no {', '.join(missing)}. Take the line that `relay hub-make` printed")
    return {name: made[name] for name in IDENTITY if made.get(name)} | {"relay": relay}


def littlefs(layout: Source, variant: str, identity: dict[str, Any] | None, languages: tuple[str, ...]) -> bytes:
    """The flash's file system: loader, last resort, voices, identity."""
    _, size = place(layout, "vfs")
    disk = LittleFS(
        block_size=BLOCK, block_count=size // BLOCK, read_size=32, prog_size=32, lookahead_size=32, cache_size=128,
        disk_version=0x00020000,
    )  # fmt: skip
    files = {"/main.py": MAIN.encode(), "/boot.py": (FIRMWARE / "boot.py").read_bytes()}
    files["/loader.py"] = (FIRMWARE / "loader.py").read_bytes()
    for name in SAFE:
        files[f"/safe/device/{name}"] = (FIRMWARE / "device" / name).read_bytes()
    files["/safe/device/board.py"] = board_of(variant)
    for language in languages:
        for path in sorted((FIRMWARE / "voices" / language).iterdir()):
            files[f"/voices/{language}/{path.name}"] = path.read_bytes()
    if identity is not None:
        files["/identity.json"] = json.dumps(identity, sort_keys=True).encode()
    for name, data in files.items():
        disk.makedirs(name.rpartition("/")[0], exist_ok=True) if name.count("/") > 1 else None
        with disk.open(name, "wb") as file:
            file.write(data)
    return bytes(disk.context.buffer)


def board_of(variant: str) -> bytes:
    path = ROOT / "hardware" / "boards" / variant / "board.py"
    if not path.exists():
        names = ", ".join(sorted(one.parent.name for one in path.parent.parent.glob("*/board.py")))
        raise CannotBuild(f"There is no board {variant}. Choose one of {names}")
    return path.read_bytes()


# --- NVS: Ref: ESP-IDF, "Non-Volatile Storage Library", structure of a page, of an entry, of a blob ------------


def _crc(data: bytes) -> int:
    return binascii.crc32(data, 0xFFFFFFFF) & 0xFFFFFFFF


def _entry(space: int, kind: int, span: int, chunk: int, key: str, data: bytes) -> bytes:
    head = struct.pack("<BBBB", space, kind, span, chunk)
    name = key.encode().ljust(16, b"\x00")
    data = data.ljust(8, b"\xff")
    return head + struct.pack("<I", _crc(head + name + data)) + name + data


def nvs(layout: Source, identity: dict[str, Any]) -> bytes:
    """The NVS partition with the blob `identity` in the namespace `anling`. Errors: CannotBuild when it is too long."""
    _, size = place(layout, "nvs")
    text = json.dumps(identity, sort_keys=True).encode()
    entries = [_entry(0, _NVS_U8, 1, 0xFF, "anling", b"\x01")]
    spans = -(-len(text) // _NVS_ENTRY)
    if 3 + spans > _NVS_ENTRIES:
        raise CannotBuild("The hub's identity is longer than a page of NVS. Give it a shorter certificate authority")
    blob = struct.pack("<HHI", len(text), 0xFFFF, _crc(text))
    entries.append(_entry(1, _NVS_BLOB, 1 + spans, 0, "identity", blob))
    padded = text.ljust(spans * _NVS_ENTRY, b"\xff")
    entries += [padded[at : at + _NVS_ENTRY] for at in range(0, len(padded), _NVS_ENTRY)]
    entries.append(_entry(1, _NVS_INDEX, 1, 0xFF, "identity", struct.pack("<IBB", len(text), 1, 0)))
    head = struct.pack("<IIB", 0xFFFFFFFE, 0, 0xFE) + b"\xff" * 19  # active, first page, version 2
    states = bytearray(b"\xff" * 32)
    for number in range(len(entries)):
        states[number // 4] &= ~(1 << (number % 4 * 2)) & 0xFF  # written: 0b10
    page = head + struct.pack("<I", _crc(head[4:])) + bytes(states) + b"".join(entries)
    return page.ljust(_NVS_PAGE, b"\xff").ljust(size, b"\xff")


def micropython_of(program: bytes) -> tuple[int, int] | None:
    """The version that a program of MicroPython says at its start; None for another program."""
    found = _BANNER.search(program)
    return (int(found[1]), int(found[2])) if found else None


def check_micropython(program: bytes, head: package.Head) -> tuple[int, int]:
    """Its version, when it runs this firmware. Errors: CannotBuild."""
    version = micropython_of(program)
    if version is None:
        raise CannotBuild("That .bin is no MicroPython. Take MicroPython's own .bin for ESP32_GENERIC_S3, SPIRAM_OCT")
    if version < head.micropython:
        has, needs = (".".join(map(str, one)) for one in (version, head.micropython))
        raise CannotBuild(f"That .bin is MicroPython {has}; build {head.build} needs {needs}. Take a newer one")
    return version


# --- all of it ---------------------------------------------------------------------------------------------


def parts(
    packed: bytes,
    micropython: bytes,
    variant: str,
    identity: dict[str, Any] | None,
    languages: tuple[str, ...] = ("zh", "en"),
) -> list[Part]:
    """Everything for one hub, in the order of its places. Shape: `packed` a signed package of this variant."""
    layout = source()
    head = package.read(packed)
    if head.variant != variant:
        raise CannotBuild(f"The package is for the board {head.variant}, not {variant}. Build it for this one")
    factory, room = place(layout, "factory")
    if micropython[:1] != b"\xe9" or micropython[12:14] != CHIP_ID:
        raise CannotBuild(
            "That is no program for an ESP32-S3. Take MicroPython's own .bin for ESP32_GENERIC_S3, SPIRAM_OCT"
        )
    if factory <= len(micropython) <= factory + room and micropython[factory : factory + 1] == b"\xe9":
        boot, program = micropython[:0x8000].rstrip(b"\xff"), micropython[factory:]
    else:
        raise CannotBuild(
            "MicroPython's .bin must hold boot loader and program, from 0 on. Take the one for a first flash"
        )
    check_micropython(program, head)
    letter, image = packed[: package.LETTER_SIZE], packed[package.LETTER_SIZE :]
    found = [
        Part("boot loader", 0, boot),
        Part("partition table", partitions.TABLE_AT, partitions.binary(layout)),
        Part("MicroPython", factory, program),
        Part("file system", place(layout, "vfs")[0], littlefs(layout, variant, identity, languages)),
        Part("boot record", place(layout, "boot")[0], b"\xff" * place(layout, "boot")[1]),
        Part("firmware", place(layout, "romfs")[0], letter.ljust(BLOCK, b"\xff") + image),
        Part("settings", place(layout, "settings")[0], b"\xff" * place(layout, "settings")[1]),
        Part("journal", place(layout, "journal")[0], b"\xff" * place(layout, "journal")[1]),
    ]
    if identity is not None:
        found.append(Part("identity", place(layout, "nvs")[0], nvs(layout, identity)))
    return sorted(found, key=lambda one: one.at)


def write(folder: Path, made: list[Part]) -> Path:
    """The parts as files of a folder, with a list (image.json) of where each goes. Errors: CannotBuild."""
    with tempfile.TemporaryDirectory(prefix="anling-", dir=None) as name:
        fresh = Path(name) / "image"
        fresh.mkdir()
        listed = []
        for part in made:
            file = part.name.replace(" ", "-") + ".bin"
            (fresh / file).write_bytes(part.data)
            listed.append({"name": part.name, "at": part.at, "bytes": len(part.data), "file": file})
        (fresh / "image.json").write_text(json.dumps(listed, indent=1), "utf-8")
        try:
            shutil.copytree(fresh, folder, dirs_exist_ok=True)
            for path in folder.iterdir():
                path.chmod(0o600)  # the hub's secrets are in it
        except OSError as fault:
            raise CannotBuild(f"{folder} cannot be written ({fault.strerror}). Name another folder") from None
    return folder


def read(folder: Path) -> list[Part]:
    """The parts of such a folder. Errors: CannotBuild."""
    try:
        listed = json.loads((folder / "image.json").read_text("utf-8"))
        made = [Part(one["name"], one["at"], (folder / one["file"]).read_bytes()) for one in listed]
        assert all(len(part.data) == one["bytes"] for part, one in zip(made, listed, strict=True))
        return made
    except (OSError, ValueError, KeyError, TypeError, AssertionError):
        raise CannotBuild(f"{folder} is no whole image. Make one with `python -m provisioning image`") from None
