"""Homes and their people, kept by hand: whole, by number, in one's own community. On both engines."""

from office_parts import THERE

from relay.people import datum

NEW = {
    "estate": "清河苑", "building": "20", "unit": "2", "floor": 5, "door": "501",
    "latitude": 31.2304, "longitude": 121.4737, "datum": "GCJ-02",
    "residents": [{"name": "王秀英", "birth_year": 1940, "health_notes": "心脏支架", "phone": "13800000777"}],
    "contacts": [
        {"name": "王敏", "relation": "女儿", "phone": "13800000001"},
        {"name": "王伟", "relation": "儿子", "phone": "13800000002"},
    ],
    "keyholders": [{"name": "刘阿姨", "phone": "13800000003"}],
}  # fmt: skip
HOMES = "/api/people/dwellings"


def test_a_home_is_written_whole_and_its_people_keep_their_numbers(office):
    person = office.desk("operator")
    home = person.post(HOMES, NEW)
    assert home["label"] == "20号楼2单元501" and home["address"] == "清河苑 20 号楼 2 单元 5 层 501 室"
    assert (home["datum"], home["datum_given"]) == ("WGS-84", "GCJ-02") and 300 < abs(
        home["latitude"] - 31.2304
    ) * 111_000 + 300 < 1000
    assert home["residents"][0]["initials"] == "wxy" and home["residents"][0]["has_notes"]
    assert "health_notes" not in home["residents"][0] and home["door_code"]
    path = f"{HOMES}/{home['dwelling_id']}"
    daughter, son = home["contacts"]
    as_given = {name: home[name] for name in ("latitude", "longitude", "datum")}  # written back, it does not move
    again = person.put(path, NEW | as_given | {"contacts": home["contacts"]})
    assert [again[name] for name in ("latitude", "longitude")] == [home["latitude"], home["longitude"]]
    assert again["datum_given"] == "GCJ-02"
    resident = {name: again["residents"][0][name] for name in ("resident_id", "name", "birth_year")}
    changed = person.put(path, NEW | {"residents": [resident], "contacts": [son, {"name": "王洋"}]})
    assert [one["name"] for one in changed["contacts"]] == ["王伟", "王洋"]
    assert changed["contacts"][0]["contact_id"] == son["contact_id"]
    assert changed["residents"][0]["resident_id"] == resident["resident_id"]
    notes = office.rows("SELECT health_notes FROM residents WHERE resident_id = ?", resident["resident_id"])
    assert notes == [{"health_notes": "心脏支架"}]  # not given, so left as it was
    assert "not in this home" in person.put(path, NEW | {"contacts": [daughter]}, 409)["detail"]
    assert person.get(path)["contacts"] == changed["contacts"]  # nothing of the refused write
    board = person.get("/api/board")["dwellings"]
    assert home["dwelling_id"] in [one["dwelling_id"] for one in board]


def test_what_cannot_be_a_home_is_refused_with_a_sentence(office):
    person = office.desk("operator")
    home = person.post(HOMES, NEW)
    assert home["dwelling_id"] in person.post(HOMES, NEW, 409)["detail"]
    assert "door" in person.post(HOMES, {"residents": []}, 409)["detail"]
    for bad in (
        {"latitude": 91}, {"longitude": None}, {"floor": 999}, {"residents": [{"name": " "}]}, {"x": 2, "y": 0},
        {"datum": "BD-09"}, {"residents": [{"name": "a"}] * 21}, {"more": 1},
    ):  # fmt: skip
        assert isinstance(person.post(HOMES, NEW | {"door": "9"} | bad, 422)["detail"], str)


def test_a_home_with_a_history_stays_and_a_mistake_goes(office):
    person = office.desk("operator")
    home = person.post(HOMES, NEW)
    assert "hub" in person.delete(f"{HOMES}/d-1-1-302", 409)["detail"]
    person.delete(f"{HOMES}/{home['dwelling_id']}")
    person.get(f"{HOMES}/{home['dwelling_id']}", 404)
    person.delete(f"{HOMES}/{home['dwelling_id']}", 404)


def test_homes_come_in_pages_and_only_ones_own(office):
    person = office.desk("operator")
    everybody = person.get("/api/people")
    assert len(everybody) == 3
    first = person.get("/api/people?count=2")
    assert first + person.get(f"/api/people?after={first[-1]['dwelling_id']}") == everybody
    stranger = office.desk("supervisor", THERE)
    assert stranger.get("/api/people") == []
    stranger.get(f"{HOMES}/d-1-1-302", 404)
    stranger.put(f"{HOMES}/d-1-1-302", NEW, 404)
    stranger.delete(f"{HOMES}/d-1-1-302", 404)
    for role in ("responder", "auditor", "district"):
        office.desk(role).get("/api/people", 403)
        office.desk(role).post(HOMES, NEW, 403)


def test_a_place_of_a_chinese_map_comes_back_to_where_it_was_drawn():
    for place in ((31.2304, 121.4737), (39.9087, 116.3975), (22.5431, 114.0579), (43.8256, 87.6168)):
        kept = datum.to_wgs_84(*place, datum.GCJ_02)
        off_m = abs(kept[0] - place[0]) * 111_000 + abs(kept[1] - place[1]) * 95_000
        assert 100 < off_m < 1500, off_m
        again = datum.to_gcj_02(*kept)
        assert max(abs(again[0] - place[0]), abs(again[1] - place[1])) < 2e-7  # two centimetres
    assert datum.to_wgs_84(48.8566, 2.3522, datum.GCJ_02) == (48.8566, 2.3522)  # no shift outside China
    assert datum.to_wgs_84(31.2304, 121.4737, datum.WGS_84) == (31.2304, 121.4737)
    # A place that public converters agree on: Tiananmen, to a metre.
    north, east = datum.to_gcj_02(39.907375, 116.391349)
    assert abs(north - 39.908776) < 2e-5 and abs(east - 116.397592) < 2e-5
