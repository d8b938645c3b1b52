"""kill -9 at random points of a real process, with jumps of the wall clock: none lost, none doubled, none left alone.

The same claims as the state machine's in test_relay_life.py, held by a relay that homes and staff use meanwhile.
"""

import os
import random
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from protocol import topics
from relay_parts import Home, Relay, fresh_copy, relay_command, until

HOUR_MS = 3600 * 1000
HUBS = ("hub-0001", "hub-0002", "hub-0003", "hub-0004")
LONGEST_MS = HOUR_MS + 999 * 60_000
SEEDS = [int(seed) for seed in os.environ.get("KILL_SEEDS", "1").split(",")]  # KILL_SEEDS=1,2,3 walks longer


class ShiftedRelay(Relay):
    """A relay whose wall clock can be set."""

    def shift(self, ms):
        (self.data / "clock").write_text(str(ms))

    def start(self):
        self.program = str(Path(__file__).with_name("shifted.py"))
        super().start()


@pytest.fixture
def shifted(sample_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("ANLING_TEST_CLOCK", str(tmp_path / "clock"))
    (tmp_path / "clock").write_text("0")
    one = ShiftedRelay(tmp_path, fresh_copy(sample_folder, tmp_path))
    one.start()
    yield one
    one.stop()


class Presses(threading.Thread):
    """Homes that press now and then, and send again until the receipt, as their outboxes do."""

    def __init__(self, relay, chance):
        super().__init__(daemon=True)
        self.chance = chance
        self.homes = [Home(relay.broker_port, hub, relay.password_of_hub(hub)) for hub in HUBS]
        self.waiting: dict[tuple[int, int], float] = {}
        self.pressed: set[tuple[str, int]] = set()
        self.is_pressing = True
        self.is_over = threading.Event()

    def run(self):
        seqs = [0] * len(self.homes)
        next_at = 0.0
        while not self.is_over.is_set():
            now = time.monotonic()
            if self.is_pressing and now >= next_at:
                number = self.chance.randrange(len(self.homes))
                seqs[number] += 1
                self.pressed.add((HUBS[number], seqs[number]))
                self.waiting[(number, seqs[number])] = 0.0
                next_at = now + self.chance.uniform(0.05, 0.4)
            for (number, seq), due in list(self.waiting.items()):
                if now >= due and self.homes[number].connected.is_set():
                    self.homes[number].press(seq)
                    self.waiting[(number, seq)] = now + 2
            for number, home in enumerate(self.homes):
                while not home.down.empty():
                    word, message = home.down.get()
                    if word == topics.RECEIPT:
                        self.waiting.pop((number, message["seq"]), None)
            time.sleep(0.02)

    def stop(self):
        self.is_over.set()
        self.join()
        for home in self.homes:
            home.stop()


def work_a_little(relay, chance):
    """What staff does between two kills; a relay that dies under it is nobody's fault."""
    with suppress(httpx.HTTPError, AssertionError):
        person = relay.staff("operator")
        for alarm in person.alarms():
            path = f"/api/alarms/{alarm['alarm_id']}"
            for what, body in (
                ("acknowledge", {}),
                ("assign", {"staff_id": 2, "minutes": chance.choice((None, 5))}),
                ("clear", {"outcome": "helped"}),
            ):
                if chance.random() < 0.6:
                    person.http.post(f"{path}/{what}", json=body)
        person.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_an_alarm_lives_through_kills_and_jumps_of_the_clock(shifted, seed):
    relay, chance = shifted, random.Random(seed)
    homes = Presses(relay, chance)
    homes.start()
    try:
        for offset_ms in (0, HOUR_MS, 0, -HOUR_MS):
            relay.shift(offset_ms)
            worker = threading.Thread(target=work_a_little, args=(relay, chance))
            worker.start()
            time.sleep(chance.uniform(0.2, 1.5))
            relay.kill()
            worker.join()
            relay.start()
        homes.is_pressing = False
        until(lambda: not homes.waiting, "every receipt", 60)
        time.sleep(1)  # the ticker has looked
    finally:
        homes.stop()
    check(relay, homes.pressed, -HOUR_MS)


def check(relay, pressed, offset_ms):
    database = sqlite3.connect(f"file:{relay.data}/relay.db?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    try:
        now = time.time() * 1000 + offset_ms
        alarms = database.execute("SELECT * FROM alarms").fetchall()
        orders = database.execute(
            "SELECT count(*) AS n FROM alarm_history WHERE by IS NULL AND what IN ('acknowledge', 'assign', 'clear')"
        ).fetchone()["n"]
    finally:
        database.close()
    assert {(row["hub_id"], row["alarm_seq"]) for row in alarms} == pressed and len(alarms) == len(pressed)
    assert all(row["activations"] == 1 for row in alarms) and orders == 0
    for row in alarms:
        if row["is_open"]:
            assert now - 2000 < row["next_at"] <= now + LONGEST_MS, dict(row)
        else:
            assert row["outcome"] and row["closed_at"] and row["next_at"] is None
        assert row["step"] not in ("acknowledged", "on_the_way") or row["acknowledged_by"] is not None
    whole = relay_command("verify", data=relay.data)
    assert whole.returncode == 0, whole.stdout
