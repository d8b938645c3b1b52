"""A picture of the case as it hangs on the wall, from the committed STL files: shaded, without a CAD kernel.

Two views: from the room, with the buttons in it and the pull-cord box beside it; and from the wall, the bracket drawn
off. Needs numpy and Pillow, which come with the drawing tools of `make hardware`. Places are hub.toml's, as in
model.py.

    python -m hardware.enclosure.render [--out hardware/enclosure/enclosure.png]
"""

from __future__ import annotations

import argparse
import itertools
import pathlib
import sys

import numpy as np  # pyright: ignore[reportMissingImports]
from PIL import Image

from ..make.fit import Box, boxes, inside
from ..make.source import HERE, Source, SourceFault, Variant, load

LIP_MM, BRACKET_MM, GAP_MM = 3.0, 4.0, 0.4  # as in model.py
FINE = 2  # drawn so many times larger, and made small again: smooth edges
SIZE = (1500, 820)
LIGHT = np.array([-0.35, 0.6, 0.72]) / np.linalg.norm([-0.35, 0.6, 0.72])
WHITE, GREY, RED, GREEN, AMBER, CORD = (
    (236, 234, 228),
    (176, 180, 186),
    (200, 30, 30),
    (40, 140, 60),
    (250, 214, 150),
    (230, 120, 20),
)
Mesh = tuple[np.ndarray, tuple[int, int, int]]  # triangles (n, 3, 3) in mm, colour


def stl(path: pathlib.Path, low: tuple[float, float, float], is_on_face: bool = False) -> np.ndarray:
    """The triangles of a binary STL, put where the part belongs: its low corner at `low`.

    Errors: SourceFault when the file is none.
    """
    data = path.read_bytes()
    count = int.from_bytes(data[80:84], "little")
    if len(data) != 84 + 50 * count:
        raise SourceFault(f"{path.name}: not a binary STL. Remedy: make enclosure")
    kind = np.dtype([("normal", "<f4", 3), ("at", "<f4", (3, 3)), ("rest", "<u2")])
    found = np.frombuffer(data, kind, count, 84)["at"].astype(float)
    if is_on_face:  # lids are printed face down
        found = found * np.array([1.0, -1.0, -1.0])
    return found - found.reshape(-1, 3).min(axis=0) + np.array(low)


def turned(profile: list[tuple[float, float]], x: float, y: float, steps: int = 48) -> np.ndarray:
    """A body of revolution around z at x, y. Shape: `profile` of (radius, z), from the rim to the middle."""
    angles = np.linspace(0, 2 * np.pi, steps + 1)
    rings = [np.stack([x + r * np.cos(angles), y + r * np.sin(angles), np.full(steps + 1, z)], 1) for r, z in profile]
    made = []
    for lower, upper in itertools.pairwise(rings):
        made += [np.stack([lower[:-1], lower[1:], upper[1:]], 1), np.stack([lower[:-1], upper[1:], upper[:-1]], 1)]
    return np.concatenate(made)


def _knob(box: Box, z: float, colour: tuple[int, int, int]) -> Mesh:
    """A dome button: a collar and a cap."""
    r = (box.high[0] - box.low[0]) / 2
    cap = [(r, z), (r, z + 3), (0.86 * r, z + 5)]
    cap += [(0.84 * r * np.cos(a), z + 5 + 9 * np.sin(a)) for a in np.linspace(0, np.pi / 2, 9)]
    return turned(cap, (box.low[0] + box.high[0]) / 2, (box.low[1] + box.high[1]) / 2), colour


def scene(source: Source, variant: Variant, folder: pathlib.Path, apart_mm: float) -> list[Mesh]:
    """Everything in its place; the bracket `apart_mm` behind it."""
    case = source.data["enclosure"]
    wall, room = case["wall_mm"], inside(source, variant)
    cord = case["cord_box_mm"]
    left = -cord[0] - 40.0 - wall
    behind = -wall - GAP_MM - BRACKET_MM - apart_mm
    found: list[Mesh] = [
        (stl(folder / "case.stl", (-wall, -wall, -wall)), WHITE),
        (stl(folder / "lid.stl", (-wall, -wall, room[2] - LIP_MM), True), WHITE),
        (stl(folder / "bracket.stl", (room[0] / 2 - 75, room[1] / 2 - 5, behind)), GREY),
        (stl(folder / "cord_box.stl", (left, -wall, -wall)), WHITE),
        (stl(folder / "cord_lid.stl", (left, -wall, cord[2]), True), WHITE),
    ]
    for box in boxes(source, variant):
        if box.ref in ("S1", "S2"):
            found.append(_knob(box, room[2] + wall, RED if box.ref == "S1" else GREEN))
        elif box.ref.startswith("DS"):
            x, y = (box.low[0] + box.high[0]) / 2, (box.low[1] + box.high[1]) / 2
            found.append(
                (turned([(box.high[0] - x + 2, room[2] + wall + 0.1), (0, room[2] + wall + 0.1)], x, y), AMBER)
            )
    string = turned([(1.6, 0), (1.6, 90), (5, 90), (7, 96), (5, 104), (0, 106)], 0, 0, 16)
    string = np.stack([string[..., 0], -string[..., 2], string[..., 1]], -1)  # it hangs down
    found.append((string + np.array([left + wall + cord[0] - 16, -wall, cord[2] / 2]), CORD))
    return found


