"""Where the sixty sample homes lie on the drawn picture of Qinghe Garden. Made by
`python -m relay.console.draw_picture` from the numbers that draw the walls; do not edit by hand.

Shape: x and y are 0 to 1 of the picture, from its top left corner.
"""

from typing import Any

PICTURE_URL, PICTURE_WIDTH, PICTURE_HEIGHT = "/static/pictures/qinghe.svg", 1600, 1000

# fmt: off
# ruff: noqa: E501
PLACES: list[dict[str, Any]] = [  # one home a line
    {"label": "1号楼1单元302", "label_en": "Bldg 1, Unit 1, 302", "estate": "清河苑", "building": "1", "unit": "1", "floor": 3, "door": "302", "x": 0.2147, "y": 0.8027},
    {"label": "1号楼2单元101", "label_en": "Bldg 1, Unit 2, 101", "estate": "清河苑", "building": "1", "unit": "2", "floor": 1, "door": "101", "x": 0.2387, "y": 0.8191},
    {"label": "1号楼3单元602", "label_en": "Bldg 1, Unit 3, 602", "estate": "清河苑", "building": "1", "unit": "3", "floor": 6, "door": "602", "x": 0.3106, "y": 0.7486},
    {"label": "1号楼3单元401", "label_en": "Bldg 1, Unit 3, 401", "estate": "清河苑", "building": "1", "unit": "3", "floor": 4, "door": "401", "x": 0.2866, "y": 0.7757},
    {"label": "1号楼1单元301", "label_en": "Bldg 1, Unit 1, 301", "estate": "清河苑", "building": "1", "unit": "1", "floor": 3, "door": "301", "x": 0.1907, "y": 0.8081},
    {"label": "2号楼1单元402", "label_en": "Bldg 2, Unit 1, 402", "estate": "清河苑", "building": "2", "unit": "1", "floor": 4, "door": "402", "x": 0.4004, "y": 0.7502},
    {"label": "2号楼2单元301", "label_en": "Bldg 2, Unit 2, 301", "estate": "清河苑", "building": "2", "unit": "2", "floor": 3, "door": "301", "x": 0.4244, "y": 0.7557},
    {"label": "2号楼3单元302", "label_en": "Bldg 2, Unit 3, 302", "estate": "清河苑", "building": "2", "unit": "3", "floor": 3, "door": "302", "x": 0.4963, "y": 0.7395},
    {"label": "2号楼3单元201", "label_en": "Bldg 2, Unit 3, 201", "estate": "清河苑", "building": "2", "unit": "3", "floor": 2, "door": "201", "x": 0.4723, "y": 0.7558},
    {"label": "2号楼1单元201", "label_en": "Bldg 2, Unit 1, 201", "estate": "清河苑", "building": "2", "unit": "1", "floor": 2, "door": "201", "x": 0.3765, "y": 0.7773},
    {"label": "3号楼1单元502", "label_en": "Bldg 3, Unit 1, 502", "estate": "清河苑", "building": "3", "unit": "1", "floor": 5, "door": "502", "x": 0.6161, "y": 0.6909},
    {"label": "3号楼2单元501", "label_en": "Bldg 3, Unit 2, 501", "estate": "清河苑", "building": "3", "unit": "2", "floor": 5, "door": "501", "x": 0.6401, "y": 0.6855},
    {"label": "3号楼3单元602", "label_en": "Bldg 3, Unit 3, 602", "estate": "清河苑", "building": "3", "unit": "3", "floor": 6, "door": "602", "x": 0.712, "y": 0.6585},
    {"label": "3号楼3单元601", "label_en": "Bldg 3, Unit 3, 601", "estate": "清河苑", "building": "3", "unit": "3", "floor": 6, "door": "601", "x": 0.688, "y": 0.6639},
    {"label": "3号楼1单元101", "label_en": "Bldg 3, Unit 1, 101", "estate": "清河苑", "building": "3", "unit": "1", "floor": 1, "door": "101", "x": 0.5921, "y": 0.7398},
    {"label": "4号楼1单元602", "label_en": "Bldg 4, Unit 1, 602", "estate": "清河苑", "building": "4", "unit": "1", "floor": 6, "door": "602", "x": 0.8018, "y": 0.6383},
    {"label": "4号楼2单元101", "label_en": "Bldg 4, Unit 2, 101", "estate": "清河苑", "building": "4", "unit": "2", "floor": 1, "door": "101", "x": 0.8258, "y": 0.6873},
    {"label": "4号楼3单元302", "label_en": "Bldg 4, Unit 3, 302", "estate": "清河苑", "building": "4", "unit": "3", "floor": 3, "door": "302", "x": 0.8977, "y": 0.6494},
    {"label": "4号楼3单元401", "label_en": "Bldg 4, Unit 3, 401", "estate": "清河苑", "building": "4", "unit": "3", "floor": 4, "door": "401", "x": 0.8737, "y": 0.6439},
    {"label": "4号楼1单元601", "label_en": "Bldg 4, Unit 1, 601", "estate": "清河苑", "building": "4", "unit": "1", "floor": 6, "door": "601", "x": 0.7779, "y": 0.6437},
    {"label": "5号楼1单元102", "label_en": "Bldg 5, Unit 1, 102", "estate": "清河苑", "building": "5", "unit": "1", "floor": 1, "door": "102", "x": 0.1829, "y": 0.6663},
    {"label": "5号楼2单元301", "label_en": "Bldg 5, Unit 2, 301", "estate": "清河苑", "building": "5", "unit": "2", "floor": 3, "door": "301", "x": 0.2068, "y": 0.6392},
    {"label": "5号楼3单元602", "label_en": "Bldg 5, Unit 3, 602", "estate": "清河苑", "building": "5", "unit": "3", "floor": 6, "door": "602", "x": 0.2787, "y": 0.5904},
    {"label": "5号楼3单元201", "label_en": "Bldg 5, Unit 3, 201", "estate": "清河苑", "building": "5", "unit": "3", "floor": 2, "door": "201", "x": 0.2548, "y": 0.6393},
    {"label": "5号楼1单元501", "label_en": "Bldg 5, Unit 1, 501", "estate": "清河苑", "building": "5", "unit": "1", "floor": 5, "door": "501", "x": 0.1589, "y": 0.6282},
    {"label": "6号楼1单元202", "label_en": "Bldg 6, Unit 1, 202", "estate": "清河苑", "building": "6", "unit": "1", "floor": 2, "door": "202", "x": 0.77, "y": 0.5237},
    {"label": "6号楼2单元501", "label_en": "Bldg 6, Unit 2, 501", "estate": "清河苑", "building": "6", "unit": "2", "floor": 5, "door": "501", "x": 0.794, "y": 0.4856},
    {"label": "6号楼3单元302", "label_en": "Bldg 6, Unit 3, 302", "estate": "清河苑", "building": "6", "unit": "3", "floor": 3, "door": "302", "x": 0.8659, "y": 0.4913},
    {"label": "6号楼3单元601", "label_en": "Bldg 6, Unit 3, 601", "estate": "清河苑", "building": "6", "unit": "3", "floor": 6, "door": "601", "x": 0.8419, "y": 0.464},
    {"label": "6号楼1单元401", "label_en": "Bldg 6, Unit 1, 401", "estate": "清河苑", "building": "6", "unit": "1", "floor": 4, "door": "401", "x": 0.746, "y": 0.5073},
    {"label": "7号楼1单元302", "label_en": "Bldg 7, Unit 1, 302", "estate": "清河苑", "building": "7", "unit": "1", "floor": 3, "door": "302", "x": 0.151, "y": 0.4864},
    {"label": "7号楼2单元101", "label_en": "Bldg 7, Unit 2, 101", "estate": "清河苑", "building": "7", "unit": "2", "floor": 1, "door": "101", "x": 0.175, "y": 0.5028},
    {"label": "7号楼3单元602", "label_en": "Bldg 7, Unit 3, 602", "estate": "清河苑", "building": "7", "unit": "3", "floor": 6, "door": "602", "x": 0.2469, "y": 0.4323},
    {"label": "7号楼3单元401", "label_en": "Bldg 7, Unit 3, 401", "estate": "清河苑", "building": "7", "unit": "3", "floor": 4, "door": "401", "x": 0.2229, "y": 0.4594},
    {"label": "7号楼1单元301", "label_en": "Bldg 7, Unit 1, 301", "estate": "清河苑", "building": "7", "unit": "1", "floor": 3, "door": "301", "x": 0.1271, "y": 0.4918},
    {"label": "8号楼1单元402", "label_en": "Bldg 8, Unit 1, 402", "estate": "清河苑", "building": "8", "unit": "1", "floor": 4, "door": "402", "x": 0.7382, "y": 0.3437},
    {"label": "8号楼2单元301", "label_en": "Bldg 8, Unit 2, 301", "estate": "清河苑", "building": "8", "unit": "2", "floor": 3, "door": "301", "x": 0.7621, "y": 0.3492},
    {"label": "8号楼3单元302", "label_en": "Bldg 8, Unit 3, 302", "estate": "清河苑", "building": "8", "unit": "3", "floor": 3, "door": "302", "x": 0.834, "y": 0.3331},
    {"label": "8号楼3单元201", "label_en": "Bldg 8, Unit 3, 201", "estate": "清河苑", "building": "8", "unit": "3", "floor": 2, "door": "201", "x": 0.8101, "y": 0.3494},
    {"label": "8号楼1单元201", "label_en": "Bldg 8, Unit 1, 201", "estate": "清河苑", "building": "8", "unit": "1", "floor": 2, "door": "201", "x": 0.7142, "y": 0.3709},
    {"label": "9号楼1单元502", "label_en": "Bldg 9, Unit 1, 502", "estate": "清河苑", "building": "9", "unit": "1", "floor": 5, "door": "502", "x": 0.1192, "y": 0.3065},
    {"label": "9号楼2单元501", "label_en": "Bldg 9, Unit 2, 501", "estate": "清河苑", "building": "9", "unit": "2", "floor": 5, "door": "501", "x": 0.1432, "y": 0.3011},
    {"label": "9号楼3单元602", "label_en": "Bldg 9, Unit 3, 602", "estate": "清河苑", "building": "9", "unit": "3", "floor": 6, "door": "602", "x": 0.215, "y": 0.2741},
    {"label": "9号楼3单元601", "label_en": "Bldg 9, Unit 3, 601", "estate": "清河苑", "building": "9", "unit": "3", "floor": 6, "door": "601", "x": 0.1911, "y": 0.2795},
    {"label": "9号楼1单元101", "label_en": "Bldg 9, Unit 1, 101", "estate": "清河苑", "building": "9", "unit": "1", "floor": 1, "door": "101", "x": 0.0952, "y": 0.3554},
    {"label": "10号楼1单元302", "label_en": "Bldg 10, Unit 1, 302", "estate": "清河苑", "building": "10", "unit": "1", "floor": 3, "door": "302", "x": 0.3164, "y": 0.2972},
    {"label": "10号楼1单元604", "label_en": "Bldg 10, Unit 1, 604", "estate": "清河苑", "building": "10", "unit": "1", "floor": 6, "door": "604", "x": 0.3524, "y": 0.2565},
    {"label": "10号楼1单元901", "label_en": "Bldg 10, Unit 1, 901", "estate": "清河苑", "building": "10", "unit": "1", "floor": 9, "door": "901", "x": 0.2985, "y": 0.236},
    {"label": "10号楼1单元1303", "label_en": "Bldg 10, Unit 1, 1303", "estate": "清河苑", "building": "10", "unit": "1", "floor": 13, "door": "1303", "x": 0.3344, "y": 0.1844},
    {"label": "10号楼1单元1602", "label_en": "Bldg 10, Unit 1, 1602", "estate": "清河苑", "building": "10", "unit": "1", "floor": 16, "door": "1602", "x": 0.3164, "y": 0.1558},
    {"label": "11号楼1单元302", "label_en": "Bldg 11, Unit 1, 302", "estate": "清河苑", "building": "11", "unit": "1", "floor": 3, "door": "302", "x": 0.5381, "y": 0.2474},
    {"label": "11号楼1单元604", "label_en": "Bldg 11, Unit 1, 604", "estate": "清河苑", "building": "11", "unit": "1", "floor": 6, "door": "604", "x": 0.5741, "y": 0.2067},
    {"label": "11号楼1单元901", "label_en": "Bldg 11, Unit 1, 901", "estate": "清河苑", "building": "11", "unit": "1", "floor": 9, "door": "901", "x": 0.5201, "y": 0.1862},
    {"label": "11号楼1单元1303", "label_en": "Bldg 11, Unit 1, 1303", "estate": "清河苑", "building": "11", "unit": "1", "floor": 13, "door": "1303", "x": 0.5561, "y": 0.1346},
    {"label": "11号楼1单元1602", "label_en": "Bldg 11, Unit 1, 1602", "estate": "清河苑", "building": "11", "unit": "1", "floor": 16, "door": "1602", "x": 0.5381, "y": 0.106},
    {"label": "12号楼1单元202", "label_en": "Bldg 12, Unit 1, 202", "estate": "清河苑", "building": "12", "unit": "1", "floor": 2, "door": "202", "x": 0.7063, "y": 0.2073},
    {"label": "12号楼2单元501", "label_en": "Bldg 12, Unit 2, 501", "estate": "清河苑", "building": "12", "unit": "2", "floor": 5, "door": "501", "x": 0.7303, "y": 0.1693},
    {"label": "12号楼3单元302", "label_en": "Bldg 12, Unit 3, 302", "estate": "清河苑", "building": "12", "unit": "3", "floor": 3, "door": "302", "x": 0.8022, "y": 0.1749},
    {"label": "12号楼3单元601", "label_en": "Bldg 12, Unit 3, 601", "estate": "清河苑", "building": "12", "unit": "3", "floor": 6, "door": "601", "x": 0.7782, "y": 0.1477},
    {"label": "12号楼1单元401", "label_en": "Bldg 12, Unit 1, 401", "estate": "清河苑", "building": "12", "unit": "1", "floor": 4, "door": "401", "x": 0.6824, "y": 0.191},
]
