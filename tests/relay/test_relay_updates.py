"""New firmware at the relay: who is chosen, when a stage may be widened, what stops it; a hub that is put out."""

import base64
import sys
import time
from pathlib import Path

import pytest
from protocol import messages, package, topics
from protocol import vocabulary as words
from relay_parts import relay_command, until

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import update_parts as parts

from provisioning import sign
from relay.clock import now_ms
from relay.hubs import store as hub_store
from relay.updates import rules, store

IMAGE = bytes(range(256)) * 37  # 9,472 bytes: two blocks and a part of one


@pytest.fixture(scope="module")
def fleet(tmp_path_factory):
    """Packages 2 (good) and forged, truncated, and the public key, as files."""
    folder = tmp_path_factory.mktemp("fleet")
    good = parts.package(IMAGE, 2)
    (folder / "good").write_bytes(good)
    (folder / "forged").write_bytes(parts.package(IMAGE, 3, parts.stranger()))
    (folder / "truncated").write_bytes(good[:-1])
    (folder / "nothing").write_bytes(b"PK\x03\x04 something else")
    (folder / "fleet.pub").write_bytes(sign.public_pem(parts.key().public_key()))
    return folder


def add(fleet, relay, name):
    return relay_command(
        "update-add", "--package", str(fleet / name), "--key", str(fleet / "fleet.pub"), data=relay.data
    )


def said(home, state, build=2, at=0, count=0, reason=None, running=1):
    home.say(topics.UPDATE, messages.update_state(running, build, state, reason, at, count))


def test_a_stage_takes_the_same_hubs_again_one_at_least_and_others_for_another_build():
    hubs = [f"hub-{number:04}" for number in range(250)]
    for percent, count in ((1, 3), (10, 25), (100, 250)):
        assert len(rules.chosen(hubs, 7, percent)) == count
    assert rules.chosen(hubs, 7, 10)[:3] == rules.chosen(hubs, 7, 1)
    assert rules.chosen(hubs, 7, 10) != rules.chosen(hubs, 8, 10)
    assert len(rules.chosen(hubs[:4], 7, 1)) == 1 and rules.chosen([], 7, 100) == []


def test_a_stage_is_widened_when_all_are_well_or_somebody_says_why():
    well, open_, bad = {words.CONFIRMED: 3}, {words.CONFIRMED: 2, words.FETCHING: 1}, {words.ROLLED_BACK: 1}
    rules.check_stage(0, 1, {}, 0, None)
    rules.check_stage(1, 10, well, 0, None)
    for now, wanted, counts, failures in ((1, 10, open_, 0), (1, 10, bad, 1), (0, 10, {}, 0), (1, 100, well, 0)):
        with pytest.raises(rules.Refused):
            rules.check_stage(now, wanted, counts, failures, None)
        rules.check_stage(now, wanted, counts, failures, "the fault is known")
    for now, wanted in ((10, 1), (0, 5)):
        with pytest.raises(rules.Refused):
            rules.check_stage(now, wanted, well, 0, "a reason")
    assert rules.must_stop(1, 3, 1) and rules.must_stop(10, 30, 1) and not rules.must_stop(100, 300, 6)
    assert rules.must_stop(100, 300, 7) and not rules.must_stop(100, 20, 1) and rules.must_stop(100, 20, 2)
    assert not rules.is_failure(words.REFUSED, package.OLD_BUILD) and rules.is_failure(words.REFUSED, package.FORGED)


