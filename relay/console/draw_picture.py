"""Draws the sample community, Qinghe Garden, as seen by a bird, and says where its sample homes lie on it.

`python -m relay.console.draw_picture` writes static/pictures/qinghe.svg and relay/people/sample_places.py; a
test fails when either is older than this file. The same numbers draw a wall and place a dot on it, so a dot
lies on the very window of its flat. No person and no alarm is known here.
"""

import json
import random
from pathlib import Path

from . import draw_shapes as shapes
from .draw_houses import COLUMNS, HOUSES, STONE, STOREY, UNIT, House, draw_house
from .draw_shapes import at, box, filled, plot, round_plot, south, west

PICTURE = Path(__file__).parent / "static" / "pictures" / "qinghe.svg"
PLACES = Path(__file__).parent.parent / "people" / "sample_places.py"
FLATS = ((2, 1, "02"), (5, 2, "01"), (3, 3, "02"), (6, 3, "01"), (4, 1, "01"))  # storey, unit, door
TOWER_FLATS = ((3, "02"), (6, "04"), (9, "01"), (13, "03"), (16, "02"))


def car(x: float, y: float, along_x: bool, colour: str) -> str:
    length, width = (4.4, 1.9) if along_x else (1.9, 4.4)
    body = (colour, colour, colour)
    glass = ("#56646c", "#46535a", colour)
    cabin = (x + length * 0.22, y + width * 0.22) if along_x else (x + 0.15, y + 1.1)
    size = (length * 0.52, width * 0.8) if along_x else (1.6, 2.2)
    return (
        plot(x - 0.5, y + 0.2, length, width, "#22302c", 'opacity=".25"')
        + box(x, y, length, width, 0.3, 0.95, body)
        + box(cabin[0], cabin[1], size[0], size[1], 0.95, 1.5, glass)
    )


def roads() -> str:
    """What lies flat: streets, drives, paths, lawns, the garden with its pond, parking bays."""
    asphalt, drive, paving = "#a9aaa6", "#bfbcb2", "#d9d0bd"
    drawn = plot(-190, -62, 560, 18, asphalt) + plot(-190, -44, 560, 4, paving)
    for x in range(-184, 360, 12):
        drawn += plot(x, -53.4, 5, 0.6, "#e9e6dc")
    drawn += plot(-190, -66, 560, 4, paving)
    drawn += plot(113, -44, 11, 34, drive) + plot(-14, -24, 276, 8, drive) + plot(-14, -24, 8, 206, drive)
    drawn += plot(254, -24, 8, 206, drive) + plot(-14, 174, 276, 8, drive) + plot(54, -16, 7, 190, drive)
    drawn += plot(186, -16, 7, 190, drive)
    for y in (34, 84, 134):
        drawn += plot(-6, y, 60, 5, drive) + plot(193, y, 61, 5, drive)
    for y in (-6, 44, 94, 144):  # the strip of green before each house
        for x in (COLUMNS[0], COLUMNS[3] + 10):
            drawn += plot(x, y + 1, 48, 4.4, "#b3bf9b")
    drawn += plot(66, 36, 115, 100, "#b6c39f")
    drawn += plot(66, 32, 115, 4, paving) + plot(66, 136, 115, 4, paving)
    drawn += plot(120, 36, 5, 100, paving) + plot(66, 84, 115, 5, paving)
    drawn += round_plot(122.5, 86.5, 21, 21, paving) + round_plot(122.5, 86.5, 17.5, 17.5, "#bccaa6")
    drawn += round_plot(100, 64, 24, 15, "#cfc7b2", 0.08) + round_plot(100, 64, 22, 13.4, "#93b1b6", 0.08)
    drawn += round_plot(97, 66, 13, 6.5, "#a5c0c3", 0.1)
    drawn += plot(141, 98, 30, 26, "#c9b8a2") + plot(142.5, 99.5, 27, 23, "#b9a08d")  # the square where people dance
    drawn += plot(142, 52, 30, 20, "#9db4a4") + plot(143, 53, 28, 18, "#86a596") + plot(156.8, 53, 0.5, 18, "#eef0e8")
    for x in range(66, 182, 3):  # parking bays north of the gate drive
        drawn += plot(x, -14, 0.25, 6, "#f1eee4")
    drawn += plot(66, -8.2, 115, 0.3, "#f1eee4")
    return drawn


