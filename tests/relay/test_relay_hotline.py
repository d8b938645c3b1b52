"""Finding a home: by name, initials, telephone, address; and who rings. On both engines."""

import json

from database_parts import alarm_message, say
from office_parts import HERE, THERE

HOME = {
    "estate": "清河苑", "building": "20", "unit": "2", "floor": 5, "door": "501",
    "residents": [{"name": "欧阳凤英", "phone": "138 0000 0777"}],
    "contacts": [{"name": "Chen Jing", "relation": "女儿", "phone": "+86-13800000778"}],
    "keyholders": [{"name": "刘阿姨", "phone": "0571-88000001", "note": "邻居"}],
}  # fmt: skip


def _ids(found: list) -> list[str]:
    return [one["dwelling_id"] for one in found]


def test_a_home_is_found_by_name_initials_phone_and_address_and_by_nothing_else(office):
    person = office.desk("operator")
    home = person.post("/api/people/dwellings", HOME)["dwelling_id"]
    for typed in ("欧阳凤英", "凤英", "oyf", "OYFY", "13800000777", "0000777", "chen jing", "刘阿姨", "20号楼2单元501"):
        found = person.get(f"/api/search?q={typed}")
        assert home in _ids(found), typed
    assert person.get("/api/search?q=欧阳")[0]["names"] == ["欧阳凤英"]
    for typed in ("%", "_", "zzz", "99999999", "!", "'; DROP TABLE residents; --", "yf"):
        assert home not in _ids(person.ask("GET", "/api/search", params={"q": typed}).json()), typed
    assert len(person.get("/api/search?q=清河苑")) == 4
    assert office.desk("supervisor", THERE).get("/api/search?q=欧阳") == []
    person.get("/api/search?q=", 422)


def test_the_number_that_rings_shows_who_where_and_what_is_open(office):
    person = office.desk("operator")
    home = person.post("/api/people/dwellings", HOME)["dwelling_id"]
    (caller,) = person.ask("GET", "/api/hotline", params={"phone": "+86 138 0000 0777"}).json()["calls_from"]
    assert (caller["kind"], caller["who"], caller["dwelling_id"], caller["open_alarms"]) == (
        "resident", "欧阳凤英", home, []
    )  # fmt: skip
    (caller,) = person.get("/api/hotline?phone=8613800000778")["calls_from"]
    assert (caller["kind"], caller["relation"]) == ("contact", "女儿")
    (caller,) = person.get("/api/hotline?phone=88000001")["calls_from"]  # without the area code
    assert caller["who"] == "刘阿姨"
    for unknown in ("13800009999", "777", "abc", "0", "3800000777777"):
        assert person.get(f"/api/hotline?phone={unknown}")["calls_from"] == []
    assert office.desk("operator", THERE).get("/api/hotline?phone=13800000777")["calls_from"] == []
    say(office.database, "alarm", alarm_message(1))
    phone = office.rows("SELECT phone FROM contacts WHERE dwelling_id = 'd-1-1-302'")[0]["phone"]
    assert person.get(f"/api/hotline?phone={phone}")["calls_from"][0]["open_alarms"] == [1]


def test_a_telephone_system_tells_the_consoles_and_learns_nothing(office):
    office.desk("operator").post("/api/people/dwellings", HOME)
    gateway = office.program("call_gateway")
    told = gateway.post("/api/hooks/call", {"phone": "13800000777", "line": "more of its own"})
    assert told == {"phone": "13800000777", "matches": 1}
    (event,) = office.rows("SELECT community_id, data FROM events WHERE name = 'call'")
    data = json.loads(event["data"])
    assert event["community_id"] == HERE and data["matches"][0]["who"] == "欧阳凤英" and data["called_at"] > 0
    for path in ("/api/board", "/api/search?q=欧阳", "/api/hotline?phone=13800000777", "/api/people"):
        gateway.get(path, 403)
    office.desk("operator").post("/api/hooks/call", {"phone": "13800000777"}, 403)
    office.nobody().post("/api/hooks/call", {"phone": "13800000777"}, 401)
    for bad in ({}, {"phone": ""}, {"phone": "1" * 40}, {"phone": "1", "called_at": -1}):
        gateway.post("/api/hooks/call", bad, 422)
