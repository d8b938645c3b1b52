"""A power cut in the middle costs nothing; and while one installer is connected another one finds no hub."""

import asyncio

import pytest
from install_parts import CLAIM, WIFI, bench_hub, find
from simulator.home import BATHROOM, BED, KEY
from simulator.phone import Phone

from provisioning.ble import BleCarrier, Radio
from provisioning.channel import Channel
from provisioning.sentences import Trouble


async def opened(phone, carrier):
    hub = Channel(carrier, CLAIM, "h-test")
    await hub.open()
    return hub


def test_what_was_settled_before_a_power_cut_is_settled_after_it(tmp_path):
    """From the very image of a board, in the heap that a board has."""

    async def story():
        async with bench_hub(tmp_path / "home", heapsize="256k", is_image=True) as home, Phone(home.air.link) as phone:
            radio = Radio(phone.scanner, phone.client)
            await home.cancel()
            async with BleCarrier(radio, await find(phone)) as carrier:
                hub = await opened(phone, carrier)
                assert await carrier.improv_wifi(WIFI["ssid"], WIFI["password"])
                await hub.order("listen")
                home.press(BED, events=2)
                home.press(BATHROOM, events=2)
                await asyncio.sleep(0.5)
                heard = {one["id"]: one for one in (await hub.order("heard"))["devices"]}
                assert heard[BED]["sealed"] and heard[BATHROOM]["kind"] == "button"
                bed = {"id": BED, "kind": "button", "room": "卧室", "label": "床头"}
                with pytest.raises(Trouble, match="needs_key"):
                    await hub.order("add", **bed)
                await hub.order("add", **bed, key=KEY)
                with pytest.raises(Trouble, match="not_sealed"):
                    await hub.order("add", **bed | {"id": BATHROOM}, key=KEY)
                await home.kill_hub()
            await home.start_hub()
            await home.cancel()
            async with BleCarrier(radio, await find(phone)) as carrier:
                status = await (await opened(phone, carrier)).order("status")
                assert status["wifi"] == WIFI["ssid"] and status["devices"] == 1 and status["is_new"]

    asyncio.run(story())


def test_while_one_is_connected_another_finds_no_hub_and_after_a_drop_the_window_is_open(tmp_path):
    async def story():
        async with (
            bench_hub(tmp_path / "home") as home,
            Phone(home.air.link) as first,
            Phone(home.air.link) as second,
        ):
            await home.cancel()
            async with BleCarrier(Radio(first.scanner, first.client), await find(first)) as carrier:
                await opened(first, carrier)
                assert await find(second, 1) is None
            assert await find(first) is not None, "no second press is needed after the proof"

    asyncio.run(story())
