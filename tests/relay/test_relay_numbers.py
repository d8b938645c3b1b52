"""The numbers, the list of hubs, the life of an alarm on paper, health and metrics: by a real relay."""

import csv
import io

import httpx
import pytest
from relay_parts import until

from relay.numbers import rules

DAY_MS = 24 * 3600 * 1000


@pytest.fixture(scope="module")
def lived(shared_relay, sample_folder):
    """One alarm that was answered and closed, one that was pressed by mistake, one still open."""
    from relay_parts import Home

    person = shared_relay.staff("supervisor")
    made = []
    for number, outcome in ((1, "helped"), (2, "pressed_by_mistake"), (3, None)):
        hub_id = f"hub-{number:04}"
        home = Home(shared_relay.broker_port, hub_id, shared_relay.password_of_hub(hub_id)).wait_connected()
        home.beat()
        home.press(1)
        home.next("receipt")
        home.stop()
        alarm = next(one for one in until(person.alarms, "the alarm") if one["hub_id"] == hub_id)
        made.append(alarm["alarm_id"])
        if outcome:
            person.post(f"/api/alarms/{alarm['alarm_id']}/acknowledge")
            person.post(f"/api/alarms/{alarm['alarm_id']}/clear", {"outcome": outcome, "note": "=1+1"})
    yield shared_relay, person, made
    person.close()


def test_numbers_count_what_was_answered_and_how_it_ended(lived):
    _, person, _ = lived
    found = person.get("/api/numbers?by=community")
    assert found["answering"]["n"] == 3 and found["answering"]["within_30_s"] == 2
    assert found["outcomes"] == {"helped": 1, "pressed_by_mistake": 1}
    assert found["false_alarms"] == 1 and found["homes"] == 3 and found["hub_availability_pct"] == 100.0
    assert [one["community_id"] for one in found["series"]] == ["c-qinghe"]
    days = person.get("/api/numbers?by=day")["series"]
    assert len(days) == 31 and days[-1]["answering"]["n"] == 3 and days[0]["answering"]["n"] == 0


def test_numbers_by_shift_name_who_was_on_duty(lived):
    _, person, _ = lived
    now = person.get("/api/board")["server_time_ms"]
    shift = {"staff_id": 1, "duty": "operator", "begins_at": now - 3_600_000, "ends_at": now + 3_600_000}
    person.post("/api/shifts", shift)
    (one,) = [one for one in person.get("/api/numbers?by=shift")["series"] if one["at"] == shift["begins_at"]]
    assert one["name"] and one["answering"]["n"] == 3


def test_numbers_as_a_table_have_the_whole_span_first(lived):
    _, person, _ = lived
    answer = person.http.get("/api/numbers.csv?by=community")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert len(lines) == 2 and lines[0]["answering.n"] == "3" and lines[1]["community_id"] == "c-qinghe"


@pytest.mark.parametrize("query", ["by=week", "from=5&to=5", "from=9&to=5", "from=0&to=99999999999999"])
def test_numbers_refuse_a_bad_span_in_words(lived, query):
    _, person, _ = lived
    answer = person.http.get(f"/api/numbers?{query}")
    assert answer.status_code == 422 and answer.json()["detail"].endswith(".")


def test_an_alarms_life_is_exported_with_every_line_chained(lived):
    _, person, made = lived
    life = person.get(f"/api/alarms/{made[0]}/export")
    assert life["history"][0]["what"] == "raised"
    assert {"acknowledge", "clear"} <= {line["what"] for line in life["history"]}
    assert all(len(line["hash"]) == 64 for line in life["history"])
    assert life["home_messages"][0]["body"]["activation"] == "press" and len(life["ledger"]["head"]) == 64
    assert person.http.get("/api/alarms/999999/export").status_code == 404


def test_an_alarms_life_can_be_printed_in_both_languages(lived):
    _, person, made = lived
    page = person.http.get(f"/alarms/{made[0]}/print")
    assert page.status_code == 200 and "text/html" in page.headers["content-type"]
    assert "报警记录" in page.text and "What happened" in page.text and "<script" not in page.text


