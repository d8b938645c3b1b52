"""The houses of the drawn community: where they stand, how a wall and a roof are drawn.

The same numbers draw a wall and place a dot on it, so that a dot lies on the very window of its flat. Which
homes are protected is not known here.
"""

import random
from dataclasses import dataclass

from . import draw_shapes as shapes
from .draw_shapes import at, box, filled, south, west

STOREY = 3.0
UNIT = 16.0  # metres of wall a stairwell serves in a slab


@dataclass(frozen=True)
class House:
    """A house from its south-west corner. Shape: metres; units of 0 make a tower of four doors a storey."""

    number: int
    x: float
    y: float
    units: int
    storeys: int
    wall: tuple[str, str, str]

    @property
    def width(self) -> float:
        return self.units * UNIT if self.units else 24.0

    @property
    def depth(self) -> float:
        return 12.0 if self.units else 20.0

    @property
    def height(self) -> float:
        return self.storeys * STOREY


CREAM = ("#dcd3c2", "#b3a998", "#a9766a")
SAND = ("#d8cfc6", "#aea59c", "#98786d")
STONE = ("#d5d6d2", "#a9adab", "#9aa3a6")
COLUMNS, ROWS = (0.0, 62.0, 124.0, 186.0), (0.0, 50.0, 100.0, 150.0)
HOUSES = (
    House(1, COLUMNS[0], ROWS[0], 3, 6, CREAM),
    House(2, COLUMNS[1], ROWS[0], 3, 6, SAND),
    House(3, COLUMNS[2] + 10, ROWS[0], 3, 6, CREAM),
    House(4, COLUMNS[3] + 10, ROWS[0], 3, 6, SAND),
    House(5, COLUMNS[0], ROWS[1], 3, 6, SAND),
    House(6, COLUMNS[3] + 10, ROWS[1], 3, 6, CREAM),
    House(7, COLUMNS[0], ROWS[2], 3, 6, CREAM),
    House(8, COLUMNS[3] + 10, ROWS[2], 3, 6, SAND),
    House(9, COLUMNS[0], ROWS[3], 3, 6, SAND),
    House(10, COLUMNS[1] + 6, ROWS[3] - 4, 0, 18, STONE),
    House(11, COLUMNS[2] + 18, ROWS[3] - 4, 0, 18, STONE),
    House(12, COLUMNS[3] + 10, ROWS[3], 3, 6, CREAM),
)


def windows(house: House) -> str:
    """Both walls' windows and balconies: one path a colour keeps the file small."""
    panes, balconies, shades, sides = [], [], [], []
    bays = house.units * 4 if house.units else 8
    bay = house.width / bays
    for storey in range(house.storeys):
        z = storey * STOREY
        for index in range(bays):
            x = house.x + index * bay
            if index % 4 in (1, 2):
                balconies.append(south(x + 0.25, house.y, x + bay - 0.25, z + 0.2, z + 1.2))
                panes.append(south(x + 0.4, house.y, x + bay - 0.4, z + 1.25, z + 2.65))
            else:
                panes.append(south(x + 1.1, house.y, x + bay - 1.1, z + 1.0, z + 2.5))
                shades.append(south(x + 1.0, house.y, x + bay - 1.0, z + 0.85, z + 1.0))
        for y in (4.5,) if house.units else (4, 9, 14):
            sides.append(west(house.x, house.y + y, house.y + y + 1.8, z + 1.0, z + 2.4))
    return (
        filled("".join(balconies), "#f0e9dc" if house.units else "#eef0ee")
        + filled("".join(panes), "#7d8f99")
        + filled("".join(shades), "#bdb3a4")
        + filled("".join(sides), "#6e7d86")
    )


def roof(house: House, chance: random.Random) -> str:
    """Parapet, stair heads, solar heaters and the number of the house, large enough to read."""
    top, drawn = house.height, ""
    lip = ("#e6dfd2", "#bfb5a5", "#c9bfb0")
    drawn += box(house.x - 0.4, house.y - 0.4, house.width + 0.8, house.depth + 0.8, top, top + 0.9, lip)
    drawn += filled(
        shapes.flat(house.x + 0.6, house.y + 0.6, house.width - 1.2, house.depth - 1.2, top + 0.9),
        house.wall[2],
    )
    heads = [house.x + UNIT * unit + 6.2 for unit in range(house.units)] or [house.x + 8.5]
    for x in heads:
        size = (3.6, 3.4, 2.4) if house.units else (7.0, 6.0, 4.0)
        drawn += box(x, house.y + house.depth - size[1] - 1.4, size[0], size[1], top + 0.9, top + size[2], CREAM)
    for index in range(house.units * 4):
        if chance.random() < 0.6:
            x = house.x + 1.6 + index * 4
            drawn += box(x, house.y + 2.2, 2.2, 1.5, top + 0.9, top + 1.7, ("#5d6b78", "#4c5862", "#71808d"))
    x, y = at(house.x + house.width - 4.2, house.y + 4.4, top + 0.9)
    drawn += (
        f'<circle cx="{shapes.number(x)}" cy="{shapes.number(y)}" r="13" fill="#f7f4ec" opacity=".92"/>'
        f'<text x="{shapes.number(x)}" y="{shapes.number(y + 5.5)}" font-size="16" font-weight="700"'
        f' text-anchor="middle" fill="#4a4a48">{house.number}</text>'
    )
    return drawn


def draw_house(house: House, chance: random.Random) -> str:
    drawn = box(house.x, house.y, house.width, house.depth, 0, house.height, house.wall)
    drawn += filled(south(house.x, house.y, house.x + house.width, 0, 0.7), "#9c9488")
    if not house.units:  # the lobby, and bands that make a tower slender
        drawn += filled(south(house.x + 9, house.y, house.x + 15, 0, 3.4), "#66757d")
        for x in (house.x + 11.7, house.x):
            drawn += filled(south(x, house.y, x + 0.6, 0, house.height), "#c3c5c2")
    for unit in range(1, house.units):
        x = house.x + unit * UNIT
        drawn += filled(south(x - 0.2, house.y, x + 0.2, 0, house.height), "#c0b6a6")
    return drawn + windows(house) + roof(house, chance)
