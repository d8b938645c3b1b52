"""The routes by which homes and help nearby come in and go out as tables. A dry run names each bad line."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from .. import guard
from ..access import rules as access_rules
from ..card import store as card_store
from ..clock import now_ms
from ..database import Transaction
from ..district import store as district_store
from ..guard import SignedIn, Writing
from ..homes import store as home_store
from ..services import ServicesOf
from . import columns, places, rules, store

router = APIRouter(prefix="/api", tags=["people"])
DryRun = Annotated[bool, Query(description="only say what would happen")]
CSV = "text/csv"
TABLE = {
    "requestBody": {
        "required": True,
        "content": {
            CSV: {"schema": {"type": "string"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}
A_TABLE: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {"schema": {"type": "string"}}}}}


class BadCell(BaseModel):
    """Shape: `line` from 1, the header's; `column` "" for a whole line."""

    line: int
    column: str
    problem: str
    remedy: str


class Taken(BaseModel):
    """What a table comes to. Shape: with anything in `bad` nothing of it is kept."""

    rows: int
    new: int
    changed: int
    bad: list[BadCell]
    is_kept: bool


async def _table(request: Request) -> bytes:
    """The table, as the body or as a form's `file`. Errors: HTTPException."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=10) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise HTTPException(422, "file: there is none in the form. Choose a table and send it again.")
            return await file.read(rules.BYTES_MAX + 1)
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > rules.BYTES_MAX:
            break
    return data


@router.post("/people/import", response_model=Taken, openapi_extra=TABLE)
async def import_people(
    request: Request, person: Writing, services: ServicesOf, dry_run: DryRun = False
) -> dict[str, Any]:
    """Take in a table of homes and their people (CSV, as the export has it). All of it, or with a bad line nothing."""
    guard.require(person, access_rules.IMPORT)
    data = await _table(request)

    def work() -> store.Plan:
        with services.database.read() as reader:
            made = store.plan(reader, person.community_id, data)
        if not made.bad and not dry_run:
            store.keep(services.database, person.community_id, made.writes)
        return made

    try:
        made = await asyncio.to_thread(work)
    except rules.BadTable as error:
        raise HTTPException(422, str(error)) from None
    counts = {"rows": made.rows, "new": made.new, "changed": made.changed}
    return counts | {"bad": [asdict(one) for one in made.bad], "is_kept": not made.bad and not dry_run}


@router.get("/people/export.csv", response_class=Response, responses=A_TABLE)
def export_people(
    person: SignedIn,
    services: ServicesOf,
    reason: Annotated[str, Query(max_length=200, description="gives health notes, too; kept in each home's log")] = "",
) -> Response:
    """All homes and their people as a table; with a reason also what is known of their health, which is logged."""
    guard.require(person, access_rules.IMPORT)
    has_health = bool(reason.strip())

    def look(transaction: Transaction) -> None:
        for one in home_store.ids(transaction, person.community_id):
            card_store.log_look(
                transaction,
                at=now_ms(),
                staff_id=person.staff_id,
                role=person.role,
                community_id=person.community_id,
                dwelling_id=one,
                reason=reason.strip(),
                is_health=True,
            )

    if has_health:
        services.database.write(look).result()
    with services.database.read() as reader:
        homes = home_store.all_with_health(reader, person.community_id)
    lines = [line for home in homes for line in columns.lines_of(home, has_health)]
    body = rules.write(columns.names_out(has_health), lines)
    return Response(body, media_type=CSV, headers={"Content-Disposition": 'attachment; filename="homes.csv"'})


@router.post("/surroundings/import", response_model=Taken, openapi_extra=TABLE)
async def import_surroundings(
    request: Request, person: Writing, services: ServicesOf, dry_run: DryRun = False
) -> dict[str, Any]:
    """Put a table of clinics, stations and defibrillators in the place of the one that was there."""
    guard.require(person, access_rules.IMPORT)
    data = await _table(request)
    try:
        found, bad, count = await asyncio.to_thread(places.read, data)
    except rules.BadTable as error:
        raise HTTPException(422, str(error)) from None
    is_kept = not bad and not dry_run
    if is_kept:
        await asyncio.wrap_future(
            services.database.write(lambda tx: district_store.set_surroundings(tx, person.community_id, found))
        )
    return {"rows": count, "new": len(found), "changed": 0, "bad": [asdict(one) for one in bad], "is_kept": is_kept}


@router.get("/surroundings/export.csv", response_class=Response, responses=A_TABLE)
def export_surroundings(person: SignedIn, services: ServicesOf) -> Response:
    """Help nearby as a table."""
    guard.require(person, access_rules.IMPORT)
    with services.database.read() as reader:
        found = district_store.surroundings(reader, person.community_id)
    body = rules.write(list(places.COLUMNS), places.lines(found))
    return Response(body, media_type=CSV, headers={"Content-Disposition": 'attachment; filename="surroundings.csv"'})
