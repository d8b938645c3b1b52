"""The printed parts as solids: case, lid, wall bracket, pull-cord box and its lid. Needs build123d (extra `enclosure`).

Where things lie is hub.toml's and is checked in hardware/make/fit.py; here only their holes and walls are cut. Axes as
there: x to the right, y up, z from the wall towards the room; the inside of the case begins at (0, 0, 0).

    python -m hardware.enclosure.model [--variant reference] [--out hardware/enclosure]
"""

# pyright: reportMissingImports=false

from __future__ import annotations

import argparse
import pathlib
import re
import sys
from typing import Any

from ..make.fit import Box, boxes, faults, inside
from ..make.source import HERE, Source, SourceFault, Variant, load

LIP_MM, PLAY_MM, POST_MM, WINDOW_MM, RIM_MM = 3.0, 0.3, 9.0, 0.8, 3.0
PEG_MM, PEG_HEAD_MM = 5.0, 9.0
HOLES = {"S1": 28.0, "S2": 24.2}  # what a button's neck needs; measure yours before printing
# Keyholes and pegs, from the middle of the back.
PEGS = ((-60.0, 25.0), (60.0, 25.0))


def parts(source: Source, variant: Variant) -> dict[str, Any]:
    """Name to solid, each where it belongs in the assembled hub. Errors: SourceFault when things do not fit."""
    wrong = faults(source, variant)
    if wrong:
        raise SourceFault("; ".join(wrong))
    case = source.data["enclosure"]
    room = inside(source, variant)
    mine = boxes(source, variant)
    cord, cord_lid = _cord_box(case)
    return {
        "case": _case(case, room, mine),
        "lid": _lid(case, room, mine),
        "bracket": _bracket(case, room),
        "cord_box": cord,
        "cord_lid": cord_lid,
    }


def _plate(x: float, y: float, z: float, depth: float, wide: float, high: float, corner: float) -> Any:
    """A block with round vertical edges, its low corner at x, y, z."""
    import build123d as b3

    block = b3.Pos(x + wide / 2, y + high / 2, z + depth / 2) * b3.Box(wide, high, depth)
    return b3.fillet(block.edges().filter_by(b3.Axis.Z), corner)


def _drill(x: float, y: float, z: float, depth: float, diameter: float) -> Any:
    import build123d as b3

    return b3.Pos(x, y, z + depth / 2) * b3.Cylinder(diameter / 2, depth)


def _corners(room: tuple[float, float, float]) -> list[tuple[float, float]]:
    """Where the lid is screwed down: in the corners, inside."""
    near = POST_MM / 2 - 0.5
    return [(x, y) for x in (near, room[0] - near) for y in (near, room[1] - near)]


def _case(case: dict[str, Any], room: tuple[float, float, float], mine: list[Box]) -> Any:
    import build123d as b3

    wall, corner = case["wall_mm"], case["corner_mm"]
    wide, high, deep = room
    solid = _plate(-wall, -wall, -wall, deep + wall, wide + 2 * wall, high + 2 * wall, corner)
    solid -= _plate(0, 0, 0, deep + 1, wide, high, corner - wall)
    for x, y in _corners(room):
        post = _drill(x, y, deep - 24, 24 - LIP_MM, POST_MM)
        solid += post & _plate(-wall, -wall, -wall, deep + wall, wide + 2 * wall, high + 2 * wall, corner)
        solid -= _drill(x, y, deep - 16, 17, case["insert_mm"])
    for box in mine:
        if not box.is_on_lid:  # a post under each corner of what lies on the back
            for x in (box.low[0] + 3.5, box.high[0] - 3.5):
                for y in (box.low[1] + 3.5, box.high[1] - 3.5):
                    solid += _drill(x, y, -0.5, box.low[2] + 0.5, 6.5)
                    solid -= _drill(x, y, 0.5, box.low[2], 2.4)
    for across, up in PEGS:  # keyholes: in by the wide end, down onto the narrow one
        x, y = wide / 2 + across, high / 2 + up
        solid -= _drill(x, y, -wall - 1, wall + 2, PEG_HEAD_MM + 1)
        solid -= _drill(x, y + 9, -wall - 1, wall + 2, PEG_MM + 0.6)
        solid -= b3.Pos(x, y + 4.5, -wall / 2) * b3.Box(PEG_MM + 0.6, 9, wall + 2)
    for x, diameter in ((130.0, 12.0), (150.0, 6.5)):  # mains plug; the pull cord's wire
        solid -= b3.Pos(x, -wall / 2, 9) * b3.Rot(90, 0, 0) * b3.Cylinder(diameter / 2, wall + 2)
    for k in range(8):  # the warm air goes out at the top
        solid -= b3.Pos(wide / 2 - 42 + 12 * k, high + wall / 2, 20) * b3.Box(3, wall + 2, 22)
    return solid


