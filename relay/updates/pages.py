"""Staff and new firmware: what there is, how far the community is, widen, stop, try again."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path
from pydantic import Field

from .. import guard
from ..access import rules as access_rules
from ..clock import now_ms
from ..database import Transaction
from ..guard import Person, SignedIn, Writing
from ..services import ServicesOf
from ..shapes import Body
from . import rules, store, worker

router = APIRouter(prefix="/api/updates", tags=["updates"])
Build = Annotated[int, Path(ge=1, le=0x3FFFFFFF)]
NO_BUILD = "There is no such build. Add its package with `relay update-add` first."


class Stage(Body):
    """Shape: `percent` 1, 10 or 100; `reason` when a hub of the stage before is not well."""

    percent: int = Field(ge=0, le=100)
    reason: str | None = Field(default=None, min_length=1, max_length=200)


class Stop(Body):
    """Shape: `reason` as the page shows it."""

    reason: str = Field(min_length=1, max_length=200)


def _view(reader: Any, row: dict[str, Any], community_id: str) -> dict[str, Any]:
    stage = store.stage(reader, row["build"], community_id)
    return row | {
        "percent": stage["percent"],
        "is_stopped": bool(stage["is_stopped"]),
        "reason": stage["reason"],
        "changed_at": stage["changed_at"],
        "hubs": store.counts(reader, row["build"], community_id),
    }


@router.get("")
def updates(person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """The packages, the newest first, and how far this community is with each."""
    guard.require(person, access_rules.UPDATES)
    with services.database.read() as reader:
        return [_view(reader, row, person.community_id) for row in store.packages(reader)]


@router.get("/{build}/hubs")
def hubs(build: Build, person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """How far each chosen hub is. Shape: `at` bytes of `length` while it fetches."""
    guard.require(person, access_rules.UPDATES)
    with services.database.read() as reader:
        _need(reader, build)
        rows = store.hubs(reader, build, person.community_id)
    return [row | {"is_online": bool(row["is_online"])} for row in rows]


@router.post("/{build}/stage")
def widen(build: Build, body: Stage, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Enter a stage: its hubs are offered the package at once, or when they are next on the line."""
    guard.require(person, access_rules.UPDATES)
    answer = services.database.write(partial(_widen, build=build, body=body, person=person)).result()
    worker.offer_again(services, 1)
    return answer


def _widen(transaction: Transaction, build: int, body: Stage, person: Person) -> dict[str, Any]:
    _need(transaction, build)
    community_id = person.community_id
    now_at = store.stage(transaction, build, community_id)["percent"]
    counts = store.counts(transaction, build, community_id)
    try:
        rules.check_stage(now_at, body.percent, counts, store.failures(transaction, build, community_id), body.reason)
    except rules.Refused as fault:
        raise HTTPException(409, str(fault)) from None
    store.set_stage(transaction, build, community_id, body.percent, body.reason, person.staff_id, now_ms())
    row = next(one for one in store.packages(transaction) if one["build"] == build)
    return _view(transaction, row, community_id)


@router.post("/{build}/stop")
def stop(build: Build, body: Stop, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Nothing more is offered or given here. What is on its way stops at its next question."""
    guard.require(person, access_rules.UPDATES)

    def work(transaction: Transaction) -> dict[str, Any]:
        _need(transaction, build)
        if not store.stop(transaction, build, person.community_id, body.reason, person.staff_id, now_ms()):
            raise HTTPException(409, "This build is not under way in your community. Nothing was changed.")
        row = next(one for one in store.packages(transaction) if one["build"] == build)
        return _view(transaction, row, person.community_id)

    return services.database.write(work).result()


@router.post("/{build}/hubs/{hub_id}/again")
def again(
    build: Build, hub_id: Annotated[str, Path(max_length=32)], person: Writing, services: ServicesOf
) -> dict[str, Any]:
    """Offer it once more to a hub that refused it or went back."""
    guard.require(person, access_rules.UPDATES)
    if not services.database.write(
        partial(store.again, build=build, hub_id=hub_id, community_id=person.community_id)
    ).result():
        raise HTTPException(404, "This hub was not chosen for this build in your community. Load the page again.")
    worker.offer_again(services, 1)
    return {"hub_id": hub_id, "state": rules.WAITING}


def _need(reader: Any, build: int) -> None:
    if not store.is_there(reader, build):
        raise HTTPException(404, NO_BUILD)
