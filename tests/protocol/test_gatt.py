"""Claims about a wearable's bytes."""

from claims import Random
from protocol import gatt


def test_battery_levels_are_per_cent_and_nothing_else():
    for data, pct in ((b"\x00", 0), (b"\x64", 100), (b"\x65", None), (b"", None), (b"\x32\x00", None)):
        assert gatt.battery_pct(data) == pct, data


def test_heart_rates_narrow_and_wide():
    for data, bpm in (
        (b"\x00\x48", 72),
        (b"\x01\x48\x00", 72),
        (b"\x01\x2c\x01", 300),
        (b"\x01\x2d\x01", None),
        (b"\x10\x48\x00\x04", 72),
        (b"\x06\x48", 72),
        (b"\x04\x48", 0),
        (b"\x05\x48\x00", 0),
        (b"\x01\x48", None),
        (b"\x00", None),
        (b"", None),
    ):
        assert gatt.heart_rate_bpm(data) == bpm, data


def test_no_bytes_raise():
    random = Random(4)
    for _ in range(500):
        data = random.data(random.below(8))
        bpm = gatt.heart_rate_bpm(data)
        assert bpm is None or 0 <= bpm <= 300
        gatt.battery_pct(data)
