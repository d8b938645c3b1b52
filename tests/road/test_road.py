"""The road itself: press, hear, see, answer, hear; and bad input on the way."""

import asyncio

from simulator.home import BATHROOM, BED


def test_the_home_hears_the_answer_step_by_step(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            since = len(road.home.events)
            road.home.press()
            await road.sounds(since)
            alarm = (await road.until(road.help_alarms, "alarm"))[0]
            assert alarm["device_id"] == BED and alarm["activation"] == "press"
            await road.hears("delivered", since)
            where = f"/api/alarms/{alarm['alarm_id']}"
            road.staff.post(where + "/acknowledge")
            await road.hears("acknowledged", since)
            responder = road.staff.get("/api/board")["responders"][0]
            road.staff.post(where + "/assign", {"staff_id": responder["staff_id"], "minutes": 6})
            await road.hears("on_the_way", since)
            said = road.home.find("voice", lambda d: d["prompt"] == "on_the_way", since)
            assert responder["display_name"] in said[2]["text"] and "6" in said[2]["text"]
            road.staff.post(where + "/arrived")
            await road.hears("arrived", since)
            road.staff.post(where + "/clear", {"outcome": "helped", "note": ""})
            await road.hears("cleared", since)
            await road.home.wait_for("lamp", lambda d: d["rgb"] == [6, 6, 2], 5, since=since)
            assert road.help_alarms() == []

    asyncio.run(story())


def test_bad_frames_are_shown_and_do_not_stop_the_next_press(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            home = road.home
            bed = home.sensors[BED]
            bed.press()  # the sensor's counter is ahead of any replay
            home.press()
            await road.until(road.help_alarms, "the first press")
            home.send("ffffffffffff", b"\x44\x00\x01\x3a\x01")  # unknown
            home.send(BATHROOM, b"\x44")  # broken
            home.send(BED, bed.forged())
            home.send(BED, bed.replayed())

            def unverified():
                return {a["device_id"] for a in road.staff.alarms() if a["kind"] == "unverified"} >= {BED, BATHROOM}

            await road.until(unverified, "both refused buttons are shown")
            since = len(home.events)
            home.press(BATHROOM)
            await road.sounds(since)
            await road.until(lambda: len(road.help_alarms()) == 2, "the genuine press beside them")

    asyncio.run(story())


def test_wired_button_mains_and_a_hub_without_power(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            home = road.home
            since = len(home.events)
            home.mains(False)
            await road.hears("mains_lost", since)
            await home.wired_press()
            await road.sounds(since)
            await road.until(lambda: [a["device_id"] for a in road.help_alarms()] == ["wired"], "the wired press")

            def told():
                return "mains_lost" in [t["kind"] for t in road.staff.get("/api/board")["technical"]]

            await road.until(told, "mains lost is on the screen")
            await home.kill_hub()
            await road.until(
                lambda: not road.staff.dwelling(home.hub_id)["is_hub_online"], "the hub is seen to be gone"
            )

    asyncio.run(story())


def test_an_answer_given_while_the_hub_was_off_is_heard_when_it_is_back(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            road.home.press()
            alarm = (await road.until(road.help_alarms, "alarm"))[0]
            await road.hears("delivered")
            await road.home.kill_hub()
            road.staff.post(f"/api/alarms/{alarm['alarm_id']}/acknowledge")
            since = len(road.home.events)
            await road.home.start_hub()
            await road.hears("acknowledged", since)

    asyncio.run(story())


def test_a_settings_file_that_cannot_be_used_is_named_and_the_last_good_settings_count(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            home = road.home
            assert not (home.folder / "settings.json").exists()  # taken over into flash at the first start
            await home.kill_hub()
            (home.folder / "settings.json").write_text('{"hub_id": "hub-0001", "language": "zh"', "utf-8")
            since = len(home.events)
            await home.start_hub()
            said = "settings.json: not JSON in UTF-8; run the installer again"
            log = home.find("log", lambda d: said in d["text"], since)
            assert log is not None
            home.press()
            await road.sounds(since)
            await road.until(road.help_alarms, "the alarm arrives all the same")

            def told():
                return "task_restarted" in [t["kind"] for t in road.staff.get("/api/board")["technical"]]

            await road.until(told, "the bad file is told")

    asyncio.run(story())


def test_without_any_settings_the_home_still_has_its_siren_and_says_that_nobody_is_called(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            home = road.home
            await home.kill_hub()
            (home.folder / "settings.bin").unlink()
            since = len(home.events)
            await home.start_hub()
            assert home.find("log", lambda d: "settings.json: not there; run the installer again" in d["text"], since)
            assert home.find("log", lambda d: "nobody is called" in d["text"], since)
            await road.hears("self_test_failed", since)
            await home.wait_for("lamp", lambda d: d["rgb"] == [40, 24, 0], 5, since=since)
            await home.wired_press()
            await road.sounds(since)

    asyncio.run(story())
