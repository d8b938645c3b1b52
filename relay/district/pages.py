"""The routes of the district's map, of buildings door by door, and of help nearby."""

import asyncio
import gzip
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from .. import events, guard
from ..access import rules as access_rules
from ..access import store as access_store
from ..alarms import views
from ..alarms.shapes import AlarmView
from ..clock import now_ms
from ..database import Reader
from ..guard import Person, SignedIn
from ..people import store as people_store
from ..services import ServicesOf
from . import store

router = APIRouter(prefix="/api", tags=["district"])
NO_COMMUNITY = "There is no such community in your district. Load the map again."
FIELDS = ("dwelling_id", "latitude", "longitude", "state", "community")
GZIP_LEVEL = 1  # 30,000 homes: a third of the bytes for a few milliseconds
GZIP_FROM = 2000
CommunityId = Annotated[str, Path(min_length=1, max_length=64)]
InCommunity = Annotated[str | None, Query(max_length=64, description="another community of a district officer's")]


class District(BaseModel):
    district_id: str
    name: str
    name_en: str


class CommunityOnMap(BaseModel):
    community_id: str
    name: str
    name_en: str
    latitude: float | None
    longitude: float | None
    homes: int
    open_alarms: int
    offline_hubs: int
    on_duty: int


class DistrictMap(BaseModel):
    """Shape: `district` null for a community that is in none. Go on from `last_event_id` with /api/events."""

    district: District | None
    communities: list[CommunityOnMap]
    last_event_id: int


class Points(BaseModel):
    """Every home with a place. Shape: each row as `fields` says, its last number an index into `communities`."""

    fields: list[str]
    communities: list[str]
    rows: list[list[str | float | int]]
    last_event_id: int


class Reachable(BaseModel):
    staff_id: int
    display_name: str
    display_name_en: str
    duty: str
    phone: str | None
    ends_at: int


class CommunityNow(BaseModel):
    """Who can be called in a community, and what is open there."""

    community_id: str
    name: str
    name_en: str
    duty_phone: str | None
    on_duty: list[Reachable]
    alarms: list[AlarmView]


class Building(BaseModel):
    estate: str
    building: str
    latitude: float | None
    longitude: float | None
    floors: int
    doors_per_floor: int
    homes: int


class Cell(BaseModel):
    """One door. Shape: `state` as on the board."""

    floor: int
    unit: str
    door: str
    dwelling_id: str
    label: str
    label_en: str
    state: Literal["alarm", "acknowledged", "pre_alarm", "offline", "away", "safe"]
    alarm_id: int | None


class Doors(BaseModel):
    estate: str
    building: str
    cells: list[Cell]


class Nearby(BaseModel):
    place_id: int
    kind: Literal["clinic", "station", "defibrillator"]
    name: str
    latitude: float
    longitude: float
    phone: str


def _seen(reader: Reader, person: Person) -> list[str]:
    return people_store.communities_seen(reader, person.community_id, person.role == access_rules.DISTRICT)


def _in(reader: Reader, person: Person, community_id: str | None) -> str:
    """The community that is asked about. Errors: HTTPException, when the person may not see it."""
    if community_id is None:
        return person.community_id
    if community_id not in _seen(reader, person):
        raise HTTPException(404, NO_COMMUNITY)
    return community_id


@router.get("/district", response_model=DistrictMap)
def district(person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """The communities of the district, each with what is open and who is there."""
    guard.require(person, access_rules.OVERVIEW)
    with services.database.read() as reader:
        return {
            "district": store.district_of(reader, person.community_id),
            "communities": store.communities(reader, _seen(reader, person), now_ms()),
            "last_event_id": events.last_id(reader),
        }


@router.get("/district/homes", response_model=None, responses={200: {"model": Points}})
async def homes(request: Request, person: SignedIn, services: ServicesOf) -> Response:
    """All homes of the district as points, compact: 30,000 of them at once."""
    guard.require(person, access_rules.OVERVIEW)

    def make() -> bytes:
        with services.database.read() as reader:
            seen = _seen(reader, person)
            last_id = events.last_id(reader)
            rows = store.points(reader, seen)
        return orjson.dumps({"fields": FIELDS, "communities": seen, "rows": rows, "last_event_id": last_id})

    body = await asyncio.to_thread(make)
    headers = {"Vary": "Accept-Encoding"}
    if len(body) > GZIP_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        body = await asyncio.to_thread(gzip.compress, body, GZIP_LEVEL)
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type="application/json", headers=headers)


@router.get("/district/communities/{community_id}", response_model=CommunityNow)
def community(community_id: CommunityId, person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """Whom to call in a community of the district, and what is open there."""
    guard.require(person, access_rules.OVERVIEW)
    with services.database.read() as reader:
        row = people_store.community(reader, _in(reader, person, community_id))
        if row is None:
            raise HTTPException(404, NO_COMMUNITY)
        shown = {name: row[name] for name in ("community_id", "name", "name_en", "duty_phone")}
        on_duty = access_store.on_duty(reader, community_id, now_ms())
        return shown | {"on_duty": on_duty, "alarms": views.open_views(reader, community_id)}


@router.get("/buildings", response_model=list[Building])
def buildings(person: SignedIn, services: ServicesOf, community_id: InCommunity = None) -> list[dict[str, Any]]:
    """The buildings of a community in which homes are known by door."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        return store.buildings(reader, _in(reader, person, community_id))


@router.get("/buildings/{estate}/{building}", response_model=Doors)
def doors(
    estate: Annotated[str, Path(min_length=1, max_length=64)],
    building: Annotated[str, Path(min_length=1, max_length=32)],
    person: SignedIn,
    services: ServicesOf,
    community_id: InCommunity = None,
) -> dict[str, Any]:
    """One building, door by door. Shape: `estate` is "-" where homes have none."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        cells = store.doors(reader, _in(reader, person, community_id), "" if estate == "-" else estate, building)
    if not cells:
        raise HTTPException(404, "There is no such building in your community. Load the list again.")
    return {"estate": estate, "building": building, "cells": cells}


@router.get("/surroundings", response_model=list[Nearby])
def surroundings(person: SignedIn, services: ServicesOf, community_id: InCommunity = None) -> list[dict[str, Any]]:
    """Clinics, stations and defibrillators near the homes; for a district officer, of the whole district."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        of = _seen(reader, person) if community_id is None else [_in(reader, person, community_id)]
        return [place for one in of for place in store.surroundings(reader, one)]
