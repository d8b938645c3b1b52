"""Outages of one building or provider are one event with its homes; an alarm is never folded."""

import json

import pytest
from database_parts import alarm_message, beat, rows, say
from protocol import topics

from relay import sample
from relay.app import open_database
from relay.clock import now_ms
from relay.hubs import rules as hub_rules
from relay.lines import worker as line_worker
from relay.lines.rules import Others
from relay.services import Services
from relay.supervision import rules, store, worker
from relay.supervision.rules import Place, Silent

HOMES = 12
LATER_MS = hub_rules.OFFLINE_MS


@pytest.fixture
def database(tmp_path, address):
    one = open_database(tmp_path, address)
    passwords = {name: ("clear", "hash") for name, *_ in sample.STAFF}
    one.write(lambda tx: sample.fill(tx, HOMES, passwords)).result()
    one.write(lambda tx: tx.execute("UPDATE dwellings SET estate = 'E', building = '9', provider = 'p'")).result()
    yield one
    one.close()


def hub(number):
    return f"hub-{number:04}"


def silence(database, numbers, at):
    """These were heard at `at` and never again; the others are heard later."""
    for number in range(1, HOMES + 1):
        now = at if number in numbers else at + LATER_MS
        say(database, topics.HEARTBEAT, beat([]), hub=hub(number), now=now)
    return database.write(lambda tx: worker.look(tx, at + LATER_MS, 0)).result()


def entries(database):
    with database.read() as reader:
        return store.entries(reader, "c-qinghe")


def buildings(database, split):
    """Homes up to `split` are building 1, the others building 2."""
    for number in range(1, HOMES + 1):
        name = "1" if number <= split else "2"
        sql = "UPDATE dwellings SET building = ? WHERE dwelling_id = (SELECT dwelling_id FROM hubs WHERE hub_id = ?)"
        database.write(lambda tx, sql=sql, name=name, number=number: tx.execute(sql, (name, hub(number)))).result()


def test_homes_of_one_building_fold_into_one_event_that_lists_them(database):
    start = now_ms()
    buildings(database, 5)
    assert len(silence(database, range(1, 5), start)) == 4
    (area,) = entries(database)
    assert area["kind"] == rules.AREA_OFFLINE and area["building"].endswith("1") and area["provider"] is None
    assert len(area["dwelling_ids"]) == 4 and area["count"] == 4


def test_a_provider_that_takes_several_buildings_along_is_one_event(database):
    buildings(database, 6)
    silence(database, range(1, 10), now_ms())
    (area,) = entries(database)
    assert area["provider"] == "p" and area["building"] is None and len(area["dwelling_ids"]) == 9


def test_one_that_falls_silent_later_joins_and_the_last_one_back_closes_it(database):
    start = now_ms()
    buildings(database, 5)
    silence(database, range(1, 5), start)
    say(database, topics.HEARTBEAT, beat([]), hub=hub(5), now=start + 30_000)
    database.write(lambda tx: worker.look(tx, start + 30_000 + LATER_MS, 0)).result()
    (area,) = [one for one in entries(database) if one["kind"] == rules.AREA_OFFLINE]
    assert len(area["dwelling_ids"]) == 5
    for number in range(1, 6):
        say(database, topics.HEARTBEAT, beat([]), hub=hub(number), now=start + 2 * LATER_MS)
        left = [one for one in entries(database) if one["kind"] == rules.AREA_OFFLINE]
        assert (len(left[0]["dwelling_ids"]) if left else 0) == 5 - number
    assert not [one for one in entries(database) if one["is_open"]]


def told(database):
    """What the consoles heard of faults, in order."""
    found = rows(database, "SELECT data FROM events WHERE name = 'technical' ORDER BY id")
    return [json.loads(row["data"]) for row in found]


def test_a_power_cut_is_told_as_one_area_at_the_time_of_its_first_home_and_no_home_by_itself(database):
    cut = now_ms()
    for number in range(1, HOMES + 1):  # the last heartbeats before it lie within a minute
        say(database, topics.HEARTBEAT, beat([]), hub=hub(number), now=cut - number * 5_000)
    first = cut - HOMES * 5_000 + LATER_MS
    seen = []
    for at in range(first - 10_000, cut + LATER_MS + 5_000, 5_000):  # as the worker looks
        declared = database.write(lambda tx, at=at: worker.look(tx, at, 0)).result()
        seen += [at] * bool(declared)
    assert seen[0] == first  # no later than a single home's
    assert {one["kind"] for one in told(database)} == {rules.AREA_OFFLINE}
    (area,) = entries(database)
    assert len(area["dwelling_ids"]) == area["count"] == HOMES
    assert database.write(lambda tx: worker.settle(tx, cut + 3 * LATER_MS)).result() == 0


