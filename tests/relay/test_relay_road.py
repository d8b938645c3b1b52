"""One press through the whole relay: broker, intake, board, staff, and back into the home."""

import contextlib

from protocol import messages, topics
from relay_parts import EPOCH, until


def test_a_press_is_receipted_shown_taken_and_answered(shared_relay, homes, staff):
    home, person = homes(shared_relay, "hub-0001"), staff(shared_relay)
    device = shared_relay.sample["hubs"][0]["devices"][0]
    home.beat(word=topics.HELLO)
    until(lambda: person.dwelling("hub-0001")["state"] == "safe", "the home is safe")
    home.press(1, device=device["id"])
    assert home.next("receipt") == messages.receipt(EPOCH, 1)
    (alarm,) = person.alarms()
    assert (alarm["step"], alarm["sound"], alarm["is_open"]) == ("raised", True, True)
    assert (alarm["device_label"], alarm["room"]) == (device["label"], device["room"])
    assert alarm["resident_name"] and alarm["address"] and alarm["raised_at"] - alarm["activated_at"] == 40
    assert person.dwelling("hub-0001")["state"] == "alarm"

    view = person.post(f"/api/alarms/{alarm['alarm_id']}/acknowledge")
    assert (view["step"], view["sound"], view["acknowledged_by"]) == ("acknowledged", False, person.me["staff_id"])
    assert home.next("alarm")["step"] == "acknowledged"
    goer = person.get("/api/board")["responders"][0]
    view = person.post(f"/api/alarms/{alarm['alarm_id']}/assign", {"staff_id": goer["staff_id"], "minutes": 6})
    assert (view["step"], view["work"], view["minutes"]) == ("on_the_way", "ASSIGNED", 6)
    told = home.next("alarm")
    assert (told["step"], told["who"], told["minutes"]) == ("on_the_way", goer["display_name"], 6)
    assert person.post(f"/api/alarms/{alarm['alarm_id']}/arrived")["step"] == "arrived"
    assert home.next("alarm")["step"] == "arrived"
    home.say(topics.TOLD, messages.told(EPOCH, 1, "arrived"))
    until(lambda: person.alarms()[0]["told_step"] == "arrived", "the home confirmed")
    view = person.post(f"/api/alarms/{alarm['alarm_id']}/clear", {"outcome": "helped", "note": "扶起来了"})
    assert (view["step"], view["is_open"], view["outcome"]) == ("cleared", False, "helped")
    assert home.next("alarm")["step"] == "cleared"
    assert person.alarms() == [] and person.dwelling("hub-0001")["state"] == "safe"
    history = person.get(f"/api/alarms/{alarm['alarm_id']}/history")
    steps = ("step_empty", "escalated")  # of the plan, whose steps may come due meanwhile
    whats = [entry["what"] for entry in history if entry["what"] not in steps]
    assert whats == ["raised", "acknowledge", "assign", "arrived", "told", "clear"]
    assert all(entry["by"] == person.me["display_name"] for entry in history if entry["what"] == "clear")


def test_a_duplicate_is_receipted_again_and_never_alarms_again(shared_relay, homes, staff):
    home, person = homes(shared_relay, "hub-0002"), staff(shared_relay)
    for _ in range(5):
        home.press(1)
    for _ in range(5):
        assert home.next("receipt")["seq"] == 1
    mine = [alarm for alarm in person.alarms() if alarm["hub_id"] == "hub-0002"]
    assert len(mine) == 1 and mine[0]["activations"] == 1
    history = person.get(f"/api/alarms/{mine[0]['alarm_id']}/history")
    from_home = [entry["what"] for entry in history if not entry["what"].startswith(("step_", "escalated"))]
    assert from_home == ["raised"]


def test_a_clearance_the_home_never_confirmed_is_not_said_again_of_a_newer_press(relay, homes, staff):
    home, operator = homes(relay, "hub-0003"), staff(relay)
    home.beat(word=topics.HELLO)
    home.press(1)
    first = until(operator.alarms, "the first press")[0]["alarm_id"]
    operator.post(f"/api/alarms/{first}/acknowledge")
    operator.post(f"/api/alarms/{first}/clear", {"outcome": "helped", "note": ""})
    home.press(2, alarm=1)
    while home.next("receipt")["seq"] != 2:
        pass
    again = until(operator.alarms, "the second press is an alarm of its own")
    assert [alarm["alarm_id"] for alarm in again] != [first]
    said = []
    with contextlib.suppress(AssertionError):  # the worker says again what is not confirmed every 5 s
        while True:
            said.append(home.next("alarm", 7)["step"])
    assert "cleared" not in said
