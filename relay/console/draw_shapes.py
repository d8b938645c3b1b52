"""Shapes of the drawn community: an oblique projection of metres onto a picture, and what is made of it.

World: x east, y north, z up, in metres. The eye looks from the south-south-west, so that south and west faces
are seen; the sun stands in the south-east. This file must not know which community it draws.
"""

import math
import random

WIDTH, HEIGHT = 1600, 1000
_TURN = math.radians(12)
_SCALE, _DEPTH, _RISE = (
    4.9,
    0.66,
    0.74,
)  # pixels a metre; how much of a metre to the north, of one up, is seen
_ORIGIN = (286.0, 838.0)
_SHADE = (-0.62, 0.42)  # where a metre of height throws its shadow, in metres

Point = tuple[float, float]


def at(x: float, y: float, z: float = 0.0) -> Point:
    """Where a point of the world lies in the picture, in pixels."""
    right = x * math.cos(_TURN) - y * math.sin(_TURN)
    away = x * math.sin(_TURN) + y * math.cos(_TURN)
    return _ORIGIN[0] + _SCALE * right, _ORIGIN[1] - _SCALE * (away * _DEPTH + z * _RISE)


def distance(x: float, y: float) -> float:
    """How far away: what is farther is drawn first."""
    return x * math.sin(_TURN) + y * math.cos(_TURN)


def number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def path(points: list[Point]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def filled(d: str, fill: str, extra: str = "") -> str:
    return f'<path d="{d}" fill="{fill}"{" " + extra if extra else ""}/>'


def ground(points: list[Point], fill: str, extra: str = "") -> str:
    """A polygon lying on the ground."""
    return filled(path([at(x, y) for x, y in points]), fill, extra)


def plot(x: float, y: float, width: float, depth: float, fill: str, extra: str = "") -> str:
    """A rectangle lying on the ground, from its south-west corner."""
    return ground([(x, y), (x + width, y), (x + width, y + depth), (x, y + depth)], fill, extra)


def round_plot(x: float, y: float, rx: float, ry: float, fill: str, wobble: float = 0.0) -> str:
    """A pond or a lawn: an ellipse on the ground, its edge as uneven as `wobble`."""
    points = []
    for step in range(48):
        angle = step / 48 * math.tau
        reach = 1 + wobble * (math.sin(3 * angle + 0.6) + 0.5 * math.sin(5 * angle))
        points.append((x + rx * reach * math.cos(angle), y + ry * reach * math.sin(angle)))
    return ground(points, fill)


def south(x: float, y: float, x_to: float, z: float, z_to: float) -> str:
    """A rectangle on a wall that looks south."""
    return path([at(x, y, z), at(x_to, y, z), at(x_to, y, z_to), at(x, y, z_to)])


def west(x: float, y: float, y_to: float, z: float, z_to: float) -> str:
    """A rectangle on a wall that looks west."""
    return path([at(x, y, z), at(x, y_to, z), at(x, y_to, z_to), at(x, y, z_to)])


def flat(x: float, y: float, width: float, depth: float, z: float) -> str:
    """A rectangle at a height: a roof."""
    return path([at(x, y, z), at(x + width, y, z), at(x + width, y + depth, z), at(x, y + depth, z)])


def box(x: float, y: float, width: float, depth: float, z: float, z_to: float, colours: tuple[str, str, str]) -> str:
    """A box of three seen faces. Shape: colours of the south face, the west face, the roof."""
    return (
        filled(south(x, y, x + width, z, z_to), colours[0])
        + filled(west(x, y, y + depth, z, z_to), colours[1])
        + filled(flat(x, y, width, depth, z_to), colours[2])
    )


def shadow(x: float, y: float, width: float, depth: float, height: float) -> str:
    """The shadow that a box throws on the ground."""
    dx, dy = _SHADE[0] * height, _SHADE[1] * height
    corners = [
        (x, y),
        (x + width, y),
        (x + width, y + depth),
        (x + width + dx, y + depth + dy),
        (x + dx, y + depth + dy),
        (x + dx, y + dy),
    ]
    return ground(corners, "#22302c", 'opacity=".2"')


GREENS = (("#7f9c74", "#93ae85"), ("#76946f", "#8aa67e"), ("#8aa478", "#9fb68b"), ("#6f8e72", "#84a183"))


def tree(x: float, y: float, size: float, chance: random.Random) -> str:
    """A tree with its shadow. Shape: size is its crown's radius in metres."""
    foot_x, foot_y = at(x, y)
    shade_x, shade_y = at(x + _SHADE[0] * size * 1.6, y + _SHADE[1] * size * 1.6)
    top_x, top_y = at(x, y, size * 1.7)
    radius = size * _SCALE
    dark, light = chance.choice(GREENS)
    return (
        f'<ellipse cx="{number(shade_x)}" cy="{number(shade_y)}" rx="{number(radius)}"'
        f' ry="{number(radius * 0.6)}" fill="#22302c" opacity=".18"/>'
        f'<path d="M{number(foot_x)} {number(foot_y)}V{number(top_y)}" stroke="#6d6154" stroke-width="2"/>'
        f'<circle cx="{number(top_x)}" cy="{number(top_y)}" r="{number(radius)}" fill="{dark}"/>'
        f'<circle cx="{number(top_x + radius * 0.26)}" cy="{number(top_y - radius * 0.26)}"'
        f' r="{number(radius * 0.62)}" fill="{light}"/>'
    )
