"""The routes of an installation: the dwellings, claiming a hub for one, giving it up, naming its devices."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query
from fastapi.responses import Response
from protocol import label, vocabulary
from pydantic import Field

from .. import guard
from ..access import rules as access_rules
from ..alarms import views
from ..clock import now_ms
from ..database import Conflict, Row, Transaction
from ..guard import Person, SignedIn, Writing
from ..hubs import store as hub_store
from ..people import store as people_store
from ..services import Services, ServicesOf
from ..shapes import Body
from . import rules, shapes, store

router = APIRouter(prefix="/api/claims", tags=["claims"])
here = APIRouter(tags=["claims"])
HubId = Annotated[str, Path(min_length=1, max_length=32)]
NO_HUB = "There is no hub of this name that was made for this relay. Scan the label again."


class Look(Body):
    """Shape: `secret` the label's letters."""

    secret: str = Field(min_length=1, max_length=64)


class Take(Look):
    dwelling_id: str = Field(min_length=1, max_length=64)


class Device(Body):
    device_id: str = Field(pattern="^[0-9a-f]{12}$")
    kind: str
    room: str = Field(min_length=1, max_length=32)
    label: str = Field(min_length=1, max_length=32)


class Devices(Body):
    devices: list[Device] = Field(max_length=64)


def view(claim: rules.Claim) -> dict[str, Any]:
    names = ("hub_id", "state", "dwelling_id", "label", "claimed_by_name", "claimed_at", "is_online")
    return {name: getattr(claim, name) for name in names}


def _read_secret(text: str) -> bytes:
    try:
        return label.read(text)
    except label.BadLabel as bad:
        raise HTTPException(422, str(bad)) from None


def _proven(transaction: Any, hub_id: str, secret: bytes) -> rules.Claim:
    """The claim behind a label. A wrong secret and an unknown hub are told apart only by who has the label."""
    claim = store.claim(transaction, hub_id)
    if claim is None:
        raise HTTPException(404, NO_HUB)
    if not rules.is_secret(secret, claim.secret_hash):
        raise HTTPException(403, "The label's code does not belong to this hub. Scan the label again.")
    return claim


@here.get("/api/here", status_code=204)
def is_here() -> Response:
    """Nothing, from this relay: a hub that gets something else has a sign-in page before it, not the relay."""
    return Response(status_code=204)


@router.get("", response_model=list[shapes.Claim])
def listed(person: SignedIn, services: ServicesOf) -> list[dict[str, Any]]:
    """The claimed hubs of the community, the newest first."""
    guard.require(person, access_rules.INSTALL)
    with services.database.read() as reader:
        return [view(claim) for claim in store.claims_of(reader, person.community_id)]


@router.get("/dwellings", response_model=list[shapes.Dwelling])
def dwellings(
    person: SignedIn, services: ServicesOf, q: Annotated[str, Query(max_length=64)] = ""
) -> list[dict[str, Any]]:
    """The dwellings of the community by label, address or a resident's name; whether each has a hub. At most 50."""
    guard.require(person, access_rules.INSTALL)
    with services.database.read() as reader:
        return people_store.dwellings_to_install(reader, person.community_id, q.strip(), 50)


