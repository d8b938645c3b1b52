"""A dwelling whose hub was lost, stolen or broken gets another one; on both engines, also on a database of before."""

import copy

import pytest
from database_parts import alarm_message, rows, say
from protocol import messages, topics
from protocol import vocabulary as words

from relay import sample
from relay.alarms import views
from relay.app import MIGRATIONS, open_database
from relay.clock import now_ms
from relay.database import Conflict, Database
from relay.fleet import store as fleet_store
from relay.hubs import store as hub_store
from relay.keys import Keys
from relay.people import store as people_store
from relay.supervision import store as supervision_store


def until_step(migrations, name):
    """These migrations as they were when `name` was the last."""
    old = copy.copy(migrations)
    count = [step for step, _ in migrations.steps].index(name) + 1
    old.steps, old._migrations = migrations.steps[:count], migrations._migrations[:count]
    return old


@pytest.fixture
def old_database(tmp_path, blank_address):
    """A lived-in database of before dwellings could have another hub."""
    one = Database(blank_address or tmp_path / "relay.db", Keys(tmp_path / "secrets.key"))
    one.migrate([until_step(each, "m007_vitals") if each is hub_store.MIGRATIONS else each for each in MIGRATIONS])
    one.start()
    passwords = {name: ("clear", "hash") for name, *_ in sample.STAFF}
    one.write(lambda tx: sample.fill(tx, 3, passwords)).result()
    say(one, topics.ALARM, alarm_message(1))
    with pytest.raises(Conflict):
        one.write(lambda tx: tx.execute("UPDATE hubs SET dwelling_id = (SELECT min(dwelling_id) FROM hubs)")).result()
    yield one
    one.close()


def revoke(database, hub_id="hub-0001"):
    return database.write(lambda tx: fleet_store.revoke(tx, hub_id, None, "stolen", now_ms())).result()


def another(database, dwelling_id, hub_id="hub-new"):
    database.write(lambda tx: hub_store.add_hub(tx, hub_id, dwelling_id, now_ms())).result()


def home_of(database, hub_id="hub-0001"):
    return rows(database, f"SELECT dwelling_id FROM hubs WHERE hub_id = '{hub_id}'")[0]["dwelling_id"]


def open_kinds(database):
    return sorted(row["kind"] for row in rows(database, "SELECT kind FROM technical_alarms WHERE closed_at IS NULL"))


def test_an_old_database_is_brought_along_whole(old_database, tmp_path, blank_address):
    tables = ("hubs", "devices", "alarms", "technical_alarms", "alarm_history")
    before = {table: rows(old_database, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables}
    old_database.close()
    one = open_database(tmp_path, blank_address)
    assert {table: rows(one, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables} == before
    home = home_of(one)
    with pytest.raises(Conflict):  # two hubs at a time are still refused
        another(one, home)
    with pytest.raises(Conflict):  # and devices still belong to a hub that is there
        one.write(lambda tx: hub_store.add_device(tx, "nobody", "a1", "button", "x", "y")).result()
    assert revoke(one)
    another(one, home)
    say(one, topics.ALARM, alarm_message(2), "hub-new")
    one.close()


def test_the_press_of_the_new_hub_comes_with_the_residents_card(database):
    home = home_of(database)
    say(database, topics.HELLO, messages.heartbeat("0a1b2c3d", 1, 60, 0, [], True, None, "0.1", False))
    with database.read() as reader:
        lived_there = people_store.card(reader, home)["residents"][0]["name"]
    hub = rows(database, "SELECT hub_id, dwelling_id, community_id FROM hubs JOIN dwellings USING (dwelling_id)"
               " WHERE hub_id = 'hub-0001'")[0]  # fmt: skip
    raised = supervision_store.raise_technical
    database.write(lambda tx: raised(tx, words.HUB_OFFLINE, now_ms(), hub)).result()
    assert revoke(database)
    assert open_kinds(database) == ["hub_revoked"]  # that the old one is silent is nobody's fault any more
    with database.read() as reader:
        shown = views.dwelling_entry(reader, home)
        assert (shown["hub_id"], shown["state"]) == (None, "offline")
        listed = people_store.dwellings_to_install(reader, "c-qinghe", "", 50)
        assert [one["hub_id"] for one in listed if one["dwelling_id"] == home] == [None]
    another(database, home)
    with pytest.raises(Conflict):
        another(database, home, "hub-third")
    taken = say(database, topics.ALARM, alarm_message(5), "hub-new")
    assert taken.is_new and open_kinds(database) == []  # protected again
    with database.read() as reader:
        alarm = views.open_views(reader, "c-qinghe")[0]
        assert (alarm["hub_id"], alarm["dwelling_id"], alarm["resident_name"]) == ("hub-new", home, lived_there)
        entries = [one for one in views.dwelling_entries(reader, "c-qinghe") if one["dwelling_id"] == home]
    assert [(one["hub_id"], one["state"]) for one in entries] == [("hub-new", "alarm")]
    refused = say(database, topics.ALARM, alarm_message(6))  # the old one is out for good
    assert not refused.is_new and not refused.down
