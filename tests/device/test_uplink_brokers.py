"""The uplink under the real MicroPython against real brokers: plain, by pre-shared key, by certificate."""

from __future__ import annotations

import asyncio
import pathlib

import pytest
from uplink_parts import (
    HUB_ID,
    MOSQUITTO,
    NO_MOSQUITTO,
    PSK_HEX,
    Broker,
    Hub,
    Receiver,
    amqtt,
    mosquitto,
    psk_mosquitto,
    settings,
    until,
)

COUNT = 300
# Seen on a quiet machine: 2 ms in the clear, 5 to 12 ms with TLS. A busy one takes the processor away for longer;
# what this bound finds is a call that waits for the network, which would keep the loop for a second and more.
STALL_US_MAX = 700_000


async def _deliver(told, receiver, count=COUNT, **plan):
    async with Hub(told, count, **plan) as hub:
        line = await hub.result()
    await until(lambda: len(set(receiver.seqs)) == count, "an alarm with a puback did not reach the receiver")
    assert set(receiver.seqs) == set(range(1, count + 1))
    return line


def _run(broker: Broker, told, **plan):
    broker.start()
    receiver = Receiver(broker.port)
    try:
        return asyncio.run(_deliver(told, receiver, **plan)), receiver
    finally:
        receiver.stop()
        broker.kill()


@pytest.fixture
def needs_mosquitto():
    if MOSQUITTO is None:
        pytest.skip(NO_MOSQUITTO)


def test_mosquitto_takes_every_alarm_in_the_clear(tmp_path: pathlib.Path, needs_mosquitto):
    broker = mosquitto(tmp_path)
    line, receiver = _run(broker, settings(broker.port))
    assert len(receiver.seqs) == COUNT, "sent twice without a fault in between"
    assert line["stall_us"] < STALL_US_MAX


def test_amqtt_takes_every_alarm_and_receipts_come_back(tmp_path: pathlib.Path):
    broker = amqtt(tmp_path)
    line, _ = _run(broker, settings(broker.port), until="receipt")
    assert line["open"] == 0


def test_mosquitto_takes_every_alarm_by_pre_shared_key(tmp_path: pathlib.Path, needs_mosquitto):
    broker = psk_mosquitto(tmp_path)
    told = settings(broker.ports[1], "psk", psk_hex=PSK_HEX, user=None, password=None)
    line, _ = _run(broker, told, until="receipt")
    assert line["stall_us"] < STALL_US_MAX
    # No name was sent: the broker took it from the key's identity.
    assert "u'" + HUB_ID + "'" in broker.log.read_text()


def test_last_will_tells_of_a_hub_that_died(tmp_path: pathlib.Path, needs_mosquitto):
    broker = mosquitto(tmp_path)
    broker.start()
    receiver = Receiver(broker.port)

    async def die():
        async with Hub(settings(broker.port), 1, linger_ms=20000) as hub:
            await hub.wait_for("connected")
            assert not receiver.states
        await until(lambda: bool(receiver.states), "no last will")

    try:
        asyncio.run(die())
    finally:
        receiver.stop()
        broker.kill()
    assert b'"online": false' in receiver.states[0]
