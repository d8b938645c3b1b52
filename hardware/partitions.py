"""The partition table of a board's flash, as text and as the bytes that go to 0x8000; and what is wrong with it.

Ref: ESP-IDF, "Partition Tables": 32 bytes an entry (magic, type, subtype, offset, size, label of 16, flags), then an
entry 0xEBEB with the MD5 of those before, then 0xFF up to 0xC00.
"""

from __future__ import annotations

import hashlib
import struct

from .make.source import Source

TABLE_AT, TABLE_SIZE = 0x8000, 0xC00
# What the firmware looks for, and the least that it can work with.
NEEDED = {
    "boot": 0x2000,
    "romfs": 0x100000,
    "journal": 0x10000,
    "settings": 0x8000,
    "vfs": 0x100000,
    "factory": 0x200000,
    "nvs": 0x3000,
}
_BLOCK, _APP_BLOCK = 0x1000, 0x10000


def faults(source: Source) -> list[str]:
    found = []
    end = TABLE_AT + _BLOCK
    before = "the table"
    mine = sorted(source.data["flash"]["partition"], key=lambda one: one["at"])
    for one in mine:
        label = one["label"]
        if one["at"] % _BLOCK or one["size"] % _BLOCK or one["size"] <= 0:
            found.append(f"flash: {label} does not begin or end at a block of 4 KiB")
        if one["kind"][0] == 0 and one["at"] % _APP_BLOCK:
            found.append(f"flash: {label} is a program and must begin at a multiple of 64 KiB")
        if one["at"] < end:
            found.append(f"flash: {before} and {label} overlap")
        end, before = one["at"] + one["size"], label
    if end > source.data["flash"]["bytes"]:
        found.append(f"flash: {before} goes past the end of the flash")
    sizes = {one["label"]: one["size"] for one in mine}
    for label, least in NEEDED.items():
        if sizes.get(label, 0) < least:
            found.append(f"flash: {label} has {sizes.get(label, 0)} bytes, the firmware needs {least}")
    return found


def csv(source: Source) -> str:
    lines = ["# Made from hardware/hub.toml. Name, type, subtype, offset, size"]
    for one in source.data["flash"]["partition"]:
        kind, subtype = one["kind"]
        lines.append(f"{one['label']}, {kind}, {subtype:#04x}, {one['at']:#x}, {one['size']:#x}")
    return "\n".join(lines) + "\n"


def binary(source: Source) -> bytes:
    """What is flashed to 0x8000."""
    table = b"".join(
        struct.pack("<HBBII16sI", 0x50AA, *one["kind"], one["at"], one["size"], one["label"].encode(), 0)
        for one in source.data["flash"]["partition"]
    )
    table += b"\xeb\xeb" + b"\xff" * 14 + hashlib.md5(table).digest()
    return table.ljust(TABLE_SIZE, b"\xff")
