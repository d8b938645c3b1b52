"""The routes of walk tests: begin, look, contacts, a supervisor's reason, finish with the certificate, stop."""

import hashlib
import json
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import Response
from protocol import messages, topics
from pydantic import Field

from .. import guard
from ..access import rules as access_rules
from ..clock import now_ms
from ..database import Reader, Row, Transaction
from ..guard import Person, SignedIn, Writing
from ..hubs import store as hub_store
from ..people import store as people_store
from ..services import Services, ServicesOf
from ..shapes import Body
from . import certificate, rules, shapes, store

router = APIRouter(prefix="/api/walk-tests", tags=["walk tests"])
WalkId = Annotated[int, Path(ge=1, le=1 << 62)]
A_PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}
NO_WALK = "There is no such walk test in your community. Begin a new one."


class Begin(Body):
    dwelling_id: str = Field(min_length=1, max_length=64)
    minutes: int = Field(default=rules.MINUTES, ge=1, le=rules.MINUTES_MAX)


class Contact(Body):
    """Somebody who was called up: did they answer, and are they who they should be?"""

    name: str = Field(min_length=1, max_length=64)
    phone: str = Field(min_length=3, max_length=32)
    is_verified: bool


class Contacts(Body):
    contacts: list[Contact] = Field(max_length=20)


class Excuse(Body):
    """Shape: `check` a check's name: mains, router, answer, contacts, or device:ID."""

    check: str = Field(min_length=1, max_length=64)
    reason: str = Field(min_length=4, max_length=500, pattern=r"\S")


class Finish(Body):
    """Who signs: the installer, and who was shown it in the home."""

    installer: str = Field(min_length=1, max_length=64)
    resident: str = Field(min_length=1, max_length=64)


def _view(reader: Reader, found: Row) -> dict[str, Any]:
    checks = store.checks(reader, found)
    shown = {name: found[name] for name in ("walk_id", "dwelling_id", "hub_id", "label", "started_at", "ends_at")}
    is_over = found["state"] == rules.RUNNING and found["ends_at"] <= now_ms()
    return shown | {
        "state": rules.STOPPED if is_over else found["state"],
        "checks": [rules.as_json(one) | {"name": one.name} for one in checks],
        "contacts": people_store.card(reader, found["dwelling_id"])["contacts"],
        "certificate_hash": found["certificate_hash"],
    }


def _found(reader: Reader, walk_id: int, person: Person) -> Row:
    found = store.walk(reader, walk_id, person.community_id)
    if found is None:
        raise HTTPException(404, NO_WALK)
    return found


def _tell_hub(services: Services, hub_id: str, seconds: int) -> None:
    services.send(hub_id, topics.WALK, messages.walk_order(seconds=seconds))


