"""Nobody answers: each step at its time, nobody twice, nobody after somebody has it. On both databases."""

import json

import pytest
from database_parts import alarm_message, rows, say
from protocol import topics
from protocol import vocabulary as words

from relay.access import rules as access_rules
from relay.access import store as access_store
from relay.alarms import rules as alarm_rules
from relay.alarms import store as alarm_store
from relay.escalation import rules, worker
from relay.escalation import store as escalation_store
from relay.notify import rules as notify_rules
from relay.notify import store as notify_store
from relay.notify import worker as notify_worker
from relay.supervision import store as supervision_store

NOW = 1_800_000_000_000
COMMUNITY = "c-qinghe"


def arm(database, at: int) -> None:
    database.write(lambda tx: access_store.keep_console(tx, "console-1", COMMUNITY, 1, True, at)).result()


def tick_until(database, start: int, end: int, step: int = 200) -> None:
    for at in range(start, end + 1, step):
        database.write(lambda tx, at=at: worker.tick(tx, at)).result()


def timeline(database, alarm_id: int = 1) -> list[tuple[float, str, str | None]]:
    found = rows(database, f"SELECT at, what, detail FROM alarm_history WHERE alarm_id = {alarm_id} ORDER BY entry_id")
    return [((row["at"] - NOW) / 1000, row["what"], row["detail"]) for row in found]


def steps(database) -> list[tuple[float, str | None]]:
    return [(at, detail) for at, what, detail in timeline(database) if what == "escalated"]


def test_nobody_answers_and_each_step_comes_at_its_time_and_the_last_again(database):
    arm(database, NOW)
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    tick_until(database, NOW, NOW + 600_000)
    assert steps(database) == [
        (0.0, "console: 0, 1 consoles"),
        (30.0, "duty_phone: 1"),
        (90.0, "children+deputy: 2"),
        (210.0, "supervisor: 1"),
        (390.0, "supervisor: 1"),
        (570.0, "supervisor: 1"),
    ]
    sent = rows(database, "SELECT to_kind, channel, body FROM outgoing ORDER BY outgoing_id")
    assert [one["channel"] for one in sent if one["to_kind"] == "contact"] == ["sms", "voice"] * 2
    assert all(len(one["body"]) <= 70 and "高血压" not in one["body"] for one in sent)


def test_without_an_armed_console_the_duty_phone_is_called_at_once(database):
    arm(database, NOW - access_rules.CONSOLE_SILENT_MS - 1)  # it fell silent
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    tick_until(database, NOW, NOW + 1000)
    assert timeline(database)[1:] == [(0.0, "step_empty", "console"), (0.0, "escalated", "duty_phone: 1")]


def test_steps_with_nobody_in_them_are_passed_over_and_noted(database):
    database.write(lambda tx: tx.execute("UPDATE communities SET duty_phone = NULL")).result()
    database.write(lambda tx: tx.execute("DELETE FROM contacts")).result()
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    tick_until(database, NOW, NOW)
    assert [what for _, what, _ in timeline(database)] == ["raised", *["step_empty"] * 3, "escalated"]
    assert steps(database) == [(0.0, "supervisor: 1")]


def test_where_nobody_at_all_can_be_reached_that_is_a_fault_and_it_is_tried_again(database):
    for sql in ("UPDATE communities SET duty_phone = NULL", "DELETE FROM contacts", "UPDATE staff SET phone = NULL"):
        database.write(lambda tx, sql=sql: tx.execute(sql)).result()
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    tick_until(database, NOW, NOW + 30_000)
    with database.read() as reader:
        assert supervision_store.is_open(reader, rules.NOBODY_TO_TELL, "hub-0001")
        (alarm,) = alarm_store.raised(reader)
    assert alarm.next_at == NOW + rules.NOBODY_WAIT_MS
    arm(database, NOW + 59_000)
    tick_until(database, NOW + 60_000, NOW + 60_000)
    assert not steps(database)  # the plan was at its end: the supervisor is asked for, not the console
    database.write(lambda tx: tx.execute("UPDATE staff SET phone = '13800009004' WHERE name = 'supervisor'")).result()
    tick_until(database, NOW + 120_000, NOW + 120_000)
    assert steps(database) == [(120.0, "supervisor: 1")]
    with database.read() as reader:
        assert not supervision_store.is_open(reader, rules.NOBODY_TO_TELL, "hub-0001")