def test_both_databases_keep_packages_stages_and_what_hubs_say(database):
    data = parts.package(IMAGE, 2)
    head, community = package.read(data), None
    with database.read() as reader:
        hubs = [row for row in hub_store.all_hubs(reader)]
        community = hubs[0]["community_id"]
    assert database.write(lambda tx: store.add(tx, head, data, 1)).result()
    assert not database.write(lambda tx: store.add(tx, head, data, 1)).result(), "the same build twice"
    database.write(lambda tx: [hub_store.heard(tx, one["hub_id"], now_ms()) for one in hubs]).result()
    database.write(lambda tx: store.set_stage(tx, 2, community, 100, None, None, 5)).result()
    hub = {"hub_id": hubs[0]["hub_id"], "community_id": community, "dwelling_id": hubs[0]["dwelling_id"]}

    def take(state, at=0, count=0, reason=None, running=1, build=2):
        message = messages.update_state(running, build, state, reason, at, count)
        return database.write(lambda tx: store.take(tx, hub, message, now_ms())).result()

    (offer,), told = take(words.RUNNING, build=0)
    assert offer[1]["what"] == words.OFFER and told is None
    assert take(words.RUNNING, build=0, running=2) == ([], None), "it runs that already"
    pieces, _ = take(words.FETCHING, 8192, 4096)
    assert [one[1]["at"] for one in pieces] == [8192, 8704, 9216]
    assert len(take(words.FETCHING, 0, 1 << 20)[0]) == 8, "a block at once"
    assert all(len(messages.encode(one[1])) <= messages.LENGTH_MAX for one in [offer, *pieces])
    assert take(words.REFUSED, reason=package.OTHER_BOARD) == ([], None), "nothing against the package"
    assert database.write(lambda tx: store.again(tx, 2, hub["hub_id"], community)).result()
    with database.read() as reader:
        assert len(store.offers(reader, 1)) == 3
    assert take(words.ROLLED_BACK, reason=package.SIREN) == ([], "build 2: siren")
    assert take(words.ROLLED_BACK, reason=package.SIREN) == ([], None), "said once"
    with database.read() as reader:
        assert not store.stage(reader, 2, community)["is_stopped"], "one of three in the last stage"
        assert store.counts(reader, 2, community) == {words.ROLLED_BACK: 1, rules.WAITING: 2}
    database.write(lambda tx: store.stop(tx, 2, community, "enough", None, 9)).result()
    hub["hub_id"] = hubs[1]["hub_id"]
    ((_, order),), _ = take(words.FETCHING, 0, 4096)
    assert order["what"] == words.STOP
    with database.read() as reader:
        assert store.offers(reader, 1) == []


def test_only_a_whole_package_signed_by_the_fleet_is_kept(shared_relay, fleet):
    for name, words_ in (("forged", "not signed by"), ("truncated", "cut short"), ("nothing", "is no package")):
        answer = add(fleet, shared_relay, name)
        assert answer.returncode == 2 and words_ in answer.stderr and answer.stderr.count("\n") == 1, answer.stderr
    assert add(fleet, shared_relay, "good").returncode == 0
    assert "is there already" in add(fleet, shared_relay, "good").stderr


