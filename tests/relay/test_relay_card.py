"""The card shows people without their health; that is opened for a reason, which is kept. On both engines."""

import pytest
from database_parts import alarm_message, say
from office_parts import THERE
from relay_parts import until

from relay.database import Conflict

HOME = "d-1-1-302"
CARD = f"/api/dwellings/{HOME}/card"


def test_a_card_shows_people_and_calls_but_not_health_and_the_look_is_logged(office):
    person = office.desk("operator")
    card = person.get(CARD)
    assert card["residents"][0]["name"] and card["residents"][0]["has_notes"] and card["address"]
    assert not {"health_notes", "habits"} & set(card["residents"][0])
    assert [contact["order"] for contact in card["contacts"]] == [1, 2]
    assert card["life_at"] is None
    assert card["contacts"][0]["phone"].startswith("1380000") and card["keyholders"]
    (look,) = until(lambda: office.desk("auditor").get(f"/api/dwellings/{HOME}/access-log"), "the log entry")
    assert (look["staff_id"], look["role"], look["is_health"]) == (person.me["staff_id"], "operator", False)


def test_notes_on_health_are_shown_to_who_says_why_and_that_is_kept(office):
    say(office.database, "alarm", alarm_message(1))
    helper = office.desk("responder")
    for bad in ({}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 201}, {"reason": "ok", "more": 1}):
        helper.post(CARD + "/health", bad, 422)
    opened = helper.post(CARD + "/health", {"reason": "她在地上", "alarm_id": 1})
    assert opened["residents"][0]["health_notes"] and opened["residents"][0]["habits"]
    log = office.desk("supervisor").get(f"/api/dwellings/{HOME}/access-log")
    assert [(one["reason"], one["alarm_id"], one["is_health"]) for one in log] == [("她在地上", 1, True)]
    helper.post(CARD + "/health", {"reason": "again", "alarm_id": 99})
    assert office.desk("supervisor").get(f"/api/dwellings/{HOME}/access-log")[0]["alarm_id"] is None


def test_health_is_for_helpers_and_the_log_for_those_who_check(office):
    for role in ("installer", "auditor", "district"):
        assert "Your role" in office.desk(role).post(CARD + "/health", {"reason": "curious"}, 403)["detail"]
        office.desk(role).get(CARD, 403)
    for role in ("operator", "responder", "installer"):
        office.desk(role).get(f"/api/dwellings/{HOME}/access-log", 403)
    stranger = office.desk("supervisor", THERE)
    for path in (CARD, f"/api/dwellings/{HOME}/access-log"):
        stranger.get(path, 404)
    stranger.post(CARD + "/health", {"reason": "curious"}, 404)
    assert office.rows("SELECT * FROM card_access") == []


def test_the_log_of_looks_only_grows(office):
    office.desk("operator").post(CARD + "/health", {"reason": "an alarm"})
    for sql in ("UPDATE card_access SET reason = 'none'", "DELETE FROM card_access"):
        with pytest.raises(Conflict):
            office.database.write(lambda tx, sql=sql: tx.execute(sql)).result()
