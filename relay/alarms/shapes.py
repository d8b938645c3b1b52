"""An alarm as the API gives it. Beside views.py, which makes it; further fields may be added there first."""

from pydantic import BaseModel, ConfigDict


class AlarmView(BaseModel):
    """One alarm. Shape: times `_at` UTC ms; `step` is where it stands for the home, `work` for the staff."""

    model_config = ConfigDict(extra="allow")
    alarm_id: int
    dwelling_id: str
    hub_id: str
    kind: str
    activation: str
    device_id: str | None
    device_label: str | None
    room: str | None
    condition: str
    step: str
    acknowledged_by: int | None
    acknowledged_by_name: str | None
    acknowledged_at: int | None
    work: str
    assigned_to: int | None
    assigned_to_name: str | None
    minutes: int | None
    raised_at: int
    activated_at: int | None
    activations: int
    told_step: str | None
    outcome: str | None
    arrived_by: str | None
    merged_into: int | None
    plan_step: int
    next_at: int | None
    revision: int
    resident_name: str | None
    address: str
    is_open: bool
    sound: bool


class DwellingEntry(BaseModel):
    """A home as the board shows it. Shape: `alarm_id` the open alarm that needs a person most."""

    model_config = ConfigDict(extra="allow")
    dwelling_id: str
    label: str
    label_en: str
    x: float | None
    y: float | None
    hub_id: str | None
    alarm_id: int | None
    state: str
    is_hub_online: bool


class HistoryEntry(BaseModel):
    """Shape: `by` null: the home or the relay itself."""

    model_config = ConfigDict(extra="allow")
    at: int
    what: str
    by: str | None
    by_en: str | None
    detail: str | None
