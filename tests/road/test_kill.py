"""kill -9 of relay, broker and hub, each between press and receipt; the network cut: exactly one alarm."""

import asyncio
import os
import signal
import sqlite3

from relay_parts import Relay


def messages_stored(relay: Relay) -> list[tuple[str, int]]:
    """(epoch, seq) of the alarm messages that the relay has committed."""
    with sqlite3.connect(f"file:{relay.data / 'relay.db'}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT epoch, seq FROM intake WHERE word = 'alarm' ORDER BY seq").fetchall()
    database.close()
    return rows


async def exactly_one(road) -> None:
    """One open alarm, one activation, one stored message, and the home has heard that it was delivered."""
    await road.until(road.help_alarms, "the alarm is at the relay", 60)
    await road.hears("delivered", wait_s=60)
    alarms = road.help_alarms()
    assert len(alarms) == 1 and alarms[0]["activations"] == 1, alarms
    assert len(messages_stored(road.relay)) == 1


def test_the_relay_is_killed_between_press_and_receipt(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            os.kill(road_relay.process.pid, signal.SIGSTOP)  # it hears nothing more
            since = len(road.home.events)
            road.home.press()
            await road.sounds(since)
            await asyncio.sleep(0.5)  # the broker has it, or not: either way the relay has not
            road_relay.kill()
            assert road.home.find("voice", lambda d: d["prompt"] == "delivered") is None
            await asyncio.to_thread(road_relay.start)
            await exactly_one(road)

    asyncio.run(story())


def test_the_broker_is_killed_between_press_and_receipt(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            os.kill(road_relay.running()["broker_pid"], signal.SIGSTOP)
            since = len(road.home.events)
            road.home.press()
            await road.sounds(since)
            await asyncio.sleep(0.3)
            road_relay.kill_broker()
            await exactly_one(road)

    asyncio.run(story())


def test_the_hub_is_killed_between_press_and_receipt(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            os.kill(road_relay.process.pid, signal.SIGSTOP)
            since = len(road.home.events)
            road.home.press()
            await road.hears("heard", since)
            await asyncio.sleep(0.2)  # the order to the flash follows the voice at once
            await road.home.kill_hub()
            os.kill(road_relay.process.pid, signal.SIGCONT)
            again = len(road.home.events)
            await road.home.start_hub()
            await road.sounds(again)  # what was open before the power went is heard again
            await exactly_one(road)

    asyncio.run(story())


def test_the_hub_is_killed_at_every_moment_after_the_siren(road_relay, road_of):
    """Ten presses, the power going a little later each time; the button broadcasts on while the hub starts again."""

    async def story():
        async with road_of(road_relay) as road:
            for n in range(10):
                since = len(road.home.events)
                road.home.press(events=25)
                await road.sounds(since)
                await asyncio.sleep(n * 0.003)
                await road.home.kill_hub()
                await road.home.start_hub()
                alarms = await road.until(road.help_alarms, "the alarm is at the relay", 60)
                assert len(alarms) == 1, alarms
                await asyncio.sleep(1.0)  # the rest of the broadcast
                assert [a["activations"] for a in road.help_alarms()] == [1]
                alarm_id = alarms[0]["alarm_id"]
                road.staff.post(f"/api/alarms/{alarm_id}/acknowledge")
                road.staff.post(f"/api/alarms/{alarm_id}/clear", {"outcome": "test", "note": ""})
                await road.hears("cleared", since)

    asyncio.run(story())


def test_the_network_is_cut_for_sixty_seconds(road_relay, road_of):
    async def story():
        async with road_of(road_relay) as road:
            road.home.cut_internet("blackhole")
            since = len(road.home.events)
            road.home.press()
            await road.sounds(since)
            await road.hears("not_delivered", since, 12)
            await asyncio.sleep(50)
            assert road.help_alarms() == []
            road.home.restore_internet()
            await exactly_one(road)

    asyncio.run(story())
