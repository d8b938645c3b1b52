"""Makes every file from hub.toml, or compares what is there with what would be made.

Texts need nothing but Python. Findings of the rule check (skidl) and pictures (wireviz, schemdraw, Graphviz) need the
extra `hardware`: where a tool is missing they are left as they are, and that is said. A picture's bytes depend on the
tools' versions, not on the machine's fonts; `stamp.txt` keeps what each picture was made from, so that a stale one is
found anywhere, and versions are compared before bytes are.
"""

from __future__ import annotations

import hashlib
import pathlib
import shutil
import subprocess
from importlib import metadata

from . import partitions
from .make import analogue, board, fit, label, netlist, parts, pins, power, schematic, wiring
from .make.source import ROOT, Source, Variant

BOARDS = "hardware/boards"


def faults(source: Source) -> list[str]:
    """Everything that the rules say against hub.toml; nothing is built while there is one."""
    found = pins.firmware_faults(source) + analogue.line_faults(source) + analogue.sound_faults(source)
    found += partitions.faults(source)
    for variant in source.variants.values():
        found += pins.faults(source, variant) + parts.faults(variant) + power.faults(source, variant)
        if "papers" in variant.makes:  # the simulator's board is made of nothing
            found += netlist.faults(source, variant) + fit.faults(source, variant)
    return list(dict.fromkeys(found))


def real(source: Source) -> list[Variant]:
    """The variants that somebody can build."""
    return [variant for variant in source.variants.values() if "papers" in variant.makes]


def texts(source: Source) -> dict[str, str]:
    """Path to text, for all that needs nothing but Python."""
    made = {variant.file: board.text(source, variant) for variant in source.variants.values()}
    for variant in real(source):
        folder = f"{BOARDS}/{variant.name}"
        made[f"{folder}/pins.md"] = pins.table(source, variant)
        made[f"{folder}/bom.csv"] = parts.bom(source, variant)
        made[f"{folder}/power.md"] = power.budget(source, variant)
        made[f"{folder}/wiring.yml"] = wiring.yaml(variant)
        made[f"{folder}/netlist.txt"] = netlist.listing(source, variant)
        made[f"{folder}/label.svg"] = label.svg(source, variant)
    made[f"{BOARDS}/partitions.csv"] = partitions.csv(source)
    made[f"{BOARDS}/overview.md"] = overview(source)
    made[f"{BOARDS}/triggers.md"] = parts.triggers(source)
    return made


def overview(source: Source) -> str:
    mine = real(source)
    return "\n".join(
        [
            "# All variants",
            "",
            "Made from hardware/hub.toml. Prices and currents are assumptions of "
            f"{source.data['believed']}; nothing has been built or measured.",
            "",
            "## Runtime without mains",
            "",
            power.overview(source, mine),
            "## Parts",
            "",
            parts.overview(source, mine),
            "## Room in the case",
            "",
            fit.page(source, mine),
            "#" + analogue.page(source).rstrip("\n"),
            "",
        ]
    )


def stamp(source: Source, variant: Variant) -> str:
    """What this variant's pictures are made from, as one hash for each."""
    plan = netlist.listing(source, variant) + "".join(
        f"{part.ref} {part.number} {part.what}\n" for part in variant.parts
    )
    lines = [
        f"wiring {_hash(wiring.yaml(variant))}",
        f"schematic {_hash(plan)}",
        f"erc {_hash(plan + str(source.data.get('erc')))}",
    ]
    return "\n".join(lines) + "\n"


def enclosure_stamp(source: Source, variant: Variant) -> str:
    """What the printed parts are made from: the places, and the model itself."""
    model = (ROOT / "hardware" / "enclosure" / "model.py").read_text("utf-8")
    return _hash(f"{fit.boxes(source, variant)}{fit.inside(source, variant)}{source.data['enclosure']}{model}")


def picture_stamp() -> str:
    """What the shaded picture is made from: the printed parts as committed, and the renderer."""
    folder = ROOT / "hardware" / "enclosure"
    found = hashlib.sha256((folder / "render.py").read_bytes())
    for path in sorted(folder.glob("*.stl")):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def tools() -> dict[str, str]:
    """The drawing tools that are here, with their versions."""
    found = {}
    for name in ("skidl", "wireviz", "schemdraw"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    if shutil.which("dot"):
        found["graphviz"] = subprocess.run(["dot", "-V"], capture_output=True, text=True).stderr.split()[4]
    return found


MISSING = "Remedy: make hardware, and apt-get install graphviz"


def draw(source: Source, root: pathlib.Path) -> tuple[list[str], list[str]]:
    """Make findings and pictures below `root`. Returns (what fails, what was left out and why)."""
    have = tools()
    failed: list[str] = []
    left = [
        f"{name} is not here: {what} not made. {MISSING}"
        for name, what in (
            ("skidl", "erc.txt"),
            ("schemdraw", "schematic.svg"),
            ("wireviz", "wiring.svg"),
            ("graphviz", "wiring.svg"),
        )
        if name not in have
    ]
    for variant in real(source):
        folder = root / BOARDS / variant.name
        folder.mkdir(parents=True, exist_ok=True)
        if "skidl" in have:
            text, bad = netlist.check(source, variant)
            (folder / "erc.txt").write_text(text, "utf-8", newline="\n")
            failed += bad
        if "schemdraw" in have:
            schematic.draw(source, variant, folder)
        if "wireviz" in have and "graphviz" in have:
            wiring.draw(wiring.yaml(variant), folder)
    if not left:
        versions = "".join(f"{name} {version}\n" for name, version in sorted(have.items()))
        (root / BOARDS / "tools.txt").write_text(versions, "utf-8", newline="\n")
        for variant in real(source):
            (root / BOARDS / variant.name / "stamp.txt").write_text(stamp(source, variant), "utf-8", newline="\n")
    return failed, left


def write(source: Source, root: pathlib.Path = ROOT) -> list[str]:
    """Write all texts; the paths that changed."""
    changed = []
    for path, text in texts(source).items():
        file = root / path
        if not file.exists() or file.read_text("utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
            changed.append(path)
    return changed


def stale(source: Source, root: pathlib.Path = ROOT) -> list[str]:
    """Files that are not what hub.toml makes of them; needs no tool."""
    found = []
    for path, text in texts(source).items():
        file = root / path
        if not file.exists():
            found.append(f"{path} is missing")
        elif file.read_text("utf-8") != text:
            found.append(f"{path} is not what hub.toml makes of it")
    for variant in real(source):
        file = root / BOARDS / variant.name / "stamp.txt"
        if not file.exists() or file.read_text("utf-8") != stamp(source, variant):
            found.append(f"{BOARDS}/{variant.name}: pictures or ERC are older than hub.toml")
    file = root / "hardware" / "enclosure" / "stamp.txt"
    stamps = file.read_text("utf-8").split() if file.exists() else []
    if stamps[:1] != [enclosure_stamp(source, source.variants["reference"])]:
        found.append(
            "hardware/enclosure: the printed parts are older than hub.toml or model.py. Remedy: make enclosure"
        )
    if stamps[1:] != [picture_stamp()]:
        found.append("hardware/enclosure: the picture is older than the parts. Remedy: make enclosure")
    return found
