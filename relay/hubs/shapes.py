"""A hub and its devices as the API gives them."""

from pydantic import BaseModel, ConfigDict


class DeviceHealth(BaseModel):
    model_config = ConfigDict(extra="allow")
    device_id: str
    kind: str
    room: str
    label: str
    heard_at: int | None
    battery_pct: int | None
    is_overdue: bool


class HubHealth(BaseModel):
    """Shape: null for what the hub has not said; `waiting` messages it still keeps."""

    model_config = ConfigDict(extra="allow")
    hub_id: str
    dwelling_id: str
    community_id: str
    label: str
    label_en: str
    is_online: bool
    heard_at: int | None
    firmware: str | None
    mains: bool | None
    battery_pct: int | None
    waiting: int | None
    devices: list[DeviceHealth]
