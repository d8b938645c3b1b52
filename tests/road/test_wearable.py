"""A watch on the wrist, over real GATT on the virtual air: battery, heart, out of range, back again."""

import asyncio

WATCH = "c0ffee000001"


def technicals(road):
    found = road.staff.get("/api/board")["technical"]
    return {(t["kind"], t["device_id"]) for t in found if t["is_open"]}


def test_a_watch_is_read_lost_and_found_again(road_relay, road_of):
    async def story():
        road = road_of(road_relay)
        home = road.home
        watch = await home.wear(WATCH, battery_pct=9)
        async with road:
            await watch.switch_on()
            await road.until(lambda: ("battery_low", WATCH) in technicals(road), "its weak battery is shown")
            await watch.battery(60)
            await road.until(lambda: ("battery_low", WATCH) not in technicals(road), "and is over when told so")
            for bpm in (70, 71, 300, 0):
                await watch.beat(bpm)
            await watch.switch_off()
            await home.wait_for("log", lambda d: d["text"].startswith("wearable: ") and "disconnected" in d["text"], 20)
            watch.battery_pct = 8
            await watch.switch_on()
            await road.until(lambda: ("battery_low", WATCH) in technicals(road), "it is read again when it is back", 45)

    asyncio.run(story())


def test_a_press_sounds_while_the_watch_connects_and_floods(road_relay, road_of):
    async def story():
        road = road_of(road_relay)
        home = road.home
        watch = await home.wear(WATCH)
        async with road:
            await watch.switch_on()
            since = len(home.events)
            home.press()
            await road.sounds(since)
            await road.until(road.help_alarms, "the press beside the connecting")
            for n in range(300):
                await watch.beat(60 + n % 40)
            since = len(home.events)
            home.press("5448e68f80a6")
            await road.sounds(since)
            await road.until(lambda: len(road.help_alarms()) == 2, "the press beside the flood")
            log = (home.folder / "hub.log").read_text("utf-8")
            assert "Traceback" not in log, log

    asyncio.run(story())
