"""A claim as the API gives it."""

from typing import Literal

from pydantic import BaseModel

State = Literal["free", "claimed", "installed", "revoked"]


class Claim(BaseModel):
    """Shape: null until somebody has claimed it."""

    hub_id: str
    state: State
    dwelling_id: str | None
    label: str | None
    claimed_by_name: str | None
    claimed_at: int | None
    is_online: bool


class Dwelling(BaseModel):
    """A home to install in. Shape: `hub_id` null where there is no hub; `names` of its residents, null: nobody."""

    dwelling_id: str
    label: str
    label_en: str
    address: str
    hub_id: str | None
    names: str | None


class TriggerDevice(BaseModel):
    device_id: str
    kind: str
    room: str
    label: str


class Address(BaseModel):
    host: str
    port: int


class Broker(Address):
    security: Literal["none", "psk", "tls"]


class Neighbours(BaseModel):
    """32 hex digits each."""

    stairwell_key: str
    carry_key: str


class Modem(BaseModel):
    """Shape: `number` of the gateway for short messages; `key` 32 hex digits."""

    number: str
    apn: str | None
    key: str


class Taken(Claim):
    """What the hub is to be told. Shape: `ntp` false: nobody is asked for the time; null: as the hub likes;
    `neighbours` null: the register does not say in which building; `modem` null: homes have none."""

    address: str
    devices: list[TriggerDevice]
    broker: Broker
    ntp: Address | bool | None
    neighbours: Neighbours | None
    modem: Modem | None


class SetDevices(BaseModel):
    hub_id: str
    devices: list[TriggerDevice]
