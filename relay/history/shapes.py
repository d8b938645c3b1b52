"""The audit list, the verdict on its chain and an alarm's whole life as the API gives them."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from ..alarms.shapes import AlarmView
from ..card.shapes import ResidentHealth


class AuditEntry(BaseModel):
    """Shape: `source` alarm, card or deed; `by` null: the home or the relay itself; `fields` what was said with a deed;
    `of_name`: the colleague it was about; `detail` as it was kept."""

    model_config = ConfigDict(extra="allow")
    entry: int
    source: str
    hash: str
    community_id: str | None
    at: int | None
    what: str | None
    by: int | None
    by_name: str | None
    by_name_en: str | None
    detail: str | None
    reason: str | None
    fields: dict[str, Any]
    alarm_id: int | None
    alarm_kind: str | None
    dwelling_id: str | None
    label: str | None
    label_en: str | None
    hub_id: str | None
    of_name: str | None
    of_name_en: str | None
    technical_kind: str | None
    is_health: bool


class Verdict(BaseModel):
    """Shape: `broken_at` the first entry that is not as it was written."""

    ok: bool
    rows: int
    head: str
    broken_at: int | None
    why: str | None


class Named(BaseModel):
    community_id: str | None
    name: str | None
    name_en: str | None


class Identity(BaseModel):
    """By which the home knows it."""

    hub_id: str
    epoch: str
    seq: int


class Step(BaseModel):
    to: list[str]
    wait_s: int


class Line(BaseModel):
    """One line of the history. Shape: `hash` covers it and all before; `by` null: the home or the relay itself."""

    entry: int | None
    at: int
    what: str
    by: int | None
    by_name: str | None
    detail: str | None
    hash: str | None


class HomeMessage(BaseModel):
    """What the home said, as it came. Shape: `copies` how often."""

    seq: int
    received_at: int
    committed_at: int | None
    copies: int
    body: dict[str, Any]


class Sent(BaseModel):
    """A message to a person. Shape: `to_kind` staff or contact; `step_no` of the plan, 0 for what follows it."""

    outgoing_id: int
    purpose: str
    step_no: int
    to_kind: str
    to_name: str
    channel: str
    state: str
    made_at: int
    sent_at: int | None
    delivered_at: int | None
    attempts: int
    last_error: str | None


class Attempt(BaseModel):
    outgoing_id: int
    at: int
    sender: str
    result: str
    detail: str | None


class Head(BaseModel):
    """The chain's newest hash when this was written."""

    entries: int
    head: str


class Life(BaseModel):
    """All of one alarm: what the home said, what was done by whom, who was told."""

    exported_at: int
    exported_by: str
    community: Named
    alarm: AlarmView
    identity: Identity
    plan: list[Step]
    history: list[Line]
    home_messages: list[HomeMessage]
    messages: list[Sent]
    attempts: list[Attempt]
    ledger: Head


class LifeWithHealth(Life):
    """Shape: `reason` as it was given, and kept before this was."""

    reason: str
    residents: list[ResidentHealth]
