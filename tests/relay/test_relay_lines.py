"""Several relays on one database: whose line to the broker is down, what is said of it, and who leads."""

import asyncio

import pytest
from database_parts import rows

from relay.app import open_database
from relay.clock import now_ms
from relay.lines import rules, worker
from relay.services import Services


def open_faults(database):
    found = rows(database, "SELECT kind, device_id FROM technical_alarms WHERE closed_at IS NULL ORDER BY id")
    return [(row["kind"], row["device_id"]) for row in found]


class Two:
    """Two relays that share a database. `down`: since when each one's line is down."""

    def __init__(self, database, folder):
        self.database = database
        self.down = {"relay-a": None, "relay-b": None}
        self.services = {name: self._made(name, folder) for name in self.down}
        self.others = {name: rules.Others(name) for name in self.down}

    def _made(self, name, folder):
        one = Services(self.database, folder, name=name, started_at=1)
        one.line_down_since = lambda: self.down[name]
        return one

    def look(self, now, *names, at=None):
        for _ in range(2):  # each sees what the other said a moment ago
            for name in names or self.down:
                worker.look(self.services[name], self.others[name], now, now_ms() if at is None else at)

    def may_lead(self, now):
        return [
            name for name, one in self.services.items() if rules.may_lead(self.down[name], one.is_another_hearing, now)
        ]


@pytest.fixture
def two(tmp_path, postgres, postgres_with_tables):
    name = postgres.make(postgres_with_tables)
    database = open_database(tmp_path, postgres.address(name))
    yield Two(database, tmp_path)
    database.close()
    postgres.drop(name)


def test_while_one_relay_hears_the_others_line_is_its_own_fault_and_it_does_not_lead(two):
    two.look(100.0)
    assert open_faults(two.database) == [] and two.may_lead(100.0) == ["relay-a", "relay-b"]
    two.down["relay-a"] = 100.0
    two.look(103.0)
    assert open_faults(two.database) == [] and two.may_lead(103.0) == ["relay-a", "relay-b"]  # a blink
    two.look(106.0, at=700)
    assert open_faults(two.database) == [("relay_line_down", "relay-a")] and two.may_lead(106.0) == ["relay-b"]
    assert two.services["relay-b"].hearing_since == two.services["relay-a"].hearing_since == 0  # homes were heard
    two.down["relay-a"] = None
    two.look(107.0)
    assert open_faults(two.database) == [] and len(two.may_lead(107.0)) == 2


def test_when_no_relay_hears_the_broker_is_down_and_no_hub_is_at_fault(two):
    two.down = dict.fromkeys(two.down, 100.0)
    two.look(106.0, at=5_000)
    assert open_faults(two.database) == [("broker_down", None)]
    assert len(two.may_lead(106.0)) == 2  # somebody escalates, though nobody hears
    assert [one.hearing_since for one in two.services.values()] == [5_000, 5_000]
    two.down["relay-b"] = None
    two.look(107.0, at=9_000)
    assert open_faults(two.database) == [("relay_line_down", "relay-a")] and two.may_lead(107.0) == ["relay-b"]
    # Whoever leads from here on gives each hub its full time, though the process is old.
    assert two.services["relay-b"].hearing_since in (5_000, 9_000)


def test_a_relay_that_is_gone_hears_nobody_and_its_fault_goes_with_it(two):
    two.down["relay-a"] = 100.0
    two.look(106.0)
    assert open_faults(two.database) == [("relay_line_down", "relay-a")]
    two.look(150.0, "relay-b")
    two.look(166.0, "relay-b")
    assert open_faults(two.database) == []  # nobody misses it
    assert [row["relay"] for row in rows(two.database, "SELECT relay FROM relays")] == ["relay-b"]
    two.down = {"relay-a": None, "relay-b": 170.0}
    two.look(170.0)
    two.look(175.0, "relay-b")
    assert open_faults(two.database) == [("relay_line_down", "relay-b")]
    two.look(181.0, "relay-b")  # the other one died: nobody hears
    assert open_faults(two.database) == [("broker_down", None)] and "relay-b" in two.may_lead(181.0)


def test_the_lead_goes_to_the_relay_that_hears(two, monkeypatch):
    monkeypatch.setattr(worker, "LEAD_ROUND_S", 0.05)
    did = []

    async def busy(name):
        did.append(name)
        try:
            await asyncio.Event().wait()
        finally:
            did.append("not " + name)

    async def lived():
        def leading(name):
            return worker.run_while_leading(two.services[name], {"work": lambda: busy(name)})

        tasks = [asyncio.create_task(leading("relay-a"))]
        while not did:
            await asyncio.sleep(0.01)
        tasks.append(asyncio.create_task(leading("relay-b")))
        two.down["relay-a"] = -100.0
        two.services["relay-a"].is_another_hearing = True
        while len(did) < 3:
            await asyncio.sleep(0.01)
        await worker.end(tasks)

    asyncio.run(asyncio.wait_for(lived(), 20))
    assert did[:3] == ["relay-a", "not relay-a", "relay-b"]  # never both at a time
