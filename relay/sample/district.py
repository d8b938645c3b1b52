"""Fills up a district: 43 more invented communities, 30,000 homes in all, in a few seconds. For maps and benches.

Their hubs have no password that anybody knows. Most are shown as on the line although they were never heard: none of
them beats, and 29,000 silent hubs would be 29,000 faults.
"""

import random
from typing import Any

from ..database import Transaction
from ..people import rules as people_rules
from ..people import store as people_store
from .community import DISTRICT_ID, LATITUDE, LONGITUDE, PICTURE_HEIGHT, PICTURE_WIDTH
from .names import CHILDREN, MEN, PLACES_OF_COMMUNITIES, SURNAMES, WOMEN

HOMES = 30_000
ROWS, COLUMNS = 6, 8  # the communities' grid
APART = (0.012, 0.014)  # degrees between two of them
FLOORS, DOORS = 11, 4
OFFLINE, AWAY = 0.02, 0.01  # of all homes


def fill_district(transaction: Transaction, present: int, now: int) -> dict[str, Any]:
    """Add communities until the district has its homes, `present` of which are there; how many there are."""
    chance = random.Random("anling district")
    count = len(PLACES_OF_COMMUNITIES)
    for number, name in enumerate(PLACES_OF_COMMUNITIES):
        homes = (HOMES - present) * (number + 1) // count - (HOMES - present) * number // count
        _add_community(transaction, number, name, homes, chance, now)
    return {"communities": count + 1, "homes": HOMES}


def _add_community(
    transaction: Transaction, number: int, name: str, homes: int, chance: random.Random, now: int
) -> None:
    community_id = f"c-{number + 2:02}"
    cell = number + 1  # the first cell is the sample community's own
    latitude = LATITUDE + (cell // COLUMNS) * APART[0]
    longitude = LONGITUDE + (cell % COLUMNS) * APART[1]
    people_store.add_community(
        transaction, community_id, name, f"Community {number + 2}", PICTURE_WIDTH, PICTURE_HEIGHT
    )
    people_store.set_place_of_community(transaction, community_id, DISTRICT_ID, latitude, longitude)
    people_store.set_duty_phone(transaction, community_id, f"1380000{9200 + number}")
    dwellings: list[list[Any]] = []
    residents: list[list[Any]] = []
    contacts: list[list[Any]] = []
    hubs: list[list[Any]] = []
    for home in range(homes):
        building, rest = divmod(home, FLOORS * DOORS)
        floor, door = divmod(rest, DOORS)
        dwelling_id = f"{community_id}-{building + 1}-{floor + 1}0{door + 1}"
        state = chance.random()
        dwellings.append(_dwelling(community_id, name, dwelling_id, building, floor, door, latitude, longitude))
        dwellings[-1].append(int(OFFLINE <= state < OFFLINE + AWAY))
        surname = chance.choice(SURNAMES)
        resident = surname + chance.choice(WOMEN + MEN)
        residents.append([dwelling_id, resident, people_rules.initials(resident), chance.randint(1932, 1958)])
        phone = f"1380000{home % 10_000:04}"
        contacts.append([dwelling_id, surname + chance.choice(CHILDREN), chance.choice(("女儿", "儿子")), phone, 1])
        hubs.append([f"{community_id}-{home + 1:04}", dwelling_id, "00", "-", now, int(state >= OFFLINE)])
    transaction.execute_many(
        "INSERT INTO dwellings (dwelling_id, community_id, label, label_en, address, x, y, estate, building, unit,"
        " floor, door, latitude, longitude, door_code, is_away)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        dwellings,
    )
    transaction.execute_many(
        "INSERT INTO residents (dwelling_id, name, initials, birth_year) VALUES (?, ?, ?, ?)", residents
    )
    transaction.execute_many(
        "INSERT INTO contacts (dwelling_id, name, relation, phone, call_order) VALUES (?, ?, ?, ?, ?)", contacts
    )
    transaction.execute_many(
        "INSERT INTO hubs (hub_id, dwelling_id, password_salt, password_hash, added_at, is_online)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        hubs,
    )


def _dwelling(
    community_id: str, estate: str, dwelling_id: str, building: int, floor: int, door: int, north: float, east: float
) -> list[Any]:
    """A home's row: buildings stand in rows of four, doors side by side."""
    way = {"estate": estate, "building": str(building + 1), "unit": "1", "floor": floor + 1}
    number = f"{floor + 1}0{door + 1}"
    label, label_en = people_rules.label_of(way["building"], way["unit"], number)
    row, column = divmod(building, 4)
    latitude = round(north + (row - 2) * 0.0012 + floor * 0.00001, 7)
    longitude = round(east + (column - 1.5) * 0.0016 + (door - 1.5) * 0.0002, 7)
    x = round(0.1 + column * 0.22 + door * 0.04, 4)
    y = round(min(0.95, 0.1 + row * 0.2 + floor * 0.014), 4)
    address = people_rules.address_of(**way, door=number)
    named = [dwelling_id, community_id, label, label_en, address]
    return [*named, x, y, *way.values(), number, latitude, longitude, dwelling_id]  # its id is its door's code
