"""A fall at the belt: streamed over real GATT, noticed by the hub, asked about, and raised or taken back."""

import asyncio
import math
import struct
from typing import Any

import pytest
from simulator import images

WATCH = "c0ffee000002"


def packed(samples: list[tuple[float, float, float]]) -> bytes:
    return b"".join(struct.pack("<hhh", *(round(value) for value in sample)) for sample in samples)


def standing(seconds: float) -> list[tuple[float, float, float]]:
    """Upright, with the small sway of somebody who stands."""
    return [(20 * math.sin(k / 9), 990 + 8 * math.sin(k / 5), 60) for k in range(int(50 * seconds))]


def walking(seconds: float) -> list[tuple[float, float, float]]:
    """Two steps a second, at the belt."""
    found = []
    for k in range(int(50 * seconds)):
        phase = 2 * math.pi * k / 25
        found.append((60 * math.sin(phase / 2), 1000 + 330 * math.sin(phase), 90 * math.cos(phase)))
    return found


def falling() -> list[tuple[float, float, float]]:
    """Half a second of losing weight while tipping over, a hard hit, a rebound, and lying on the side, still."""
    found: list[tuple[float, float, float]] = []
    for k in range(28):
        angle = math.pi / 2 * (k / 28) ** 2
        weight = 1000 - 750 * (k / 28)
        found.append((weight * math.sin(angle), weight * math.cos(angle), 50.0))
    hit = [
        (2600, 900, 800),
        (4800, 1500, 1900),
        (3300, -700, 1200),
        (1800, 600, -900),
        (500, -300, 400),
        (1500, 200, 600),
    ]
    found += [(float(x), float(y), float(z)) for x, y, z in hit]
    found += [(980 + 120 * math.exp(-k / 8) * math.sin(k), 60.0 + 100 * math.exp(-k / 8), 90.0) for k in range(40)]
    found += [(985 + 6 * math.sin(k / 7), 70.0, 95.0) for k in range(250)]
    return found


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> images.Images:
    return images.build(tmp_path_factory.mktemp("board"))


@pytest.fixture
def road_of(road_of: Any, board: images.Images) -> Any:
    """The home's hub as a board is: its image, from which the table of falls is not copied. To listen for falls takes
    32 KB more, in words of 64 bits, than the 256 KB in which a hub without a wearable lives."""

    def make(relay: Any) -> Any:
        road = road_of(relay)
        road.home.images, road.home._heapsize = board, "288k"
        return road

    return make


def test_a_fall_at_the_belt_is_asked_about_and_raised_when_nobody_answers(road_relay: Any, road_of: Any) -> None:
    async def story() -> None:
        road = road_of(road_relay)
        home = road.home
        home.more_settings["pre_alarm_s"] = 5
        watch = await home.wear(WATCH)
        watch.worn = "torso"
        async with road:
            await watch.switch_on()
            await road.until(lambda: watch.rate_hz == 50, "the hub asks for 50 samples a second")
            since = len(home.events)
            await watch.stream(packed(standing(4) + walking(6) + standing(2)), speed=4)
            assert home.find("voice", lambda d: True, since) is None, "daily life is left alone"
            await watch.stream(packed(standing(3) + falling()), speed=4)
            await road.hears("are_you_well", since, 20)
            found = await road.until(lambda: [a for a in road.staff.alarms() if a["kind"] == "fall"], "the pre-alarm")
            assert found[0]["device_id"] == WATCH
            await road.hears("fall", since, 20)
            await road.sounds(since)
            assert "Traceback" not in (home.folder / "hub.log").read_text("utf-8")

    asyncio.run(story())


def test_who_gets_up_and_walks_or_says_so_takes_it_back(road_relay: Any, road_of: Any) -> None:
    async def story() -> None:
        road = road_of(road_relay)
        home = road.home
        home.more_settings["pre_alarm_s"] = 30
        watch = await home.wear(WATCH)
        watch.worn = "torso"
        lost = iter(range(10_000))
        async with road:
            await watch.switch_on()
            await road.until(lambda: watch.rate_hz == 50, "the hub asks for 50 samples a second")
            since = len(home.events)
            await watch.stream(
                packed(standing(4) + falling()), 5, 4, lambda: next(lost) % 10 == 0
            )  # one in ten is lost
            await road.hears("are_you_well", since, 20)
            await watch.stream(packed(walking(8)), speed=4)
            await road.hears("cancelled", since, 20)
            since = len(home.events)
            await watch.stream(packed(standing(30)), speed=8)
            await watch.stream(packed(falling()), speed=4)
            await road.hears("are_you_well", since, 20)
            await home.cancel()
            await road.hears("cancelled", since, 20)
            await road.until(
                lambda: not [a for a in road.staff.alarms() if a["kind"] == "fall" and a["work"] != "CLOSED"],
                "staff see that it was taken back",
            )

    asyncio.run(story())


def test_a_wearable_that_breaks_off_as_it_hits_the_floor_is_asked_about_too(road_relay: Any, road_of: Any) -> None:
    async def story() -> None:
        road = road_of(road_relay)
        home = road.home
        watch = await home.wear(WATCH)
        watch.worn = "torso"
        async with road:
            await watch.switch_on()
            await road.until(lambda: watch.rate_hz == 50, "the hub asks for 50 samples a second")
            since = len(home.events)
            hit = falling()[: 28 + 6 + 40]
            await watch.stream(packed(standing(6) + hit), speed=4)
            await watch.switch_off()
            await road.hears("are_you_well", since, 20)
            await home.cancel()
            await road.hears("cancelled", since, 20)

    asyncio.run(story())


def test_a_watch_with_infinitime_is_listened_to_for_falls(road_relay: Any, road_of: Any) -> None:
    async def story() -> None:
        road = road_of(road_relay)
        home = road.home
        watch = await home.wear(WATCH, is_infinitime=True)
        watch.worn = "torso"
        async with road:
            await watch.switch_on()
            since = len(home.events)
            samples = (standing(6) + falling())[::5]
            hardest = max(range(len(samples)), key=lambda k: sum(one * one for one in samples[k]))
            for _ in range(3):  # it is connected to when it has been heard
                await watch.values(samples[: hardest + 30])
                if home.find("voice", lambda d: "are_you_well" in str(d), since) is not None:
                    break
            await road.hears("are_you_well", since, 20)
            await home.cancel()
            await road.hears("cancelled", since, 20)

    asyncio.run(story())
