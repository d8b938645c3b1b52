"""Invented people for trying the relay out: one community, or a whole district."""

from .community import (
    COMMUNITY_ID,
    DUTY_PHONE,
    HOMES_MAX,
    PICTURE_HEIGHT,
    PICTURE_WIDTH,
    STAFF,
    fill,
    make_passwords,
    put_on_duty,
)
from .district import fill_district

__all__ = (
    "COMMUNITY_ID",
    "DUTY_PHONE",
    "HOMES_MAX",
    "PICTURE_HEIGHT",
    "PICTURE_WIDTH",
    "STAFF",
    "fill",
    "fill_district",
    "make_passwords",
    "put_on_duty",
)
