"""A home falls silent, on a clock that runs fast: asked twice, then the pre-alarm and the alarm at the relay."""

import asyncio
import os
from typing import Any

from simulator.home import FIRMWARE, STAND_INS

SCALE = 120


def test_a_home_that_falls_silent_is_asked_and_then_raised(road_relay: Any, road_of: Any) -> None:
    async def story() -> None:
        road = road_of(road_relay)
        home = road.home
        fast = STAND_INS.parent / "fast"
        home.environment["MICROPYPATH"] = os.pathsep.join([".frozen", str(fast), str(STAND_INS), str(FIRMWARE)])
        home.environment["ANLING_TIME_SCALE"] = str(SCALE)
        home.beacon_s = 1.0  # or the radio takes the air for dead
        home.more_settings["inactivity"] = {"day_min": 20}
        async with road:
            home.move()
            since = len(home.events)
            await home.wait_for("voice", lambda d: d["prompt"] == "are_you_well", 30, since=since)
            home.move()
            await home.wait_for("voice", lambda d: d["prompt"] == "cancelled", 20, since=since)
            assert not [one for one in road.staff.alarms() if one["kind"] == "inactivity"]
            found = await road.until(
                lambda: [one for one in road.staff.alarms() if one["kind"] == "inactivity"], "the pre-alarm", 60
            )
            assert found[0]["device_id"] is None
            await road.until(lambda: home.find("voice", lambda d: d["prompt"] == "inactivity", since), "the alarm", 30)
            await road.sounds(since)
            assert "Traceback" not in (home.folder / "hub.log").read_text("utf-8")

    asyncio.run(story())
