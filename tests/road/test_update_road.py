"""New firmware on the whole road: packages signed here, staged at a real relay, fetched over MQTT by the real firmware,
started by the real loader from the slots in its flash, tried, kept or taken back. Its clock runs ten times as fast."""

import asyncio
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import update_parts as parts
from relay_parts import relay_command
from simulator import images
from update_parts import BAD, NEW, OLD, Change

from provisioning import sign

SCALE = "10"


# What is wrong with a build, as a change of one place of the firmware.
_OBEYS = "        if self._is_on:\n            return self"
_LIVE = "        while True:\n            try:\n                await self._live()"
FAULTS = {
    "deaf": Change("device/panel/sounder.py", _OBEYS, "        return False\n" + _OBEYS),
    "ill": Change("device/app.py", "import asyncio", "raise RuntimeError('ill')\nimport asyncio"),
    "mute": Change(
        "device/link/uplink.py",
        _LIVE,
        "        while True:\n            self.alive_ms = self._now_ms()\n            await asyncio.sleep_ms(500)\n"
        + _LIVE,
    ),
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """Packages and the stand-ins' image, made once: {name: bytes}, folder."""
    folder = tmp_path_factory.mktemp("bench")
    (folder / "fleet.pub").write_bytes(sign.public_pem(parts.key().public_key()))
    images.stand_ins(folder, is_fast=True)
    made = {}
    for name, number in (("old", OLD), ("new", NEW), ("deaf", BAD), ("ill", BAD), ("mute", BAD)):
        tree = parts.tree(folder / f"tree-{name}", *([FAULTS[name]] if name in FAULTS else []))
        made[name] = parts.package(parts.image(folder, tree, number), number)
        (folder / f"{name}.anling").write_bytes(made[name])
    return made, folder


@pytest.fixture
def updating(road_relay, road_of, bench):
    """A road whose hub runs the old build from its flash; a package is offered with `offer(name)`."""
    made, folder = bench
    road = road_of(road_relay)
    images.put_in_flash(road.home.folder, made["old"])
    road.home.images = (None, folder / "stand-ins.romfs")
    road.home.environment["ANLING_TIME_SCALE"] = SCALE
    road.home._heapsize = "256k"  # what a board has, in words of 64 bits
    road.supervisor = road_relay.staff("supervisor")

    def offer(name: str) -> None:
        arguments = ("--package", str(folder / f"{name}.anling"), "--key", str(folder / "fleet.pub"))
        added = relay_command("update-add", *arguments, data=road_relay.data)
        assert added.returncode == 0, added.stderr
        build = NEW if name == "new" else BAD
        road.supervisor.post(f"/api/updates/{build}/stage", {"percent": 100, "reason": "a home of the test"})

    road.offer = offer
    yield road
    road.supervisor.close()


def state_of(road, build):
    return next(one for one in road.supervisor.get(f"/api/updates/{build}/hubs") if one["hub_id"] == road.home.hub_id)


def running(road):
    return next(one["build"] for one in road.staff.get("/api/hubs") if one["hub_id"] == road.home.hub_id)


def test_a_hub_fetches_while_the_home_is_quiet_goes_on_after_a_cut_and_stays_with_what_proves_itself(updating):
    async def story():
        async with updating as road:
            home = road.home
            await road.until(lambda: running(road) == OLD, "the fleet's page knows the build")
            home.press()
            alarm = (await road.until(road.help_alarms, "a press for help"))[0]
            road.offer("new")
            await asyncio.sleep(1.5)
            assert state_of(road, NEW)["state"] == "waiting", "fetched during an open alarm"
            road.staff.post(f"/api/alarms/{alarm['alarm_id']}/acknowledge")
            road.staff.post(f"/api/alarms/{alarm['alarm_id']}/clear", {"outcome": "test"})
            await road.until(lambda: state_of(road, NEW)["at"] > 60000, "a part of it is there", 90)
            await home.kill_hub()
            before = state_of(road, NEW)["at"]
            await home.start_hub()
            await road.until(lambda: state_of(road, NEW)["at"] > before, "it goes on")
            await road.until(lambda: state_of(road, NEW)["state"] == "confirmed", "it stays", 60)
            await road.until(lambda: running(road) == NEW, "and the fleet's page knows")
            since = len(home.events)
            home.press()
            await road.sounds(since)
            await road.until(road.help_alarms, "a press with the new build")

    asyncio.run(story())


@pytest.mark.parametrize(
    ("name", "why"), [("deaf", "siren"), ("ill", "starts")], ids=["its siren does not obey", "it ends at its start"]
)
def test_what_cannot_alarm_is_taken_back_told_and_offered_to_nobody_else(updating, name, why):
    async def story():
        async with updating as road:
            road.offer(name)
            await road.until(lambda: state_of(road, BAD)["state"] == "rolled_back", "it is taken back", 60)
            assert state_of(road, BAD)["reason"] == why
            await road.until(lambda: running(road) == OLD, "the old build's next heartbeat says so")
            failed = [one for one in road.staff.get("/api/board")["technical"] if one["kind"] == "update_failed"]
            assert [one["detail"] for one in failed] == [f"build {BAD}: {why}"]
            since = len(road.home.events)
            road.home.press()
            await road.sounds(since)
            await road.until(road.help_alarms, "a press with the old build")

    asyncio.run(story())


def test_what_does_not_reach_the_relay_is_taken_back_and_its_alarm_with_it(updating):
    async def story():
        updating.home.environment["ANLING_TIME_SCALE"] = "40"
        async with updating as road:
            home = road.home
            road.offer("mute")
            await home.wait_for("log", lambda d: d["text"].startswith("loader: trial 1"), 60)
            await home.wait_for("hub", lambda d: d["state"] == "ready", 30, since=len(home.events) - 1)
            home.press()  # a call that the new firmware cannot bring out of the home
            await road.until(lambda: state_of(road, BAD)["state"] == "rolled_back", "it is taken back", 60)
            assert state_of(road, BAD)["reason"] == "no_receipt"
            await road.until(road.help_alarms, "the old build brings it out")
            assert len(road.help_alarms()) == 1

    asyncio.run(story())
