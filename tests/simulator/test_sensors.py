"""Claims about simulated sensors: BTHome v2 bytes, counters that never go back, hostile ones that are refused."""

from claims import aes
from protocol import bthome, vocabulary
from protocol.advert import find_bthome
from simulator import bthome_sensor

KEY = "231d39c1d7cc1ab1aee224cd096db932"
ADDRESS = "5448e68f80a5"


def opened(sensor: bthome_sensor.Sensor, service_data: bytes) -> bthome.Frame:
    encrypt = aes(bytes.fromhex(sensor.key)) if sensor.key else None
    return bthome.open_frame(service_data, bytes.fromhex(sensor.address), encrypt)


def refusal(sensor: bthome_sensor.Sensor, service_data: bytes) -> str:
    try:
        opened(sensor, service_data)
    except bthome.BadFrame as fault:
        return fault.reason
    return ""


def test_every_button_event_is_understood_sealed_and_plain(tmp_path) -> None:
    for key in (KEY, None):
        sensor = bthome_sensor.Sensor(ADDRESS, "button", key, "", "", tmp_path)
        for name, code in bthome_sensor.EVENTS.items():
            frame = opened(sensor, sensor.press(name))
            assert frame.first(bthome.BUTTON) == code and frame.is_whole and frame.is_triggered
            assert frame.first(bthome.BATTERY) == 97


def test_counters_go_on_after_a_restart(tmp_path) -> None:
    counters = []
    for _ in range(3):
        sensor = bthome_sensor.Sensor(ADDRESS, "button", KEY, "", "", tmp_path)
        counters += [opened(sensor, sensor.press()).counter, opened(sensor, sensor.beacon()).counter]
    assert counters == [1, 2, 3, 4, 5, 6]


def test_door_and_motion_say_what_they_see(tmp_path) -> None:
    sensor = bthome_sensor.Sensor(ADDRESS, "door", None, "", "", tmp_path)
    assert [opened(sensor, sensor.door(state)).first(bthome.DOOR) for state in (True, False)] == [1, 0]
    assert opened(sensor, sensor.motion()).first(bthome.MOTION) == 1


def test_the_hostile_ones_are_refused(tmp_path) -> None:
    sensor = bthome_sensor.Sensor(ADDRESS, "button", KEY, "", "", tmp_path)
    sensor.press()
    assert refusal(sensor, sensor.forged()) == vocabulary.WRONG_KEY
    assert refusal(sensor, sensor.broken()) in (vocabulary.WRONG_KEY, vocabulary.BROKEN)
    assert opened(sensor, sensor.replayed()).counter == 0


def test_an_advert_carries_its_service_data_and_no_more_than_fits(tmp_path) -> None:
    sensor = bthome_sensor.Sensor(ADDRESS, "button", KEY, "", "", tmp_path)
    service_data = sensor.press()
    data = bthome_sensor.advert(service_data)
    place = find_bthome(data)
    assert data[place >> 16 : place & 0xFFFF] == service_data and len(data) <= 31
    try:
        bthome_sensor.advert(bytes(40))
        raise AssertionError("a legacy advert of more than 31 bytes")
    except ValueError as fault:
        assert "31" in str(fault)
