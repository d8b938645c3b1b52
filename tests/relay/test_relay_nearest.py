"""Who is asked first to go: on duty, free, near; and where somebody is, is known only while they are on duty."""

import pytest
from database_parts import alarm_message, say

from relay.clock import now_ms
from relay.responder import rules, store


def test_distances_are_those_of_the_globe():
    assert rules.distance_m(30.66, 104.06, 30.66, 104.06) == 0
    assert rules.distance_m(30.0, 104.0, 31.0, 104.0) == pytest.approx(111_195, abs=100)
    assert rules.distance_m(30.0, 104.0, 30.0, 105.0) == pytest.approx(96_297, abs=100)
    assert rules.distance_m(0, 179.999, 0, -179.999) == pytest.approx(222, abs=2)  # over the date line


def test_on_duty_comes_before_free_before_near_before_unknown():
    def one(name, is_on_duty, is_busy, distance_m):
        return {"name": name, "is_on_duty": is_on_duty, "is_busy": is_busy, "distance_m": distance_m}

    people = [
        one("off", False, False, 10),
        one("busy", True, True, 20),
        one("unknown", True, False, None),
        one("far", True, False, 900),
        one("near", True, False, 90),
    ]
    assert [one["name"] for one in rules.in_order(people)] == ["near", "far", "unknown", "busy", "off"]


@pytest.fixture
def called(office):
    """An alarm of a home with a place; the responder is on duty."""
    say(office.database, "alarm", alarm_message(1))
    (alarm,) = office.desk("operator").get("/api/open")["alarms"]
    home = "UPDATE dwellings SET latitude = 30.66, longitude = 104.06 WHERE dwelling_id = ?"
    office.database.write(lambda tx: tx.execute(home, (alarm["dwelling_id"],))).result()
    office.desk("responder").post("/api/duty", {"duty": "responder", "hours": 8})
    return office


def _first(office):
    return office.desk("operator").get("/api/alarms/1/responders")[0]


def test_the_nearest_free_responder_on_duty_stands_first(called):
    goer = called.desk("responder")
    assert goer.post("/api/my/place", {"latitude": 30.661, "longitude": 104.06}) == {"is_kept": True}
    first = _first(called)
    assert (first["staff_id"], first["distance_m"]) == (goer.me["staff_id"], pytest.approx(111, abs=2))
    assert (first["is_on_duty"], first["is_busy"]) == (True, False)
    say(called.database, "alarm", alarm_message(1), "hub-0002")
    operator = called.desk("operator")
    operator.post("/api/alarms/2/acknowledge")
    operator.post("/api/alarms/2/assign", {"staff_id": goer.me["staff_id"], "minutes": 5})
    rows = operator.get("/api/alarms/1/responders")
    assert next(one for one in rows if one["staff_id"] == goer.me["staff_id"])["is_busy"]
    called.desk("operator", "c-other").get("/api/alarms/1/responders", 404)
    called.desk("installer").get("/api/alarms/1/responders", 403)


def test_where_somebody_is_is_not_kept_off_duty_nor_for_long(called):
    goer = called.desk("responder")
    goer.post("/api/my/place", {"latitude": 30.661, "longitude": 104.06})
    called.database.write(lambda tx: store.forget_places(tx, now_ms() + rules.FRESH_MS)).result()
    assert called.rows("SELECT * FROM staff_places") == []
    goer.post("/api/my/place", {"latitude": 30.661, "longitude": 104.06})
    goer.delete("/api/duty")
    assert _first(called)["distance_m"] is None
    assert goer.post("/api/my/place", {"latitude": 30.661, "longitude": 104.06}) == {"is_kept": False}
    assert called.rows("SELECT * FROM staff_places") == []
    assert not called.rows("SELECT * FROM deeds WHERE what LIKE 'my_%'"), "where a responder walks is no deed"
