"""Whatever is written to a hub in its window, it protects its home; and only who holds the label is obeyed."""

import asyncio
import contextlib
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
    {"do": "devices", "from": -1}, {"do": "devices", "from": "x"}, {"do": "enrol", "neighbours": [1], "broker": {}},
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
                assert (await hub.order("status"))["devices"] == 0
                assert (await hub.order("devices"))["devices"] == []
            await still_protects(home)

    asyncio.run(story())


def test_what_was_recorded_is_no_use_later_and_a_message_counts_once(tmp_path):
    """A neighbour has recorded a whole session, and plays it again: within the session, and in the next one."""

    async def story():
        async with bench_hub(tmp_path / "home") as home, Phone(home.air.link) as phone:
            await home.cancel()
            radio = Radio(phone.scanner, phone.client)
            sent = []
            async with BleCarrier(radio, await find(phone)) as carrier:
                send = carrier.send

                async def recorded(message):
                    sent.append(message)
                    await send(message)

                carrier.send = recorded
                hub = Channel(carrier, CLAIM, "h-test")
                await hub.open()
                await hub.order("identify")
                await send(sent[-1])  # the order once more
                assert await carrier.receive(5) == bytes((pairing.REFUSED, pairing.BROKEN))
                with pytest.raises(Trouble, match="broken"):
                    await hub.order("status")  # and the conversation is over
            async with BleCarrier(radio, await find(phone)) as carrier:
                for message, answer in zip(
                    sent[:3], (pairing.HUB_PROOF, pairing.REFUSED, pairing.REFUSED), strict=True
                ):
                    await carrier.send(message)
                    assert (await carrier.receive(5))[0] == answer, "the hub's nonce is another"
            await still_protects(home)

    asyncio.run(story())


def test_messages_out_of_their_turn_too_long_or_torn_are_refused_and_a_new_hello_is_answered(tmp_path):
    async def story():
        async with bench_hub(tmp_path / "home") as home, Phone(home.air.link) as phone:
            await home.cancel()
            async with BleCarrier(Radio(phone.scanner, phone.client), await find(phone)) as carrier:
                hello = bytes((pairing.HELLO, pairing.VERSION)) + bytes(16)
                proof = bytes((pairing.INSTALLER_PROOF,)) + bytes(16)
                for message in (proof, hello[:-1], hello + b"x", b"\x00", b"\xff" * 1213, b"\x04" + bytes(12)):
                    await carrier.send(message)
                    assert (await carrier.receive(5))[0] == pairing.REFUSED, message[:4]
                await carrier.send(hello.replace(b"\x01\x01", b"\x01\x09"))
                assert await carrier.receive(5) == bytes((pairing.REFUSED, pairing.BAD_VERSION))
                for length in (0, 1214, 0xFFFF):  # no message has that length
                    await carrier._write(pairing.INBOX, length.to_bytes(2, "big") + b"x")
                    assert (await carrier.receive(5))[0] == pairing.REFUSED, length
                hub = Channel(carrier, CLAIM, "h-test")
                await hub.open()
                assert (await hub.order("status"))["devices"] == 0
            await still_protects(home)

    asyncio.run(story())


def test_torn_and_endless_commands_of_improv_cost_the_next_one_nothing(tmp_path):
    async def story():
        async with bench_hub(tmp_path / "home") as home, Phone(home.air.link) as phone:
            await home.cancel()
            async with bleak.BleakClient(await find(phone), backend=phone.client) as client:
                about = improv.build(improv.DEVICE_INFO, [])
                for junk in (
                    b"",
                    about[:1],
                    improv.build(improv.SEND_WIFI, [b"a" * 200])[:50],
                    b"\x01\xff" + b"z" * 240,
                ):
                    if junk:
                        await client.write_gatt_char(improv.COMMAND, junk, response=True)
                    await asyncio.sleep(improv.STALE_MS / 1000 + 0.2)  # what was torn is let go
                    came = asyncio.Event()
                    await client.start_notify(improv.RESULT, lambda *_, came=came: came.set())
                    await client.write_gatt_char(improv.COMMAND, about, response=True)
                    await asyncio.wait_for(came.wait(), 5)
                    await client.stop_notify(improv.RESULT)
            await still_protects(home)

    asyncio.run(story())


def test_a_second_phone_beside_the_first_is_put_out_and_the_first_goes_on(tmp_path):
    """It may come in the moment before the advertising ends: here a radio that advertises on all the while."""

    async def story():
        async with bench_hub(tmp_path / "home") as home, Phone(home.air.link) as phone, Phone(home.air.link) as other:
            await home.cancel()
            place = await find(phone)
            async with BleCarrier(Radio(phone.scanner, phone.client), place) as carrier:
                hub = Channel(carrier, CLAIM, "h-test")
                await hub.open()
                await home.gatt.peripheral.advertise_on()
                client = bleak.BleakClient(await find(other), backend=other.client)
                with contextlib.suppress(Exception):  # it may be put out in the middle of its looking round
                    await asyncio.wait_for(client.connect(), 3)
                for _ in range(50):
                    if not other.device.connections:
                        break
                    await asyncio.sleep(0.1)
                assert not other.device.connections and phone.device.connections
                assert (await hub.order("status"))["ok"]

    asyncio.run(story())


def test_networks_with_names_that_are_an_attack_do_not_end_the_conversation(tmp_path):
    async def story():
        def surround(home):
            home.link.networks = [{"ssid": name, "password": "x"} for name in hostile]

        hostile = ["\x01" * 32, 'a"b\\' + "c" * 20, *(f"{n:032}" for n in range(30)), "家" * 10]
        async with bench_hub(tmp_path / "home", before=surround) as home, Phone(home.air.link) as phone:
            await home.cancel()
            async with BleCarrier(Radio(phone.scanner, phone.client), await find(phone)) as carrier:
                hub = Channel(carrier, CLAIM, "h-test")
                await hub.open()
                names = [one[0] for one in (await hub.order("networks"))["networks"]]
                assert names and not [name for name in names if "\x01" in name or '"' in name]
                long = {"kind": "button", "room": "房" * 32, "label": "灯" * 32}
                for n in range(9):
                    home.send(f"5448e68f90{n:02x}", b"\x40\x00" + bytes([n]) + b"\x3a\x01", 2)
                    await asyncio.sleep(0.15)
                    await hub.order("add", id=f"5448e68f90{n:02x}", **long)
                found = []
                while len(found) < (await hub.order("devices", **{"from": len(found)}))["count"]:
                    found += (await hub.order("devices", **{"from": len(found)}))["devices"]
                assert len(found) == 9 and found[8]["room"] == "房" * 32
            await still_protects(home)

    asyncio.run(story())