def solid_things(chance: random.Random) -> list[tuple[float, str]]:
    """What stands up, each with its distance."""
    things = [(shapes.distance(h.x, h.y), draw_house(h, chance)) for h in HOUSES]

    def add(x: float, y: float, drawn: str) -> None:
        things.append((shapes.distance(x, y), drawn))

    for x in range(-140, 350, 11):
        if not 96 < x < 160:  # the gate and the police room stay in sight
            add(x, -42, shapes.tree(x + chance.uniform(-1, 1), -42, chance.uniform(2.2, 2.9), chance))
            add(x, -64, shapes.tree(x + 4 + chance.uniform(-1, 1), -64, chance.uniform(2.2, 2.9), chance))
    for x in range(-10, 262, 9):
        add(x, 188, shapes.tree(x, 188 + chance.uniform(-2, 3), chance.uniform(2.4, 3.8), chance))
    for y in range(-10, 196, 10):
        add(-21, y, shapes.tree(-21 + chance.uniform(-2, 1), y, chance.uniform(2.2, 3.4), chance))
        add(269, y, shapes.tree(269 + chance.uniform(-1, 3), y, chance.uniform(2.2, 3.4), chance))
    for x, y in (
        (66, 168),
        (74, 150),
        (98, 148),
        (104, 160),
        (112, 170),
        (122, 152),
        (130, 166),
        (172, 150),
        (178, 164),
    ):
        add(x, y, shapes.tree(x, y, chance.uniform(2.2, 3.2), chance))
    for _ in range(46):  # the hill behind
        x, y = chance.uniform(-60, 330), chance.uniform(200, 236)
        add(x, y, shapes.tree(x, y, chance.uniform(2.2, 4.0), chance))
    for _ in range(34):  # beside the estate
        x, y = chance.choice((chance.uniform(-75, -30), chance.uniform(277, 305))), chance.uniform(-24, 190)
        add(x, y, shapes.tree(x, y, chance.uniform(2.0, 3.6), chance))
    for y in (29, 79, 129):
        for x in (*range(2, 50, 9), *range(198, 246, 9)):
            add(x, y, shapes.tree(x + chance.uniform(-2, 2), y, chance.uniform(1.6, 2.5), chance))
    for _ in range(64):
        x, y = chance.uniform(69, 178), chance.uniform(39, 133)
        is_pond = ((x - 100) / 25) ** 2 + ((y - 64) / 16) ** 2 < 1
        is_round = 14 < ((x - 122.5) ** 2 + (y - 86.5) ** 2) ** 0.5 < 24
        is_taken = (138 < x < 174 and (48 < y < 75 or 94 < y < 127)) or 116 < x < 129 or 80 < y < 93
        if not (is_pond or is_round or is_taken):
            add(x, y, shapes.tree(x, y, chance.uniform(1.8, 3.4), chance))
    for x, y in ((110, 76), (88, 50), (113, 53)):
        add(x, y, shapes.tree(x, y, 2.2, chance))
    colours = ("#e9e8e3", "#8d979c", "#5f6a70", "#a05f54", "#c9c6bd", "#6f8596", "#3f464a")
    for x in range(66, 180, 3):
        if chance.random() < 0.7 and not 108 < x < 126:
            add(x, -13.4, car(x + 0.6, -13.4, False, chance.choice(colours)))
    for x, y in ((-40, -50), (22, -50), (78, -58), (150, -50), (214, -58), (290, -50), (330, -58)):
        add(x, y, car(x, y, True, chance.choice(colours)))
    for x, y in ((-12, 60), (-12, 118), (256, 20), (256, 96), (56, 122), (188, 60)):
        add(x, y, car(x, y, False, chance.choice(colours)))
    add(122, 86, pavilion())
    add(96, -38, gate())
    add(136, -37, police_room())
    return things


def pavilion() -> str:
    """The pavilion in the round of the garden: a square roof that rises to a point."""
    drawn = shapes.shadow(119, 83, 7, 7, 5)
    for x, y in ((119.5, 89.5), (125.5, 89.5), (119.5, 83.5), (125.5, 83.5)):
        drawn += box(x, y, 0.4, 0.4, 0, 3.2, ("#8c5a4c", "#744a3f", "#8c5a4c"))
    corners, tip = [(118, 82), (127, 82), (127, 91), (118, 91)], at(122.5, 86.5, 6.4)
    for index, colour in ((1, "#7d6a60"), (2, "#77655c"), (3, "#6d5d55"), (0, "#927b6e")):
        a, b = corners[index], corners[(index + 1) % 4]
        drawn += filled(shapes.path([at(*a, 3.2), at(*b, 3.2), tip]), colour)
    return drawn


