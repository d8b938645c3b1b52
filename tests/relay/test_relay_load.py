"""Under load and kill -9: raised is stored, by the proof's own comparison; each console sees each alarm once.

Short versions of `make bench BENCH="several kills consoles"`."""

import shutil

import kills_parts
import pytest
import several_parts
from load_parts import Place

pytestmark = pytest.mark.skipif(
    shutil.which("mosquitto") is None, reason="mosquitto is not installed. Remedy: sudo apt-get install mosquitto"
)


def test_two_relays_share_the_alarms_and_one_may_die(postgres):
    found = several_parts.story(postgres, alarms=60, per_s=12)
    pressed = found["pressed"]
    assert pressed >= 50 and found["stored"] == found["rows"] == found["homes"] == pressed, found
    assert found["again"] == found["escalated_twice"] == found["messages_twice"] == 0, found
    assert found["escalated"] == pressed and found["shown"]["whole"] == 1, found
    assert found["shown"]["alarms_twice"] == found["shown"]["events_twice"] == 0, found
    assert found["counts"].endswith(", 0 differ"), found["counts"]


def test_raised_is_stored_over_kills_of_relay_and_broker():
    with Place(200) as place:
        found = kills_parts.story(place, kills=2, every_s=2.0, alarms_per_min=300)
    assert found["stored"] == found["pressed"] > 10, found
    assert found["counts"].endswith(f"{found['pressed']} raised, {found['pressed']} stored, 0 differ"), found


def test_consoles_that_are_cut_and_resume_see_each_alarm_once():
    with Place(100, consoles=20) as place:
        place.load.do(do="cut", alive_s=[0.1, 1.0])
        found = place.load.do(do="run", beats_per_s=10, alarms_per_min=900, seconds=4, retry_s=2.0)
        place.load.do(do="cut", alive_s=None)
        seen = place.load.do(do="consoles", alarms=found["pressed"], wait_s=30)
    assert seen["consoles"] == seen["whole"] == 20 and found["pressed"] > 30, seen
    assert seen["alarms_twice"] == seen["events_twice"] == seen["reloads"] == 0 and seen["cuts"] > 20, seen
