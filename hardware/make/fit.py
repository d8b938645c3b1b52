"""Does everything fit into the case? Each part is a box; boxes keep their clearance from walls and from each other.

The same places drive the model of the case (hardware/enclosure/model.py), so what fits here is what is printed.
"""

from __future__ import annotations

from dataclasses import dataclass

from .source import Source, SourceFault, Variant


@dataclass(frozen=True)
class Box:
    """A part in the case. Shape: mm, inside the case, z from the back wall; `is_round` parts have a hole in the lid."""

    ref: str
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    is_on_lid: bool
    is_round: bool


def inside(source: Source, variant: Variant) -> tuple[float, float, float]:
    case = source.data["enclosure"]
    x, y, z = case["inside_of"].get(variant.name, case["inside_mm"])
    return x, y, z


def boxes(source: Source, variant: Variant) -> list[Box]:
    """Where everything of this variant lies."""
    parts = {part.ref: part for part in variant.parts}
    depth = inside(source, variant)[2]
    found = []
    for item in source.data["enclosure"]["item"]:
        part = parts.get(item["part"])
        if part is None:
            continue
        is_round = part.round_mm is not None
        if part.round_mm is not None:
            wide, deep = part.round_mm
            x, y = item["at"][0] - wide / 2, item["at"][1] - wide / 2
            size = (wide, wide, deep)
        elif part.board_mm is not None:
            wide, high, deep = part.board_mm
            size = (high, wide, deep) if item.get("turn") else (wide, high, deep)
            x, y = item["at"]
        else:
            raise SourceFault(f"[part.{part.ref}] is in the case and has no size. Remedy: add board_mm or round_mm")
        z = depth - size[2] if item["on"] == "lid" else item.get("lift", 0.0)
        low = (x, y, z)
        found.append(Box(part.ref, low, (x + size[0], y + size[1], z + size[2]), item["on"] == "lid", is_round))
    return found


def faults(source: Source, variant: Variant) -> list[str]:
    """What does not fit, with the gap in mm."""
    gap = source.data["enclosure"]["clearance_mm"]
    room = inside(source, variant)
    mine = boxes(source, variant)
    found = []
    for box in mine:
        for axis, name in enumerate("xy"):
            if box.low[axis] < gap or box.high[axis] > room[axis] - gap:
                found.append(f"{variant.name}: {box.ref} is nearer than {gap} mm to a wall, along {name}")
        if not box.is_on_lid and box.low[2] < source.data["enclosure"]["back_free_mm"]:
            found.append(f"{variant.name}: {box.ref} lies on the heads of the bracket's pegs")
        if box.low[2] < 0 or box.high[2] > room[2]:
            found.append(f"{variant.name}: {box.ref} is deeper than the case")
    for k, one in enumerate(mine):
        for other in mine[k + 1 :]:
            apart = max(max(one.low[a] - other.high[a], other.low[a] - one.high[a]) for a in range(3))
            if apart < gap:
                found.append(f"{variant.name}: {one.ref} and {other.ref} are {apart:.1f} mm apart, less than {gap}")
    cell = source.data["cell"][variant.cell]
    for box in mine:
        if box.ref.startswith("BH") and box.high[0] - box.low[0] < cell["length_mm"]:
            found.append(f"{variant.name}: the cells are {cell['length_mm']} mm long, the holder {box.ref} is shorter")
    return found


def page(source: Source, variants: list[Variant]) -> str:
    """The nearest neighbours, for people."""
    lines = ["| variant | inside mm | smallest gap mm | between |", "|---|---|---|---|"]
    for variant in variants:
        mine = boxes(source, variant)
        pairs = [
            (max(max(a.low[k] - b.high[k], b.low[k] - a.high[k]) for k in range(3)), f"{a.ref} and {b.ref}")
            for n, a in enumerate(mine)
            for b in mine[n + 1 :]
        ]
        gap, who = min(pairs)
        size = " x ".join(f"{one:.0f}" for one in inside(source, variant))
        lines.append(f"| {variant.name} | {size} | {gap:.1f} | {who} |")
    return "\n".join(lines) + "\n"
