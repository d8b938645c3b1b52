"""Whatever is written to a hub in its window, it protects its home; and only who holds the label is obeyed."""

import asyncio
import random

import bleak
import pytest
from install_parts import CLAIM, bench_hub, find
from protocol import improv, pairing
from simulator.phone import Phone

from provisioning.ble import BleCarrier, Radio
from provisioning.channel import Channel
from provisioning.sentences import Trouble

ORDERS = (
    {}, {"do": None}, {"do": ["wifi"]}, {"do": {"a": 1}}, {"do": "wifi"}, {"do": "wifi", "ssid": 7, "password": "x"},
    {"do": "wifi", "ssid": "", "password": "x"}, {"do": "clock", "utc_ms": "now"}, {"do": "clock", "utc_ms": 1},
    {"do": "add"}, {"do": "add", "id": 5, "kind": "button"}, {"do": "add", "id": "x" * 12, "kind": "button"},
    {"do": "add", "id": "5448e68f80a5", "kind": "toaster", "room": "a", "label": "b"},
    {"do": "add", "id": "5448e68f80a5", "kind": ["button"], "room": "a", "label": "b"},
    {"do": "add", "id": "5448e68f80a5", "kind": "button", "room": "a", "label": "b", "watch": {"a": 1}},
    {"do": "add", "id": "5448e68f80a5", "kind": "button", "room": "a", "label": "b", "key": "00"},
    {"do": "remove", "id": [1]}, {"do": "enrol"}, {"do": "enrol", "broker": 7}, {"do": "enrol", "broker": {"host": 1}},
    {"do": "enrol", "language": ["zh"], "broker": {}}, {"do": "reach"}, {"do": "finish"}, {"do": "format everything"},
)  # fmt: skip


async def still_protects(home):
    """The siren sounds for its own button, and nothing of the hub has fallen over."""
    since = len(home.events)
    await home.wired_press()
    await home.wait_for("siren", lambda d: d["on"], 5, since=since)
    assert "Traceback" not in (home.folder / "hub.log").read_text("utf-8")


def test_noise_in_both_services_costs_the_hub_nothing(tmp_path):
    async def story():
        dice = random.Random(7)
        async with bench_hub(tmp_path / "home") as home, Phone(home.air.link) as phone:
            await home.cancel()
            async with bleak.BleakClient(await find(phone), backend=phone.client) as client:
                for n in range(120):
                    uuid = (improv.COMMAND, pairing.INBOX)[n % 2]
                    await client.write_gatt_char(uuid, dice.randbytes(dice.randint(1, 200)), response=True)
            await still_protects(home)
            assert await find(phone) is not None, "and the installer may come back"

    asyncio.run(story())


def test_orders_without_the_proof_are_refused_and_guessing_closes_the_window(tmp_path):
    async def story():
        async with bench_hub(tmp_path / "home") as home, Phone(home.air.link) as phone:
            await home.cancel()
            radio = Radio(phone.scanner, phone.client)
            async with BleCarrier(radio, await find(phone)) as carrier:
                await carrier.send(bytes((pairing.SEALED,)) + bytes(40))
                assert await carrier.receive(5) == bytes((pairing.REFUSED, pairing.BROKEN))
                for _ in range(5):
                    await carrier.send(bytes((pairing.HELLO, pairing.VERSION)) + bytes(16))
                    assert (await carrier.receive(5))[0] == pairing.HUB_PROOF
                    await carrier.send(bytes((pairing.INSTALLER_PROOF,)) + bytes(16))
                    assert await carrier.receive(5) == bytes((pairing.REFUSED, pairing.BAD_PROOF))
                await home.wait_for("log", lambda d: d["text"].startswith("install: closed"))
            assert await find(phone, 1) is None
            await still_protects(home)

    asyncio.run(story())


def test_a_label_of_another_hub_opens_nothing(tmp_path):
    async def story():
        async with bench_hub(tmp_path / "home") as home, Phone(home.air.link) as phone:
            await home.cancel()
            async with BleCarrier(Radio(phone.scanner, phone.client), await find(phone)) as carrier:
                with pytest.raises(Trouble) as trouble:
                    await Channel(carrier, bytes(16), "h-test").open()
                assert trouble.value.word == "other_hub"

    asyncio.run(story())


def test_orders_that_no_program_sends_get_a_word_each(tmp_path):
    async def story():
        async with bench_hub(tmp_path / "home") as home, Phone(home.air.link) as phone:
            await home.cancel()
            async with BleCarrier(Radio(phone.scanner, phone.client), await find(phone)) as carrier:
                hub = Channel(carrier, CLAIM, "h-test")
                await hub.open()
                for order in ORDERS:
                    given = dict(order)
                    with pytest.raises(Trouble) as trouble:
                        await hub.order(given.pop("do", None), **given)
                    assert trouble.value.word, order
                assert (await hub.order("status"))["devices"] == []
            await still_protects(home)

    asyncio.run(story())
