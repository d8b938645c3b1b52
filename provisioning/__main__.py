"""The bench's command line: key, package, image, chip, labels.

python -m provisioning keygen ~/fleet.key                                     once for a fleet, outside the repository
python -m provisioning sign --build 7 --variant reference --key ~/fleet.key OUT.anling
python -m provisioning image --package OUT.anling --micropython MP.bin --hub HUB.json --relay https://… FOLDER
python -m provisioning flash --port /dev/ttyACM0 FOLDER
python -m provisioning label HUBS.jsonl SHEET.pdf                             what `relay hub-make` printed, as a sheet

Each error is one sentence on stderr and exit code 2. The key's password comes from ANLING_KEY_PASSWORD or is asked for.
"""

from __future__ import annotations

import argparse
import getpass
import importlib.util
import json
import os
import sys
import tempfile
from pathlib import Path

try:
    from . import flash, image, label, sign
except ModuleNotFoundError as missing:
    sys.exit(f"provisioning: a part is missing: {missing.name}. Install it with `pip install -e .[provisioning]`")


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m provisioning", description="From the tree to a hub on the bench.")
    verbs = top.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("keygen", help="make the key that signs a fleet's firmware")
    one.add_argument("key", type=Path)
    one = verbs.add_parser("sign", help="build the firmware of this tree and sign it")
    one.add_argument("--build", type=int, required=True, help="a number higher than every one before")
    one.add_argument("--version", default="0.1.0")
    one.add_argument("--variant", default="reference", help="a folder of hardware/boards")
    one.add_argument("--key", type=Path, required=True)
    one.add_argument("out", type=Path)
    one = verbs.add_parser("image", help="all that goes onto one hub's chip")
    one.add_argument("--package", type=Path, required=True)
    one.add_argument("--micropython", type=Path, required=True, help="its .bin for a first flash, from address 0")
    one.add_argument("--hub", type=Path, help="a line of `relay hub-make`, as a file")
    one.add_argument("--relay", default="", help="the relay's address")
    one.add_argument("--language", action="append", choices=("zh", "en"), help="of the voice; without it both")
    one.add_argument("folder", type=Path)
    one = verbs.add_parser("flash", help="write an image onto a chip, and read it back")
    one.add_argument("--port", required=True)
    one.add_argument(
        "--wipe", action="store_true", help="also settings, journal and boot record of a hub that has lived"
    )
    one.add_argument("--older", action="store_true", help="even a build older than the chip's")
    one.add_argument("folder", type=Path)
    one = verbs.add_parser("label", help="a sheet of labels (.pdf), or one label (.svg)")
    one.add_argument("hubs", type=Path)
    one.add_argument("out", type=Path)
    return top


def _password() -> bytes | None:
    told = os.environ.get("ANLING_KEY_PASSWORD")
    if told is None and sys.stdin.isatty():
        told = getpass.getpass("Password of the key (empty: none): ")
    return told.encode() if told else None


def _keygen(asked: argparse.Namespace) -> str:
    sign.new_key(asked.key, _password())
    return f"{asked.key} signs, {sign.public_path(asked.key)} is for the relay. Keep a copy of the first in a safe"


def _sign(asked: argparse.Namespace) -> str:
    key = sign.load_key(asked.key, _password())
    tool = importlib.util.spec_from_file_location("anling_romfs", image.FIRMWARE / "tools" / "romfs.py")
    assert tool is not None and tool.loader is not None
    romfs = importlib.util.module_from_spec(tool)
    tool.loader.exec_module(romfs)
    with tempfile.TemporaryDirectory(prefix="anling-") as name:
        out = Path(name) / "firmware.romfs"
        trusted = (sign.modulus(key.public_key()),)
        romfs.build(out, variant=asked.variant, number=asked.build, version=asked.version, keys=trusted)
        packed = sign.sign(out.read_bytes(), asked.build, asked.version, asked.variant, key)
    asked.out.write_bytes(packed)
    return f"{asked.out}: build {asked.build} for {asked.variant}, {len(packed)} bytes, signed"


def _image(asked: argparse.Namespace) -> str:
    identity = None
    if asked.hub:
        try:
            made = json.loads(asked.hub.read_text("utf-8"))
        except ValueError:
            raise image.CannotBuild(f"{asked.hub} is no line of `relay hub-make`. Put a single one in it") from None
        identity = image.identity_of(made, asked.relay)
    packed = asked.package.read_bytes()
    sign.check(packed, None)
    languages = tuple(asked.language or ("zh", "en"))
    parts = image.parts(packed, asked.micropython.read_bytes(), _variant_of(packed), identity, languages)
    image.write(asked.folder, parts)
    lines = [f"{part.at:#08x} {len(part.data):8} {part.name}" for part in parts]
    return "\n".join(
        [*lines, f"{asked.folder} is ready to flash" + ("" if identity else "; no hub's identity is in it")]
    )


def _variant_of(packed: bytes) -> str:
    from protocol import package

    return package.read(packed).variant


def _flash(asked: argparse.Namespace) -> str:
    parts, say = image.read(asked.folder), lambda line: print(line, flush=True)
    written = flash.flash(asked.port, parts, say, asked.wipe, older=asked.older)
    return f"{len(written)} parts written; the hub starts" if written else "all was there already; the hub starts"


def _label(asked: argparse.Namespace) -> str:
    hubs = label.read(asked.hubs)
    if asked.out.suffix == ".svg":
        if len(hubs) != 1:
            raise label.CannotPrint(f"{asked.hubs} has {len(hubs)} hubs; an .svg is one label. Name a .pdf instead")
        asked.out.write_text(label.svg(hubs[0]), "utf-8")
    elif asked.out.suffix == ".pdf":
        asked.out.write_bytes(label.pdf(hubs))
    else:
        raise label.CannotPrint(f"{asked.out} is neither .pdf nor .svg. Name one of them")
    asked.out.chmod(0o600)  # whoever has it can claim these hubs
    return f"{asked.out}: {len(hubs)} labels; print it and delete it"


_VERBS = {"keygen": _keygen, "sign": _sign, "image": _image, "flash": _flash, "label": _label}


def main(arguments: list[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    try:
        print(_VERBS[asked.verb](asked))
        return 0
    except (sign.CannotSign, image.CannotBuild, flash.CannotFlash, label.CannotPrint, RuntimeError) as fault:
        print(f"provisioning: {fault}", file=sys.stderr)
    except OSError as fault:
        print(f"provisioning: {fault.filename} cannot be used ({fault.strerror}). Check the name", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
