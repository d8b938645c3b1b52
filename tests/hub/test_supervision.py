"""Claims about supervision alone: whose silence is too long, at which very ms, and who is back."""

from hub import supervision
from hub.senses.sensors import Device

MINUTE = 60000
# Written out here once more on purpose: a limit that is changed by mistake must be seen.
LIMITS = {
    "button": 60,
    "door": 60,
    "window": 60,
    "motion": 60,
    "presence": 15,
    "vibration": 60,
    "detector": 15,
    "wearable": 15,
    "cancel_button": 60,
    "appliance": 60,
    "a kind of tomorrow": 60,
}


def device(kind="button", alive_ms=None, overdue_ms=None):
    it = Device("5448e68f80a5", kind, None, None, None)
    it.alive_ms, it.overdue_ms = alive_ms, overdue_ms
    return it


def test_each_kind_has_its_limit_and_a_devices_own_goes_first():
    for kind, minutes in LIMITS.items():
        assert supervision.limit_ms(device(kind)) == minutes * MINUTE, kind
        assert supervision.limit_ms(device(kind, overdue_ms=1234)) == 1234
    assert set(supervision.LIMIT_MS) == set(LIMITS) - {"a kind of tomorrow"}


def test_overdue_comes_at_the_very_ms_and_once():
    for alive_ms in (None, 0, 5000):
        it = device(alive_ms=alive_ms, overdue_ms=1000)
        due_ms = (alive_ms or 0) + 1000
        assert supervision.next_ms({1: it}) == due_ms
        assert supervision.overdue_now({1: it}, due_ms - 1) == [] and it.is_overdue is False
        assert supervision.overdue_now({1: it}, due_ms) == [it] and it.is_overdue is True
        assert supervision.overdue_now({1: it}, due_ms + 1) == []
        assert supervision.next_ms({1: it}) is None


def test_only_the_silent_ones_are_overdue_and_the_next_is_the_earliest():
    devices = {1: device(alive_ms=9000, overdue_ms=1000), 2: device(alive_ms=1000, overdue_ms=1000), 3: device()}
    assert supervision.next_ms(devices) == 2000
    assert supervision.overdue_now(devices, 2000) == [devices[2]]
    assert supervision.next_ms(devices) == 10000
    assert supervision.overdue_now(devices, 10**9) == [it for it in devices.values() if it is not devices[2]]
    assert supervision.next_ms(devices) is None and supervision.next_ms({}) is None


def test_who_is_heard_is_back_once_and_its_limit_begins_anew():
    it = device(overdue_ms=1000)
    assert supervision.is_back(it, 300) is False and it.alive_ms == 300
    supervision.overdue_now({1: it}, 1300)
    assert it.is_overdue is True
    assert supervision.is_back(it, 7000) is True
    assert it.is_overdue is False and it.alive_ms == 7000
    assert supervision.is_back(it, 7001) is False
    assert supervision.overdue_now({1: it}, 8000) == [] and supervision.overdue_now({1: it}, 8001) == [it]
