"""A walk test as the API gives it."""

from typing import Any, Literal

from pydantic import BaseModel

State = Literal["running", "passed", "stopped"]


class Excuse(BaseModel):
    reason: str
    by_name: str
    at: int


class Check(BaseModel):
    """One thing to be proven. Shape: `told` what is known of it, each kind its own; `device_id` of kind device."""

    name: str
    what: Literal["device", "mains", "router", "answer", "contacts"]
    device_id: str | None
    is_passed: bool
    told: dict[str, Any]
    excuse: Excuse | None


class Contact(BaseModel):
    name: str
    relation: str
    phone: str
    order: int


class Walk(BaseModel):
    """Shape: `contacts` of the home in their order; `certificate_hash` its SHA-256, null until it is finished."""

    walk_id: int
    dwelling_id: str
    hub_id: str
    label: str
    started_at: int
    ends_at: int
    state: State
    checks: list[Check]
    contacts: list[Contact]
    certificate_hash: str | None


class Past(BaseModel):
    walk_id: int
    state: State
    started_at: int
    ends_at: int
    ended_at: int | None
    certificate_hash: str | None


class Weekly(BaseModel):
    at: int
    is_passed: bool
    faults: list[str]


class Listed(BaseModel):
    """The newest first."""

    walks: list[Past]
    weekly: list[Weekly]
