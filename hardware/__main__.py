"""The hardware's command line: build, check, partitions, label.

python -m hardware build               make every file from hub.toml
python -m hardware check               compare; exit 1 names each file that differs and each rule that is broken
python -m hardware partitions OUT.bin  the partition table, as it is flashed to 0x8000
python -m hardware label HUB --variant reference   a label with the hub's name, to standard output
"""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile

from . import build, partitions
from .make import label
from .make.source import FILE, ROOT, Source, SourceFault, load


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m hardware", description="Make the hardware's files from hub.toml.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("build", help="make every file")
    verbs.add_parser("check", help="compare what is there with what would be made")
    one = verbs.add_parser("label", help="a label with a hub's name, to standard output")
    one.add_argument("hub_id")
    one.add_argument("--variant", default="reference")
    table = verbs.add_parser("partitions", help="the partition table, as it is flashed to 0x8000")
    table.add_argument("out", type=pathlib.Path)
    asked = parser.parse_args(arguments)
    try:
        source = load(FILE)
        if asked.verb == "label":
            if asked.variant not in source.variants:
                raise SourceFault(f"there is no variant {asked.variant}. Remedy: one of {', '.join(source.variants)}")
            sys.stdout.write(label.svg(source, source.variants[asked.variant], asked.hub_id))
            return 0
        if asked.verb == "partitions":
            asked.out.write_bytes(partitions.binary(source))
            print(f"{asked.out}: {len(source.data['flash']['partition'])} partitions; flash it to 0x8000")
            return 0
        return _build(source) if asked.verb == "build" else _check(source)
    except (SourceFault, RuntimeError, OSError) as fault:
        print(f"hardware: {fault}", file=sys.stderr)
        return 2


def _build(source: Source) -> int:
    found = build.faults(source)
    if not found:
        changed = build.write(source)
        failed, left = build.draw(source, ROOT)
        found += failed
        for line in left:
            print(f"hardware: SKIPPED: {line}", file=sys.stderr)
        print(f"hardware: {len(build.texts(source))} texts, {len(changed)} changed: {', '.join(changed) or 'none'}")
    return _said(found)


def _check(source: Source) -> int:
    """Texts and stamps always; findings and pictures as well where the tools are those that made them."""
    found = build.faults(source) or build.stale(source)
    if not found:
        with tempfile.TemporaryDirectory(prefix="anling-hardware-") as name:
            failed, left = build.draw(source, pathlib.Path(name))
            found += failed
            found += _differences(pathlib.Path(name))
        for line in left:
            print(f"hardware: NOT COMPARED: {line}", file=sys.stderr)
    return _said(found)


def _differences(made: pathlib.Path) -> list[str]:
    here, there = build.tools(), (ROOT / build.BOARDS / "tools.txt").read_text("utf-8")
    want = dict(line.split(" ", 1) for line in there.splitlines())
    found = []
    compared = 0
    for file in sorted((made / build.BOARDS).rglob("*")):
        needs = {"erc": ["skidl"], "schematic": ["schemdraw"], "wiring": ["wireviz", "graphviz"]}.get(file.stem)
        if not file.is_file() or needs is None:
            continue
        other = [name for name in needs if here.get(name) != want.get(name)]
        if other:
            print(
                f"hardware: NOT COMPARED: {file.name}: made with {', '.join(f'{n} {want[n]}' for n in other)}",
                file=sys.stderr,
            )
        else:
            compared += 1
            committed = ROOT / file.relative_to(made)
            if not committed.exists() or committed.read_bytes() != file.read_bytes():
                found.append(f"{file.relative_to(made)} is not what hub.toml makes of it")
    print(f"hardware: {compared} findings and pictures compared byte for byte")
    return found


def _said(found: list[str]) -> int:
    for line in found:
        print(f"hardware: {line}", file=sys.stderr)
    if not found:
        print("hardware: all rules kept, all files as hub.toml makes them")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
