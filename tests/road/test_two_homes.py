"""Two homes of one stairwell, one relay: A's internet is cut, its alarm goes out by B, and A's home hears of it."""

import asyncio
import contextlib
import json
import pathlib
import sqlite3

from simulator.home import Home
from simulator.stairwell import BROADCAST


def rows(relay, sql):
    with contextlib.closing(sqlite3.connect(f"file:{relay.data / 'relay.db'}?mode=ro", uri=True)) as database:
        return database.execute(sql).fetchall()


def home_of(relay, folder, number, stairwell) -> Home:
    one = relay.sample["hubs"][number]
    home = Home(folder, one["hub_id"], "127.0.0.1", relay.broker_port, one["password"], stairwell=stairwell)
    home.more_settings = {"neighbours": one["neighbours"]}
    return home


class Two:
    """Home A (of the road) and home B, within range of each other."""

    def __init__(self, relay, road, tmp_path):
        self.relay, self.road = relay, road
        stairwell = tmp_path / "air"
        self.a = home_of(relay, tmp_path / "home-a", 0, stairwell)
        self.b = home_of(relay, tmp_path / "home-b", 4, stairwell)
        road.home = self.a
        self.frames = []  # (from, to, bytes)

    async def __aenter__(self):
        await self.b.start()
        await self.a.start()
        for home in (self.a, self.b):
            assert home.stairwell is not None
            mac = home.stairwell.mac
            home.stairwell.listeners.append(lambda to, frame, mac=mac: self.frames.append((mac, to, frame)))
            online = lambda home=home: self.road.staff.dwelling(home.hub_id)["is_hub_online"]  # noqa: E731
            await self.road.until(online, f"{home.hub_id} is on the line")
        return self

    async def __aexit__(self, *_):
        await self.a.stop()
        await self.b.stop()
        self.road.staff.close()

    def epoch_of_a(self):
        return rows(self.relay, f"SELECT epoch FROM hubs WHERE hub_id = '{self.a.hub_id}'")[0][0]

    async def is_cut_off(self):
        """A's line is cut, and A knows it."""
        self.a.cut_internet()
        await self.a.wait_for("log", lambda d: d["text"].startswith("uplink:"), 20)


def memory_holds(home: Home, texts: list[bytes]) -> list[bytes]:
    """Which of these bytes are anywhere in the memory of the hub's process, its flash or its files."""
    assert home._process is not None
    found = []
    pid = home._process.pid
    data = b"".join(path.read_bytes() for path in home.folder.rglob("*") if path.is_file())
    for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
        span, rights, *_ = line.split()
        if not rights.startswith("rw"):
            continue
        start, end = (int(part, 16) for part in span.split("-"))
        with open(f"/proc/{pid}/mem", "rb") as memory, contextlib.suppress(OSError, ValueError):
            memory.seek(start)
            data += memory.read(end - start)
    for text in texts:
        if text in data:
            found.append(text)
    return found


def test_an_alarm_goes_out_by_the_neighbour_and_the_home_is_told(road_relay, road_of, tmp_path):
    async def story():
        async with Two(road_relay, road_of(road_relay), tmp_path) as two:
            road, a, b = two.road, two.a, two.b
            epoch = two.epoch_of_a()
            await two.is_cut_off()
            since = len(a.events)
            began_s = a.press()
            await road.sounds(since)
            await road.hears("delivered", since, 15)
            delivered = a.find("voice", lambda d: d["prompt"] == "delivered", since)
            assert delivered[0] - began_s < 10, "before the home would be told that it is not delivered"
            alarms = road.help_alarms()
            assert [one["activations"] for one in alarms] == [1]
            assert rows(two.relay, "SELECT hub_id, copies > 0 FROM intake WHERE word = 'alarm'") == [(a.hub_id, 1)]

            # The later steps go the same way.
            where = f"/api/alarms/{alarms[0]['alarm_id']}"
            road.staff.post(where + "/acknowledge")
            await road.hears("acknowledged", since, 15)

            # The neighbour holds nothing of it: neither its memory nor its flash nor its log; A's own does.
            keys = two.relay.sample["hubs"][0]["neighbours"]
            secrets = [epoch.encode(), keys["carry_key"].encode(), bytes.fromhex(keys["carry_key"])]
            if pathlib.Path("/proc/self/mem").exists():
                assert epoch.encode() in memory_holds(a, secrets), "the search finds what is there"
                assert memory_holds(b, secrets) == []
            assert b.find("siren", lambda d: d["on"]) is None
            for _, _, frame in two.frames:
                assert len(frame) <= 250 and epoch.encode() not in frame and b"help" not in frame

            # The line is back: still one alarm, one message.
            a.restore_internet()
            online = lambda: road.staff.dwelling(a.hub_id)["is_hub_online"]  # noqa: E731
            await road.until(online, "A is on the line again", 60)
            await asyncio.sleep(2)
            assert [one["activations"] for one in road.help_alarms()] == [1]
            assert len(rows(two.relay, "SELECT seq FROM intake WHERE word = 'alarm'")) == 1

    asyncio.run(story())


