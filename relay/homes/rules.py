"""How a home that somebody wrote is kept. Pure."""

from typing import Any

from ..people import datum
from ..people import rules as people_rules
from .shapes import NewHome


def kept_as(body: NewHome) -> dict[str, Any]:
    """A home as it is kept: its place in WGS-84, label and address made where none is given."""
    people_rules.initials("预")  # loads its words: here, where only this request waits, and not in the one writer
    home = body.model_dump()
    if body.latitude is not None and body.longitude is not None:
        home["latitude"], home["longitude"] = datum.to_wgs_84(body.latitude, body.longitude, body.datum)
    else:
        home["datum"] = None
    for one in (*home["residents"], *home["contacts"], *home["keyholders"]):
        one["phone"] = one["phone"] and people_rules.phone_of(one["phone"])
    address = people_rules.address_of(body.estate, body.building, body.unit, body.floor, body.door)
    label, label_en = people_rules.label_of(body.building, body.unit, body.door)
    home["address"] = body.address or address
    home["label"] = body.label or label or home["address"][:64]
    home["label_en"] = body.label_en or label_en or home["label"]
    return home
