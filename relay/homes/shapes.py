"""A home as the API takes and gives it: the way to its door, its place, and its people, written whole.

What is known of health is taken in here and never given: the card opens it, for a reason (relay/card).
"""

from typing import Literal

from pydantic import BaseModel, Field, model_validator

from ..shapes import Body

PEOPLE_MAX = 20
BIRTH_YEAR_MIN, BIRTH_YEAR_MAX = 1890, 2100
ID_MAX = (1 << 53) - 1


class Resident(Body):
    """Shape: without `resident_id` somebody new; notes and habits that are null stay as they are."""

    resident_id: int | None = Field(default=None, ge=1, le=ID_MAX)
    name: str = Field(min_length=1, max_length=64, pattern=r"\S")
    sex: Literal["female", "male"] | None = None
    birth_year: int | None = Field(default=None, ge=BIRTH_YEAR_MIN, le=BIRTH_YEAR_MAX)
    phone: str | None = Field(default=None, max_length=32)
    languages: str = Field(default="", max_length=200)
    hearing: str = Field(default="", max_length=200)
    health_notes: str | None = Field(default=None, max_length=2000)
    habits: str | None = Field(default=None, max_length=2000)


class Contact(Body):
    """Shape: in the order in which they are called."""

    contact_id: int | None = Field(default=None, ge=1, le=ID_MAX)
    name: str = Field(min_length=1, max_length=64, pattern=r"\S")
    relation: str = Field(default="", max_length=64)
    phone: str = Field(default="", max_length=32)
    language: Literal["zh", "en"] = "zh"
    notify_url: str | None = Field(default=None, max_length=500)


class Keyholder(Body):
    keyholder_id: int | None = Field(default=None, ge=1, le=ID_MAX)
    name: str = Field(min_length=1, max_length=64, pattern=r"\S")
    phone: str = Field(default="", max_length=32)
    note: str = Field(default="", max_length=200)


class Door(Body):
    """Shape: `latitude` and `longitude` in `datum`; they are kept as WGS-84. An empty label or address is made."""

    label: str = Field(default="", max_length=64)
    label_en: str = Field(default="", max_length=64)
    address: str = Field(default="", max_length=200)
    estate: str | None = Field(default=None, max_length=64)
    building: str | None = Field(default=None, max_length=32)
    unit: str | None = Field(default=None, max_length=32)
    floor: int | None = Field(default=None, ge=-9, le=200)
    door: str | None = Field(default=None, max_length=32)
    latitude: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    longitude: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    datum: Literal["WGS-84", "GCJ-02"] = "WGS-84"
    x: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)
    y: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)
    access_note: str = Field(default="", max_length=500)
    provider: str | None = Field(default=None, max_length=64)
    is_away: bool = False


class NewHome(Door):
    residents: list[Resident] = Field(default=[], max_length=PEOPLE_MAX)
    contacts: list[Contact] = Field(default=[], max_length=PEOPLE_MAX)
    keyholders: list[Keyholder] = Field(default=[], max_length=PEOPLE_MAX)

    @model_validator(mode="after")
    def _has_both(self) -> "NewHome":
        for one, other in (("latitude", "longitude"), ("x", "y")):
            if (getattr(self, one) is None) != (getattr(self, other) is None):
                raise ValueError(f"give {one} and {other} together or neither")
        return self


class ShownResident(BaseModel):
    resident_id: int
    name: str
    sex: str | None
    birth_year: int | None
    phone: str | None
    languages: str
    hearing: str
    initials: str
    has_notes: bool


class ShownContact(BaseModel):
    contact_id: int
    name: str
    relation: str
    phone: str
    language: str
    notify_url: str | None


class ShownKeyholder(BaseModel):
    keyholder_id: int
    name: str
    phone: str
    note: str


class Home(BaseModel):
    """A home and its people. Shape: the place is given in WGS-84; `datum_given` says in which it came."""

    dwelling_id: str
    label: str
    label_en: str
    address: str
    estate: str | None
    building: str | None
    unit: str | None
    floor: int | None
    door: str | None
    latitude: float | None
    longitude: float | None
    datum: Literal["WGS-84"]
    datum_given: str | None
    x: float | None
    y: float | None
    access_note: str
    provider: str | None
    door_code: str | None
    is_away: bool
    hub_id: str | None
    residents: list[ShownResident]
    contacts: list[ShownContact]
    keyholders: list[ShownKeyholder]
