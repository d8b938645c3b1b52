"""The wiring diagram: everything plugs into the carrier board, a cable for each module. Writes wireviz's YAML, which is
plain text and always compared, and its picture, for which wireviz and Graphviz's `dot` are needed.
"""

from __future__ import annotations

import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from .source import Part, Variant

# Insulation by net; what is not named is yellow, and analogue lines violet.
_COLOURS = {
    "GND": "BK",
    "MAINS_5V": "RD",
    "CELL": "RD",
    "BAT": "RD",
    "SYS": "OG",
    "P5V": "RD",
    "P12V": "PK",
    "P3V3": "OG",
}


def modules(variant: Variant) -> list[Part]:
    """What has a cable of its own: all but what is soldered onto the carrier."""
    loose = ("U1", "U2", "U10", "LS", "DS", "S1", "S2", "S3", "BT", "PS1")
    return [part for part in variant.parts if part.pins and part.ref.startswith(loose) and part.ref != "PS1P"]


def yaml(variant: Variant) -> str:
    """The harness in wireviz's words."""
    mine = modules(variant)
    terminals: list[str] = []
    cables, connections, connectors = [], [], []
    for part in mine:
        nets = _ends(variant, part)
        if not nets:
            continue
        terminals += [net for net, _ in nets if net not in terminals]
        count = len(nets)
        labels = ", ".join(_quoted(pin) for _, pin in nets)  # NO would be a Boolean
        connectors.append(
            f"  {part.ref}:\n    type: {_quoted(part.what)}\n    subtype: {_quoted(part.number)}\n"
            f"    pinlabels: [{labels}]\n"
        )
        colours = ", ".join(
            _COLOURS.get(net, "VT" if "SENSE" in net or net.startswith("LINE") else "YE") for net, _ in nets
        )
        cables.append(
            f"  W_{part.ref}:\n    wirecount: {count}\n    colors: [{colours}]\n    gauge: {_gauge(nets)} mm2\n"
            f"    length: {5 if part.ref == 'S3' else 0.2}\n"
        )
        wires = f"[{', '.join(str(k) for k in range(1, count + 1))}]" if count > 1 else "[1]"
        ends = f"[{', '.join(net for net, _ in nets)}]"
        connections.append(f"  -\n    - {part.ref}: [{labels}]\n    - W_{part.ref}: {wires}\n    - CARRIER: {ends}\n")
    head = f"# Made from hardware/hub.toml for {variant.name}; change it there.\n"
    head += f"metadata:\n  title: Anling hub, {variant.name}\n"
    carrier = (
        f"  CARRIER:\n    type: carrier board\n    subtype: terminals by net\n    pinlabels: [{', '.join(terminals)}]\n"
    )
    return (
        head
        + "connectors:\n"
        + "".join(connectors)
        + carrier
        + "cables:\n"
        + "".join(cables)
        + "connections:\n"
        + "".join(connections)
    )


def _ends(variant: Variant, part: Part) -> list[tuple[str, str]]:
    """(net, terminal) of each wire of a module. What is in a box of its own shows only the wires that leave it."""
    group = {part.ref} | {one.ref for one in variant.parts if one.inside == part.ref}
    if len(group) == 1:
        return [(net, pin) for net, ends in variant.nets.items() for ref, pin in ends if ref == part.ref]
    touched = {net: {ref for ref, _ in ends} for net, ends in variant.nets.items()}
    return [(net, net) for net, refs in touched.items() if refs & group and refs - group]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _gauge(nets: list[tuple[str, str]]) -> str:
    """Power carries amperes, signals do not."""
    return "0.5" if any(net in _COLOURS and net != "GND" for net, _ in nets) else "0.14"


def _one_font(work: pathlib.Path) -> pathlib.Path:
    """A fontconfig file that knows one font, the one that comes with matplotlib (schemdraw needs that): Graphviz then
    measures words alike on every machine, whatever fonts it has."""
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        raise RuntimeError("matplotlib is missing. Remedy: make hardware")
    fonts = work / "fonts"
    fonts.mkdir()
    shutil.copy(pathlib.Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf", fonts)
    file = work / "fonts.conf"
    file.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig><dir>{fonts}</dir><cachedir>{work / 'cache'}</cachedir></fontconfig>\n",
        "utf-8",
    )
    return file


def draw(source_yaml: str, folder: pathlib.Path) -> None:
    """wiring.svg. Errors: RuntimeError with what to install."""
    if shutil.which("dot") is None:
        raise RuntimeError("Graphviz is missing. Remedy: apt-get install graphviz")
    with tempfile.TemporaryDirectory(prefix="anling-wiring-") as name:
        work = pathlib.Path(name)
        environment = {**os.environ, "FONTCONFIG_FILE": str(_one_font(work))}
        (work / "wiring.yml").write_text(source_yaml, "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "wireviz.wv_cli", "-f", "s", "wiring.yml"],
            cwd=work,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode or not (work / "wiring.svg").exists():
            raise RuntimeError(f"wireviz failed: {(done.stdout + done.stderr).strip()[-400:]}. Remedy: make hardware")
        svg = (work / "wiring.svg").read_text("utf-8")
        (folder / "wiring.svg").write_text(re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL), "utf-8")