def test_a_single_home_is_told_at_its_time_by_itself(database):
    start = now_ms()
    for number in range(1, HOMES + 1):
        late = 20_000 if number == 1 else 110_000 if number == 2 else 150_000  # one missed a heartbeat meanwhile
        say(database, topics.HEARTBEAT, beat([]), hub=hub(number), now=start + late - 20_000)
    assert database.write(lambda tx: worker.look(tx, start + LATER_MS, 0)).result() == [hub(1)]
    assert [(one["kind"], one["hub_id"], one["is_open"]) for one in told(database)] == [("hub_offline", hub(1), True)]


def test_an_area_of_which_too_little_came_is_taken_back_and_its_home_told_by_itself(database):
    start = now_ms()
    for number in range(1, HOMES + 1):
        say(database, topics.HEARTBEAT, beat([]), hub=hub(number), now=start if number == 1 else start + 60_000)
    database.write(lambda tx: worker.look(tx, start + LATER_MS, 0)).result()
    (area,) = entries(database)
    assert area["kind"] == rules.AREA_OFFLINE and len(area["dwelling_ids"]) == 1
    for number in range(2, HOMES + 1):  # they are heard after all
        say(database, topics.HEARTBEAT, beat([]), hub=hub(number), now=start + LATER_MS + 1)
    at = start + LATER_MS + rules.AREA_SETTLES_MS
    assert database.write(lambda tx: worker.settle(tx, at - 1)).result() == 0
    assert database.write(lambda tx: worker.settle(tx, at)).result() == 1
    assert [(one["kind"], one["hub_id"]) for one in entries(database)] == [("hub_offline", hub(1))]


def test_two_homes_are_no_area_and_an_alarm_is_never_folded(database):
    start = now_ms()
    for number in range(1, 10):
        say(database, topics.ALARM, alarm_message(1), hub=hub(number), now=start)
    silence(database, range(1, 3), start)
    assert [one["kind"] for one in entries(database)] == ["hub_offline", "hub_offline"]
    silence(database, range(1, 10), start + 10 * LATER_MS)
    assert len(rows(database, "SELECT * FROM alarms WHERE is_open = 1")) == 9


def test_while_the_broker_is_down_no_hub_is_at_fault_and_each_has_its_full_time_after_it(database, tmp_path):
    start = now_ms()
    for number in range(1, HOMES + 1):
        say(database, topics.HEARTBEAT, beat([]), hub=hub(number), now=start)
    services = Services(database, tmp_path, started_at=start)
    services.line_down_since, others = lambda: 1.0, Others("relay")
    later = start + 2 * LATER_MS
    line_worker.look(services, others, 100.0, later)
    assert database.write(lambda tx: worker.look(tx, later, services.hearing_since)).result() == []
    services.line_down_since = lambda: None
    for at, count in ((later + LATER_MS - 1, 0), (later + LATER_MS, HOMES)):
        line_worker.look(services, others, 101.0, at)
        found = database.write(lambda tx, at=at: worker.look(tx, at, services.hearing_since)).result()
        assert len(found) == count


def test_which_homes_fold():
    def of(count, building, provider, first=0):
        return [Silent(first + n, "c", building, provider) for n in range(count)]

    homes = {Place("c", "1", None): 4, Place("c", None, "p"): 40, Place("c", "2", None): 30}
    assert rules.areas(of(2, "1", "p"), homes) == {}
    suspected = [Silent(None, "c", "1", "p")]
    assert rules.areas(of(2, "1", "p") + suspected, homes) == {Place("c", "1", None): [0, 1]}
    assert rules.areas(3 * suspected, homes) == {}  # nobody is declared yet
    assert list(rules.areas(of(3, "1", "p"), homes)) == [Place("c", "1", None)]
    assert rules.areas(of(14, "2", "p"), homes) == {}  # less than half of the building
    both = of(12, "1", "p") + of(12, "2", "p", 100)
    assert {place: len(members) for place, members in rules.areas(both, homes).items()} == {Place("c", None, "p"): 24}
    assert rules.areas(of(9, None, None), homes) == {}
