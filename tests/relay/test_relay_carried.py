"""The relay opens what a neighbour carried, once, and believes only whoever sealed it."""

import json
import secrets

import pytest
from protocol import envelope, messages, topics

from relay.app import open_database
from relay.hubs import store as hub_store
from relay.intake import carried, rules, worker
from relay.setup import people_store

EPOCH = "0a1b2c3d"
NOW = 1_800_000_000_000


@pytest.fixture
def stairwell(tmp_path):
    """A database with hub-a and hub-b in one stairwell, hub-c in another, hub-d in none."""
    database = open_database(tmp_path)
    keys = {}

    def fill(transaction):
        people_store.add_community(transaction, "c-north", "北苑", "North", 100, 100)
        for name in "abcd":
            dwelling = {"dwelling_id": f"d-{name}", "community_id": "c-north", "label": name, "label_en": name}
            people_store.add_dwelling(transaction, {**dwelling, "address": name})
            hub_store.add_hub(transaction, f"hub-{name}", f"d-{name}", NOW)
        for name, where in (("a", "s-1"), ("b", "s-1"), ("c", "s-2")):
            keys[name] = hub_store.set_stairwell(transaction, f"hub-{name}", where)

    database.write(fill).result()
    yield database, keys
    database.close()


def alarm(seq=1):
    return messages.alarm(EPOCH, seq, seq, "help", "raised", None, "press", 0, None)


def sealed(keys, name="a", word=topics.ALARM, message=None, direction=envelope.UP, hub_id=None):
    cipher = carried.block_cipher(keys[name]["carry_key"])
    body = messages.encode(message or alarm())
    return envelope.seal(cipher, secrets.token_bytes(13), direction, hub_id or f"hub-{name}", word, body)


def take(database, carrier, data):
    message = messages.carried(data)
    payload = messages.encode(message)
    topic = topics.up(carrier, topics.CARRIED)
    heard = rules.read(topic, payload)
    assert isinstance(heard, rules.Heard)
    return database.write(lambda t: worker.take(t, heard, topic, payload, NOW)).result()


def count(database, table):
    return database.write(lambda t: t.row(f"SELECT count(*) AS n FROM {table}")["n"]).result()


def test_an_envelope_is_taken_in_once_under_the_name_on_it(stairwell):
    database, keys = stairwell
    first = take(database, "hub-b", sealed(keys))
    again = take(database, "hub-b", sealed(keys))
    assert (first.is_new, again.is_new) == (True, False)
    assert first.heard.hub_id == "hub-a" and first.down == again.down == [(topics.RECEIPT, messages.receipt(EPOCH, 1))]
    assert count(database, "alarms") == 1
    rows = database.write(lambda t: t.rows("SELECT hub_id, word, body FROM intake")).result()
    assert [(row["hub_id"], row["word"]) for row in rows] == [("hub-a", "alarm")]
    assert json.loads(rows[0]["body"])["kind"] == "help"


def test_the_carrier_is_heard_and_the_sender_stays_off_the_line(stairwell):
    database, keys = stairwell
    take(database, "hub-b", sealed(keys))
    rows = database.write(lambda t: t.rows("SELECT hub_id, is_online FROM hubs ORDER BY hub_id")).result()
    assert [row["is_online"] for row in rows] == [0, 1, 0, 0]


def test_what_cannot_be_believed_is_a_dead_letter(stairwell):
    database, keys = stairwell
    technical = messages.technical(EPOCH, 2, "mains_lost", None, None, 0, None)
    bad = [
        ("hub-b", sealed(keys, "b", hub_id="hub-a")),  # another's name on it
        ("hub-b", sealed(keys, "b")),  # its own: it is on the line
        ("hub-c", sealed(keys)),  # another stairwell's
        ("hub-d", sealed(keys)),
        ("hub-b", sealed(keys, hub_id="hub-x")),
        ("hub-b", sealed(keys)[:-1] + b"\x00"),
        ("hub-b", b"\x01\x02\x03"),
        ("hub-b", sealed(keys, direction=envelope.DOWN)),
        ("hub-b", sealed(keys, word=topics.TECHNICAL, message=technical)),
    ]
    for number, (carrier, data) in enumerate(bad, 1):
        taken = take(database, carrier, data)
        assert taken.down == [] and taken.heard is None, number
        assert count(database, "dead_letters") == number
    assert count(database, "intake") == 0 and count(database, "alarms") == 0


def test_answers_go_by_the_carrier_until_the_hub_is_on_the_line_itself():
    routes = carried.Routes()
    key = "0f" * 16
    step = messages.step(EPOCH, 1, "on_the_way", "李敏", 6)
    assert routes.wrap("hub-a", topics.ALARM, step, NOW) is None
    routes.keep("hub-a", "hub-b", key, NOW)
    carrier, message = routes.wrap("hub-a", topics.ALARM, step, NOW)
    assert carrier == "hub-b" and messages.check("down", topics.CARRIED, message)
    data = bytes.fromhex(message["envelope"])
    assert envelope.unseal(carried.block_cipher(key), envelope.DOWN, data) == (topics.ALARM, step)
    assert routes.wrap("hub-a", topics.ALARM, step, NOW)[1] != message  # never the same nonce
    assert routes.wrap("hub-a", topics.ALARM, step, NOW + carried.ROUTE_MS) is None
    routes.forget("hub-a")
    assert routes.wrap("hub-a", topics.ALARM, step, NOW) is None


def test_the_longest_name_is_still_carried():
    routes = carried.Routes()
    routes.keep("h" * 32, "hub-b", "0f" * 16, NOW)
    step = messages.step(EPOCH, messages.SEQ_MAX, "acknowledged", "李" * 64, 999)
    assert routes.wrap("h" * 32, topics.ALARM, step, NOW) is not None


def test_many_routes_do_not_fill_the_memory():
    routes = carried.Routes()
    for number in range(carried.ROUTES_MAX + 50):
        routes.keep(f"hub-{number}", "hub-b", "0f" * 16, NOW)
    assert len(routes._routes) == carried.ROUTES_MAX