def picture(meshes: list[Mesh], eye: tuple[float, float, float], size: tuple[int, int]) -> Image.Image:
    """Seen from the direction `eye`, parallel, as large as it fits; nearer things hide what is behind."""
    wide, high = size[0] * FINE, size[1] * FINE
    forward = np.array(eye) / np.linalg.norm(eye)
    right = np.cross([0.0, 1.0, 0.0], forward)
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(forward, right), forward])
    points = [triangles @ axes.T for triangles, _ in meshes]
    every = np.concatenate([one.reshape(-1, 3) for one in points])
    low, high_at = every[:, :2].min(axis=0), every[:, :2].max(axis=0)
    scale = 0.92 * min(wide / (high_at[0] - low[0]), high / (high_at[1] - low[1]))
    middle = (low + high_at) / 2
    image = np.full((high, wide, 3), 255.0)
    depth = np.full((high, wide), -np.inf)
    light = axes @ LIGHT if eye[2] > 0 else axes @ (LIGHT * np.array([1.0, 1.0, -1.0]))
    for (_, colour), triangles in zip(meshes, points, strict=True):
        normals = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
        length = np.linalg.norm(normals, axis=1)
        seen = (length > 1e-9) & (normals[:, 2] > 0)
        shade = 0.45 + 0.55 * np.clip((normals[seen] / length[seen, None]) @ light, 0, 1)
        flat = triangles[seen].copy()
        flat[..., 0] = (flat[..., 0] - middle[0]) * scale + wide / 2
        flat[..., 1] = high / 2 - (flat[..., 1] - middle[1]) * scale
        for corners, bright in zip(flat, shade, strict=True):
            _fill(image, depth, corners, np.array(colour) * bright)
    made = Image.fromarray(image.clip(0, 255).astype(np.uint8))
    return made.resize(size, Image.Resampling.BOX)


def _fill(image: np.ndarray, depth: np.ndarray, corners: np.ndarray, colour: np.ndarray) -> None:
    """One triangle into picture and depth. Shape: `corners` (3, 3): x, y in pixels, nearness in mm."""
    x0, y0 = np.maximum(np.floor(corners[:, :2].min(axis=0)).astype(int), 0)
    x1, y1 = np.floor(corners[:, :2].max(axis=0)).astype(int) + 1
    x1, y1 = min(x1, image.shape[1] - 1), min(y1, image.shape[0] - 1)
    if x1 < x0 or y1 < y0:
        return
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = corners
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    if abs(area) < 1e-9:
        return
    ys, xs = np.mgrid[y0 : y1 + 1, x0 : x1 + 1] + 0.5
    u = ((bx - xs) * (cy - ys) - (cx - xs) * (by - ys)) / area
    v = ((cx - xs) * (ay - ys) - (ax - xs) * (cy - ys)) / area
    near = u * az + v * bz + (1 - u - v) * cz
    window = depth[y0 : y1 + 1, x0 : x1 + 1]
    is_front = (u >= -1e-6) & (v >= -1e-6) & (u + v <= 1 + 1e-6) & (near > window)
    window[is_front] = near[is_front]
    image[y0 : y1 + 1, x0 : x1 + 1][is_front] = colour


def draw(source: Source, variant: Variant, folder: pathlib.Path) -> Image.Image:
    """Both views beside each other. Errors: SourceFault, OSError."""
    half = (SIZE[0] * 3 // 5, SIZE[1])
    whole = Image.new("RGB", SIZE, "white")
    whole.paste(picture(scene(source, variant, folder, 0), (0.45, 0.3, 1.0), half), (0, 0))
    rest = (SIZE[0] - half[0], SIZE[1])
    whole.paste(picture(scene(source, variant, folder, 90), (-0.7, 0.4, -1.0), rest), (half[0], 0))
    return whole


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m hardware.enclosure.render")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "enclosure" / "enclosure.png")
    asked = parser.parse_args()
    try:
        source = load()
        image = draw(source, source.variants["reference"], HERE / "enclosure")
    except (SourceFault, OSError) as fault:
        print(f"enclosure: {fault}", file=sys.stderr)
        return 2
    image.convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(asked.out, optimize=True)
    from ..build import picture_stamp

    stamp = HERE / "enclosure" / "stamp.txt"  # its first line is model.py's
    stamp.write_text(f"{stamp.read_text('utf-8').split()[0]}\n{picture_stamp()}\n", "utf-8")
    print(f"enclosure: {asked.out.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