def gate() -> str:
    stone = ("#cfc6b6", "#a79e8f", "#ded6c8")
    drawn = shapes.shadow(108, -40, 3, 3, 7) + box(109, -40, 2.6, 3, 0, 7, stone)
    drawn += box(126, -40, 2.6, 3, 0, 7, stone) + box(107, -40.5, 23.5, 4, 7, 8.6, ("#8c6a5d", "#73574c", "#a07a6b"))
    return drawn + box(98, -40, 8, 6, 0, 4, STONE) + filled(south(99, -40, 105, 1.2, 2.8), "#74868f")


def police_room() -> str:
    drawn = shapes.shadow(136, -40, 19, 8, 4.6) + box(136, -40, 19, 8, 0, 4.6, ("#e3e5e6", "#b3b9bd", "#ccd2d6"))
    drawn += filled(south(136, -40, 155, 3.0, 4.2), "#3f6390") + filled(west(136, -40, -32, 3.0, 4.2), "#345377")
    drawn += filled(south(138, -40, 145, 0.9, 2.5), "#75879a") + filled(south(149, -40, 151.4, 0, 2.5), "#5b6b79")
    x, y = at(145.5, -40, 3.22)
    slope = -10.5
    return drawn + (
        f'<text transform="translate({shapes.number(x)} {shapes.number(y)}) rotate({slope})" font-size="6.4"'
        ' font-weight="700" text-anchor="middle" fill="#fff">警务室 POLICE</text>'
    )


def picture() -> str:
    chance = random.Random(20)
    drawn = filled(f"M0 0H{shapes.WIDTH}V{shapes.HEIGHT}H0Z", "#c3cbb2")
    drawn += plot(-190, 196, 660, 140, "#b9c4a8") + plot(-14, -24, 276, 206, "#cbcdb9") + roads()
    for house in HOUSES:
        drawn += shapes.shadow(house.x, house.y, house.width, house.depth, house.height)
    for _, thing in sorted(solid_things(chance), key=lambda pair: -pair[0]):
        drawn += thing
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {shapes.WIDTH} {shapes.HEIGHT}"'
        f' width="{shapes.WIDTH}" height="{shapes.HEIGHT}" font-family="sans-serif">{drawn}</svg>\n'
    )


def _place(house: House, unit: int, floor: int, door: str, along: float) -> dict[str, object]:
    x, y = at(house.x + along, house.y, (floor - 0.5) * STOREY)
    return {
        "label": f"{house.number}号楼{unit}单元{floor}{door}",
        "label_en": f"Bldg {house.number}, Unit {unit}, {floor}{door}",
        "estate": "清河苑",
        "building": str(house.number),
        "unit": str(unit),
        "floor": floor,
        "door": f"{floor}{door}",
        "x": round(x / shapes.WIDTH, 4),
        "y": round(y / shapes.HEIGHT, 4),
    }


def places() -> list[dict[str, object]]:
    """The sixty sample homes, each on its own window."""
    found = []
    for house in HOUSES:
        if not house.units:
            for floor, door in TOWER_FLATS:
                found.append(_place(house, 1, floor, door, (int(door) - 0.5) * house.width / 4))
            continue
        for index, (floor, unit, door) in enumerate(FLATS):
            floor = (floor + house.number * (index + 1) - 1) % 6 + 1
            found.append(_place(house, unit, floor, door, (unit - 1) * UNIT + (4 if door == "01" else 12)))
    return found


def places_module() -> str:
    rows = "".join(f"    {json.dumps(place, ensure_ascii=False)},\n" for place in places())
    return (
        '"""Where the sixty sample homes lie on the drawn picture of Qinghe Garden. Made by\n'
        "`python -m relay.console.draw_picture` from the numbers that draw the walls; do not edit by hand."
        "\n\n"
        "Shape: x and y are 0 to 1 of the picture, from its top left corner.\n"
        '"""\n\nfrom typing import Any\n\n'
        "PICTURE_URL, PICTURE_WIDTH, PICTURE_HEIGHT = "
        f'"/static/pictures/qinghe.svg", {shapes.WIDTH}, {shapes.HEIGHT}\n\n'
        f"# fmt: off\n# ruff: noqa: E501\nPLACES: list[dict[str, Any]] = [  # one home a line\n{rows}]\n"
    ).replace('":', '":')


def main() -> None:
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture(), encoding="utf-8")
    PLACES.write_text(places_module(), encoding="utf-8")


if __name__ == "__main__":
    main()
