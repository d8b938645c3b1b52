"""Places on the ground: WGS-84, as satellites give it, and GCJ-02, which maps in China use. Pure.

GCJ-02 is WGS-84 shifted by a few hundred metres inside China. The shift has a published form and no published inverse;
the inverse is found by repeating, to far below a centimetre. We keep WGS-84 and which of the two a place came in.

Ref: the shift as public libraries agree on it (semi-major axis 6378245 m, squared eccentricity 0.00669342162296594).
"""

import math

WGS_84, GCJ_02 = "WGS-84", "GCJ-02"
DATUMS = (WGS_84, GCJ_02)
_AXIS, _ECCENTRICITY = 6378245.0, 0.00669342162296594
_NEAR = 1e-9  # degrees: 0.1 mm


def is_in_china(latitude: float, longitude: float) -> bool:
    """The rectangle inside which the shift is applied."""
    return 0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347


def _waves(value: float) -> float:
    """The part that both axes share."""
    return (20.0 * math.sin(6.0 * value * math.pi) + 20.0 * math.sin(2.0 * value * math.pi)) * 2.0 / 3.0


def _shift(latitude: float, longitude: float) -> tuple[float, float]:
    x, y = longitude - 105.0, latitude - 35.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + _waves(x)
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + _waves(x)
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    radians = latitude / 180.0 * math.pi
    magic = 1.0 - _ECCENTRICITY * math.sin(radians) ** 2
    root = math.sqrt(magic)
    north = north * 180.0 / (_AXIS * (1.0 - _ECCENTRICITY) / (magic * root) * math.pi)
    east = east * 180.0 / (_AXIS / root * math.cos(radians) * math.pi)
    return north, east


def to_gcj_02(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a map of China draws a place."""
    if not is_in_china(latitude, longitude):
        return latitude, longitude
    north, east = _shift(latitude, longitude)
    return latitude + north, longitude + east


def to_wgs_84(latitude: float, longitude: float, datum: str) -> tuple[float, float]:
    """A place as we keep it. Shape: degrees; rounded to a centimetre."""
    if datum == GCJ_02 and is_in_china(latitude, longitude):
        guess = latitude, longitude
        for _ in range(30):
            north, east = to_gcj_02(*guess)
            off = north - latitude, east - longitude
            guess = guess[0] - off[0], guess[1] - off[1]
            if max(abs(off[0]), abs(off[1])) < _NEAR:
                break
        latitude, longitude = guess
    return round(latitude, 7), round(longitude, 7)
