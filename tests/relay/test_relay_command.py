"""The command line: a fresh start, a sample, and one clear sentence for what goes wrong."""

import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from relay_parts import Relay, Staff, relay_command

from relay.people.sample_places import PLACES


def one_sentence(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert done.stderr.startswith("relay: ") and done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in done.stderr


def at_once(folder: Path, *given: list[str]) -> list[subprocess.CompletedProcess[str]]:
    """Several relays that cannot begin, beside one another: each takes its seconds to say so."""
    places = [folder / str(number) for number in range(len(given))]
    with ThreadPoolExecutor(len(given)) as pool:
        return list(pool.map(lambda place, more: relay_command("serve", *more, data=place), places, given))


def test_a_sample_is_complete_and_a_second_one_changes_nothing(tmp_path):
    first = relay_command("sample", "--json", data=tmp_path)
    made = json.loads(first.stdout)
    assert made["community_id"] == "c-qinghe" and len(made["hubs"]) == 60 == len(PLACES)
    assert [hub["hub_id"] for hub in made["hubs"]] == [f"hub-{n:04}" for n in range(1, 61)]
    assert len({hub["password"] for hub in made["hubs"]}) == 60
    assert all(len(hub["psk_hex"]) == 64 for hub in made["hubs"])
    assert len({hub["dwelling_id"] for hub in made["hubs"]}) == 60
    assert {one["name"]: one["role"] for one in made["staff"]}["operator"] == "operator"
    before = (tmp_path / "relay.db").read_bytes()
    one_sentence(relay_command("sample", "--json", data=tmp_path), "in use already", "--data")
    assert (tmp_path / "relay.db").read_bytes() == before
    for secret in [hub["password"] for hub in made["hubs"]] + [one["password"] for one in made["staff"]]:
        assert secret.encode() not in before


def test_a_real_start_needs_no_sample(tmp_path):
    assert relay_command("community-add", "--community", "c-1", "--name", "一号社区", data=tmp_path).returncode == 0
    added = relay_command(
        "staff-add", "--community", "c-1", "--name", "chen", "--display-name", "陈静", "--role", "operator",
        data=tmp_path,
    )  # fmt: skip
    password = added.stdout.split(": ")[1].strip()
    hub = relay_command(
        "hub-add", "--hub", "box-1", "--dwelling", "d-1", "--community", "c-1", "--label", "101",
        "--address", "1号楼101",
        data=tmp_path,
    )  # fmt: skip
    made = json.loads(hub.stdout)
    device = relay_command(
        "device-add", "--hub", "box-1", "--device", "ab12", "--kind", "button", "--room", "卧室", "--label", "按钮",
        data=tmp_path,
    )  # fmt: skip
    assert device.returncode == 0
    listed = relay_command("hub-list", data=tmp_path).stdout
    assert "box-1\td-1\tc-1\tnever heard" in listed and made["password"] not in listed
    relay = Relay(tmp_path, {})
    relay.start()
    try:
        person = Staff(f"http://127.0.0.1:{relay.port}", "chen", password)
        assert [one["hub_id"] for one in person.get("/api/board")["dwellings"]] == ["box-1"]
        person.close()
    finally:
        assert relay.stop() == 0


@pytest.mark.parametrize(
    ("command", "part"),
    [
        (["hub-add", "--hub", "BAD ID", "--dwelling", "d"], "a-z"),
        (["hub-add", "--hub", "relay", "--dwelling", "d"], "relay"),
        (["hub-add", "--hub", "h", "--dwelling", "new"], "--community"),
        (["device-add", "--hub", "h", "--device", "d", "--kind", "button", "--room", "r", "--label", "l"], "hub-add"),
        (
            ["staff-add", "--community", "c", "--name", "n", "--display-name", "d", "--role", "operator"],
            "community-add",
        ),
        (["sample", "--homes", "0"], "--homes"),
        (["hub-list"], "--data"),
    ],
)
def test_a_mistake_is_answered_with_the_remedy(tmp_path, command, part):
    one_sentence(relay_command(*command, data=tmp_path / "empty"), part)


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    for command in (["serve", "--port", "0", "--broker-port", "0"], ["sample"]):
        one_sentence(relay_command(*command, data=tmp_path / "file"), str(tmp_path / "file"))


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "relay.db").write_bytes(b"this is no database, but it is long enough to look at" * 50)
    one_sentence(relay_command("serve", "--port", "0", "--broker-port", "0", data=tmp_path), "relay.db")