def test_a_plan_is_frozen_into_the_alarm_when_it_is_raised(database):
    arm(database, NOW)
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    later = rules.plan_of([{"to": ["supervisor"], "wait_s": 5}])
    database.write(lambda tx: escalation_store.set_plan(tx, COMMUNITY, later, 1, NOW)).result()
    say(database, topics.ALARM, alarm_message(2), hub="hub-0002", now=NOW)
    tick_until(database, NOW, NOW + 31_000)
    assert steps(database) == [(0.0, "console: 0, 1 consoles"), (30.0, "duty_phone: 1")]
    second = [detail for _, what, detail in timeline(database, 2) if what == "escalated"]
    assert len(second) == 7 and set(second) == {"supervisor: 1"}


@pytest.mark.parametrize("what", [alarm_rules.ACKNOWLEDGE, alarm_rules.ASSIGN])
def test_once_somebody_has_it_nobody_else_is_called(database, what):
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    tick_until(database, NOW, NOW)
    given = {"assigned_to": 2, "minutes": 30} if what == alarm_rules.ASSIGN else {}
    database.write(lambda tx: alarm_store.carry_out(tx, 1, COMMUNITY, what, 1, NOW + 500, **given)).result()
    taken = database.write(lambda tx: notify_store.take_due(tx, NOW + 1000)).result()
    assert taken == []  # what had not been sent yet is not sent any more
    assert {row["state"] for row in rows(database, "SELECT state FROM outgoing")} == {notify_rules.NOT_NEEDED}
    tick_until(database, NOW + 1000, NOW + 170_000, 1000)
    assert len(steps(database)) == 1


def test_an_acknowledged_alarm_to_which_nobody_is_sent_sounds_again(database):
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    database.write(lambda tx: alarm_store.carry_out(tx, 1, COMMUNITY, "acknowledge", 1, NOW)).result()
    tick_until(database, NOW + 1000, NOW + alarm_rules.SEND_WITHIN_MS + 1000, 1000)
    assert rows(database, "SELECT step, acknowledged_by FROM alarms") == [{"step": "raised", "acknowledged_by": None}]
    assert steps(database)  # and the plan has begun anew


def test_who_was_sent_and_neither_accepts_nor_arrives_is_told_upwards(database):
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    given = {"assigned_to": 2, "minutes": 5}
    database.write(lambda tx: alarm_store.carry_out(tx, 1, COMMUNITY, "assign", 1, NOW, **given)).result()
    tick_until(database, NOW + 1000, NOW + 26 * 60_000, 1000)
    found = [(at, what) for at, what, _ in timeline(database)][-3:]
    assert found == [(180.0, "not_accepted"), (900.0, "arrival_overdue"), (1500.0, "arrival_overdue")]
    late = rows(database, "SELECT to_name, body FROM outgoing WHERE purpose = 'overdue' ORDER BY outgoing_id")
    assert [one["to_name"] for one in late] == ["李敏", "何文", "何文"] and "仍未到达" in late[1]["body"]


def test_when_no_message_of_a_step_can_be_sent_the_next_step_is_due_at_once(database):
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    tick_until(database, NOW, NOW)
    for row in database.write(lambda tx: notify_store.take_due(tx, NOW)).result():
        database.write(
            lambda tx, row=row: notify_store.keep_failure(tx, row, "t", "no such number", True, NOW)
        ).result()
    assert database.write(lambda tx: worker.hurry_vain_steps(tx, NOW + 1000)).result() == 1
    tick_until(database, NOW + 1000, NOW + 1000)
    assert [at for at, _ in steps(database)] == [0.0, 1.0]


def test_those_who_were_called_hear_that_somebody_has_it_and_that_it_is_over(database):
    database.write(lambda tx: tx.execute("UPDATE communities SET duty_phone = NULL")).result()
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    tick_until(database, NOW, NOW)
    for row in database.write(lambda tx: notify_store.take_due(tx, NOW)).result():
        database.write(lambda tx, row=row: notify_store.keep_sent(tx, row["outgoing_id"], "t", None, NOW)).result()

    def follow(at: int) -> list[str]:
        database.write(lambda tx: notify_worker.follow_up(tx, at)).result()
        found = rows(database, "SELECT purpose, body FROM outgoing WHERE step_no = 0 ORDER BY outgoing_id")
        return [one["purpose"] for one in found]

    assert follow(NOW) == []
    database.write(lambda tx: alarm_store.carry_out(tx, 1, COMMUNITY, "acknowledge", 1, NOW + 1)).result()
    first = follow(NOW + 1000)
    assert first and set(first) == {notify_rules.TAKEN} and follow(NOW + 2000) == first  # once
    database.write(lambda tx: alarm_store.carry_out(tx, 1, COMMUNITY, "clear", 1, NOW + 2, outcome="helped")).result()
    assert set(follow(NOW + 3000)) == {notify_rules.TAKEN, notify_rules.CLOSED}


