"""Who is asked first to go to a home. Pure: people and places in, the order out.

Rule 1. On duty before off duty, free before busy, near before far; whose place is not known comes after whose is.
Rule 2. Where somebody is counts only while they are on duty, and not longer than FRESH_MS: an old place is none.
"""

import math
from collections.abc import Iterable
from typing import Any

FRESH_MS = 30 * 60_000
EARTH_M = 6_371_000


def distance_m(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> int:
    """As the crow flies, by the haversine formula. Shape: degrees, WGS-84."""
    north, other_north = math.radians(latitude), math.radians(other_latitude)
    half = math.sin((other_north - north) / 2) ** 2
    half += math.cos(north) * math.cos(other_north) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    return round(2 * EARTH_M * math.asin(math.sqrt(min(1.0, half))))


def in_order(people: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rule 1. Shape: each with is_on_duty, is_busy and distance_m (None: not known); equals keep their order."""

    def rank(one: dict[str, Any]) -> tuple[bool, bool, bool, int]:
        return not one["is_on_duty"], one["is_busy"], one["distance_m"] is None, one["distance_m"] or 0

    return sorted(people, key=rank)