@router.post("/{hub_id}/look", response_model=shapes.Claim)
def look(hub_id: HubId, body: Look, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """What the relay knows of the hub with this label."""
    guard.require(person, access_rules.INSTALL)
    secret = _read_secret(body.secret)
    with services.database.read() as reader:
        return view(_proven(reader, hub_id, secret))


@router.post("/{hub_id}/take", response_model=shapes.Taken)
def take(hub_id: HubId, body: Take, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Claim the hub for a dwelling; what the hub is to be told. The same claim again changes nothing."""
    guard.require(person, access_rules.INSTALL)
    secret = _read_secret(body.secret)

    def work(transaction: Transaction) -> dict[str, Any]:
        claim = _proven(transaction, hub_id, secret)
        home = people_store.dwelling(transaction, body.dwelling_id, person.community_id)
        if home is None:
            raise HTTPException(404, "There is no such dwelling in your community. Choose it from the list again.")
        there = hub_store.hub_of_dwelling(transaction, body.dwelling_id)
        if not rules.check_claim(claim, body.dwelling_id, person.community_id, person.staff_id, there):
            store.take(transaction, hub_id, body.dwelling_id, person.staff_id, now_ms())
            views.announce_dwelling(transaction, body.dwelling_id, person.community_id)
        done = store.claim(transaction, hub_id)
        assert done is not None
        about = {"address": home["address"], "devices": store.devices(transaction, hub_id)}
        return view(done) | about | _keys(transaction, hub_id, home, services)

    try:
        found = services.database.write(work).result()
    except rules.ClaimRefused as refused:
        raise HTTPException(409, str(refused)) from None
    except Conflict:
        raise HTTPException(
            409, "Somebody else claimed a hub for this dwelling just now. Load the list again."
        ) from None
    if services.hub_broker is None:
        raise HTTPException(
            409, "This relay does not know how homes reach its broker. Have it started with --hub-broker."
        )
    return found | {"broker": services.hub_broker, "ntp": services.hub_ntp}


def _keys(transaction: Transaction, hub_id: str, home: Row, services: Services) -> dict[str, Any]:
    """What a hub is given to be carried by its neighbours, and for the short messages of its modem."""
    stairwell = rules.stairwell_of(home)
    modem = services.hub_modem
    return {
        "neighbours": hub_store.neighbour_keys(transaction, hub_id, stairwell) if stairwell else None,
        "modem": modem | {"key": hub_store.modem_key(transaction, hub_id)} if modem else None,
    }


@router.post("/{hub_id}/release", response_model=shapes.Claim)
def release(hub_id: HubId, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Give up the claim of a hub that was never heard: it is free again."""
    guard.require(person, access_rules.INSTALL)

    def work(transaction: Transaction) -> dict[str, Any]:
        claim = _own(transaction, hub_id, person)
        rules.check_release(claim, person.staff_id, person.role == access_rules.SUPERVISOR)
        store.release(transaction, hub_id)
        assert claim.dwelling_id is not None  # it was claimed
        views.announce_dwelling(transaction, claim.dwelling_id, person.community_id)
        freed = store.claim(transaction, hub_id)
        assert freed is not None
        return view(freed)

    try:
        return services.database.write(work).result()
    except rules.ClaimRefused as refused:
        raise HTTPException(409, str(refused)) from None


def _own(transaction: Transaction, hub_id: str, person: Person) -> rules.Claim:
    claim = store.claim(transaction, hub_id)
    if claim is None or claim.community_id not in (None, person.community_id):
        raise HTTPException(404, NO_HUB)
    return claim


@router.put("/{hub_id}/devices", response_model=shapes.SetDevices)
def set_devices(hub_id: HubId, body: Devices, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """The hub's trigger devices with room and name, so that alarms say where. Their keys never come here."""
    guard.require(person, access_rules.INSTALL)
    if len({one.device_id for one in body.devices}) != len(body.devices):
        raise HTTPException(422, "devices: one of them is there twice. Name each once.")
    for one in body.devices:
        if one.kind not in vocabulary.DEVICE_KINDS:
            known = ", ".join(vocabulary.DEVICE_KINDS)
            raise HTTPException(422, f"devices: a kind is not known. Use one of: {known}.")
    with services.database.read() as reader:
        claim = store.claim(reader, hub_id)
    if claim is None or claim.community_id != person.community_id:
        raise HTTPException(404, NO_HUB)
    devices = [one.model_dump() for one in body.devices]
    services.database.write(partial(store.set_devices, hub_id=hub_id, devices=devices)).result()
    return {"hub_id": hub_id, "devices": devices}
