"""Whatever somebody sends, each gets a sentence, nothing stumbles, and nobody else waits for it."""

import asyncio
import threading
import time

import office_parts
import pytest
from database_parts import alarm_message, rows, say
from protocol import topics

from relay.alarms import store as alarm_store
from relay.clock import now_ms
from relay.escalation import store as escalation_store
from relay.escalation import worker as escalation_worker
from relay.notify import rules as notify_rules
from relay.notify import store as notify_store
from relay.notify import worker as notify_worker
from relay.notify.senders.base import Message
from relay.people import rules as people_rules
from relay.services import Services
from relay.supervision import store as supervision_store

JSON = {"Content-Type": "application/json"}
ACKNOWLEDGE, RELEASE = "/api/alarms/1/acknowledge", "/api/alarms/1/release"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with office_parts.office(tmp_path_factory.mktemp("office"), None) as one:
        say(one.database, topics.ALARM, alarm_message(1))
        yield one


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (ACKNOWLEDGE, b"[" * 200_000, 400),
        (ACKNOWLEDGE, b"not json", 422),
        (ACKNOWLEDGE, b'{"staff_id": 1}', 422),  # nobody acknowledges for another
        (RELEASE, b'{"reason": "\\ud800"}', 422),
        (RELEASE, b'{"reason": "\xff\xfe"}', 400),
        ("/api/alarms/1/assign", b'{"staff_id": ' + b"9" * 5000 + b"}", 400),
        ("/api/alarms/1/assign", b'{"staff_id": NaN}', 422),
        ("/api/alarms/1/clear", b"{}", 409),  # nobody closes without an outcome
        ("/api/alarms/1/clear", b'{"outcome": null}', 409),
        ("/api/alarms/1/clear", b'{"outcome": "never mind"}', 422),
        ("/api/alarms/1/decline", b'{"reason": " "}', 422),  # a reason is said, not clicked away
        (RELEASE, b'{"reason": "\\t"}', 422),
        ("/api/alarms/1/message", b'{"to": "family", "text": "' + "😀".encode() * 21 + b'"}', 422),
        ("/api/alarms/" + "9" * 5000 + "/acknowledge", b"{}", 422),
    ],
)
def test_what_no_page_of_ours_sends_is_answered_with_a_sentence(here, path, body, status):
    answer = here.desk("operator").ask("POST", path, status, content=body, headers=JSON)
    assert isinstance(answer.json()["detail"], str)
    (alarm,) = here.rows("SELECT work, acknowledged_by FROM alarms")
    assert alarm == {"work": "OPEN", "acknowledged_by": None}


def test_a_request_that_would_fill_the_memory_is_refused_whoever_sends_it(here):
    large = b'{"x": "' + b"a" * 2_000_000 + b'"}'
    for desk in (here.desk("operator"), here.nobody()):
        assert "1 MB" in desk.ask("POST", ACKNOWLEDGE, 413, content=large, headers=JSON).json()["detail"]
    pieces = (large[at : at + 65_536] for at in range(0, len(large), 65_536))  # its length is not announced
    here.nobody().ask("POST", ACKNOWLEDGE, 413, content=pieces, headers=JSON)
    table = b"name,building,unit,door\n" + b"\n" * 2_000_000  # a table may be larger
    here.desk("supervisor").ask("POST", "/api/people/import?dry_run=true", 200, content=table)


def test_a_stream_goes_on_after_any_id(here):
    headers = here.desk("operator").headers
    last = here.desk("operator").get("/api/board")["last_event_id"]
    for given, heard in (("0", "event: dwelling"), (str(last + 1000), "event: reload"), ("9" * 5000, "event: reload")):
        with here.client.stream("GET", "/api/events", headers=headers | {"Last-Event-ID": given}) as answer:
            lines = answer.iter_lines()
            assert answer.status_code == 200 and heard in [next(lines) for _ in range(6)]
    for given in ("-1", "now", "1.5", "\u0661".encode()):
        with here.client.stream("GET", "/api/events", headers={**headers, "Last-Event-ID": given}) as answer:
            assert answer.status_code == 422


def test_numbers_from_a_chinese_keyboard_are_found_and_dialed(here):
    boss = here.desk("supervisor")
    home = {"estate": "苑", "building": "33", "unit": "1", "door": "101"}
    people = {"residents": [{"name": "𠮷野秀英", "phone": "＋８６ １３８－００００－００９９"}], "contacts": []}
    boss.post("/api/people/dwellings", home | people)
    for typed in ("13800000099", "+86 138 0000 0099", "008613800000099", "１３８００００００９９"):
        found = here.desk("operator").ask("GET", "/api/hotline", params={"phone": typed}).json()["calls_from"]
        assert [one["who"] for one in found] == ["𠮷野秀英"], typed
    assert people_rules.dialed("＋８６ (138) 0000-0099") == "+8613800000099"
    assert people_rules.dialed("0573 8888 0000 ") == "057388880000"


def test_a_text_is_one_part_as_the_network_counts_it():
    for name in ("𠮷野" * 40, "王秀英", "é" * 200, "Ann" * 40):
        facts = notify_rules.Facts(name, "😀号楼" * 20, "help", 0, "𠮷" * 30, "still_open")
        for (purpose, to), language in [(key, one) for key in notify_rules._TEXTS for one in ("zh", "en")]:
            made = notify_rules.text(purpose, to, language, facts)
            assert 0 < notify_rules.length(made) <= 70, made
    own = notify_rules.own_text("😀" * notify_rules.OWN_MAX, "𠮷" * 70, "zh", "staff")
    assert notify_rules.length(own) <= 70


