"""The relay looks after itself: copies that can be restored, faults of its own, a word outward while it is well."""

import http.server
import json
import threading

import pytest
from database_parts import alarm_message, beat, rows, say
from protocol import topics
from relay_parts import fresh_copy, relay_command

from relay.access import store as access_store
from relay.clock import now_ms
from relay.database import Broken
from relay.services import Services
from relay.supervision import store as supervision_store
from relay.upkeep import backup, look, rules, store, worker

HOUR_MS = 3600 * 1000


def kinds(database):
    with database.read() as reader:
        return [one["kind"] for one in supervision_store.entries(reader, "c-qinghe")]


def test_a_copy_is_made_while_it_is_used_and_proved_by_restoring_it(database, tmp_path):
    say(database, topics.ALARM, alarm_message(1))
    made = backup.make(database, tmp_path / "copies", now_ms())
    assert made.why is None and made.path.stat().st_mode & 0o077 == 0
    say(database, topics.ALARM, alarm_message(2))
    with database.restored(made.path) as restored, restored.read() as reader:
        assert reader.rows("SELECT alarm_seq FROM alarms") == [{"alarm_seq": 1}]
    (row,) = rows(database, "SELECT is_verified, bytes FROM backups")
    assert row == {"is_verified": 1, "bytes": made.size}


def test_a_copy_that_is_damaged_is_no_copy(database, tmp_path):
    made = backup.make(database, tmp_path, now_ms())
    data = bytearray(made.path.read_bytes())
    data[len(data) // 3 : 2 * len(data) // 3] = bytes(len(data) // 3 + 1)
    made.path.write_bytes(data)
    assert backup.verify(database, made.path)
    made.path.write_bytes(b"")
    assert backup.verify(database, made.path)


def test_a_copy_without_what_was_there_before_is_no_copy(database, tmp_path):
    made = backup.make(database, tmp_path, now_ms())
    assert "where 7 were there" in (backup.verify(database, made.path, 7) or "")


def test_old_copies_go_and_the_newest_stay(database, tmp_path, monkeypatch):
    monkeypatch.setattr(rules, "BACKUPS_KEPT", 2)
    for n in range(4):
        backup.make(database, tmp_path, 1_800_000_000_000 + n * 1000)
    found = sorted(path.stem for path in tmp_path.glob("anling-*"))
    assert found == ["anling-20270115T080002Z", "anling-20270115T080003Z"]


def test_copy_verify_and_counts_are_commands(sample_folder, tmp_path):
    fresh_copy(sample_folder, tmp_path)
    made = relay_command("backup", data=tmp_path)
    assert made.returncode == 0 and "restored and whole" in made.stdout, made.stderr
    (path,) = (tmp_path / "backups").iterdir()
    assert relay_command("backup-verify", "--file", str(path), data=tmp_path).returncode == 0
    path.write_bytes(b"nothing")
    assert relay_command("backup-verify", "--file", str(path), data=tmp_path).returncode == 1
    whole = relay_command("verify", data=tmp_path)
    assert whole.returncode == 0 and whole.stdout.startswith("whole: ")
    counted = relay_command("counts", data=tmp_path)
    assert counted.returncode == 0 and counted.stdout == "0 hubs, 0 raised, 0 stored, 0 differ\n"
    nowhere = relay_command("verify", data=tmp_path / "nowhere")
    assert nowhere.returncode == 2 and "Name the folder" in nowhere.stderr


# --- faults of its own --------------------------------------------------------------------------------


def facts(**given):
    values = {
        "is_database_there": True,
        "line_down_s": None,
        "is_leading": True,
        "ticked_ms_ago": 200,
        "is_gateway_down": False,
        "backup_ms_ago": HOUR_MS,
        "up_ms": 90 * HOUR_MS,
        "disk_free_pct": 50.0,
        "disk_free_bytes": 9 << 30,
    }
    return rules.Facts(**(values | given))


def test_an_old_backup_and_a_full_disk_are_faults_until_they_are_mended(database):
    ill = facts(backup_ms_ago=31 * HOUR_MS, disk_free_pct=3.0, disk_free_bytes=100 << 20)
    for _ in range(2):
        database.write(lambda tx: worker.keep_facts(tx, ill, now_ms())).result()
    assert sorted(kinds(database)) == ["backup_old", "disk_low"]
    database.write(lambda tx: worker.keep_facts(tx, facts(), now_ms())).result()
    assert kinds(database) == []


def test_no_console_with_sound_on_is_a_fault_of_its_community(database):
    since: dict[str, int] = {}
    start = now_ms()

    def look_at(now):
        database.write(lambda tx: worker.keep_unarmed(tx, since, now)).result()
        return kinds(database)

    assert look_at(start) == [] and look_at(start + 10 * HOUR_MS) == []  # nobody lives there yet
    say(database, topics.HEARTBEAT, beat([]))
    assert look_at(start) == [] and look_at(start + rules.ARMED_PATIENCE_MS) == ["no_armed_console"]
    later = start + 2 * rules.ARMED_PATIENCE_MS
    database.write(lambda tx: access_store.keep_console(tx, "console-1", "c-qinghe", 1, True, later)).result()
    assert look_at(later) == []


def test_the_day_has_a_copy_and_no_second_one(database, tmp_path):
    services = Services(database, tmp_path, started_at=0)
    database.write(lambda tx: tx.execute("UPDATE hubs SET added_at = 1")).result()
    worker.make_backup_when_due(services, now_ms())
    worker.make_backup_when_due(services, now_ms())
    assert len(list((tmp_path / "backups").iterdir())) == 1
    with database.read() as reader:
        assert len(store.backups(reader)) == 1


@pytest.mark.parametrize(
    ("ill", "name"),
    [
        ({"is_database_there": False}, "database"),
        ({"line_down_s": 11.0}, "broker"),
        ({"ticked_ms_ago": 11_000}, "ticker"),
    ],
)
def test_nothing_goes_outward_while_a_vital_part_is_ill(ill, name):
    checks = rules.well(facts(**ill))
    assert not checks[name] and not rules.may_say_well(checks)
    assert rules.may_say_well(rules.well(facts(is_gateway_down=True, backup_ms_ago=None, disk_free_pct=0.0)))


def test_a_relay_that_does_not_lead_is_not_ill_for_it():
    assert rules.well(facts(is_leading=False, ticked_ms_ago=1 << 40))["ticker"]


# --- outward ------------------------------------------------------------------------------------------


class Elsewhere(http.server.BaseHTTPRequestHandler):
    heard: list[dict] = []

    def do_POST(self):
        self.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", Elsewhere.heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_word_outward_carries_the_newest_hash_and_stays_away_when_ill(database, tmp_path, elsewhere):
    url, heard = elsewhere
    say(database, topics.ALARM, alarm_message(1))
    services = Services(database, tmp_path, started_at=now_ms(), ticked_at=now_ms(), is_leading=True)
    assert worker.say_well(services, url) is True
    assert heard[-1]["ledger"]["entries"] == 1 and len(heard[-1]["ledger"]["head"]) == 64
    count = len(heard)
    services.line_down_since = lambda: -1000.0
    assert worker.say_well(services, url) is False and len(heard) == count
    services.line_down_since = lambda: None
    assert worker.say_well(services, "http://127.0.0.1:9/") is False


def test_a_database_that_does_not_answer_is_a_fact_and_no_error(database, tmp_path, monkeypatch):
    services = Services(database, tmp_path)

    def gone():
        raise Broken("gone")

    monkeypatch.setattr(database, "read", gone)
    assert look.facts(services, now_ms()).is_database_there is False
