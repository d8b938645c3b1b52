"""The hub's clock by NTP: believed when plausible, refused when not, waited for by nothing."""

import asyncio
import sqlite3
import struct
import time

import pytest

ERA = 2208988800


class Server(asyncio.DatagramProtocol):
    """An NTP server that says what it is told to. `lie` changes the answer."""

    def __init__(self, lie=None):
        self.lie = lie
        self.asked = 0

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.asked += 1
        now = time.time()
        answer = bytearray(48)
        answer[0], answer[1] = 0x24, 2
        answer[24:32] = data[40:48]
        answer[40:48] = struct.pack(">II", int(now + ERA) & 0xFFFFFFFF, int(now % 1 * (1 << 32)))
        if self.lie is not None:
            self.lie(answer)
        self.transport.sendto(bytes(answer), address)


def at_year(year):
    def lie(answer):
        answer[40:44] = struct.pack(">I", int((year - 1900) * 31556952) & 0xFFFFFFFF)

    return lie


def put(place, value):
    def lie(answer):
        answer[place] = value

    return lie


def bodies(road):
    database = sqlite3.connect(road.relay.data / "relay.db")
    try:
        return [row[0] for row in database.execute("SELECT body FROM intake WHERE word = 'alarm'")]
    finally:
        database.close()


async def road_with(road_relay, road_of, server):
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: server, local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    road = road_of(road_relay)
    road.home.more_settings["ntp"] = {"host": "127.0.0.1", "port": port}
    return road, transport


def test_the_clock_is_trusted_when_ntp_answers_and_the_alarm_says_when(road_relay, road_of):
    async def story():
        server = Server()
        road, transport = await road_with(road_relay, road_of, server)
        async with road:
            await road.until(lambda: server.asked, "the hub asks")
            await asyncio.sleep(0.5)
            road.home.press()
            alarm = (await road.until(road.help_alarms, "the press"))[0]
            kept = bodies(road)
            assert '"clock_trusted": true' in kept[0], kept
            assert alarm["is_open"]
        transport.close()

    asyncio.run(story())


@pytest.mark.parametrize(
    "lie",
    [at_year(1990), at_year(2019), put(25, 0xAA), put(0, 0x23), put(1, 0), put(0, 0xE4)],
    ids=["1990", "2019", "not-ours", "a-client", "kiss-of-death", "unsynchronised"],
)
def test_a_lying_clock_is_refused_said_and_delays_no_alarm(road_relay, road_of, lie):
    async def story():
        server = Server(lie)
        road, transport = await road_with(road_relay, road_of, server)
        async with road:
            await road.home.wait_for("log", lambda d: d["text"].startswith("ntp: "), 20)
            road.home.press()
            await road.until(road.help_alarms, "the press")
            kept = bodies(road)
            assert '"clock_trusted": false' in kept[0], kept
        transport.close()

    asyncio.run(story())
