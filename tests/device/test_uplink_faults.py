"""The uplink through a bad line: every alarm arrives, however often the line or the broker dies."""

from __future__ import annotations

import asyncio
import contextlib
import pathlib

import pytest
from fault_proxy import FaultProxy
from uplink_parts import (
    MOSQUITTO,
    NO_MOSQUITTO,
    PSK_HEX,
    Broker,
    Hub,
    Receiver,
    free_port,
    mosquitto,
    psk_mosquitto,
    settings,
    until,
)

# A half-open line is found in seconds here; test_mqtt.py shows the real times in virtual time.
QUICK = [["mqtt", "KEEPALIVE_S", 2], ["mqtt", "ANSWER_MS", 1000], ["mqtt", "PUBACK_MS", 1500]]


@pytest.fixture
def broker(tmp_path: pathlib.Path):
    if MOSQUITTO is None:
        pytest.skip(NO_MOSQUITTO)
    started = mosquitto(tmp_path)
    started.start()
    yield started
    started.kill()


@contextlib.contextmanager
def receiving(broker: Broker, gives_receipts: bool = True):
    receiver = Receiver(broker.port, gives_receipts)
    try:
        yield receiver
    finally:
        receiver.stop()


def _all_arrived(receiver: Receiver, count: int) -> bool:
    return set(receiver.seqs) == set(range(1, count + 1))


def test_resets_lose_no_alarm(broker: Broker):
    async def run(receiver: Receiver):
        async with FaultProxy(broker.port) as proxy, Hub(settings(proxy.port), 200, "receipt", pace_ms=20) as hub:
            for part in (20, 70, 120):
                await until(lambda part=part: len(set(receiver.seqs)) >= part, "no progress")
                assert proxy.reset_all() == 1
            line = await hub.result()
            assert proxy.connections >= 4
            assert hub.reasons().count("connection_reset") + hub.reasons().count("closed_by_broker") >= 3
        assert line["open"] == 0 and _all_arrived(receiver, 200)

    with receiving(broker) as receiver:
        asyncio.run(run(receiver))


def test_lost_pubacks_lose_no_alarm(broker: Broker):
    """The broker has the alarm and says so, and the answer never arrives: it is sent again, not forgotten."""

    async def run(receiver: Receiver):
        async with FaultProxy(broker.port) as proxy, Hub(settings(proxy.port), 60, "puback", pace_ms=20) as hub:
            for part in (10, 30):
                await until(lambda part=part: len(set(receiver.seqs)) >= part, "no progress")
                proxy.lose_next_answer()
            line = await hub.result()
            assert proxy.connections >= 3
        await until(lambda: _all_arrived(receiver, 60), "an alarm is missing")
        assert line["tries"] > 60, "no answer was lost"

    # Without receipts every answer on the line is a puback.
    with receiving(broker, gives_receipts=False) as receiver:
        asyncio.run(run(receiver))


def test_half_open_line_is_found_and_left(broker: Broker):
    async def run(receiver: Receiver):
        async with (
            FaultProxy(broker.port) as proxy,
            Hub(settings(proxy.port), 60, "receipt", pace_ms=20, patch=QUICK) as hub,
        ):
            await until(lambda: len(set(receiver.seqs)) >= 20, "no progress")
            proxy.is_black_hole = True
            await until(lambda: {"no_answer", "no_puback"} & set(hub.reasons()), "half-open line not found")
            proxy.is_black_hole = False
            await hub.result()
        assert _all_arrived(receiver, 60)

    with receiving(broker) as receiver:
        asyncio.run(run(receiver))


def test_idle_half_open_line_is_found_by_ping(broker: Broker):
    async def run():
        async with (
            FaultProxy(broker.port) as proxy,
            Hub(settings(proxy.port), 1, "puback", linger_ms=30000, patch=QUICK) as hub,
        ):
            await hub.wait_for("answered")
            proxy.is_black_hole = True
            await hub.wait_for("disconnected", "no_answer", 15)

    asyncio.run(run())


def test_slow_line_delivers(broker: Broker):
    """1,000 bytes a second: slower than the alarms come."""

    async def run(receiver: Receiver):
        async with FaultProxy(broker.port) as proxy:
            proxy.rate = 1000
            async with Hub(settings(proxy.port), 25, "puback") as hub:
                await hub.result()
            assert proxy.connections == 1, "a slow line was taken for a dead one"
        await until(lambda: _all_arrived(receiver, 25), "an alarm is missing")
        assert len(receiver.seqs) == 25, "an alarm that was under way was sent a second time"

    with receiving(broker) as receiver:
        asyncio.run(run(receiver))


