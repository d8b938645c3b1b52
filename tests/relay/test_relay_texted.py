"""An alarm that came as a short message is the same alarm; anything else in a short message is harmless."""

import hashlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from protocol import messages, sms
from relay_parts import EPOCH, Home, Relay, relay_command, until

from relay.access import gateways
from relay.app import open_database
from relay.hubs import store as hub_store
from relay.intake import rules, texted
from relay.setup import people_store

NOW = 1_800_000_000_000


def alarm(seq: int = 1) -> dict[str, Any]:
    return messages.alarm(EPOCH, seq, seq, "help", "raised", "5448e68f80a5", "press", 12_000, None)


def text_of(key: str, hub_id: str, message: dict[str, Any]) -> str:
    return sms.write(lambda data: hashlib.sha256(data).digest(), bytes.fromhex(key), hub_id, message)


@pytest.fixture
def homes(tmp_path: Path):
    """A database with hub-a and hub-b, both with a modem, and hub-c without."""
    database = open_database(tmp_path)
    keys: dict[str, str] = {}

    def fill(transaction: Any) -> None:
        people_store.add_community(transaction, "c-north", "北苑", "North", 100, 100)
        for name in "abc":
            dwelling = {"dwelling_id": f"d-{name}", "community_id": "c-north", "label": name, "label_en": name}
            people_store.add_dwelling(transaction, {**dwelling, "address": name})
            hub_store.add_hub(transaction, f"hub-{name}", f"d-{name}", NOW)
        for name in "ab":
            keys[name] = hub_store.set_modem(transaction, f"hub-{name}")

    database.write(fill).result()
    yield database, keys
    database.close()


def take(database: Any, text: str) -> Any:
    return database.write(lambda t: texted.take(t, "13800000199", text, NOW)).result()


def count(database: Any, table: str) -> int:
    return database.write(lambda t: t.row(f"SELECT count(*) AS n FROM {table}")["n"]).result()


def test_a_text_is_taken_in_once_and_says_how_it_came(homes: Any) -> None:
    database, keys = homes
    text = text_of(keys["a"], "hub-a", alarm())
    first, second = take(database, text), take(database, text)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.down == [("receipt", messages.receipt(EPOCH, 1))]
    assert count(database, "alarms") == 1
    with database.read() as reader:
        found = reader.row("SELECT detail FROM alarm_history ORDER BY entry_id LIMIT 1")
        assert found["detail"] == "seq 1, press, by SMS"
        assert reader.row("SELECT raised_at - activated_at AS age FROM alarms")["age"] == 12_000


def test_only_its_own_key_speaks_for_a_hub(homes: Any) -> None:
    database, keys = homes
    forged = text_of(keys["b"], "hub-a", alarm())
    for text in (forged, text_of(keys["a"], "hub-c", alarm()), text_of(keys["a"], "hub-none", alarm())):
        assert isinstance(take(database, text), rules.Refusal)
    assert count(database, "alarms") == 0
    assert count(database, "dead_letters") == 3 and count(database, "technical_alarms") >= 1
    key = database.write(lambda t: hub_store.set_modem(t, "hub-a")).result()  # a new key ends the old one
    assert isinstance(take(database, text_of(keys["a"], "hub-a", alarm())), rules.Refusal)
    assert take(database, text_of(key, "hub-a", alarm())).is_new


def test_what_is_none_of_ours_is_kept_and_troubles_nobody(homes: Any) -> None:
    database, _ = homes
    for text in ("您的话费余额为 3.20 元", "", "AL1", "\x00\ud800", "x" * 4000):
        found = take(database, text)
        assert isinstance(found, rules.Refusal) and "none of ours" in found.reason
    assert count(database, "dead_letters") == 5 and count(database, "technical_alarms") == 0


def test_the_hook_takes_what_a_gateway_brings_and_the_later_copy_changes_nothing(relay: Relay) -> None:
    hub = relay.sample["hubs"][0]
    made = relay_command("modem-add", "--hub", hub["hub_id"], data=relay.data)
    key = json.loads(made.stdout)["modem"]["key"]
    said = relay_command("sms-gateway-add", "--name", "box", data=relay.data).stdout
    secret = said.rsplit(" ", 1)[1].strip()
    url = f"http://127.0.0.1:{relay.port}/api/hooks/sms"
    text = text_of(key, hub["hub_id"], alarm())
    bearer = {"Authorization": f"Bearer {secret}"}
    body = {"from": "13800000199", "text": text, "gateway": "its own"}
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": secret}, {"Authorization": "Bearer é"}):
        encoded = {name: value.encode() for name, value in headers.items()}
        assert httpx.post(url, json=body, headers=encoded).status_code == 401
    answer = httpx.post(url, json=body, headers=bearer)
    assert (answer.status_code, answer.json()) == (200, {"is_alarm": True, "is_new": True, "reason": None})
    form = httpx.post(url, data={"from": "13800000199", "text": text}, headers=bearer)
    assert form.json() == {"is_alarm": True, "is_new": False, "reason": None}
    other = httpx.post(url, json={"from": "10086", "text": "余额"}, headers=bearer)
    assert other.json()["reason"] == "sms: none of ours"
    for bad in (b"", b"[]", b"{", b'{"from": 1}', b"\xff", b'{"text": "x"}'):
        refused = httpx.post(url, content=bad, headers=bearer)
        assert refused.status_code == 422 and "Send from and text" in refused.json()["detail"]
    assert httpx.post(url, content=b"x" * 20_000, headers=bearer).status_code == 413
    home = Home(relay.broker_port, hub["hub_id"], hub["password"])
    try:
        assert home.connected.wait(10)
        home.say("alarm", alarm())
        assert until(lambda: not home.down.empty(), "its receipt")
        staff = relay.staff()
        assert len([one for one in staff.alarms() if one["hub_id"] == hub["hub_id"]]) == 1
        staff.close()
    finally:
        home.stop()


def test_a_gateway_that_is_named_again_has_one_secret() -> None:

    database = open_database(Path(__import__("tempfile").mkdtemp()))
    try:
        old = database.write(lambda t: gateways.add_gateway(t, "box", NOW)).result()
        new = database.write(lambda t: gateways.add_gateway(t, "box", NOW)).result()
        with database.read() as reader:
            assert gateways.is_gateway(reader, new) and not gateways.is_gateway(reader, old)
            assert not gateways.is_gateway(reader, "")
    finally:
        database.close()
