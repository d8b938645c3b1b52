"""The hub looks after itself: wires, cells, cancel button, crashes, safe mode, watchdog. Real firmware, real relay."""

import asyncio
import contextlib
import json
import shutil
import signal
import sqlite3
import sys

import pytest
from simulator.home import FIRMWARE


def kinds(road):
    return {(t["kind"], t["detail"]) for t in road.staff.get("/api/board")["technical"] if t["is_open"]}


def test_a_cut_wire_is_seen_and_a_short_one_is_a_press_too(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            home = road.home
            home.cut_wire()
            await road.until(lambda: ("wire_cut", "cut") in kinds(road), "the cut wire is shown")
            assert road.help_alarms() == []
            home.mend_wire()
            await road.until(lambda: "wire_cut" not in {k for k, _ in kinds(road)}, "and is over when mended")
            since = len(home.events)
            home.cut_wire(0)
            await road.sounds(since)
            await road.until(lambda: [a["device_id"] for a in road.help_alarms()] == ["wired"], "a short is a press")
            await road.until(lambda: ("wire_cut", "short") in kinds(road), "and a fault")

    asyncio.run(story())


def test_a_weak_cell_is_told_and_a_full_one_again(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            road.home.battery(3450)
            await road.until(lambda: "battery_low" in {k for k, _ in kinds(road)}, "the weak cell is shown")
            road.home.battery(4000)
            await road.until(lambda: "battery_low" not in {k for k, _ in kinds(road)}, "and is over when charged")

    asyncio.run(story())


def test_a_brown_out_is_told_as_what_it_is(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            home = road.home
            home.environment["ANLING_RESET_REASON"] = "15"  # what the chip's register says
            await home.restart_hub()
            await road.until(lambda: ("hub_restarted", "brown_out") in kinds(road), "the brown-out is shown")
            del home.environment["ANLING_RESET_REASON"]
            await home.restart_hub()
            await road.until(lambda: ("hub_restarted", "power") in kinds(road), "and a power cut as a power cut")

    asyncio.run(story())


def test_mains_lost_says_how_long_the_cells_last(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            road.home.battery(3600)

            def told():
                return [d for k, d in kinds(road) if k == "mains_lost" and d and d.startswith("30%, ")]

            await asyncio.sleep(11)  # the cells are looked at every ten seconds
            road.home.mains(False)
            found = await road.until(told, "the mains failure with charge and minutes left")
            assert found[0].endswith(" min") and 600 < int(found[0].split()[1]) < 800, found

    asyncio.run(story())


def test_a_start_that_hangs_is_bitten_too(road_relay, road_of, ill_firmware):
    async def story():
        road = road_of(road_relay)
        home = road.home
        hang = "    import time\n\n    while crashes[0] == 0:\n        time.sleep_ms(100)\n"
        home.firmware = ill_firmware("main.py", "    # 5. The hub:", hang)
        home.watchdog_s = 2.0
        starting = asyncio.create_task(home.start())
        try:
            await home.wait_for("hub", lambda d: d["state"] == "bitten", 30)
            await home.wait_for("hub", lambda d: d["state"] == "ready", 30)
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await home.stop()
            road.staff.close()

    asyncio.run(story())


def test_the_cancel_button_held_makes_a_test_call_and_pressed_takes_it_back(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            home = road.home
            await home.cancel(hold_s=5.8)
            await road.hears("test_call")
            test = (await road.until(lambda: [a for a in road.staff.alarms() if a["kind"] == "test"], "test call"))[0]
            assert home.find("siren", lambda d: d["on"] and d["freq"] == 2900) is None, "a test call has no siren"
            since = len(home.events)
            await home.cancel()
            await road.hears("cancelled", since)
            await road.until(lambda: test["alarm_id"] not in [a["alarm_id"] for a in road.staff.alarms()], "over")
            since = len(home.events)
            home.press()
            await road.until(road.help_alarms, "a press for help")
            await home.cancel()
            await road.hears("cannot_cancel", since)
            assert len(road.help_alarms()) == 1

    asyncio.run(story())


@pytest.fixture
def ill_firmware(tmp_path):
    """The firmware with one fault written into it: each call of this line raises."""

    def make(file, line, fault):
        tree = tmp_path / "ill"
        shutil.copytree(FIRMWARE, tree)
        path = tree / file
        text = path.read_text("utf-8")
        assert line in text
        path.write_text(text.replace(line, fault + "\n" + line, 1), "utf-8")
        return tree

    return make


def test_after_three_crashes_the_hub_is_in_safe_mode_and_still_raises_alarms(road_relay, road_of, ill_firmware):
    async def story():
        road = road_of(road_relay)
        home = road.home
        # Its memory cannot be replayed: every start stumbles over it, but in safe mode it is left alone.
        home.firmware = ill_firmware("hub/keeping/restore.py", "    seqs = [0]", '    raise RuntimeError("ill")')
        await home.start()
        try:
            await home.wait_for("hub", lambda d: d["state"] == "ready", 30)
            ends = [e for e in home.events if e[1] == "hub" and e[2]["state"] == "ended"]
            assert len(ends) == 3
            await road.until(lambda: "safe_mode" in {k for k, _ in kinds(road)}, "safe mode is shown")
            told = [d for k, d in kinds(road) if k == "safe_mode"]
            assert told[0].startswith("RuntimeError restore.py:"), told
            since = len(home.events)
            home.press()
            await road.sounds(since)
            await road.until(road.help_alarms, "the press in safe mode")
        finally:
            await home.stop()
            road.staff.close()

    asyncio.run(story())


def test_a_driver_that_cannot_start_is_told_and_the_others_work(road_relay, road_of, ill_firmware):
    async def story():
        road = road_of(road_relay)
        home = road.home
        home.firmware = ill_firmware(
            "device/panel/power.py", "        self._adc = None", '        raise ValueError("ill")'
        )
        await home.start()
        try:
            await road.until(lambda: ("task_restarted", "no power") in kinds(road), "the missing driver is shown")
            since = len(home.events)
            home.press()
            await road.sounds(since)
            await road.until(road.help_alarms, "the press")
        finally:
            await home.stop()
            road.staff.close()

    asyncio.run(story())


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGSTOP")
def test_a_hub_that_hangs_is_bitten_and_says_so_and_its_alarm_is_not_lost(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            home = road.home
            home.cut_internet()
            home.press()
            await road.hears("heard")
            home.restore_internet()
            assert home.process is not None
            since = len(home.events)
            home.process.send_signal(signal.SIGSTOP)
            home.watchdog_s = 2.0
            await home.wait_for("hub", lambda d: d["state"] == "bitten", 20, since=since)
            await home.wait_for("hub", lambda d: d["state"] == "ready", 20, since=since)
            await road.until(road.help_alarms, "the alarm of before")
            await road.until(lambda: ("hub_restarted", "watchdog watchdog") in kinds(road), "the bite is told")
            assert len(road.help_alarms()) == 1

    asyncio.run(story())


def test_after_six_crashes_the_wired_button_alone_still_sounds(road_relay, road_of):
    async def story():
        road = road_of(road_relay)
        home = road.home
        (home.folder / "crash.json").write_text(json.dumps({"count": 7, "reason": "MemoryError app.py:1"}), "utf-8")
        starting = asyncio.create_task(home.start())
        try:
            await home.wait_for("log", lambda d: d["text"] == "hub: last resort", 20)
            since = len(home.events)
            await home.wired_press()
            await road.sounds(since)
            assert json.loads((home.folder / "crash.json").read_text("utf-8"))["count"] == 6
        finally:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            await home.stop()
            road.staff.close()

    asyncio.run(story())


def test_a_crash_file_that_is_damaged_is_no_crash(road_relay, road_of):
    async def story():
        road = road_of(road_relay)
        home = road.home
        (home.folder / "crash.json").write_bytes(b'{"count": "many"')
        async with road:
            for damaged in (b"[1, 2]", b"5", b"\xff\xfe"):
                (home.folder / "crash.json").write_bytes(damaged)
                await home.restart_hub()
            assert "safe_mode" not in {k for k, _ in kinds(road)}

    asyncio.run(story())


def test_an_input_that_fails_at_each_look_is_told_and_costs_nothing_else(road_relay, road_of, ill_firmware):
    async def story():
        road = road_of(road_relay)
        home = road.home
        ill = '        raise OSError("ill")'
        home.firmware = ill_firmware("device/panel/inputs.py", "        line = self._line.poll()", ill)
        ntp = home.firmware / "device/link/ntp.py"
        line = "        address = (await"
        ntp.write_text(ntp.read_text("utf-8").replace(line, "        raise MemoryError\n" + line), "utf-8")
        home.more_settings["ntp"] = {"host": "127.0.0.1", "port": 9}
        async with road:
            await road.until(lambda: ("task_restarted", "OSError") in kinds(road), "the fault is told")
            home.cut_internet("blackhole")
            since = len(home.events)
            home.press()
            await road.sounds(since)
            await road.hears("not_delivered", since, 15)  # what waits for its time still has its turn
            home.restore_internet()
            await road.until(road.help_alarms, "the press")
            with contextlib.closing(sqlite3.connect(road_relay.data / "relay.db")) as database:
                told = database.execute("SELECT count(*) FROM intake WHERE body LIKE '%task_restarted%'").fetchone()
            assert told == (1,), "once, not fifty times a second"
            assert home.find("log", lambda d: d["text"].startswith("MemoryError")), "the clock's task failed, too"
            assert home.find("hub", lambda d: d["state"] == "ended") is None, "and the hub lived on"

    asyncio.run(story())


def test_the_siren_sounds_while_the_loop_is_blocked(road_relay, road_of, ill_firmware):
    """Delivered outside the loop, as on a board: the reflex sounds in the middle of a hold of two seconds."""

    async def story():
        road = road_of(road_relay)
        home = road.home
        home.firmware = ill_firmware(
            "device/app.py",
            "                now_ms = clock.now_ms()\n                for part in",
            "                import time\n\n                print('held')\n                time.sleep_ms(2000)\n"
            "                print('free')",
        )
        await home.start()
        try:
            for _ in range(2):
                since = len(home.events)
                await home.wait_for("log", lambda d: d["text"] == "held", 20, since=since)
                home.press(events=1)
                await home.wait_for("log", lambda d: d["text"] == "free", 20, since=since)
                names = [(e[1], e[2].get("text")) for e in home.events[since:] if e[1] in ("siren", "log", "lamp")]
                held = names.index(("log", "held"))
                free = names.index(("log", "free"), held)
                assert ("siren", None) in names[held:free] or ("lamp", None) in names[held:free], names
            await road.until(road.help_alarms, "and the alarm goes its way")
        finally:
            await home.stop()
            road.staff.close()

    asyncio.run(story())
