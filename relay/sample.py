"""Fills an empty database with one invented community of up to 60 homes, so that the relay can be tried.

Every name, address, note and number here is invented (numbers: 1380000xxxx). The same count of homes gives
the same people each time; only passwords and keys are random, and they are shown once.
"""

import random
import secrets
from typing import Any

from .access import rules as access_rules
from .access import store as access_store
from .clock import now_ms
from .database import Transaction
from .hubs import store as hub_store
from .people import store as people_store
from .people.sample_places import PICTURE_HEIGHT, PICTURE_WIDTH, PLACES

COMMUNITY_ID = "c-qinghe"
HOMES_MAX = len(PLACES)

SURNAMES = [  # the commonest ones
    "王",
    "李",
    "张",
    "刘",
    "陈",
    "杨",
    "黄",
    "赵",
    "吴",
    "周",
    "徐",
    "孙",
    "马",
    "朱",
    "胡",
    "郭",
    "何",
    "高",
    "林",
    "罗",
]
WOMEN = ["秀英", "桂兰", "玉珍", "淑华", "凤英", "玉兰", "桂英", "秀兰", "丽华", "淑珍"]
MEN = ["建国", "德明", "志强", "福生", "国华", "永年", "振华", "文斌", "长海", "宝山"]
CHILDREN = ["磊", "静", "伟", "敏", "洋", "娜", "涛", "倩", "超", "婷"]
HEALTH = (
    "高血压，每日服药",
    "二型糖尿病；床头有血糖仪",
    "心脏支架（2019）；随身带硝酸甘油",
    "右髋置换，走路用助行器",
    "慢阻肺，夜间吸氧",
    "轻度认知障碍；会忘记已经报过警",
    "骨质疏松，去年跌倒一次",
    "无特殊",
)
HABITS = ("六点起床，晨练到八点", "午睡到两点半", "晚上九点前睡", "常在阳台浇花", "下午去活动室下棋")
LANGUAGES = ("普通话", "普通话、四川话", "上海话", "广东话、普通话", "普通话、少许英语")
HEARING = ("正常", "正常", "左耳重听，请大声", "戴助听器，夜间取下")
DEVICES = (
    ("button", "卧室", "床头按钮"),
    ("door", "门厅", "入户门"),
    ("motion", "客厅", "客厅感应器"),
    ("button", "卫生间", "卫生间拉绳"),
)
FIRST_HOME_DEVICES = ("5448e68f80a5", "5448e68f80b1", "5448e68f80c2", "5448e68f80a6")  # those of the simulated home
WIRED = ("wired", "button", "门厅", "主机上的按钮")  # every hub has one
STAFF = (
    ("operator", "陈静", "Chen Jing", access_rules.OPERATOR),
    ("responder", "李敏", "Li Min", access_rules.RESPONDER),
    ("responder2", "周强", "Zhou Qiang", access_rules.RESPONDER),
    ("supervisor", "何文", "He Wen", access_rules.SUPERVISOR),
)
DUTY_PHONE = "13800009000"


def fill(transaction: Transaction, homes: int, passwords: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Add the community; what is to be shown once. Shape: `passwords` name → (clear, argon2 hash)."""
    people_store.add_community(transaction, COMMUNITY_ID, "清河苑", "Qinghe Garden", PICTURE_WIDTH, PICTURE_HEIGHT)
    staff: list[dict[str, Any]] = []
    people_store.set_duty_phone(transaction, COMMUNITY_ID, DUTY_PHONE)
    for number, (name, display_name, display_name_en, role) in enumerate(STAFF, 1):
        clear, hashed = passwords[name]
        phone = f"1380000{9000 + number}"
        access_store.add_staff(
            transaction, COMMUNITY_ID, name, display_name, display_name_en, role, hashed, phone=phone
        )
        staff.append({"name": name, "password": clear, "role": role})
    chance = random.Random("anling")  # invented people, the same ones each time
    hubs = [_add_home(transaction, number, chance) for number in range(homes)]
    return {"community_id": COMMUNITY_ID, "staff": staff, "hubs": hubs}


def make_passwords() -> dict[str, tuple[str, str]]:
    """Fresh passwords of the sample staff; outside the transaction, because argon2 is slow on purpose."""
    passwords: dict[str, tuple[str, str]] = {}
    for name, *_ in STAFF:
        clear = secrets.token_urlsafe(9)
        passwords[name] = (clear, access_store.hash_password(clear))
    return passwords


def _add_home(transaction: Transaction, number: int, chance: random.Random) -> dict[str, Any]:
    place = PLACES[number]
    hub_id = f"hub-{number + 1:04}"
    dwelling_id = "-".join(("d", place["building"], place["unit"] or "0", place["door"]))
    unit = f" {place['unit']} 单元" if place["unit"] else ""
    people_store.add_dwelling(
        transaction,
        {
            "dwelling_id": dwelling_id,
            "community_id": COMMUNITY_ID,
            "label": place["label"],
            "label_en": place["label_en"],
            "address": f"{place['estate']} {place['building']} 号楼{unit} {place['floor']} 层 {place['door']} 室",
            "x": place["x"],
            "y": place["y"],
            **{name: place[name] for name in ("estate", "building", "unit", "floor", "door")},
            "door_code": secrets.token_urlsafe(9),
        },
    )
    surname = chance.choice(SURNAMES)
    _add_people(transaction, dwelling_id, surname, number, chance)
    password = hub_store.add_hub(transaction, hub_id, dwelling_id, now_ms())
    devices: list[dict[str, Any]] = []
    for index, (kind, device_room, label) in enumerate(DEVICES):
        device_id = FIRST_HOME_DEVICES[index] if number == 0 else f"5448e6{number:04x}{index:02x}"
        hub_store.add_device(transaction, hub_id, device_id, kind, device_room, label)
        devices.append({"id": device_id, "kind": kind, "room": device_room, "label": label})
    hub_store.add_device(transaction, hub_id, *WIRED)
    stairwell = f"{COMMUNITY_ID}-{place['building']}-{place['unit'] or 0}"
    return {
        "neighbours": hub_store.set_stairwell(transaction, hub_id, stairwell),
        "hub_id": hub_id,
        "password": password,
        "psk_hex": secrets.token_hex(32),
        "dwelling_id": dwelling_id,
        "devices": devices,
    }


def _add_people(transaction: Transaction, dwelling_id: str, surname: str, number: int, chance: random.Random) -> None:
    is_woman = chance.random() < 0.6
    people_store.add_resident(
        transaction,
        {
            "dwelling_id": dwelling_id,
            "name": surname + chance.choice(WOMEN if is_woman else MEN),
            "sex": "female" if is_woman else "male",
            "birth_year": chance.randint(1934, 1956),
            "health_notes": chance.choice(HEALTH),
            "habits": chance.choice(HABITS),
            "languages": chance.choice(LANGUAGES),
            "hearing": chance.choice(HEARING),
        },
    )
    for order, relation in enumerate(("女儿", "儿子"), 1):
        people_store.add_contact(
            transaction,
            {
                "dwelling_id": dwelling_id,
                "name": surname + chance.choice(CHILDREN),
                "relation": relation,
                "phone": f"1380000{number * 3 + order:04}",
                "call_order": order,
            },
        )
    people_store.add_keyholder(
        transaction,
        {
            "dwelling_id": dwelling_id,
            "name": chance.choice(SURNAMES) + "阿姨（邻居）",
            "phone": f"1380000{number * 3 + 3:04}",
            "note": "有备用钥匙",
        },
    )
