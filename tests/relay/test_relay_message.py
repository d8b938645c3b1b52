"""An operator's own words about an alarm reach the family or whoever was sent, and stand in its history."""

from database_parts import alarm_message, say
from office_parts import THERE
from protocol import messages, topics
from protocol import vocabulary as words
from relay_parts import EPOCH

from relay.notify import rules


def test_words_to_the_family_and_to_who_was_sent_go_out_and_are_kept(office):
    say(office.database, "alarm", alarm_message(1))
    desk = office.desk("operator")
    at = "/api/alarms/1"
    sent = desk.post(f"{at}/message", {"to": "family", "text": " 请给我 回电话 "})
    assert sent == {"sent_to": 2}
    bodies = [one["body"] for one in desk.get("/api/outgoing?alarm_id=1") if one["purpose"] == rules.OWN]
    assert len(bodies) == 2 and all(body.endswith("请给我 回电话") and len(body) <= 70 for body in bodies)
    history = desk.get(f"{at}/history")
    own = [one["detail"] for one in history if one["what"] == "message"]  # the alarm escalates meanwhile
    assert own == ["family: 请给我 回电话"]
    desk.post(f"{at}/message", {"to": "responder", "text": "带上钥匙"}, 409)  # nobody was sent yet
    assert len([one for one in desk.get(f"{at}/history") if one["what"] == "message"]) == 1
    for bad in ({"to": "family", "text": "  "}, {"to": "all", "text": "hello"}, {"to": "family", "text": "x" * 41}):
        desk.post(f"{at}/message", bad, 422)
    office.desk("auditor").post(f"{at}/message", {"to": "family", "text": "hello"}, 403)
    office.desk("operator", THERE).post(f"{at}/message", {"to": "family", "text": "hello"}, 404)


def test_words_are_one_part_however_long_the_home_is_called():
    text = rules.own_text("带上钥匙" * 10, "很长的住处名称" * 20, "zh", rules.STAFF)
    assert len(text) <= rules.TEXT_MAX and text.endswith("带上钥匙") and text.startswith("【安铃】很长")


def test_the_plan_of_an_alarm_is_told_as_it_was_frozen(office):
    say(office.database, "alarm", alarm_message(1))
    desk = office.desk("operator")
    before = desk.get("/api/alarms/1/plan")["steps"]
    assert before[0]["to"] == ["console"]
    office.desk("operator", THERE).get("/api/alarms/1/plan", 404)


def test_what_the_home_has_heard_is_a_later_revision_than_the_order_before_it(office):
    """Else the answer to an order, arriving late, would put a console back to "the home has not heard"."""
    say(office.database, "alarm", alarm_message(1))
    answer = office.desk("operator").post("/api/alarms/1/acknowledge")
    say(office.database, topics.TOLD, messages.told(EPOCH, 1, words.ACKNOWLEDGED))
    (shown,) = office.desk("operator").get("/api/board")["alarms"]
    assert shown["told_step"] == words.ACKNOWLEDGED and shown["revision"] > answer["revision"]
