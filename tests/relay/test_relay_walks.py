"""A walk test at the relay: what it takes, what it refuses, and what stands in the certificate."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from claim_parts import add_dwellings, installer, make_hub
from protocol import messages, topics
from relay_parts import EPOCH, Home, until

from relay.walks import certificate, rules

DEVICE = {"device_id": "5448e68f80a5", "kind": "button", "room": "卧室", "label": "床头"}


def events(count, rssi_dbm=-60, trip_ms=100):
    return [{"device_id": DEVICE["device_id"], "rssi_dbm": rssi_dbm, "trip_ms": trip_ms} for _ in range(count)]


FACTS = {
    "mains_lost_at": 10,
    "mains_restored_at": 20,
    "back_at": 30,
    "answered": {"alarm_id": 1, "by_name": "陈静", "after_ms": 4000, "device_id": None},
    "contacts": [{"name": "孙明", "phone": "13800001111", "is_verified": True}],
}


@pytest.mark.parametrize(
    ("heard", "is_passed"),
    [
        (events(3), True),
        (events(2), False),
        ([], False),
        (events(3, rssi_dbm=rules.RSSI_LEAST_DBM - 1), False),
        (events(3, trip_ms=rules.TRIP_MOST_MS + 1), False),
        (events(2) + events(1, trip_ms=None), False),
    ],
)
def test_a_device_passes_with_three_events_strong_and_soon(heard, is_passed):
    assert rules.device_check(DEVICE, heard).is_passed is is_passed


@pytest.mark.parametrize(
    ("fact", "value", "name"),
    [
        ("mains_lost_at", None, "mains"),
        ("mains_restored_at", 5, "mains"),
        ("back_at", None, "router"),
        ("answered", None, "answer"),
        ("contacts", [], "contacts"),
    ],
)
def test_each_missing_fact_blocks_until_a_supervisor_gives_a_reason(fact, value, name):
    facts = FACTS | {fact: value}
    assert [one.name for one in rules.blocking(rules.checks([DEVICE], events(3), facts, {}))] == [name]
    excuse = {name: {"reason": "there is no mains here", "by_name": "孙主管", "at": 1}}
    assert rules.blocking(rules.checks([DEVICE], events(3), facts, excuse)) == []


BUTTON, DOOR_SENSOR = DEVICE, DEVICE | {"device_id": "5448e68f80a7", "kind": "door"}
CALL = {
    "alarm_id": 5,
    "raised_at": 100_000,
    "acknowledged_at": 140_000,
    "display_name": "陈静",
    "device_id": "5448e68f80a5",
}


@pytest.mark.parametrize(
    ("pressed_at", "call", "is_answer"),
    [
        ([100_000, 105_000, 110_000, 120_000], {}, True),
        ([100_000, 105_000, 110_000], {}, False),  # the three that prove the button: the resident has not pressed
        ([100_000, 105_000, 110_000, 150_000], {}, False),  # pressed after somebody had taken the call: no answer to it
        ([1_000, 2_000, 3_000, 4_000], {}, False),  # a press long before this call
        ([], {"device_id": None}, True),  # the hub's own button
    ],
)
def test_the_answer_is_to_the_residents_own_press(pressed_at, call, is_answer):
    heard = [{"device_id": DEVICE["device_id"], "heard_at": at} for at in pressed_at]
    heard += [{"device_id": DOOR_SENSOR["device_id"], "heard_at": 120_000}] * 5  # a door is no press
    found = rules.answered([CALL | call], rules.presses([BUTTON, DOOR_SENSOR], heard))
    assert (found is not None) is is_answer
    if found is not None:
        waited_ms = (
            40_000 if found["device_id"] is None else 20_000
        )  # from the resident's press, not from a test before it
        assert found["after_ms"] == waited_ms and found["by_name"] == "陈静"


def test_the_95th_of_100_is_the_latency_that_counts():
    assert rules.p95([]) is None and rules.p95([7]) == 7
    assert rules.p95(list(range(1, 101))) == 95 and rules.p95([1, 2, 3]) == 3


def test_the_font_is_the_one_that_its_page_names():
    folder = certificate.FONT_FILE.parent
    digest = hashlib.sha256(certificate.FONT_FILE.read_bytes()).hexdigest()
    assert digest in (folder / "README.md").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in (folder / "LICENSE").read_text("utf-8").upper()


def test_the_certificate_has_its_chinese_inside_and_says_what_it_cannot_draw():
    checks = rules.checks([DEVICE], events(3), FACTS, {})
    facts = {
        "walk_id": 7, "label": "9号楼<b>201", "address": "清河路9号", "hub_id": "h-1", "residents": "孙桂兰、𠮷田",
        "firmware": None, "started_at": 1, "ended_at": 2,
        "signatures": [{"role": "安装员", "name": "李", "at": 2}],
    }  # fmt: skip
    data = certificate.make(facts, checks)
    assert data.startswith(b"%PDF-") and b"NotoSansSC" in data and b"/FontFile2" in data
    assert certificate.make(facts, checks) == data, "the same facts make the same bytes"
    assert certificate.shown("𠮷&") == "[U+20BB7]&amp;"


@pytest.fixture(scope="module")
def walked(shared_relay):
    """An installed hub with one device, a person, and a supervisor."""
    add_dwellings(shared_relay.data, shared_relay.sample["community_id"], "d-walk")
    person, supervisor = installer(shared_relay, "walker"), installer(shared_relay, "walk-chief", "supervisor")
    hub = make_hub(shared_relay.data)
    path = f"/api/claims/{hub['hub_id']}"
    person.post(f"{path}/take", {"secret": hub["claim_text"], "dwelling_id": "d-walk"})
    assert person.http.put(f"{path}/devices", json={"devices": [DEVICE]}).status_code == 200
    assert "not on the line" in person.post("/api/walk-tests", {"dwelling_id": "d-walk"}, 409)["detail"]
    home = Home(shared_relay.broker_port, hub["hub_id"], hub["password"]).wait_connected()
    home.beat(word=topics.HELLO)
    until(lambda: person.dwelling(hub["hub_id"])["is_hub_online"], "it is on the line")
    yield person, supervisor, home
    home.stop()
    person.close()
    supervisor.close()


def walk_event(home: Home, n: int) -> None:
    """One event, and its way there and back."""
    home.say(topics.WALK, messages.walked(n, DEVICE["device_id"], -61))
    assert home.next(topics.WALK) == messages.walk_order(heard=n)
    home.say(topics.WALK, messages.walked(n, DEVICE["device_id"], -61, 40 + n))


def test_alarms_are_test_calls_while_it_runs_and_alarms_again_after_it(shared_relay, walked):
    person, supervisor, home = walked
    begun = person.post("/api/walk-tests", {"dwelling_id": "d-walk"})
    order = home.next(topics.WALK)
    assert 1700 < order["seconds"] <= 1800
    assert person.post("/api/walk-tests", {"dwelling_id": "d-walk"})["walk_id"] == begun["walk_id"], "gone on with"
    home.next(topics.WALK)
    path = f"/api/walk-tests/{begun['walk_id']}"
    for n in (101, 102, 103):
        walk_event(home, n)
    home.say(topics.WALK, messages.walked(103, DEVICE["device_id"], -61, 143))  # a repeated word counts once
    until(lambda: person.get(path)["checks"][0]["is_passed"], "the device is proven")
    assert person.get(path)["checks"][0]["told"]["received"] == 3
    home.press(11)
    found = until(lambda: [one for one in person.alarms() if one["dwelling_id"] == "d-walk"], "the call")
    assert found[0]["kind"] == "test"
    said = person.post(f"{path}/finish", {"installer": "李", "resident": "孙"}, 409)["detail"]
    assert "mains" in said and "router" in said and "device:" not in said
    excuse = {"check": "mains", "reason": "there is no plug to pull"}
    assert "supervisor" in person.post(f"{path}/excuse", excuse, 403)["detail"]
    for check in ("mains", "router", "answer", "contacts"):
        supervisor.post(f"{path}/excuse", excuse | {"check": check})
    done = person.post(f"{path}/finish", {"installer": "李", "resident": "孙"})
    assert done["state"] == "passed" and home.next(topics.WALK)["seconds"] == 0
    pdf = person.http.get(f"{path}/certificate.pdf")
    assert hashlib.sha256(pdf.content).hexdigest() == done["certificate_hash"] == pdf.headers["X-SHA256"]
    assert "over" in person.post(f"{path}/finish", {"installer": "李", "resident": "孙"}, 409)["detail"]
    home.press(12)
    until(lambda: "help" in {one["kind"] for one in person.alarms() if one["dwelling_id"] == "d-walk"}, "a real one")
    listed = person.get("/api/walk-tests?dwelling_id=d-walk")
    assert listed["walks"][0]["certificate_hash"] == done["certificate_hash"]


def test_a_hub_that_was_away_without_a_restart_has_proven_its_router(shared_relay, walked):
    person, _, home = walked
    begun = person.post("/api/walk-tests", {"dwelling_id": "d-walk", "minutes": 5})
    home.next(topics.WALK)
    path = f"/api/walk-tests/{begun['walk_id']}"

    def router() -> bool:
        return next(one for one in person.get(path)["checks"] if one["what"] == "router")["is_passed"]

    message = messages.heartbeat(EPOCH, 9, 0, 0, [], True, 90, "0.1", False)
    home.say(topics.HELLO, message)  # it has just started: that proves no router
    assert home.next(topics.WALK)["seconds"] > 200
    assert not router()
    home.say(topics.HELLO, message | {"uptime_s": 3600})
    until(router, "the line came back by itself")
    assert person.post(f"{path}/stop")["state"] == "stopped"
    until(lambda: home.next(topics.WALK)["seconds"] == 0, "the hub hears that it was stopped")
    home.say(topics.WALK, messages.walked(9, DEVICE["device_id"], -61))
    assert home.next(topics.WALK)["seconds"] == 0, "a hub that goes on is told that it is over"


def test_the_weekly_check_keeps_how_each_home_stood(shared_relay, walked):
    from relay.app import open_database
    from relay.services import Services
    from relay.walks import worker

    person, _, _ = walked
    database = open_database(shared_relay.data)
    try:
        ago = "UPDATE walk_tests SET ended_at = ended_at - ? WHERE certificate_hash IS NOT NULL"
        database.write(lambda t: t.execute(ago, (8 * 86_400_000,))).result()
        services = Services(database, Path(shared_relay.data))
        set_mains = "UPDATE hubs SET is_mains_on = ? WHERE dwelling_id = 'd-walk'"
        database.write(lambda t: t.execute(set_mains, (0,))).result()
        assert worker.check_due(services) == 1 and worker.check_due(services) == 0

        def failed() -> list[dict[str, Any]]:
            board = person.get("/api/board")["technical"]
            return [one for one in board if one["kind"] == rules.WEEKLY_FAILED and one["dwelling_id"] == "d-walk"]

        assert len(failed()) == 1 and "mains" in failed()[0]["detail"], "somebody sees it"
        weekly = person.get("/api/walk-tests?dwelling_id=d-walk")["weekly"]
        assert [one["is_passed"] for one in weekly] == [False] and "mains" in weekly[0]["faults"]
        # What was mended is found the next day, and the alarm ends by itself; then a week is quiet.
        clear = "UPDATE technical_alarms SET closed_at = 1 WHERE dwelling_id = 'd-walk' AND kind != ?"
        database.write(lambda t: t.execute(clear, (rules.WEEKLY_FAILED,))).result()
        database.write(lambda t: t.execute(set_mains, (1,))).result()
        later = "UPDATE weekly_checks SET at = at - ?"
        database.write(lambda t: t.execute(later, (rules.DAY_MS + 1,))).result()
        assert worker.check_due(services) == 1
        assert failed() == [] and worker.check_due(services) == 0
        database.write(lambda t: t.execute(later, (rules.DAY_MS + 1,))).result()
        assert worker.check_due(services) == 0, "a check that passed holds for a week"
    finally:
        database.close()


def test_other_communities_see_nothing_of_it(shared_relay, walked):
    operator = shared_relay.staff()
    assert operator.http.get("/api/walk-tests/1").status_code == 403
    operator.close()
    assert walked[0].http.get("/api/walk-tests/999999").status_code == 404


def test_a_start_during_the_walk_proves_no_router_and_half_a_second_does_not_matter():
    for uptime_s, before_s, walked_ms, is_proof in (
        (3600, 1800, 60_000, True),
        (2, 0, 2_300, True),  # installed a moment before: uptimes are whole seconds
        (2, None, 60_000, False),
        (0, 60, 200, False),  # it has just started, in the walk's first second
        (5, 4, 6_001, False),
    ):
        assert rules.is_without_restart(uptime_s, before_s, walked_ms) == is_proof, (uptime_s, before_s, walked_ms)
