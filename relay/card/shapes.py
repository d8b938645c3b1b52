"""A card as the API gives it, and what opens the notes on health."""

from pydantic import BaseModel, Field

from ..alarms.shapes import AlarmView
from ..shapes import Body


class CardResident(BaseModel):
    """Shape: `has_notes`: there is something to know about their health, behind its own order."""

    resident_id: int
    name: str
    sex: str | None
    birth_year: int | None
    phone: str | None
    languages: str
    hearing: str
    has_notes: bool


class CardContact(BaseModel):
    name: str
    relation: str
    phone: str
    order: int


class CardKeyholder(BaseModel):
    name: str
    phone: str
    note: str


class Card(BaseModel):
    """Shape: `life_at` a whole hour, UTC ms; null where nobody watches for signs of life."""

    dwelling_id: str
    label: str
    label_en: str
    address: str
    access_note: str
    latitude: float | None
    longitude: float | None
    residents: list[CardResident]
    contacts: list[CardContact]
    keyholders: list[CardKeyholder]
    life_at: int | None
    alarms: list[AlarmView]


class WhyLife(Body):
    reason: str = Field(min_length=2, max_length=200, pattern=r"\S\S|\S.*\S", description="why you must know it now")


class WhyHealth(WhyLife):
    alarm_id: int | None = Field(default=None, ge=1, le=(1 << 53) - 1)


class ResidentHealth(BaseModel):
    resident_id: int
    name: str
    health_notes: str
    habits: str


class Health(BaseModel):
    residents: list[ResidentHealth]


class Look(BaseModel):
    """One look at a card. Shape: `is_health`: the notes on health were opened, with this reason."""

    at: int
    staff_id: int
    display_name: str
    display_name_en: str
    role: str
    reason: str | None
    alarm_id: int | None
    is_health: bool
