"""On and off duty, and the hand-over: an alarm always has somebody. On both engines."""

from database_parts import alarm_message, say
from office_parts import HERE, THERE, Desk

from relay.access import store as access_store
from relay.clock import now_ms


def _colleague(office) -> Desk:
    """A second operator of the same community."""

    def work(transaction):
        staff_id = access_store.add_staff(transaction, HERE, "second", "乙", "Second", "operator", "-")
        return access_store.open_session(transaction, staff_id, now_ms())

    return Desk(office.client, office.database.write(work).result())


def test_one_goes_on_duty_and_off_and_takes_only_what_ones_role_takes(office):
    person = office.desk("operator")
    assert person.get("/api/duty")["me"] == {"is_on_duty": False, "duty": None, "shift_id": None, "ends_at": None}
    mine = person.post("/api/duty", {"duty": "operator", "hours": 8})["me"]
    assert mine["is_on_duty"] and 7.9 < (mine["ends_at"] - now_ms()) / 3_600_000 <= 8
    person.post("/api/duty", {"duty": "operator", "hours": 4})  # again: one shift, not two
    assert [one["duty"] for one in person.get("/api/duty")["on_duty"] if one["staff_id"] == person.me["staff_id"]] == [
        "operator"
    ]
    assert "does not take" in office.desk("responder").post("/api/duty", {"duty": "operator"}, 409)["detail"]
    office.desk("installer").post("/api/duty", {"duty": "operator"}, 403)
    for bad in ({"duty": "king"}, {"duty": "operator", "hours": 0}, {"duty": "operator", "hours": 37}, {}):
        person.post("/api/duty", bad, 422)
    assert person.delete("/api/duty")["me"]["is_on_duty"] is False
    assert office.desk("operator", THERE).get("/api/duty")["on_duty"] == []


def test_the_last_operator_does_not_leave_an_open_alarm(office):
    office.database.write(lambda tx: tx.execute("DELETE FROM shifts")).result()
    person = office.desk("operator")
    person.post("/api/duty", {"duty": "operator"})
    say(office.database, "alarm", alarm_message(1))
    assert "Hand over" in person.delete("/api/duty", 409)["detail"]
    _colleague(office).post("/api/duty", {"duty": "operator"})
    person.delete("/api/duty")


def test_who_offers_stays_responsible_until_the_incoming_person_accepts(office):
    giver, taker = office.desk("operator"), _colleague(office)
    giver.post("/api/duty", {"duty": "operator", "hours": 0.25})
    say(office.database, "alarm", alarm_message(1))
    giver.post("/api/alarms/1/acknowledge")
    shown = giver.post("/api/handover", {"note": "302 等救护车", "to_staff_id": taker.me["staff_id"]})
    offer = shown["offered"]
    assert [one["alarm_id"] for one in shown["open"]] == [1] and offer["note"] == "302 等救护车" and offer["to"] == "乙"
    assert giver.get("/api/duty")["me"]["ends_at"] > now_ms() + 11 * 3_600_000  # nobody accepted: still on duty
    assert "accepted" in giver.delete("/api/duty", 409)["detail"]
    path = f"/api/handover/{offer['handover_id']}"
    assert "yourself" in giver.post(path + "/accept", {}, 409)["detail"]
    assert "somebody else" in office.desk("supervisor").post(path + "/accept", {}, 409)["detail"]
    office.desk("supervisor", THERE).post(path + "/accept", {}, 404)
    assert giver.get("/api/board")["alarms"][0]["acknowledged_by"] == giver.me["staff_id"]
    assert taker.post(path + "/accept")["taken"] == [1]
    taker.post(path + "/accept", {}, 404)
    (alarm,) = taker.get("/api/board")["alarms"]
    assert alarm["acknowledged_by"] == taker.me["staff_id"]
    history = taker.get("/api/alarms/1/history")
    assert (history[-1]["what"], history[-1]["by"]) == ("handed_over", "乙")
    assert giver.get("/api/duty")["me"]["is_on_duty"] is False and taker.get("/api/duty")["me"]["duty"] == "operator"
    after = taker.get("/api/handover")
    assert after["offered"] is None and after["notes"][0]["note"] == "302 等救护车"


def test_an_offer_can_be_taken_back_and_a_new_one_replaces_the_old(office):
    giver = office.desk("operator")
    giver.post("/api/handover", {"to_staff_id": 99999}, 409)
    giver.post("/api/handover", {"to_staff_id": office.desk("operator", THERE).me["staff_id"]}, 409)
    first = giver.post("/api/handover", {"note": "a"})["offered"]
    second = giver.post("/api/handover", {"note": "b"})
    assert [one["note"] for one in second["offers"]] == ["b"]
    giver.delete(f"/api/handover/{first['handover_id']}", 404)
    _colleague(office).delete(f"/api/handover/{second['offered']['handover_id']}", 404)
    assert giver.delete(f"/api/handover/{second['offered']['handover_id']}")["offered"] is None
    names = [row["name"] for row in office.rows("SELECT name FROM events WHERE community_id = ?", HERE)]
    assert names.count("duty") == 3