def _lid(case: dict[str, Any], room: tuple[float, float, float], mine: list[Box]) -> Any:
    wall, corner = case["wall_mm"], case["corner_mm"]
    wide, high, deep = room
    solid = _plate(-wall, -wall, deep, wall, wide + 2 * wall, high + 2 * wall, corner)
    lip = _plate(PLAY_MM, PLAY_MM, deep - LIP_MM, LIP_MM, wide - 2 * PLAY_MM, high - 2 * PLAY_MM, corner - wall)
    lip -= _plate(
        RIM_MM, RIM_MM, deep - LIP_MM - 1, LIP_MM + 1, wide - 2 * RIM_MM, high - 2 * RIM_MM, corner - wall - 1
    )
    for x, y in _corners(room):
        lip -= _drill(x, y, deep - LIP_MM - 1, LIP_MM + 1, POST_MM + 2)
    solid += lip
    for x, y in _corners(room):
        solid -= _drill(x, y, deep - LIP_MM - 1, wall + LIP_MM + 2, 3.4)
    for box in mine:
        if not box.is_on_lid:
            continue
        x, y = (box.low[0] + box.high[0]) / 2, (box.low[1] + box.high[1]) / 2
        if box.ref in HOLES:
            solid -= _drill(x, y, deep - 1, wall + 2, HOLES[box.ref])
        elif box.ref.startswith("DS"):  # the window is what is left of the lid: thin enough to shine through
            solid -= _drill(x, y, deep - 1, wall + 1 - WINDOW_MM, box.high[0] - box.low[0] + 4)
            ring = _drill(x, y, deep + wall - 0.3, 1, box.high[0] - box.low[0] + 7)
            solid -= ring - _drill(x, y, deep + wall - 0.4, 2, box.high[0] - box.low[0] + 5.5)
        else:
            solid = _grille(solid, box, case["grille_mm"], deep, wall)
    return solid


def _grille(solid: Any, box: Box, hole: float, deep: float, wall: float) -> Any:
    """Rows of holes over the middle of a sounder, a round one's in a circle."""
    pitch = 2 * hole
    wide, high = box.high[0] - box.low[0] - 8, box.high[1] - box.low[1] - 8
    x0, y0 = (box.low[0] + box.high[0]) / 2, (box.low[1] + box.high[1]) / 2
    across, up = int(wide / 2 / pitch), int(high / 2 / pitch)
    for i in range(-across, across + 1):
        for j in range(-up, up + 1):
            if not box.is_round or (i * i + j * j) * pitch * pitch <= (wide / 2) ** 2:
                solid -= _drill(x0 + i * pitch, y0 + j * pitch, deep - 1, wall + 2, hole)
    return solid


def _bracket(case: dict[str, Any], room: tuple[float, float, float]) -> Any:
    """A plate for the wall: four screws, two pegs that the case hangs on."""
    wall = case["wall_mm"]
    x, y, thick = room[0] / 2, room[1] / 2, 4.0
    back = -wall - 0.4 - thick
    solid = _plate(x - 75, y - 5, back, thick, 150, 60, 6)
    for across in (-66, -30, 30, 66):
        solid -= _drill(x + across, y + 2 if abs(across) > 40 else y + 46, back - 1, thick + 2, 4.5)
        solid -= _drill(x + across, y + 2 if abs(across) > 40 else y + 46, back + thick - 2, 3, 9)
    for across, up in PEGS:
        solid += _drill(x + across, y + up + 9, back + thick, wall + 0.8, PEG_MM)
        solid += _drill(x + across, y + up + 9, back + thick + wall + 0.8, 1.8, PEG_HEAD_MM)
    return solid