@router.post("", response_model=shapes.Walk)
def begin(body: Begin, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Begin a walk test: until it ends, alarms of this dwelling are test calls. One under way is gone on with."""
    guard.require(person, access_rules.INSTALL)

    def work(transaction: Transaction) -> tuple[dict[str, Any], str, int]:
        now = now_ms()
        if people_store.dwelling(transaction, body.dwelling_id, person.community_id) is None:
            raise HTTPException(404, "There is no such dwelling in your community. Choose it from the list again.")
        hub_id = hub_store.hub_of_dwelling(transaction, body.dwelling_id)
        hub = hub_store.hub(transaction, hub_id) if hub_id else None
        if hub is None or not hub["is_online"]:
            raise HTTPException(409, "This dwelling's hub is not on the line. Install it first, or look at its lamp.")
        going = store.running(transaction, hub["hub_id"], now)
        walk_id = going["walk_id"] if going else store.start(transaction, hub, person.staff_id, now, body.minutes)
        found = _found(transaction, walk_id, person)
        return _view(transaction, found), hub["hub_id"], max(1, (found["ends_at"] - now) // 1000)

    view, hub_id, seconds = services.database.write(work).result()
    _tell_hub(services, hub_id, seconds)
    return view


@router.get("", response_model=shapes.Listed)
def listed(
    person: SignedIn, services: ServicesOf, dwelling_id: Annotated[str, Query(min_length=1, max_length=64)]
) -> dict[str, Any]:
    """The walk tests and weekly checks of a dwelling, the newest first."""
    guard.require(person, access_rules.INSTALL)
    with services.database.read() as reader:
        weekly = store.weekly_of(reader, dwelling_id, person.community_id)
        return {
            "walks": store.walks_of(reader, dwelling_id, person.community_id),
            "weekly": [
                row | {"is_passed": bool(row["is_passed"]), "faults": json.loads(row["faults"])} for row in weekly
            ],
        }


@router.get("/{walk_id}", response_model=shapes.Walk)
def look(walk_id: WalkId, person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """How far it is: what has been proven, and what has not."""
    guard.require(person, access_rules.INSTALL)
    with services.database.read() as reader:
        return _view(reader, _found(reader, walk_id, person))


def _change(services: Services, person: Person, walk_id: int, column: str, value_of: Any) -> dict[str, Any]:
    def work(transaction: Transaction) -> dict[str, Any]:
        found = _found(transaction, walk_id, person)
        if found["state"] != rules.RUNNING:
            raise HTTPException(409, "This walk test is over. Begin a new one.")
        store.set_json(transaction, walk_id, column, value_of(found))
        return _view(transaction, _found(transaction, walk_id, person))

    return services.database.write(work).result()


@router.post("/{walk_id}/contacts", response_model=shapes.Walk)
def contacts(walk_id: WalkId, body: Contacts, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Which contacts were called up, and answered."""
    guard.require(person, access_rules.INSTALL)
    return _change(services, person, walk_id, "contacts", lambda _: [one.model_dump() for one in body.contacts])


@router.post("/{walk_id}/excuse", response_model=shapes.Walk)
def excuse(walk_id: WalkId, body: Excuse, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """A supervisor's reason for a check that cannot pass; it stands in the certificate."""
    guard.require(person, access_rules.INSTALL)
    if person.role != access_rules.SUPERVISOR:
        raise HTTPException(403, "Only a supervisor can let a failed check pass. Call yours.")
    entry = {"reason": body.reason, "by_name": person.display_name, "at": now_ms()}
    return _change(
        services, person, walk_id, "excuses", lambda found: rules.excuses_of(found["excuses"]) | {body.check: entry}
    )


@router.post("/{walk_id}/finish", response_model=shapes.Walk)
def finish(walk_id: WalkId, body: Finish, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """All is proven: make and keep the certificate, and end the test mode. What is missing is named."""
    guard.require(person, access_rules.INSTALL)

    def work(transaction: Transaction) -> dict[str, Any]:
        now = now_ms()
        found = _found(transaction, walk_id, person)
        if found["state"] != rules.RUNNING:
            raise rules.WalkRefused("This walk test is over. Begin a new one.")
        checks = store.checks(transaction, found)
        missing = rules.blocking(checks)
        if missing:
            names = ", ".join(one.name for one in missing)
            raise rules.WalkRefused(
                f"Not proven yet: {names}. Do these again, or have a supervisor give a reason for each."
            )
        data = certificate.make(_facts(transaction, found, body, now), checks)
        digest = hashlib.sha256(data).hexdigest()
        store.keep_certificate(transaction, walk_id, now, [rules.as_json(one) for one in checks], data, digest)
        return _view(transaction, _found(transaction, walk_id, person))

    try:
        view = services.database.write(work).result()
    except rules.WalkRefused as refused:
        raise HTTPException(409, str(refused)) from None
    except certificate.NoMaker:
        raise HTTPException(
            503, "This relay cannot make certificates. Have anling[provisioning] installed on it."
        ) from None
    _tell_hub(services, view["hub_id"], 0)
    return view


def _facts(reader: Reader, found: Row, body: Finish, now: int) -> dict[str, Any]:
    residents = people_store.card(reader, found["dwelling_id"])["residents"]
    health = hub_store.firmware(reader, found["hub_id"])
    return {
        "walk_id": found["walk_id"],
        "label": found["label"],
        "address": found["address"],
        "hub_id": found["hub_id"],
        "residents": "、".join(one["name"] for one in residents),
        "firmware": health,
        "started_at": found["started_at"],
        "ended_at": now,
        "signatures": [
            {"role": "安装员 · Installer", "name": body.installer, "at": now},
            {"role": "住户 · In the home", "name": body.resident, "at": now},
        ],
    }


@router.post("/{walk_id}/stop", response_model=shapes.Walk)
def stop(walk_id: WalkId, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """End the test mode without a certificate."""
    guard.require(person, access_rules.INSTALL)

    def work(transaction: Transaction) -> dict[str, Any]:
        found = _found(transaction, walk_id, person)
        if found["state"] == rules.RUNNING:
            store.end(transaction, walk_id, rules.STOPPED, now_ms())
        return _view(transaction, _found(transaction, walk_id, person))

    view = services.database.write(work).result()
    _tell_hub(services, view["hub_id"], 0)
    return view


@router.get("/{walk_id}/certificate.pdf", response_class=Response, responses=A_PDF)
def pdf(walk_id: WalkId, person: SignedIn, services: ServicesOf) -> Response:
    """The certificate as it was kept; its SHA-256 goes with it."""
    guard.require(person, access_rules.INSTALL)
    with services.database.read() as reader:
        found = _found(reader, walk_id, person)
    if found["certificate"] is None:
        raise HTTPException(404, "This walk test has no certificate yet. Finish it first.")
    headers = {"X-SHA256": found["certificate_hash"], "Cache-Control": "no-store"}
    return Response(bytes(found["certificate"]), media_type="application/pdf", headers=headers)
