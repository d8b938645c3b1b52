"""The family's link opens one home and nothing else; whoever was sent sees the way to the door. On both engines."""

from database_parts import alarm_message, say
from office_parts import THERE, Office

from relay.access import rules as access_rules
from relay.clock import now_ms
from relay.family import rules

HOME = "d-1-1-302"
LINKS = f"/api/dwellings/{HOME}/family-links"


def _contact(office: Office, order: int = 1) -> int:
    rows = office.rows("SELECT contact_id FROM contacts WHERE dwelling_id = ? AND call_order = ?", HOME, order)
    return rows[0]["contact_id"]


def test_a_link_shows_that_somebody_went_and_who_looked_and_no_word_of_health(office):
    person = office.desk("operator")
    say(office.database, "alarm", alarm_message(1))
    person.post("/api/alarms/1/acknowledge")
    person.post(f"/api/dwellings/{HOME}/card/health", {"reason": "她在地上", "alarm_id": 1})
    person.post("/api/alarms/1/assign", {"staff_id": office.desk("responder").me["staff_id"], "minutes": 5})
    person.post("/api/alarms/1/clear", {"outcome": "helped", "note": "血压高 180"})
    url = person.post(LINKS, {"contact_id": _contact(office)})["url"]
    secret = url.rsplit("/", 1)[1]
    assert url == f"{str(office.client.base_url).rstrip('/')}/family/{secret}" and len(secret) >= 32
    shown = office.nobody().get(f"/api/family/{secret}")
    (alarm,) = shown["alarms"]
    assert [step["what"] for step in alarm["steps"]] == ["raised", "acknowledge", "assign", "clear"]
    assert alarm["steps"][1]["who_display"] == person.me["display_name"] and alarm["outcome"] == "helped"
    (look,) = [one for one in shown["looked_at_card"] if one["is_health"]]
    assert (look["role"], look["reason"]) == ("operator", "她在地上")
    assert shown["resident_names"] and shown["is_hub_online"] is True
    text = str(shown)
    notes = office.rows("SELECT health_notes FROM residents WHERE dwelling_id = ?", HOME)[0]["health_notes"]
    assert notes not in text and "血压" not in text and "1380000" not in text.replace(shown["duty_phone"], "")
    assert secret not in str(office.rows("SELECT * FROM family_links"))  # kept as a hash


def test_only_the_last_ninety_days_are_shown(office):
    say(office.database, "alarm", alarm_message(1), now=now_ms() - rules.SHOWN_MS - 1000)
    secret = office.desk("operator").post(LINKS, {"contact_id": _contact(office)})["url"].rsplit("/", 1)[1]
    assert office.nobody().get(f"/api/family/{secret}")["alarms"] == []


def test_a_link_ends_by_order_by_a_newer_one_and_with_its_contact(office):
    person, nobody = office.desk("operator"), office.nobody()

    def make(order: int = 1) -> tuple[int, str]:
        made = person.post(LINKS, {"contact_id": _contact(office, order)})
        return made["link_id"], made["url"].rsplit("/", 1)[1]

    (_, first), (number, second), (_, son) = make(), make(), make(2)
    nobody.get(f"/api/family/{first}", 404)
    nobody.get(f"/api/family/{second}")
    assert len(person.get(LINKS)) == 2
    office.desk("supervisor", THERE).delete(f"/api/family-links/{number}", 404)
    person.delete(f"/api/family-links/{number}")
    nobody.get(f"/api/family/{second}", 404)
    home = person.get(f"/api/people/dwellings/{HOME}")
    body = {"door": home["door"], "building": home["building"], "unit": home["unit"], "estate": home["estate"]}
    person.put(f"/api/people/dwellings/{HOME}", body | {"contacts": home["contacts"][:1]})
    nobody.get(f"/api/family/{son}", 404)


def test_guessing_is_slowed_down_and_links_are_made_for_contacts_only(office):
    person, nobody = office.desk("operator"), office.nobody()
    person.post(LINKS, {"contact_id": 99999}, 409)
    person.post("/api/dwellings/none/family-links", {"contact_id": 1}, 404)
    office.desk("operator", THERE).post(LINKS, {"contact_id": _contact(office)}, 404)
    office.desk("operator", THERE).get(LINKS, 404)
    office.desk("responder").post(LINKS, {"contact_id": _contact(office)}, 403)
    answers = [office.client.get(f"/api/family/guess{n}").status_code for n in range(rules.WRONG_TRIES + 1)]
    assert answers == [404] * rules.WRONG_TRIES + [429]
    assert "Wait" in nobody.get("/api/family/guess", 429)["detail"]
    assert access_rules.WINDOW_MS >= 60_000


def test_whoever_was_sent_sees_the_way_to_the_door(office):
    person, helper = office.desk("operator"), office.desk("responder")
    say(office.database, "alarm", alarm_message(1))
    assert helper.get("/api/my/assignments") == []
    person.post("/api/alarms/1/assign", {"staff_id": helper.me["staff_id"], "minutes": 5})
    (mine,) = helper.get("/api/my/assignments")
    assert mine["alarm_id"] == 1 and mine["state"] == mine["alarm"]["work"] == "ASSIGNED" and mine["address"]
    assert mine["keyholders"][0]["phone"] and mine["duty_phone"] and "health_notes" not in str(mine)
    assert person.get("/api/my/assignments") == []
    office.desk("auditor").get("/api/my/assignments", 403)
    helper.post("/api/alarms/1/decline", {"reason": "在另一户"})
    assert helper.get("/api/my/assignments") == []
