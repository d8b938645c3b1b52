"""Fills an empty database with one invented community of up to 60 homes, so that the relay can be tried.

Every name, address, note and number here is invented (numbers: 1380000xxxx). The same count of homes gives
the same people each time; only passwords and keys are random, and they are shown once.
"""

import random
import secrets
from typing import Any

from ..access import rules as access_rules
from ..access import store as access_store
from ..clock import now_ms
from ..database import Transaction
from ..district import store as district_store
from ..hubs import store as hub_store
from ..people import rules as people_rules
from ..people import store as people_store
from ..people.sample_places import PICTURE_HEIGHT, PICTURE_WIDTH, PLACES
from .names import CHILDREN, HABITS, HEALTH, HEARING, LANGUAGES, MEN, SURNAMES, WOMEN

COMMUNITY_ID = "c-qinghe"
DISTRICT_ID = "d-binjiang"
HOMES_MAX = len(PLACES)
LATITUDE, LONGITUDE = 30.1862, 120.1934  # WGS-84, the middle of the picture
HEIGHT, WIDTH = 0.0040, 0.0066  # degrees that the picture covers

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
    ("operator2", "孙丽", "Sun Li", access_rules.OPERATOR),
    ("installer", "吴昊", "Wu Hao", access_rules.INSTALLER),
    ("district", "沈岚", "Shen Lan", access_rules.DISTRICT),
    ("auditor", "顾平", "Gu Ping", access_rules.AUDITOR),
)
ON_DUTY = (("operator", "operator"), ("operator2", "deputy"), ("responder", "responder"), ("responder2", "responder"))
SHIFT_MS = 12 * 3600 * 1000
DUTY_PHONE = "13800009000"
PROVIDERS = ("电信", "移动", "联通")
ACCESS_NOTES = ("", "单元门密码问值班室", "备用钥匙在物业，凭工作证领取", "电梯到顶楼需刷卡，找保安")
NEARBY = (
    ("clinic", "清河社区卫生服务站", 0.2, 0.15, "13800009101"),
    ("station", "清河苑居家养老服务站", 0.55, 0.5, "13800009102"),
    ("defibrillator", "东门岗亭 AED", 0.92, 0.55, ""),
    ("defibrillator", "活动室 AED", 0.45, 0.4, ""),
)


def fill(transaction: Transaction, homes: int, passwords: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Add the community; what is to be shown once. Shape: `passwords` name → (clear, argon2 hash)."""
    people_store.add_community(transaction, COMMUNITY_ID, "清河苑", "Qinghe Garden", PICTURE_WIDTH, PICTURE_HEIGHT)
    people_store.add_district(transaction, DISTRICT_ID, "滨江区", "Riverside")
    people_store.set_place_of_community(transaction, COMMUNITY_ID, DISTRICT_ID, LATITUDE, LONGITUDE)
    district_store.set_surroundings(transaction, COMMUNITY_ID, [_nearby(*place) for place in NEARBY])
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


def put_on_duty(transaction: Transaction, now: int) -> None:
    """Somebody is on duty for the next twelve hours."""
    for name, duty in ON_DUTY:
        row = access_store.staff_by_name(transaction, name)
        if row is not None:
            access_store.add_shift(transaction, COMMUNITY_ID, row["staff_id"], duty, now, now + SHIFT_MS)


def place_of(x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude of a point of the picture."""
    return round(LATITUDE + (0.5 - y) * HEIGHT, 7), round(LONGITUDE + (x - 0.5) * WIDTH, 7)


def _nearby(kind: str, name: str, x: float, y: float, phone: str) -> dict[str, Any]:
    latitude, longitude = place_of(x, y)
    return {"kind": kind, "name": name, "latitude": latitude, "longitude": longitude, "phone": phone}


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
    latitude, longitude = place_of(place["x"], place["y"])
    way = {name: place[name] for name in ("estate", "building", "unit", "floor", "door")}
    people_store.add_dwelling(
        transaction,
        {
            "dwelling_id": dwelling_id,
            "community_id": COMMUNITY_ID,
            "label": place["label"],
            "label_en": place["label_en"],
            "address": people_rules.address_of(**way),
            "x": place["x"],
            "y": place["y"],
            **way,
            "latitude": latitude,
            "longitude": longitude,
            "access_note": ACCESS_NOTES[number % len(ACCESS_NOTES)],
            "provider": PROVIDERS[number % len(PROVIDERS)],
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
        "psk_hex": hub_store.make_psk(transaction, hub_id),
        "dwelling_id": dwelling_id,
        "devices": devices,
    }


def _add_people(transaction: Transaction, dwelling_id: str, surname: str, number: int, chance: random.Random) -> None:
    is_woman = chance.random() < 0.6
    if number % 7 == 5:  # a couple
        people_store.add_resident(
            transaction,
            {"dwelling_id": dwelling_id, "name": SURNAMES[number % 20] + MEN[number % 10], "birth_year": 1938},
        )
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
            "phone": f"1380000{5000 + number}",
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
