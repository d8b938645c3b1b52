"""Writes an image onto a chip over USB, part by part, reading each back. A second try goes on where the first stopped:
what is on the chip already, by its digest, is not written again.

What is checked first: the kind of chip, the size of its flash, that this MicroPython runs this firmware, and that the
chip holds no newer build. Settings and journal of a hub that works in a home are wiped only when `wipe` says so.

Errors: CannotFlash, one sentence with the remedy. Ref: esptool's own interface for programs.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any

from protocol import messages, package

from .image import CannotBuild, Part, check_micropython, micropython_of, place, source

CHIP = "ESP32-S3"
TRIES = 3
KEPT = ("settings", "journal", "boot record")  # of a hub that has lived
SECTOR = 4096


class CannotFlash(Exception):
    """The chip could not be written; one sentence with the remedy."""


PULLED = (
    "The cable was pulled, or the board lost its power, at {0} ({1}). Plug it in and start again: it goes on from there"
)


@contextlib.contextmanager
def _quiet() -> Any:
    """esptool talks to a terminal of its own; what it has to say comes as an error."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def connect(port: str) -> Any:
    """A chip that listens and is one of ours. Errors: CannotFlash."""
    import esptool
    import serial

    try:
        with _quiet():
            chip = esptool.detect_chip(port, connect_attempts=TRIES)
    except (esptool.FatalError, serial.SerialException, OSError) as fault:
        raise CannotFlash(
            f"No chip answers at {port} ({_short(fault)}). Hold BOOT, press RESET, let go; or name another --port"
        ) from None
    if chip.CHIP_NAME != CHIP:
        found = chip.CHIP_NAME
        chip._port.close()
        raise CannotFlash(f"This is an {found}; a hub needs an {CHIP}. Take the board of hardware/README.md")
    return chip


def _short(fault: BaseException) -> str:
    return str(fault).strip().splitlines()[0].rstrip(".")[:100] if str(fault).strip() else type(fault).__name__


def flash(
    port: str,
    parts: list[Part],
    say: Callable[[str], None],
    wipe: bool = False,
    use_stub: bool = True,
    older: bool = False,
) -> list[str]:
    """Write what is not there yet; the names of the parts that were written. Shape: `older`: a build older than the
    chip's is meant. Errors: CannotFlash."""
    import esptool
    import serial

    build = _check_versions(parts)
    chip = connect(port)
    doing = "the start"
    written: list[str] = []
    try:
        with _quiet():
            chip = esptool.run_stub(chip) if use_stub else chip
            esptool.attach_flash(chip)
            size = _bytes_of(esptool.detect_flash_size(chip))
        needed = source().data["flash"]["bytes"]
        if size < needed:
            raise CannotFlash(
                f"Its flash has {size >> 20} MB; a hub needs {needed >> 20} MB. Take a board with more (N8 or N16)"
            )
        if not older:
            _check_build(chip, build)
        say(_versions(chip, parts))
        is_new = not _is_on_chip(chip, next(part for part in parts if part.name == "partition table"))
        for part in parts:
            doing = part.name
            if part.name in KEPT and not wipe and not is_new:
                say(f"{part.name}: kept")
                continue
            if _is_on_chip(chip, part):
                say(f"{part.name}: there already")
                continue
            with _quiet():
                esptool.write_flash(chip, [(part.at, part.data)])
            if not _is_on_chip(chip, part):
                raise CannotFlash(
                    f"The chip does not hold what was written ({part.name}). Try again; then another board"
                )
            written.append(part.name)
            say(f"{part.name}: {len(part.data)} bytes written and read back")
    except (esptool.FatalError, serial.SerialException, OSError, TypeError, AttributeError) as fault:
        # A line that is gone shows itself as any of these.
        raise CannotFlash(PULLED.format(doing, _short(fault))) from None
    finally:
        with contextlib.suppress(Exception):
            with _quiet():
                esptool.reset_chip(chip, "hard-reset")
            chip._port.close()
    return written


def _part(parts: list[Part], name: str) -> Part:
    found = next((one for one in parts if one.name == name), None)
    if found is None:
        raise CannotFlash(f"The image has no {name}. Make it again with `python -m provisioning image`")
    return found


def _check_versions(parts: list[Part]) -> int:
    """The build of this image, when its MicroPython runs it."""
    try:
        head = package.read(_part(parts, "firmware").data)
        check_micropython(_part(parts, "MicroPython").data, head)
    except (CannotBuild, messages.BadMessage) as fault:
        raise CannotFlash(str(fault)) from None
    return head.build


def _read(chip: Any, at: int, length: int) -> bytes:
    import esptool

    with _quiet():
        found = esptool.read_flash(chip, at, length, None)  # None only when a file is named
        return bytes(found or b"")


def _build_on(chip: Any, slot: int) -> int:
    """The build in this slot of the chip; 0 when there is none."""
    at, _ = place(source(), "romfs")
    try:
        return package.read(_read(chip, at + slot * package.SLOT, package.LETTER_SIZE)).build
    except messages.BadMessage:
        return 0


def _check_build(chip: Any, build: int) -> None:
    there = max(_build_on(chip, slot) for slot in (0, 1))
    if there > build:
        raise CannotFlash(
            f"The chip holds build {there}; this image has {build}. Make an image of the newest package, or say --older"
        )


def _versions(chip: Any, parts: list[Part]) -> str:
    """What runs on the chip and what will, for whoever watches."""
    new = _part(parts, "MicroPython")
    version = ".".join(map(str, micropython_of(new.data) or ()))
    if _is_on_chip(chip, new):
        return f"MicroPython on the chip: {version}, as in the image"
    there = micropython_of(_read(chip, new.at, len(new.data)))
    return f"MicroPython on the chip: {'.'.join(map(str, there)) if there else 'none'}; {version} is written"


def _bytes_of(text: str | None) -> int:
    """4MB → bytes; 0 when the chip did not say."""
    if text and text.endswith("MB"):
        return int(text[:-2]) << 20
    return 0


def _is_on_chip(chip: Any, part: Part) -> bool:
    """Is exactly this there? By the chip's own digest over its flash."""
    import hashlib

    with _quiet():
        found = chip.flash_md5sum(part.at, len(part.data))
    return found.lower() == hashlib.md5(part.data).hexdigest()


def table_of(label: str) -> tuple[int, int]:
    """(where, how large) a partition is: for who looks at a chip afterwards."""
    return place(source(), label)
