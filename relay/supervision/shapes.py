"""A technical alarm as the API gives it."""

from pydantic import BaseModel, ConfigDict


class Technical(BaseModel):
    """Shape: an area event also has building, provider and dwelling_ids."""

    model_config = ConfigDict(extra="allow")
    id: int
    kind: str
    hub_id: str | None
    dwelling_id: str | None
    device_id: str | None
    detail: str | None
    raised_at: int
    count: int
    is_open: bool
