"""The waist: nothing resolves before COMMIT, one bad job harms no other, the history only grows, old goes."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import Future

import pytest
from database_parts import alarm_message, beat, rows, say
from protocol import messages, topics
from protocol import vocabulary as words
from relay_parts import EPOCH, until

from relay import events
from relay.alarms import store as alarm_store
from relay.alarms import worker as alarm_worker
from relay.app import MIGRATIONS, open_database
from relay.clock import now_ms
from relay.database import Conflict, Database, DatabaseClosed, NotKept
from relay.engines.sqlite import SqliteConnection
from relay.escalation import worker as escalation_worker
from relay.hubs import rules as hub_rules
from relay.services import Services
from relay.supervision import store as supervision_store
from relay.supervision import worker as supervision_worker


def test_a_future_resolves_only_after_another_reader_can_see_it(database):
    seen: list[int] = []
    other = Database(database.where)

    def look(future: Future) -> None:
        with other.read() as reader:
            seen.append(reader.row("SELECT count(*) AS n FROM events WHERE name = 'x'")["n"])

    future = database.write(lambda tx: events.append(tx, None, "x", {}))
    future.add_done_callback(look)
    future.result()
    until(lambda: seen, "the callback")
    assert seen[0] == 1
    other.close()


def test_consoles_are_told_after_the_receipt(database):
    order: list[str] = []
    database.on_commit = lambda things: order.append("consoles")  # with PostgreSQL the follower does it
    is_held, go = threading.Event(), threading.Event()

    def hold(tx):
        is_held.set()
        go.wait(10)

    held = database.write(hold)
    is_held.wait(10)
    future = database.write(lambda tx: events.append(tx, None, "x", {}))
    future.add_done_callback(lambda _: order.append("receipt"))
    go.set()
    held.result()
    until(lambda: len(order) == 2, "both")
    assert order == ["receipt", "consoles"]


def test_a_job_that_fails_rolls_back_alone(database):
    def bad(tx):
        events.append(tx, None, "bad", {})
        raise ValueError("no")

    futures = [database.write(lambda tx, n=n: events.append(tx, None, f"good{n}", {})) for n in range(5)]
    failing = database.write(bad)
    futures += [database.write(lambda tx, n=n: events.append(tx, None, f"good{n}", {})) for n in range(5, 9)]
    for future in futures:
        future.result()
    with pytest.raises(ValueError, match="no"):
        failing.result()
    names = {row["name"] for row in rows(database, "SELECT name FROM events")}
    assert {f"good{n}" for n in range(9)} <= names and "bad" not in names


def test_a_full_disk_is_reported_to_every_job_and_the_next_one_works(tmp_path):
    database = open_database(tmp_path)
    pages = database.write(lambda tx: tx.row("PRAGMA page_count")["page_count"]).result()
    database.write(lambda tx: tx.execute(f"PRAGMA max_page_count = {pages}")).result()
    big = "x" * 3_000_000
    with pytest.raises((NotKept, sqlite3.OperationalError)):
        database.write(lambda tx: events.append(tx, None, "big", {"big": big})).result()
    database.write(lambda tx: tx.execute("PRAGMA max_page_count = 1000000")).result()
    database.write(lambda tx: events.append(tx, None, "big", {"big": big})).result()
    database.close()


def test_lazy_jobs_are_carried_out_though_nobody_else_writes(database):
    database.write_lazily(lambda tx: events.append(tx, None, "lazy", {}))
    until(lambda: rows(database, "SELECT 1 AS one FROM events WHERE name = 'lazy'"), "the lazy job", 5)


def test_a_closed_database_refuses_in_words(tmp_path, address):
    one = open_database(tmp_path, address)
    future = one.write(lambda tx: events.append(tx, None, "last", {}))
    one.close()
    future.result()
    with pytest.raises(DatabaseClosed):
        one.write(lambda tx: None).result()


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_the_file_with_keys_and_names_is_its_owners_alone(tmp_path):
    path = tmp_path / "relay.db"
    for _ in range(2):  # a new one, and one that an older relay left open to all
        open_database(tmp_path).close()
        assert {one.stat().st_mode & 0o077 for one in tmp_path.iterdir()} == {0}
        path.chmod(0o644)


def test_a_second_connection_leaves_the_locks_of_the_first_in_place(tmp_path):
    """POSIX locks go with the first descriptor of a file that a process closes: nobody but SQLite may open it."""
    path = tmp_path / "relay.db"
    first = SqliteConnection(path)
    first.run("PRAGMA journal_mode=WAL", ())
    first.run("CREATE TABLE kept (one INTEGER)", ())
    second = SqliteConnection(path)
    visitor = "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.execute('SELECT * FROM kept'); db.close()"
    subprocess.run([sys.executable, "-c", visitor, str(path)], check=True)
    assert (tmp_path / "relay.db-wal").exists(), "another process believed that it was the last, and took the log away"
    first.run("INSERT INTO kept VALUES (1)", ())
    second.close()


def test_migrations_run_once_and_are_named(tmp_path, blank_address):
    for _ in range(2):
        one = open_database(tmp_path, blank_address)
        names = rows(one, f"SELECT migration_set, name FROM {'migrations' if blank_address else '_sqlite_migrations'}")
        one.close()
    assert len({row["migration_set"] for row in names}) == len(MIGRATIONS) <= len(names)


def test_history_can_neither_be_changed_nor_deleted(database):
    say(database, topics.ALARM, alarm_message(1))
    for sql in ("UPDATE alarm_history SET what = 'nothing'", "DELETE FROM alarm_history"):
        with pytest.raises(Conflict, match="only grows"):
            database.write(lambda tx, sql=sql: tx.execute(sql)).result()


def test_the_same_identity_alarms_once_and_other_epochs_are_other_messages(database):
    for _ in range(3):
        taken = say(database, topics.ALARM, alarm_message(1))
        assert taken.down == [(topics.RECEIPT, messages.receipt(EPOCH, 1))]
    say(database, topics.ALARM, alarm_message(1) | {"epoch": "ffffffff"})
    assert len(rows(database, "SELECT * FROM alarms")) == 2
    assert [row["copies"] for row in rows(database, "SELECT copies FROM intake ORDER BY epoch")] == [3, 1]


def test_a_press_after_the_relay_closed_the_alarm_is_a_new_alarm(database):
    say(database, topics.ALARM, alarm_message(1))
    staff = rows(database, "SELECT staff_id FROM staff")[0]["staff_id"]
    for what, given in (("acknowledge", {}), ("clear", {"outcome": "helped"})):
        database.write(
            lambda tx, what=what, given=given: alarm_store.carry_out(
                tx, 1, "c-qinghe", what, staff, now_ms(), None, **given
            )
        ).result()
    assert say(database, topics.HEARTBEAT, beat([[1, words.ACKNOWLEDGED]])).down[0][1]["step"] == words.CLEARED
    say(database, topics.ALARM, alarm_message(2, 1))
    assert [row["step"] for row in rows(database, "SELECT step FROM alarms ORDER BY alarm_id")] == ["cleared", "raised"]
    assert say(database, topics.HEARTBEAT, beat([[1, words.RECEIVED]])).down == []  # not "cleared" any more


def test_an_alarm_that_only_the_home_knows_is_a_fault(database):
    say(database, topics.HEARTBEAT, beat([[7, words.RAISED]]))
    assert rows(database, "SELECT kind FROM technical_alarms") == []  # still on its way
    say(database, topics.HEARTBEAT, beat([[7, words.RECEIVED]]))
    assert [row["kind"] for row in rows(database, "SELECT kind FROM technical_alarms")] == ["alarm_unknown"]


def test_heartbeats_add_no_rows(database):
    say(database, topics.HEARTBEAT, beat([]))
    before = rows(database, "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM intake) AS n")
    for _ in range(20):
        say(database, topics.HEARTBEAT, beat([]))
    assert rows(database, "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM intake) AS n") == before


def test_a_silent_hub_is_a_fault_at_180_seconds_and_mended_when_heard(database):
    start = now_ms()
    say(database, topics.HEARTBEAT, beat([]), now=start)

    def look(at: int, relay_started_at: int = 0) -> list[str]:
        return database.write(lambda tx: supervision_worker.look(tx, at, relay_started_at)).result()

    assert look(start + hub_rules.OFFLINE_MS - 1) == []
    assert look(start + hub_rules.OFFLINE_MS, relay_started_at=start + 1) == []
    assert look(start + hub_rules.OFFLINE_MS) == ["hub-0001"]
    assert look(start + hub_rules.OFFLINE_MS + 5000) == []  # once; never-heard hubs not at all
    with database.read() as reader:
        (entry,) = supervision_store.entries(reader, "c-qinghe")
    assert entry["kind"] == words.HUB_OFFLINE and entry["is_open"]
    say(database, topics.HEARTBEAT, beat([]), now=start + 200_000)
    with database.read() as reader:
        assert supervision_store.entries(reader, "c-qinghe") == []
    states = rows(database, "SELECT data FROM events WHERE name = 'dwelling' ORDER BY id")
    assert ['"state":"offline"' in row["data"] for row in states] == [False, True, False]


def test_a_pre_alarm_left_hanging_is_raised_by_the_relay(database):
    start = now_ms()
    say(database, topics.ALARM, alarm_message(1, step=words.PRE_ALARM, kind=words.FALL), now=start)
    assert database.write(lambda tx: escalation_worker.tick(tx, start + 89_999)).result() == 0
    assert database.write(lambda tx: escalation_worker.tick(tx, start + 90_000)).result() == 1
    assert rows(database, "SELECT step FROM alarms") == [{"step": words.RAISED}]


def test_steps_are_told_again_until_the_home_confirms(database, tmp_path):
    say(database, topics.ALARM, alarm_message(1))
    database.write(lambda tx: alarm_store.carry_out(tx, 1, "c-qinghe", "acknowledge", 1, now_ms())).result()
    sent: list[tuple] = []
    services = Services(database, tmp_path, send=lambda *given: sent.append(given))
    assert alarm_worker.tell_again(services) == 1
    assert sent[0][:2] == ("hub-0001", topics.ALARM) and sent[0][2]["step"] == words.ACKNOWLEDGED
    say(database, topics.TOLD, messages.told(EPOCH, 1, words.ACKNOWLEDGED))
    assert alarm_worker.tell_again(services) == 0


def test_a_hub_that_is_not_registered_is_a_dead_letter(database):
    taken = say(database, topics.ALARM, alarm_message(1), hub="hub-none")
    assert taken.down == [] and rows(database, "SELECT * FROM alarms") == []
    assert rows(database, "SELECT hub_id, reason FROM dead_letters") == [
        {"hub_id": "hub-none", "reason": "hub: not registered"}
    ]


def test_events_older_than_their_time_go_and_who_missed_them_is_told(database):
    for _ in range(3):
        database.write(lambda tx: events.append(tx, "c-qinghe", "x", {})).result()
    with database.read() as reader:
        last = events.last_id(reader)
        assert len(events.since(reader, ["c-qinghe"], last - 2) or []) == 2
        assert events.since(reader, ["c-qinghe"], last) == [] and events.since(reader, ["c-qinghe"], last + 1) is None
    database.write(lambda tx: events.prune(tx, now_ms() + events.KEPT_MS + 1)).result()
    with database.read() as reader:
        assert events.last_id(reader) == last  # ids are not used again
        assert events.since(reader, ["c-qinghe"], last - 1) is None and events.since(reader, ["c-qinghe"], last) == []


def test_a_slow_console_is_closed_instead_of_losing_events():
    slow = events.Subscriber(["c"], "s")
    for number in range(events.WAITING_MAX + 5):
        slow.offer(events.Event(number, "c", "x", "{}"))
    assert slow.is_closed
    got = [slow.queue.get_nowait() for _ in range(events.WAITING_MAX + 1)]
    assert got[-1] is None and [event.id for event in got[:-1] if event] == list(range(events.WAITING_MAX))


def test_many_threads_write_at_once_and_nothing_is_locked(database):
    def work() -> None:
        for _ in range(50):
            database.write(lambda tx: events.append(tx, None, "many", {})).result()

    threads = [threading.Thread(target=work) for _ in range(6)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows(database, "SELECT count(*) AS n FROM events WHERE name = 'many'") == [{"n": 300}]
    assert time.monotonic() - started < 20