def test_the_audit_list_and_its_chain_are_for_who_may_see_them(lived, staff):
    relay, person, _ = lived
    assert any(row["what"] == "clear" for row in person.get("/api/audit?after=0"))
    assert person.get("/api/audit")[0]["entry"] >= person.get("/api/audit?after=0")[-1]["entry"]
    assert person.get("/api/audit/verify")["ok"] is True
    assert staff(relay, "responder").http.get("/api/audit").status_code == 403


def test_what_somebody_changes_is_a_deed_whichever_route_it_was(lived):
    _, person, made = lived
    before = person.get("/api/audit")[0]["entry"]
    person.http.put("/api/plan", json={"steps": [{"to": ["console"], "wait_s": 30}]})
    person.http.put("/api/plan", json={"steps": []})  # refused: no deed
    person.post("/api/console", {"console_id": "console-1", "is_armed": True})
    until(lambda: len(person.get(f"/api/audit?after={before}")) == 1, "the deed")
    (deed,) = person.get(f"/api/audit?after={before}")
    assert (deed["source"], deed["what"], deed["detail"]) == ("deed", "plan_set_plan", None)
    assert deed["by_name"] == "何文" and made


def test_the_list_of_hubs_shows_each_with_its_devices(lived):
    _, person, _ = lived
    hubs = person.get("/api/hubs")
    assert len(hubs) == 12
    first = hubs[0]
    assert first["hub_id"] == "hub-0001" and first["firmware"] == "0.1" and first["mains"] is True
    assert len(first["devices"]) == 5 and first["devices"][0]["is_overdue"] is False
    assert [one["hub_id"] for one in person.get("/api/hubs?after=hub-0010")] == ["hub-0011", "hub-0012"]


def test_health_says_little_to_strangers_and_all_to_staff(lived):
    relay, person, _ = lived
    stranger = httpx.get(f"http://127.0.0.1:{relay.port}/api/health")
    assert (stranger.status_code, stranger.json()) == (200, {"is_well": True})
    checks = person.get("/api/health")["checks"]
    assert set(checks) == {"database", "broker", "ticker", "senders", "backup", "disk"}
    assert checks["database"]["ok"] and checks["broker"]["ok"] and checks["ticker"]["ok"]


def test_metrics_are_for_this_machine_or_a_token_and_name_nobody(lived):
    relay, _, _ = lived
    url = f"http://127.0.0.1:{relay.port}/metrics"
    text = httpx.get(url).text
    assert "anling_alarms 3\n" in text and 'anling_well{check="database"} 1\n' in text
    assert 'anling_answering_24h{community="c-qinghe",what="within_30_s"} 2\n' in text
    assert httpx.get(url, headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 401
    for line in text.splitlines():
        assert line.startswith("#") or line.rsplit(" ", 1)[1].replace(".", "").isdigit(), line


# --- pure ---------------------------------------------------------------------------------------------


def call(**given):
    values = {
        "community_id": "c",
        "dwelling_id": "d",
        "kind": "help",
        "device_id": None,
        "raised_at": 0,
        "answered_at": None,
        "arrived_at": None,
        "outcome": None,
        "is_cancelled": False,
    }
    return rules.Call(**(values | given))


def test_what_was_never_answered_counts_as_not_answered_in_time():
    found = rules.measure([call(answered_at=30_000), call(answered_at=30_001), call()], 2, None)
    assert found["answering"]["n"] == 3 and found["answering"]["answered"] == 2
    assert (found["answering"]["within_30_s"], found["answering"]["within_60_s"]) == (1, 2)


def test_tests_and_what_was_taken_back_are_counted_apart():
    calls = [
        call(kind="test"),
        call(kind="test", answered_at=5),
        call(kind="test", device_id="weekly"),
        call(is_cancelled=True),
    ]
    found = rules.measure(calls, 1, None)
    assert found["answering"]["n"] == 0 and found["cancelled"] == 1
    assert (found["tests"], found["unanswered_tests"]) == (2, 1)


def test_availability_is_the_share_of_time_in_which_hubs_were_there():
    assert rules.availability_pct([], [], 0, 100) is None
    assert rules.availability_pct([(10, 30)], [0, 0], 0, 100) == 90.0
    assert rules.availability_pct([(-50, 500)], [0], 0, 100) == 0.0
    assert rules.availability_pct([(90, 100)], [80], 0, 100) == 50.0
