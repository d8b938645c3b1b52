"""Somebody else's Improv client sets up our hub's Wi-Fi, over real BLE bytes; and only after a press."""

import asyncio
import json

import bleak
import pytest
from install_parts import WIFI, bench_hub, find
from protocol import improv
from simulator.board_link import CANCEL_PIN
from simulator.phone import Phone

improv_ble_client = pytest.importorskip(
    "improv_ble_client", reason="py-improv-ble-client needs Python 3.11: NOT tried with somebody else's client"
)


def test_another_peoples_client_sets_up_the_wifi(tmp_path, monkeypatch, caplog):
    async def story():
        async with bench_hub(tmp_path / "home") as home, Phone(home.air.link) as phone:
            # That client takes no backend: it gets the one of this platform, which is the virtual air here.
            monkeypatch.setattr(bleak, "get_platform_client_backend_type", lambda: (phone.client, "virtual air"))
            assert await find(phone, 1) is None, "before the press there is nothing on the air"
            await home.cancel()
            await home.wait_for("voice", lambda d: d["prompt"] == "install_open")
            device = await find(phone)
            assert device.name == "Anling h-test"
            client = improv_ble_client.ImprovBLEClient(device)
            assert not await client.need_authorization()
            about = await client.get_device_info()
            assert about.firmware_name == b"Anling" and about.device_name == b"Anling h-test"
            await client.identify()
            await home.wait_for("voice", lambda d: d["prompt"] == "identify")
            assert [one[0] for one in (await client.scan_wifi()).networks] == [b"anling"]
            states = []
            with pytest.raises(improv_ble_client.errors.ProvisioningFailed) as failed:
                await client.provision("anling", "a wrong one", states.append)
            assert failed.value.error == improv_ble_client.Error.UNABLE_TO_CONNECT
            await home.wait_for("voice", lambda d: d["prompt"] == "wifi_password")
            await asyncio.sleep(0.5)  # that client disconnects after a failure
            with pytest.raises(improv_ble_client.errors.ProvisioningFailed):
                await client.provision("a network of 5 GHz", "x", None)
            await home.wait_for("voice", lambda d: d["prompt"] == "wifi_not_found")
            await asyncio.sleep(0.5)
            await client.provision(WIFI["ssid"], WIFI["password"], states.append)
            await home.wait_for("voice", lambda d: d["prompt"] == "wifi_joined")
            assert improv_ble_client.State.PROVISIONING in states
            assert json.loads((home.folder / "install.json").read_text())["wifi"] == [WIFI]

    asyncio.run(story())


def test_frames_that_are_none_get_improvs_own_errors(tmp_path):
    async def story():
        async with bench_hub(tmp_path / "home") as home, Phone(home.air.link) as phone:
            await home.cancel()
            async with bleak.BleakClient(await find(phone), backend=phone.client) as client:
                assert await client.read_gatt_char(improv.STATE) == bytes((improv.AUTHORIZED,))
                bad = improv.build(improv.SEND_WIFI, [b"anling", b"x"])[:-1] + b"\x00"
                for frame, number in (
                    (bad, improv.INVALID),
                    (improv.build(9, []), improv.UNKNOWN_COMMAND),
                    (improv.build(improv.SEND_WIFI, [b"anling"]), improv.INVALID),
                    (improv.build(9, []), improv.UNKNOWN_COMMAND),
                    (improv.build(improv.SEND_WIFI, [b"\xff\xfe", b"x"]), improv.INVALID),
                ):
                    await client.write_gatt_char(improv.COMMAND, frame, response=True)
                    await becomes(client, improv.ERROR, number)

    asyncio.run(story())


async def becomes(client, uuid, number):
    for _ in range(100):
        if await client.read_gatt_char(uuid) == bytes((number,)):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{uuid} never became {number}")


async def press(home, times):
    for level in (0, 1) * times:
        home.link.set_pin(CANCEL_PIN, level)
        await asyncio.sleep(0.04)


def is_open(home):
    return home.find("voice", lambda d: d["prompt"] == "install_open") is not None


def test_after_a_minute_the_window_closes_and_its_code_leaves_the_memory(tmp_path):
    """The hub's clock runs eight times as fast here."""

    async def story():
        async with bench_hub(tmp_path / "home", fast=8, is_new=False) as home, Phone(home.air.link) as phone:
            await asyncio.sleep(0.5)
            await press(home, 1)
            await asyncio.sleep(1)
            assert not is_open(home), "one press alone means: I am well"
            for _ in range(10):  # a busy desk may need longer for three presses than the hub gives
                await press(home, 3)
                await asyncio.sleep(0.5)
                if is_open(home):
                    break
            await home.wait_for("voice", lambda d: d["prompt"] == "install_open")
            async with bleak.BleakClient(await find(phone), backend=phone.client) as client:
                await home.wait_for("log", lambda d: d["text"].startswith("install: closed"), 20)
                for _ in range(50):
                    if not client.is_connected:
                        break
                    await asyncio.sleep(0.1)
                assert not client.is_connected
            assert await find(phone, 1) is None
            said = home.find("log", lambda d: d["text"].startswith("install: closed"))[2]["text"]
            assert int(said.split()[-1]) < 12000, (
                said
            )  # of 29,000 while it is there; 64-bit words, half of it on a board

    asyncio.run(story())