def test_a_used_number_with_another_message_changes_nothing_and_is_shown(database):
    say(database, topics.ALARM, alarm_message(1))
    again = say(database, topics.ALARM, alarm_message(1) | {"age_ms": 4000})  # the same press, told again
    assert again.down and not rows(database, "SELECT 1 AS one FROM dead_letters")
    other = say(database, topics.ALARM, alarm_message(1, kind="smoke"))
    assert other.down and not other.is_new  # receipted: its hub may go on
    assert [row["kind"] for row in rows(database, "SELECT kind FROM alarms")] == ["help"]
    (letter,) = rows(database, "SELECT hub_id, reason FROM dead_letters")
    assert letter == {"hub_id": "hub-0001", "reason": "seq: used before for another message"}
    with database.read() as reader:
        assert [one["kind"] for one in supervision_store.entries(reader, "c-qinghe")] == ["dead_letter"]


def test_a_press_of_a_million_years_ago_is_escalated_like_any_other(database):
    say(database, topics.ALARM, alarm_message(1) | {"age_ms": 10**15})
    assert database.write(lambda tx: escalation_worker.tick(tx, now_ms())).result() == 1
    (alarm,) = rows(database, "SELECT activated_at, plan_step FROM alarms")
    assert alarm["activated_at"] is None and alarm["plan_step"] > 0


def test_an_alarm_whose_step_cannot_be_done_holds_up_no_other(database, tmp_path, monkeypatch):
    for number in (1, 2, 3):
        say(database, topics.ALARM, alarm_message(1), hub=f"hub-{number:04}")
    do_step = escalation_worker._do_step

    def stumble(transaction, alarm, now):
        if alarm.alarm_id == 2:
            transaction.execute("UPDATE alarms SET note = 'half done' WHERE alarm_id = 2")
            raise ValueError("this one cannot be done")
        do_step(transaction, alarm, now)

    monkeypatch.setattr(escalation_worker, "_do_step", stumble)

    async def lived():
        services = Services(database, tmp_path)
        with database.read() as reader:
            due = alarm_store.due(reader, now_ms())
        await escalation_worker.do_due(services, due, now_ms())

    asyncio.run(lived())
    found = rows(database, "SELECT alarm_id, note, plan_step > 0 AS is_told FROM alarms ORDER BY alarm_id")
    assert [bool(row["is_told"]) for row in found] == [True, False, True] and found[1]["note"] is None


def test_who_has_no_number_that_can_be_dialed_is_passed_over_at_once(database):
    database.write(lambda tx: tx.execute("UPDATE contacts SET phone = '问邻居', notify_url = NULL")).result()
    say(database, topics.ALARM, alarm_message(1))
    with database.read() as reader:
        alarm = alarm_store.due(reader, now_ms())[0]
        assert escalation_store.reach(reader, alarm, "children", now_ms()) == []
        assert notify_store.reached(reader, "family", alarm.dwelling_id, None) == []


def test_a_number_that_a_spreadsheet_has_shortened_is_named(here):
    table = "building,unit,door,name,phone\n1,1,1,王秀英,1.38E+10\n1,1,2,李桂兰,+86 13800000001\n".encode()
    found = here.desk("supervisor").ask("POST", "/api/people/import", content=table).json()
    assert [(one["line"], one["column"]) for one in found["bad"]] == [(2, "phone")] and not found["is_kept"]
    assert "column text" in found["bad"][0]["remedy"]


class Hanging:
    """A gateway that takes what it is given and never answers, until it is let go."""

    name, at_once = "hanging", 8

    def __init__(self):
        self.asked, self.go = [], threading.Event()

    def send(self, message):
        self.asked.append(message)
        self.go.wait(20)


class Good(Hanging):
    name = "good"

    def send(self, message):
        self.asked.append(message)


def test_a_gateway_that_hangs_holds_up_neither_other_channels_nor_the_relay(database, tmp_path):
    say(database, topics.ALARM, alarm_message(1))
    dead, good = Hanging(), Good()
    to = {"kind": "contact", "id": 1, "name": "明", "language": "zh"}

    def lay_out(tx):
        for number in range(12):
            notify_store.add(tx, 1, "c-qinghe", "raised", 1, to, "sms", f"+86 138-0000-{number:04}", "x", now_ms() - 9)
        notify_store.add(tx, 1, "c-qinghe", "raised", 1, to, "chat", "json://localhost", "x", now_ms())

    database.write(lay_out).result()

    async def lived():
        services = Services(database, tmp_path)
        task = asyncio.create_task(notify_worker.run(services, {"sms": dead, "voice": good, "chat": good}))
        while len(dead.asked) < dead.at_once or not good.asked:
            await asyncio.sleep(0.01)
        begun = time.monotonic()
        for _ in range(20):  # what consoles wait for
            await asyncio.to_thread(time.sleep, 0)
        assert time.monotonic() - begun < 10
        dead.go.set()
        while len(dead.asked) < 12:
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(asyncio.wait_for(lived(), 30))
    told = dead.asked[0]
    assert isinstance(told, Message) and told.address == "+8613800000000"
    lived_there = rows(database, "SELECT name FROM residents JOIN alarms USING (dwelling_id)")
    assert told.name == "、".join(row["name"] for row in lived_there)
    assert (told.kind, told.purpose) == ("按下求助键", "raised") and told.place
