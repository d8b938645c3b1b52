"""What a console loads and what it may set: the board, a dwelling's place, the picture."""

import asyncio
import hashlib
import re
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, UploadFile
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from .. import events, guard
from ..access import rules as access_rules
from ..access import store as access_store
from ..alarms import views
from ..alarms.shapes import AlarmView, DwellingEntry
from ..clock import now_ms
from ..database import Reader, Transaction
from ..guard import SignedIn, Writing
from ..people import rules as people_rules
from ..people import store as people_store
from ..people.sample_places import PICTURE_URL  # the drawn one, until a community uploads its own
from ..services import ServicesOf
from ..shapes import Body
from ..supervision import store as supervision_store
from ..supervision.shapes import Technical

router = APIRouter(tags=["board"])
DwellingId = Annotated[str, Path(max_length=64)]
NO_DWELLING = "There is no such dwelling in your community. Load the board again."
_PICTURE_NAME = re.compile(r"[0-9a-f]{32}\.(png|jpg|webp)")


class Place(Body):
    """Where a dwelling is drawn. Shape: 0 to 1 of the picture's width and height; both null: nowhere, as before it was
    placed."""

    x: float | None = Field(ge=0, le=1, allow_inf_nan=False)
    y: float | None = Field(ge=0, le=1, allow_inf_nan=False)


def _community(row: dict[str, Any]) -> dict[str, Any]:
    shown = {name: row[name] for name in ("community_id", "name", "name_en", "picture_width", "picture_height")}
    return shown | {"picture_url": f"/pictures/{row['picture']}" if row["picture"] else PICTURE_URL}


class BoardCommunity(BaseModel):
    community_id: str
    name: str
    name_en: str
    picture_url: str
    picture_width: int
    picture_height: int


class Responder(BaseModel):
    model_config = ConfigDict(extra="allow")
    staff_id: int
    display_name: str
    display_name_en: str


class OpenAlarms(BaseModel):
    server_time_ms: int
    alarms: list[AlarmView]


class Board(OpenAlarms):
    """Everything a console shows. Shape: go on from `last_event_id` with /api/events."""

    model_config = ConfigDict(extra="allow")
    last_event_id: int
    community: BoardCommunity
    dwellings: list[DwellingEntry]
    technical: list[Technical]
    responders: list[Responder]


@router.get("/api/board", response_model=Board)
def board(person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """Everything a console shows, as of one commit; go on from `last_event_id` with /api/events."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        community = people_store.community(reader, person.community_id)
        if community is None:
            raise HTTPException(404, "Your community is not there. Ask who set up this relay.")
        return {
            "server_time_ms": now_ms(),
            "last_event_id": events.last_id(reader),
            "community": _community(community),
            "dwellings": views.dwelling_entries(reader, person.community_id),
            "alarms": views.open_views(reader, person.community_id),
            "technical": supervision_store.entries(reader, person.community_id),
            "responders": access_store.responders(reader, person.community_id),
        }


@router.get("/api/open", response_model=OpenAlarms)
def open_alarms(person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """The open alarms alone, those that sound first: what pages that are not the board ask every few seconds. A
    district officer gets those of every community of the district."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        seen = people_store.communities_seen(reader, person.community_id, person.role == access_rules.DISTRICT)
        return {"server_time_ms": now_ms(), "alarms": views.open_views_of(reader, seen)}


@router.put("/api/dwellings/{dwelling_id}/place", response_model=DwellingEntry)
def place(dwelling_id: DwellingId, body: Place, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Put a dwelling where it stands on the picture, or take it off; its board entry."""
    guard.require(person, access_rules.PLACE)
    if (body.x is None) != (body.y is None):
        raise HTTPException(422, "x, y: give both, or neither to take the home off the picture.")

    def work(transaction: Transaction) -> dict[str, Any] | None:
        if people_store.dwelling(transaction, dwelling_id, person.community_id) is None:
            return None
        people_store.set_place(transaction, dwelling_id, body.x, body.y)
        views.announce_dwelling(transaction, dwelling_id, person.community_id)
        return views.dwelling_entry(transaction, dwelling_id)

    entry = services.database.write(work).result()
    if entry is None:
        raise HTTPException(404, NO_DWELLING)
    return entry


class Community(BoardCommunity):
    """Shape: the place in WGS-84; null where it is on no map."""

    duty_phone: str | None
    latitude: float | None
    longitude: float | None
    district_id: str | None


class ChangedCommunity(Body):
    name: str = Field(min_length=1, max_length=64, pattern=r"\S")
    name_en: str = Field(default="", max_length=64)
    duty_phone: str | None = Field(default=None, max_length=32)
    latitude: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    longitude: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)


def _whole_community(reader: Reader, community_id: str) -> dict[str, Any]:
    row = people_store.community(reader, community_id)
    assert row is not None  # the person's own community cannot be missing
    names = ("duty_phone", "latitude", "longitude", "district_id")
    return _community(row) | {name: row[name] for name in names}


@router.get("/api/community", response_model=Community)
def community(person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """The signed-in person's community."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        return _whole_community(reader, person.community_id)


@router.put("/api/community", response_model=Community)
def change_community(body: ChangedCommunity, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Change its names, its place on the map, the telephone that is always manned."""
    guard.require(person, access_rules.COMMUNITY)
    values = body.model_dump() | {"name_en": body.name_en or body.name}

    def work(transaction: Transaction) -> dict[str, Any]:
        people_store.change_community(transaction, person.community_id, values)
        return _whole_community(transaction, person.community_id)

    return services.database.write(work).result()


@router.post(
    "/api/community/picture",
    response_model=BoardCommunity,
    responses={413: {"description": "Too large."}, 415: {"description": "No picture of a known kind."}},
)
async def picture(file: UploadFile, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Replace the community's picture; PNG, JPEG or WebP."""
    guard.require(person, access_rules.PICTURE)
    data = await file.read(people_rules.PICTURE_BYTES_MAX + 1)
    try:
        found = people_rules.picture_of(data)
    except people_rules.PictureRefused as error:
        raise HTTPException(413 if len(data) > people_rules.PICTURE_BYTES_MAX else 415, str(error)) from None
    name = f"{hashlib.sha256(data).hexdigest()[:32]}.{found.extension}"
    folder = services.data_dir / "pictures"
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    await asyncio.to_thread((folder / name).write_bytes, data)

    def work(transaction: Transaction) -> dict[str, Any]:
        people_store.keep_picture_file(transaction, name, data)
        people_store.set_picture(transaction, person.community_id, name, found.width, found.height)
        row = people_store.community(transaction, person.community_id)
        assert row is not None  # the person's own community cannot be missing
        return _community(row)

    return await asyncio.wrap_future(services.database.write(work))


@router.get("/pictures/{name}", response_class=FileResponse, include_in_schema=False)
def picture_file(name: str, person: SignedIn, services: ServicesOf) -> FileResponse:
    """An uploaded picture; the signed-in person's community's only."""
    with services.database.read() as reader:
        community = people_store.community(reader, person.community_id)
        if not _PICTURE_NAME.fullmatch(name) or not community or community["picture"] != name:
            raise HTTPException(404, "There is no such picture. Load the board again.")
        path = services.data_dir / "pictures" / name
        data = None if path.is_file() else people_store.picture_file(reader, name)
    if data is not None:  # another relay took it in
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    if not path.is_file():
        raise HTTPException(404, "There is no such picture. Load the board again.")
    return FileResponse(path, headers={"Cache-Control": "private, max-age=31536000, immutable"})