def _cord_box(case: dict[str, Any]) -> tuple[Any, Any]:
    """The bathroom's box, beside the hub in the picture: switch inside, cord out at the bottom, wire in at the back."""
    import build123d as b3

    wide, high, deep = case["cord_box_mm"]
    wall = case["wall_mm"]
    x = -wide - 40.0
    solid = _plate(x - wall, -wall, -wall, deep + wall, wide + 2 * wall, high + 2 * wall, 5)
    solid -= _plate(x, 0, 0, deep + 1, wide, high, 2.5)
    for y in (5.0, high - 5.0):
        post = b3.Pos(x + wide / 2, y, deep / 2) * b3.Cylinder(4.5, deep)
        solid += post
        solid -= _drill(x + wide / 2, y, deep - 14, 15, case["insert_mm"])
    solid -= b3.Pos(x + wide - 16, -wall / 2, deep / 2) * b3.Rot(90, 0, 0) * b3.Cylinder(3, wall + 2)
    solid -= _drill(x + wide / 2, high / 2, -wall - 1, wall + 2, 6.5)
    for up in (high / 2 - 22, high / 2 + 22):
        solid -= _drill(x + wide / 2, up, -wall - 1, wall + 2, 4.5)
    lid = _plate(x - wall, -wall, deep, wall, wide + 2 * wall, high + 2 * wall, 5)
    for y in (5.0, high - 5.0):
        lid -= _drill(x + wide / 2, y, deep - 1, wall + 2, 3.4)
    return solid, lid


def write(source: Source, variant: Variant, folder: pathlib.Path) -> None:
    """STL of each part as it is printed, STEP of all, and a picture."""
    import build123d as b3

    folder.mkdir(parents=True, exist_ok=True)
    made = parts(source, variant)
    room = inside(source, variant)
    for name, solid in made.items():
        lies = b3.Rot(180, 0, 0) * solid if "lid" in name else solid  # lids are printed on their face
        low = lies.bounding_box().min
        b3.export_stl(
            b3.Pos(-low.X, -low.Y, -low.Z) * lies, folder / f"{name}.stl", tolerance=0.05, angular_tolerance=0.3
        )
    whole = b3.Compound(label="hub", children=[_named(solid, name) for name, solid in made.items()])
    step = folder / "hub.step"
    b3.export_step(whole, step)
    step.write_text(
        re.sub(r"FILE_NAME\(.*?\);", "FILE_NAME('hub','','','','','','');", step.read_text(), flags=re.DOTALL)
    )
    apart = [
        b3.Pos(0, 0, -45) * made["bracket"],
        made["case"],
        b3.Pos(0, 0, 75) * made["lid"],
        made["cord_box"],
        b3.Pos(0, 0, 30) * made["cord_lid"],
    ]
    for box in boxes(source, variant):  # the buttons, bought ones, so that the picture shows where a hand goes
        if box.ref in HOLES:
            x, y = (box.low[0] + box.high[0]) / 2, (box.low[1] + box.high[1]) / 2
            dome = _drill(x, y, room[2] + 75 + 2.5, 14, box.high[0] - box.low[0])
            apart.append(b3.fillet(dome.edges().group_by(b3.Axis.Z)[-1], 10))
    _picture(b3.Compound(children=apart), room, folder / "enclosure.svg")


def _named(solid: Any, name: str) -> Any:
    solid.label = name
    return solid


def _picture(whole: Any, room: tuple[float, float, float], path: pathlib.Path) -> None:
    """Drawn apart, from above on the right; edges only, hidden ones left out."""
    import build123d as b3

    middle = (room[0] / 2 - 40, room[1] / 2, room[2] / 2)
    visible, _ = whole.project_to_viewport((middle[0] - 500, middle[1] + 420, middle[2] + 800), (0, 1, 0), middle)
    exporter = b3.ExportSVG(scale=2.4, margin=8)
    exporter.add_layer("visible", line_weight=0.35)
    exporter.add_shape(visible, layer="visible")
    exporter.write(str(path))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m hardware.enclosure.model")
    parser.add_argument("--variant", default="reference")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "enclosure")
    asked = parser.parse_args()
    try:
        source = load()
        if asked.variant not in source.variants:
            raise SourceFault(f"there is no variant {asked.variant}. Remedy: one of {', '.join(source.variants)}")
        write(source, source.variants[asked.variant], asked.out)
    except SourceFault as fault:
        print(f"enclosure: {fault}", file=sys.stderr)
        return 2
    except ImportError:
        print("enclosure: build123d is not here. Remedy: pip install 'anling[enclosure]'", file=sys.stderr)
        return 2
    from ..build import enclosure_stamp

    stamp = enclosure_stamp(source, source.variants[asked.variant]) + "\n"  # the picture's line is render.py's to write
    (asked.out / "stamp.txt").write_text(stamp, "utf-8")
    print(f"enclosure: {', '.join(sorted(path.name for path in asked.out.glob('*.st*')))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