def test_a_supervisor_goes_through_the_stages_and_a_hub_is_given_what_it_asks_for(shared_relay, fleet, homes, staff):
    add(fleet, shared_relay, "good")
    supervisor, operator = staff(shared_relay, "supervisor"), staff(shared_relay)
    home = homes(shared_relay, "hub-0001")
    home.beat(word=topics.HELLO)
    until(lambda: operator.dwelling("hub-0001")["is_hub_online"], "on the line")
    assert operator.http.get("/api/updates").status_code == 403
    supervisor.post("/api/updates/99/stage", {"percent": 1}, 404)
    supervisor.post("/api/updates/2/stage", {"percent": 100}, 409)
    assert supervisor.post("/api/updates/2/stage", {"percent": 1})["hubs"] == {rules.WAITING: 1}
    offer = home.next(topics.UPDATE)
    assert offer["what"] == words.OFFER and offer["build"] == 2
    got = b""
    while len(got) < len(IMAGE):
        said(home, words.FETCHING, at=len(got), count=min(4096, len(IMAGE) - len(got)))
        for _ in range(-(-min(4096, len(IMAGE) - len(got)) // package.PIECE)):
            piece = home.next(topics.UPDATE)
            assert (piece["what"], piece["at"]) == (words.PIECE, len(got))
            got += base64.b64decode(piece["data"])
    assert got == IMAGE
    supervisor.post("/api/updates/2/stage", {"percent": 10}, 409)  # it is not well yet
    said(home, words.CONFIRMED, running=2)
    until(lambda: supervisor.get("/api/updates/2/hubs")[0]["state"] == words.CONFIRMED, "it said so")
    assert supervisor.post("/api/updates/2/stage", {"percent": 10})["percent"] == 10
    supervisor.post("/api/updates/2/stop", {"reason": "weekend"})
    assert supervisor.get("/api/updates")[0]["is_stopped"]
    supervisor.post("/api/updates/2/stop", {"reason": "again"}, 409)
    supervisor.post("/api/updates/2/hubs/hub-0009/again", status=404)


def test_a_stolen_hub_loses_its_line_at_once_and_nothing_it_says_is_taken_in(shared_relay, homes, staff):
    supervisor, operator = staff(shared_relay, "supervisor"), staff(shared_relay)
    home = homes(shared_relay, "hub-0007")
    home.press(1)
    home.next(topics.RECEIPT)
    operator.post("/api/hubs/hub-0007/revoke", {"reason": "stolen"}, 403)
    supervisor.post("/api/hubs/hub-9999/revoke", {"reason": "stolen"}, 404)
    began = time.monotonic()
    supervisor.post("/api/hubs/hub-0007/revoke", {"reason": "stolen"})
    until(lambda: not home.connected.is_set(), "its line is cut")
    assert time.monotonic() - began < 10
    until(lambda: home.refused, "its password is refused")
    shown = [one for one in operator.get("/api/board")["technical"] if one["kind"] == "hub_revoked"]
    assert [one["hub_id"] for one in shown] == ["hub-0007"] and shown[0]["detail"].startswith("stolen")
    assert not supervisor.post("/api/hubs/hub-0007/revoke", {"reason": "stolen"})["was_active"]
    assert "hub-0007" not in [one["hub_id"] for one in operator.get("/api/hubs")]


def test_the_command_revokes_beside_a_serving_relay_and_a_made_hub_that_nobody_has(shared_relay, homes):
    home = homes(shared_relay, "hub-0008")
    home.beat()
    gone = relay_command("hub-revoke", "--hub", "hub-0008", "--reason", "lost", data=shared_relay.data)
    assert gone.returncode == 0 and "hub-0008 is out" in gone.stdout
    until(lambda: not home.connected.is_set() and home.refused, "its line is cut and its password refused")
    none = relay_command("hub-revoke", "--hub", "hub-9999", "--reason", "lost", data=shared_relay.data)
    assert none.returncode == 2 and "There is no hub" in none.stderr
    made = relay_command("hub-make", "--hub", "h-bench", data=shared_relay.data)
    assert made.returncode == 0
    assert relay_command("hub-revoke", "--hub", "h-bench", "--reason", "lost", data=shared_relay.data).returncode == 0


def test_the_fleet_page_is_told_versions_memory_signal_cells_and_restarts(shared_relay, homes, staff):
    operator, home = staff(shared_relay), homes(shared_relay, "hub-0006")
    vitals = {
        "build": 7,
        "micropython": "1.29.0",
        "rssi_dbm": -61,
        "heap_free": 91234,
        "battery_mv": 3890,
        "runtime_min": 900,
    }

    def hello(uptime_s, **more):
        message = messages.heartbeat("0a1b2c3d", 1, uptime_s, 0, [], True, 80, "0.1.7", True)
        home.say(topics.HELLO, message | more)

    def seen():
        return next(one for one in operator.get("/api/hubs") if one["hub_id"] == "hub-0006")

    hello(50_000, **vitals)
    until(lambda: seen()["build"] == 7, "what it told")
    assert {name: seen()[name] for name in vitals} == vitals
    assert seen()["is_battery_aged"] is True, "half a day on the mains, and not full"
    hello(5, **vitals)
    until(lambda: seen()["resets"] == 1, "a start is counted")
    assert seen()["is_battery_aged"] is None
    hello(65)
    until(lambda: seen()["uptime_s"] == 65, "an older firmware tells none of it")
    assert seen()["rssi_dbm"] == -61