@pytest.mark.parametrize("security", ["none", "psk"])
def test_broker_killed_mid_way_loses_no_alarm(tmp_path: pathlib.Path, security: str):
    if MOSQUITTO is None:
        pytest.skip(NO_MOSQUITTO)
    broker = mosquitto(tmp_path) if security == "none" else psk_mosquitto(tmp_path)
    told = settings(broker.ports[-1], security, psk_hex=PSK_HEX)
    broker.start()

    async def run(receiver: Receiver):
        async with Hub(told, 150, "receipt", pace_ms=20) as hub:
            for part in (20, 80):
                await until(lambda part=part: len(set(receiver.seqs)) >= part, "no progress")
                broker.kill()
                await until(lambda: len(hub.reasons()) >= 2, "the hub did not notice")
                await asyncio.to_thread(broker.start)
            line = await hub.result()
        assert line["open"] == 0 and _all_arrived(receiver, 150)

    try:
        with receiving(broker) as receiver:
            asyncio.run(run(receiver))
    finally:
        broker.kill()


def test_nobody_listening_is_said_once_and_tried_on():
    async def run():
        async with Hub(settings(free_port()), 1, limit_s=4, patch=[["uplink", "BACK_OFF_MS", [100]]]) as hub:
            await hub.wait_for("late")
            assert hub.reasons().count("connection_refused") == 1, hub.lines

    asyncio.run(run())


def test_a_router_whose_line_is_dead_is_left_for_another_network():
    async def scenario():
        told = settings(free_port())
        told["wifi"] = [{"ssid": "home", "password": "secret"}, {"ssid": "away", "password": "secret"}]
        quick = [["uplink", "BACK_OFF_MS", [100]], ["uplink", "LEAVE_AFTER_MS", 500]]
        async with Hub(told, 1, limit_s=2, patch=quick) as hub:
            line = await hub.wait_for("late")
            networks = list(line["networks"])
            assert networks[:3] == ["home", "away", "home"] and len(networks) <= 9, networks

    asyncio.run(scenario())


def test_name_that_cannot_be_found_is_said():
    async def run():
        told = settings(free_port())
        told["broker"]["host"] = "no..name"
        async with Hub(told, 1) as hub:
            await hub.wait_for("disconnected", "name_not_found", 10)
            assert not [text for text in hub.output if "Traceback" in text], hub.output

    asyncio.run(run())


def test_a_look_up_that_cannot_begin_or_dies_does_not_stop_the_next_one(broker: Broker):
    async def scenario():
        told = settings(broker.port)
        told["broker"]["host"] = "localhost"
        quick = [["uplink", "BACK_OFF_MS", [100]], ["dial", "LOOK_UP_MS", 2000]]
        async with Hub(told, 1, patch=quick, ill_threads=True) as hub:
            await hub.wait_for("disconnected", "name_not_found", 5)
            await hub.result()

    asyncio.run(scenario())


def test_broker_is_found_by_name(broker: Broker):
    """In a thread, because looking up blocks."""

    async def run():
        told = settings(broker.port)
        told["broker"]["host"] = "localhost"
        async with Hub(told, 20) as hub:
            assert (await hub.result())["open"] == 0

    asyncio.run(run())


@pytest.mark.parametrize(
    "answer",
    [b"\x20\x02\x00\x05", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\xff\xff\xff\x7f", b"\xd0\x00", b"\x20\x02\x00"],
    ids=["refused", "no-mqtt", "oversized", "pong-first", "cut-short"],
)
def test_hostile_broker_ends_the_try_with_a_word(answer: bytes):
    reason = {b"\x20\x02\x00\x05": "not_authorised", b"\x20\x02\x00": "closed_by_broker"}.get(answer, "protocol_fault")

    async def serve(reader, writer):
        await reader.read(100)
        writer.write(answer)
        await writer.drain()
        if reason == "closed_by_broker":
            writer.write_eof()
        await reader.read()
        writer.close()

    async def run():
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with Hub(settings(port), 1, patch=[["uplink", "BACK_OFF_MS", [100]]]) as hub:
                await hub.wait_for("disconnected", reason, 10)
                assert not [text for text in hub.output if "Traceback" in text], hub.output
            await asyncio.sleep(0)

    asyncio.run(run())
