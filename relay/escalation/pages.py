"""The community's plan, who is on duty, whose sound is on."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from .. import guard
from ..access import rules as access_rules
from ..access import store as access_store
from ..alarms import store as alarm_store
from ..clock import now_ms
from ..guard import SignedIn, Writing
from ..services import RowId, ServicesOf
from ..shapes import Body
from . import rules, store

router = APIRouter(tags=["escalation"])
DUTIES = (access_rules.OPERATOR, "deputy", access_rules.RESPONDER, access_rules.SUPERVISOR)
SHIFT_MAX_MS = 36 * 3600 * 1000
AT_MAX = 1 << 50


Target = Annotated[str, Field(json_schema_extra={"enum": list(rules.TARGETS)})]


class PlanStep(Body):
    to: list[Target] = Field(min_length=1, max_length=len(rules.TARGETS))
    wait_s: int = Field(ge=rules.WAIT_S_MIN, le=rules.WAIT_S_MAX)


class NewPlan(Body):
    steps: list[PlanStep] = Field(min_length=1, max_length=rules.STEPS_MAX)


class NewShift(Body):
    """Shape: times are UTC ms; `duty` one of operator, deputy, responder, supervisor."""

    staff_id: int = Field(ge=1, le=(1 << 53) - 1)
    duty: str = Field(max_length=20, json_schema_extra={"enum": list(DUTIES)})
    begins_at: int = Field(ge=0, le=AT_MAX)
    ends_at: int = Field(ge=0, le=AT_MAX)


class ConsoleState(Body):
    """What a console says of itself every few seconds while it is open."""

    console_id: str = Field(pattern=r"^[0-9a-zA-Z-]{8,64}$")
    is_armed: bool


class Plan(BaseModel):
    steps: list[PlanStep]


class Shift(BaseModel):
    shift_id: int
    duty: str
    begins_at: int
    ends_at: int
    staff_id: int
    display_name: str
    display_name_en: str


class Shifts(BaseModel):
    on_duty: list[Shift]
    shifts: list[Shift]
    armed_consoles: int


class ShiftId(BaseModel):
    shift_id: int


class ArmedConsoles(BaseModel):
    armed_consoles: int


@router.get("/api/plan", response_model=Plan)
def plan(person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """The plan that new alarms of the community get."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        return {"steps": rules.as_json(store.plan_of_community(reader, person.community_id))}


@router.get("/api/alarms/{alarm_id}/plan", response_model=Plan)
def plan_of_alarm(alarm_id: RowId, person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """The plan that was frozen into this alarm; the community's where it was not frozen yet."""
    guard.require(person, access_rules.BOARD)
    with services.database.read() as reader:
        if alarm_store.alarm(reader, alarm_id, person.community_id) is None:
            raise HTTPException(404, "There is no such alarm in your community. Load the board again.")
        known = rules.as_json(store.plan_of_community(reader, person.community_id))
        return {"steps": store.steps_of(reader, alarm_id) or known}


@router.put("/api/plan", response_model=Plan)
def set_plan(body: NewPlan, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """Change the plan for later alarms; those that are open keep theirs."""
    guard.require(person, access_rules.PLAN)
    try:
        made = rules.plan_of([step.model_dump() for step in body.steps])
    except rules.BadPlan as error:
        raise HTTPException(422, str(error)) from None
    services.database.write(
        lambda tx: store.set_plan(tx, person.community_id, made, person.staff_id, now_ms())
    ).result()
    return {"steps": rules.as_json(made)}


@router.get("/api/shifts", response_model=Shifts)
def shifts(person: SignedIn, services: ServicesOf) -> dict[str, Any]:
    """Who is on duty now, and the shifts that are not over."""
    guard.require(person, access_rules.BOARD)
    now = now_ms()
    with services.database.read() as reader:
        on_duty = access_store.on_duty(reader, person.community_id, now)
        hidden = ("phone", "notify_url", "language")
        return {
            "on_duty": [{name: row[name] for name in row if name not in hidden} for row in on_duty],
            "shifts": access_store.shifts(reader, person.community_id, now),
            "armed_consoles": access_store.armed_consoles(
                reader, person.community_id, now - access_rules.CONSOLE_SILENT_MS
            ),
        }


@router.post("/api/shifts", response_model=ShiftId)
def add_shift(body: NewShift, person: Writing, services: ServicesOf) -> dict[str, Any]:
    guard.require(person, access_rules.SHIFTS)
    if body.duty not in DUTIES:
        raise HTTPException(422, "duty: not a known duty. Use one of: " + ", ".join(DUTIES) + ".")
    if not 0 < body.ends_at - body.begins_at <= SHIFT_MAX_MS:
        raise HTTPException(422, "ends_at: a shift ends after it begins, at most 36 hours later.")
    with services.database.read() as reader:
        if access_store.staff_of(reader, person.community_id, body.staff_id) is None:
            raise HTTPException(409, "This person does not work in your community. Choose somebody from the list.")
    shift_id = services.database.write(
        lambda tx: access_store.add_shift(
            tx, person.community_id, body.staff_id, body.duty, body.begins_at, body.ends_at
        )
    ).result()
    return {"shift_id": shift_id}


@router.post("/api/shifts/{shift_id}/end", response_model=ShiftId)
def end_shift(shift_id: RowId, person: Writing, services: ServicesOf) -> dict[str, Any]:
    guard.require(person, access_rules.SHIFTS)
    work = partial(access_store.end_shift, community_id=person.community_id, shift_id=shift_id, now=now_ms())
    if not services.database.write(work).result():
        raise HTTPException(404, "There is no such shift in your community, or it is over.")
    return {"shift_id": shift_id}


@router.post("/api/console", response_model=ArmedConsoles)
def console_state(body: ConsoleState, person: Writing, services: ServicesOf) -> dict[str, Any]:
    """This console's sound is on, or is not. Silent for 45 s, it counts as not armed; so does one whose person could
    not take an alarm that they hear."""
    guard.require(person, access_rules.BOARD)
    work = partial(
        access_store.keep_console,
        console_id=body.console_id,
        community_id=person.community_id,
        staff_id=person.staff_id,
        is_armed=body.is_armed and access_rules.may(person.role, access_rules.ACKNOWLEDGE),
        now=now_ms(),
    )
    services.database.write(work).result()
    with services.database.read() as reader:
        count = access_store.armed_consoles(reader, person.community_id, now_ms() - access_rules.CONSOLE_SILENT_MS)
    return {"armed_consoles": count}