def test_taken_ports_are_named_with_the_way_out(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        web, broker = at_once(tmp_path, ["--port", port, "--broker-port", "0"], ["--port", "0", "--broker-port", port])
    one_sentence(web, port, "--port")
    one_sentence(broker, port, "--broker-port")


def test_two_relays_do_not_share_a_folder(shared_relay):
    done = relay_command("serve", "--port", "0", "--broker-port", "0", data=shared_relay.data)
    one_sentence(done, "Another relay")


def test_a_broker_that_refuses_the_relay_is_named(shared_relay, tmp_path):
    url = f"mqtt://relay:wrong@127.0.0.1:{shared_relay.broker_port}"
    wrong, none = at_once(tmp_path, ["--port", "0", "--broker", url], ["--port", "0", "--broker", "http://x"])
    one_sentence(wrong, "refused", "--broker")
    one_sentence(none, "mqtt://")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_relay_cleanly_at_any_time(tmp_path, number):
    command = [sys.executable, "-m", "relay", "serve", "--data", str(tmp_path), "--port", "0", "--broker-port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline().startswith("relay ready: ")
    broker = json.loads((tmp_path / "running.json").read_text())["broker_pid"]
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")
    with pytest.raises(ProcessLookupError):
        os.kill(broker, 0)
    assert not (tmp_path / "running.json").exists()


def test_people_come_in_from_a_file_or_a_table_and_go_out_again(tmp_path):
    import sqlite_utils

    from relay.app import open_database

    def relay(*given: str):
        return relay_command(*given, data=tmp_path)

    open_database(tmp_path).close()
    file = tmp_path / "homes.csv"
    file.write_text("building,unit,door,name,birth_year\n1,1,101,王秀英,1940\n1,1,102,刘德明,x\n", encoding="utf-8")
    missing = relay("people-import", "--community", "c-n", "--file", str(file))
    assert missing.returncode == 2 and "community-add" in missing.stderr
    relay("community-add", "--community", "c-n", "--name", "北")
    bad = relay("people-import", "--community", "c-n", "--file", str(file))
    assert bad.returncode == 1 and "line 3, birth_year" in bad.stderr and "nothing was changed" in bad.stdout
    table = [{"building": "1", "unit": "1", "door": "101", "name": "王秀英", "birth_year": 1940}]
    sqlite_utils.Database(tmp_path / "relay.db")["homes_in"].insert_all(table)
    dry = relay("people-import", "--community", "c-n", "--table", "homes_in", "--dry-run")
    assert dry.stdout.startswith("1 lines, 1 new homes") and "nothing was changed" in dry.stdout
    assert relay("people-import", "--community", "c-n", "--table", "homes_in").stdout.endswith("kept\n")
    assert "no table" in relay("people-import", "--community", "c-n", "--table", "homes_out").stderr
    out = relay("people-export", "--community", "c-n", "--file", str(file))
    assert out.returncode == 0 and "王秀英" in file.read_text("utf-8-sig")
    again = relay("people-import", "--community", "c-n", "--file", str(file))
    assert again.stdout.startswith("1 lines, 0 new homes, 0 changed, 0 wrong")


def test_a_telephone_system_is_let_in_and_communities_join_a_district(tmp_path):
    def relay(*given: str):
        return relay_command(*given, data=tmp_path)

    relay("community-add", "--community", "c-n", "--name", "北")
    relay("staff-add", "--community", "c-n", "--name", "boss", "--display-name", "主管", "--role", "supervisor")
    made = relay("token-add", "--staff", "boss", "--name", "pbx", "--role", "call_gateway")
    assert made.returncode == 0 and "anl_" in made.stdout
    assert "staff-add" in relay("token-add", "--staff", "x", "--name", "pbx", "--role", "auditor").stderr
    assert relay("district-add", "--district", "d-1", "--name", "区", "--community", "c-n").returncode == 0
    assert "c-x" in relay("district-add", "--district", "d-1", "--name", "区", "--community", "c-n", "c-x").stderr
