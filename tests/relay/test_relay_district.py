"""A district at once: communities, points, buildings, help nearby; each sees as far as they may. On both engines."""

import json

import httpx
from database_parts import alarm_message, say
from office_parts import HERE, THERE, Desk, Office

from relay import sample
from relay.app import open_database
from relay.clock import now_ms
from relay.district import store as district_store


def _join(office: Office) -> None:
    """Both communities form one district, and their homes have places."""

    def work(transaction):
        transaction.insert_new("districts", {"district_id": "d-1", "name": "滨江区", "name_en": "Riverside"})
        transaction.execute("UPDATE communities SET district_id = 'd-1', latitude = 31.2, longitude = 121.4")
        transaction.execute("UPDATE dwellings SET latitude = 31.23, longitude = 121.47")
        transaction.execute("UPDATE hubs SET is_online = 1 WHERE hub_id != 'hub-0003'")

    office.database.write(work).result()


def test_an_officer_sees_the_district_and_others_do_not(office):
    officer = office.desk("district")
    alone = officer.get("/api/district")
    assert alone["district"]["district_id"] == "d-binjiang" and [
        one["community_id"] for one in alone["communities"]
    ] == [HERE]
    _join(office)
    say(office.database, "alarm", alarm_message(1))
    shown = officer.get("/api/district")
    assert shown["district"]["name_en"] == "Riverside"
    here = next(one for one in shown["communities"] if one["community_id"] == HERE)
    assert (here["homes"], here["open_alarms"], here["offline_hubs"]) == (3, 1, 1)
    now = officer.get(f"/api/district/communities/{HERE}")
    assert [one["alarm_id"] for one in now["alarms"]] == [1] and now["duty_phone"]
    officer.get("/api/district/communities/c-nowhere", 404)
    for role in ("operator", "responder", "supervisor", "installer", "auditor"):
        for path in ("/api/district", "/api/district/homes", f"/api/district/communities/{HERE}"):
            office.desk(role).get(path, 403)


def test_every_home_is_a_point_with_its_state(office):
    _join(office)
    say(office.database, "alarm", alarm_message(1))
    officer = office.desk("district")
    shown = officer.get("/api/district/homes")
    assert shown["fields"] == ["dwelling_id", "latitude", "longitude", "state", "community"]
    assert {row[0]: row[3] for row in shown["rows"]} == {
        "d-1-1-302": "alarm", "d-1-2-101": "safe", "d-1-3-602": "offline"
    }  # fmt: skip
    assert {shown["communities"][row[4]] for row in shown["rows"]} == {HERE}
    office.database.write(
        lambda tx: [
            tx.insert("dwellings", {"dwelling_id": f"x{n}", "community_id": THERE, "label": "x", "label_en": "x",
                                    "address": "x", "latitude": 31.0, "longitude": 121.0})
            for n in range(200)
        ]
    ).result()  # fmt: skip
    answer = officer.ask("GET", "/api/district/homes", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip" and len(answer.json()["rows"]) == 203


def test_a_building_is_shown_door_by_door(office):
    _join(office)
    say(office.database, "alarm", alarm_message(1))
    person = office.desk("responder")
    (building,) = person.get("/api/buildings")
    assert (building["estate"], building["building"], building["homes"], building["floors"]) == ("清河苑", "1", 3, 6)
    cells = person.get("/api/buildings/清河苑/1")["cells"]
    assert [(one["floor"], one["door"]) for one in cells] == [(1, "101"), (3, "302"), (6, "602")]
    assert cells[1]["state"] == "alarm" and cells[1]["alarm_id"] == 1
    office.desk("operator").post("/api/alarms/1/acknowledge")
    assert person.get("/api/buildings/清河苑/1")["cells"][1]["state"] == "acknowledged"
    person.get("/api/buildings/清河苑/99", 404)
    stranger, officer = office.desk("operator", THERE), office.desk("district", THERE)
    assert stranger.get("/api/buildings") == []
    for path in (f"/api/buildings?community_id={HERE}", f"/api/surroundings?community_id={HERE}"):
        stranger.get(path, 404)
        officer.get(path)


def test_help_nearby_is_kept_per_community(office):
    place = {"kind": "clinic", "name": "社区医院", "latitude": 31.2, "longitude": 121.4, "phone": "13800000900"}
    office.database.write(lambda tx: district_store.set_surroundings(tx, HERE, [place])).result()
    shown = office.desk("responder").get("/api/surroundings")
    assert [{name: one[name] for name in place} for one in shown] == [place]
    assert office.desk("responder", THERE).get("/api/surroundings") == []


def _first_event(desk: Desk, path: str, name: str) -> dict:
    with httpx.stream("GET", str(desk.client.base_url) + path, headers=desk.headers, timeout=20) as answer:
        wanted = False
        for line in answer.iter_lines():
            if wanted and line.startswith("data: "):
                return json.loads(line[6:])
            wanted = line == f"event: {name}" or (wanted and bool(line))
    raise AssertionError("the stream ended")


def test_an_officer_hears_every_community_of_the_district_and_whose_it_is(office):
    _join(office)
    officer = office.desk("district", THERE)
    start = officer.get("/api/district")["last_event_id"]
    say(office.database, "alarm", alarm_message(1))
    heard = _first_event(officer, f"/api/events?last_event_id={start}", "alarm")
    assert heard["community_id"] == HERE and heard["alarm_id"] == 1
    for path, role in (("/api/events", "auditor"), ("/api/events", "call_gateway")):
        desk = office.program(role)
        assert "Your role" in desk.get(path, 403)["detail"]


def test_a_sample_district_has_its_thirty_thousand_homes(tmp_path):
    database = open_database(tmp_path)

    def fill(transaction):
        sample.fill(transaction, 2, {name: ("clear", "hash") for name, *_ in sample.STAFF})
        return sample.fill_district(transaction, 2, now_ms())

    assert database.write(fill).result() == {"communities": 44, "homes": 30_000}
    with database.read() as reader:
        ids = [row["community_id"] for row in reader.rows("SELECT community_id FROM communities ORDER BY community_id")]
        points = district_store.points(reader, ids)
        states = [point[3] for point in points]
        assert len(points) == 30_000 and len({point[0] for point in points}) == 30_000
        assert 200 < states.count("away") < 400 and 400 < states.count("offline") < 800
        assert len(district_store.buildings(reader, "c-02")) == 16
    database.close()
