"""The schematic: each part once, each pin with the name of its net; equal names are joined. Needs schemdraw.

Chips and modules are boxes, two-legged parts their symbols. The order is hub.toml's, so that a change there moves only
what it must.
"""

from __future__ import annotations

import pathlib
from typing import Any, cast

from .netlist import pins_of
from .source import Part, Source, Variant

_COLUMNS = 4
_WIDTH, _SMALL_WIDTH, _SMALL_COLUMNS = 11.5, 9.2, 5


def draw(source: Source, variant: Variant, folder: pathlib.Path) -> None:
    """schematic.svg."""
    import schemdraw  # pyright: ignore[reportMissingImports]

    schemdraw.use("svg")
    drawing = schemdraw.Drawing(show=False)
    drawing.config(fontsize=14, font="sans-serif", unit=2.5)
    nets = {end: net for net, ends in variant.nets.items() for end in ends}
    pins = pins_of(source, variant)
    boxes = [part for part in variant.parts if len(pins.get(part.ref, {})) > 2]
    small = [part for part in variant.parts if len(pins.get(part.ref, {})) == 2]
    y = 0.0
    for row in range(0, len(boxes), _COLUMNS):
        rows = boxes[row : row + _COLUMNS]
        height = max(-(-len(pins[part.ref]) // 2) for part in rows) * 1.0 + 2.0
        for k, part in enumerate(rows):
            _box(drawing, part, pins[part.ref], nets, k * _WIDTH, y - height)
        y -= height
    for row in range(0, len(small), _SMALL_COLUMNS):
        y -= 2.6
        for k, part in enumerate(small[row : row + _SMALL_COLUMNS]):
            _two_legs(drawing, part, list(pins[part.ref]), nets, k * _SMALL_WIDTH, y)
    import schemdraw.elements as elements  # pyright: ignore[reportMissingImports]

    title = f"Anling hub, {variant.name}. Made from hardware/hub.toml. Equal net names are joined."
    drawing += elements.Label().at((0, 1.0)).label(title, halign="left", fontsize=18)
    folder.joinpath("schematic.svg").write_bytes(drawing.get_imagedata("svg"))


def _box(drawing: Any, part: Part, own: dict[str, str], nets: dict[tuple[str, str], str], x: float, y: float) -> None:
    """Inputs and power on the left, outputs on the right, as evenly as may be."""
    import schemdraw.elements as elements  # pyright: ignore[reportMissingImports]

    left = [pin for pin, kind in own.items() if kind in ("in", "power_in")]
    right = [pin for pin in own if pin not in left]
    while len(left) > len(right) + 1:
        right.append(left.pop())
    while len(right) > len(left) + 1:
        left.append(right.pop())
    rows = max(len(left), len(right))
    box = elements.Ic(size=(4.2, rows * 1.0 + 0.4), pinspacing=1.0, leadlen=0.6)
    for side, names in (("left", left), ("right", right)):
        for k, pin in enumerate(reversed(names)):
            net = nets.get((part.ref, pin), "x" if own[pin] == "nc" else "?")
            box.pin(name=pin, pin=net, side=cast(Any, side), slot=f"{k + 1}/{len(names)}", anchorname=f"{side}{k}")
    drawing += box.at((x + 3.4, y)).label(f"{part.ref}  {_short(part.number)}", loc="top", fontsize=13)


def _two_legs(drawing: Any, part: Part, own: list[str], nets: dict[tuple[str, str], str], x: float, y: float) -> None:
    import schemdraw.elements as elements  # pyright: ignore[reportMissingImports]

    shapes = {
        "R": elements.Resistor,
        "C": elements.Capacitor,
        "L": elements.Inductor,
        "D": elements.Diode,
        "F": elements.FuseIEC,
        "S": elements.Switch,
        "J": elements.Switch,
        "B": elements.BatteryCell,
        "P": elements.SourceV,
    }
    shape = elements.Speaker if part.ref.startswith("LS") else shapes.get(part.ref[0], elements.ResistorIEC)
    if part.ref.startswith("LS"):
        shape = elements.ResistorIEC  # a speaker's symbol has no two ends in line
    first, second = (nets.get((part.ref, pin), "?") for pin in own)
    value = (
        " ".join(part.what.replace(" 1 %", "").split(":")[0].split()[: 1 + (part.ref[0] == "C")])
        if part.ref[0] in "RC"
        else ""
    )
    drawing += (
        shape()
        .at((x + 2.6, y))
        .right()
        .length(2.4)
        .label(f"{part.ref} {value}".strip() + _kind(part), loc="top", fontsize=13)
    )
    drawing += elements.Label().at((x + 2.5, y)).label(first, halign="right", valign="center", fontsize=12)
    drawing += elements.Label().at((x + 5.1, y)).label(second, halign="left", valign="center", fontsize=12)


def _kind(part: Part) -> str:
    words = {
        "LS1": " siren",
        "LS2": " speaker",
        "LS2P": " speaker",
        "S1": " help",
        "S2": " well",
        "S3": " pull cord",
        "JP1": "",
    }
    return words.get(part.ref, "")


def _short(number: str) -> str:
    return number if len(number) <= 30 else number[:29] + "…"