def test_what_an_enemy_recorded_forged_or_turned_round_changes_nothing(road_relay, road_of, tmp_path):
    async def story():
        async with Two(road_relay, road_of(road_relay), tmp_path) as two:
            road, a, b = two.road, two.a, two.b
            await two.is_cut_off()
            since = len(a.events)
            a.press()
            await road.hears("delivered", since, 15)
            recorded = list(two.frames)
            before = len(rows(two.relay, "SELECT seq FROM intake"))
            copies = rows(two.relay, "SELECT sum(copies) FROM intake WHERE word = 'alarm'")
            enemy = b"\x02enemy"
            for _ in range(5):
                for source, to, frame in recorded:
                    for claimed in (source, enemy):
                        a.stairwell.inject(to, frame, claimed)
                        a.stairwell.inject(BROADCAST, frame, claimed)
                        b.stairwell.inject(BROADCAST, frame, claimed)
                        a.stairwell.inject(to, frame[:-1] + bytes([frame[-1] ^ 1]), claimed)
                await asyncio.sleep(0.2)
            await asyncio.sleep(1)
            assert rows(two.relay, "SELECT sum(copies) FROM intake WHERE word = 'alarm'") == copies
            assert len(rows(two.relay, "SELECT seq FROM intake")) == before
            assert [one["activations"] for one in road.help_alarms()] == [1]
            # Both hubs still do their work.
            since = len(a.events)
            await a.wired_press()
            await road.hears("delivered", since, 20)
            assert len(road.help_alarms()) == 2

    asyncio.run(story())


def test_a_home_without_the_stairwells_key_is_not_carried(road_relay, road_of, tmp_path):
    async def story():
        two = Two(road_relay, road_of(road_relay), tmp_path)
        keys = dict(two.relay.sample["hubs"][0]["neighbours"])
        two.a.more_settings = {"neighbours": {**keys, "stairwell_key": "00" * 16}}
        async with two:
            await two.is_cut_off()
            since = len(two.a.events)
            two.a.press()
            await two.road.until(lambda: len(two.frames) >= 4, "A has asked and asked")
            assert {source for source, _, _ in two.frames} == {two.a.stairwell.mac}, "and nobody answered"
            assert two.road.help_alarms() == []
            assert two.a.find("voice", lambda d: d["prompt"] == "delivered", since) is None
            two.a.restore_internet()
            await two.road.hears("delivered", since, 40)
            assert [one["activations"] for one in two.road.help_alarms()] == [1]

    asyncio.run(story())


def test_a_neighbour_on_another_channel_is_found(road_relay, road_of, tmp_path):
    """A's Wi-Fi is up and leads nowhere; B's router is on channel 11, A's on 3."""

    async def story():
        two = Two(road_relay, road_of(road_relay), tmp_path)
        two.a.link.channel, two.b.link.channel = 3, 11
        async with two:
            await two.is_cut_off()
            since = len(two.a.events)
            two.a.press()
            await two.road.hears("delivered", since, 20)
            assert [one["activations"] for one in two.road.help_alarms()] == [1]
            two.a.restore_internet()
            online = lambda: two.road.staff.dwelling(two.a.hub_id)["is_hub_online"]  # noqa: E731
            await two.road.until(online, "A joins its Wi-Fi again", 60)
            assert [one["activations"] for one in two.road.help_alarms()] == [1]

    asyncio.run(story())


def test_the_settings_of_the_sample_name_the_keys_of_each_stairwell(road_sample):
    hubs = road_sample[1]["hubs"]
    assert hubs[0]["neighbours"]["stairwell_key"] == hubs[4]["neighbours"]["stairwell_key"]
    assert len({json.dumps(one["neighbours"]) for one in hubs}) == len(hubs)
    assert len({one["neighbours"]["carry_key"] for one in hubs}) == len(hubs)