def test_a_message_taken_by_a_relay_that_died_is_taken_again(database):
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    tick_until(database, NOW, NOW)
    first = database.write(lambda tx: notify_store.take_due(tx, NOW)).result()
    assert database.write(lambda tx: notify_store.take_due(tx, NOW + notify_rules.LEASE_MS - 1)).result() == []
    again = database.write(lambda tx: notify_store.take_due(tx, NOW + notify_rules.LEASE_MS)).result()
    assert [row["outgoing_id"] for row in again] == [row["outgoing_id"] for row in first]


def test_a_message_is_tried_with_back_off_and_given_up_in_the_end(database):
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    tick_until(database, NOW, NOW)
    tried, at = [], NOW
    while at < NOW + 400_000:
        for row in database.write(lambda tx, at=at: notify_store.take_due(tx, at)).result():
            if row["channel"] == "sms":
                tried.append((at - NOW) // 1000)
            database.write(
                lambda tx, row=row, at=at: notify_store.keep_failure(tx, row, "t", "busy", False, at)
            ).result()
        at += 1000
    assert tried == [0, 5, 20, 65, 185]
    assert {row["state"] for row in rows(database, "SELECT state FROM outgoing")} == {notify_rules.FAILED}


def test_the_auditor_tells_when_a_step_is_late_and_when_it_is_not_any_more(database):
    say(database, topics.ALARM, alarm_message(1), now=NOW)
    assert database.write(lambda tx: worker.audit(tx, NOW + rules.LATE_MS)).result() == 0
    assert database.write(lambda tx: worker.audit(tx, NOW + rules.LATE_MS + 1)).result() == 1
    with database.read() as reader:
        assert supervision_store.is_open(reader, rules.ESCALATION_LATE, None)
    tick_until(database, NOW + 6000, NOW + 6000)
    database.write(lambda tx: worker.audit(tx, NOW + 6001)).result()
    with database.read() as reader:
        assert not supervision_store.is_open(reader, rules.ESCALATION_LATE, None)


def test_a_test_call_calls_nobodys_children(database):
    say(database, topics.ALARM, alarm_message(1, kind=words.TEST), now=NOW)
    tick_until(database, NOW, NOW + 900_000, 1000)
    assert rows(database, "SELECT 1 AS one FROM outgoing WHERE to_kind = 'contact'") == []


def test_a_bad_plan_is_refused_with_the_step_and_the_remedy():
    for bad in (
        [],
        [{}],
        [{"to": [], "wait_s": 5}],
        [{"to": ["mayor"], "wait_s": 5}],
        [{"to": ["console"], "wait_s": 4}],
    ):
        with pytest.raises(rules.BadPlan, match=r"[Ss]tep"):
            rules.plan_of(bad)
    assert rules.plan_of(json.loads(json.dumps(rules.as_json(rules.DEFAULT)))) == rules.DEFAULT


@pytest.mark.parametrize("purpose", [one for one in notify_rules.PURPOSES if one != notify_rules.OWN])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_text_is_over_seventy_characters_however_long_the_names(purpose, language):
    for name, place, who in (
        ("王秀英", "1号楼2单元301", "陈静"),
        ("欧阳" * 30, "很长的小区名" * 20, "A very long name " * 9),
    ):
        for kind in words.ALARM_KINDS:
            for why in notify_rules.WHY:
                facts = notify_rules.Facts(name, place, kind, NOW, who, why)
                for to in (notify_rules.STAFF, notify_rules.CONTACT):
                    text = notify_rules.text(purpose, to, language, facts)
                    assert 10 < len(text) <= 70
                    assert "\n" not in text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("to", [notify_rules.STAFF, notify_rules.CONTACT])
def test_words_of_an_operators_own_fit_too_with_the_longest_place(to, language):
    text = notify_rules.own_text("x" * notify_rules.OWN_MAX, "很长的小区名" * 20, language, to)
    assert notify_rules.OWN_MAX < len(text) <= 70
