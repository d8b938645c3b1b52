"""The same installation by a USB cable: the real program over a pty to the real firmware's console."""

import asyncio

import pytest
from install_parts import CLAIM, WIFI, bench_hub, find
from install_site import Site
from protocol import pairing
from scripted import Script
from simulator.console import Console
from simulator.home import KEY
from simulator.phone import Phone

from provisioning import install
from provisioning.ble import BleCarrier, Radio
from provisioning.cable import CableCarrier
from provisioning.channel import Channel
from provisioning.sentences import Trouble


def plugged(consoles):
    """Plugs a cable in before the hub starts."""
    return lambda home: consoles.append(Console(home))


def test_a_hub_is_installed_by_its_cable_and_what_goes_over_it_is_sealed(install_relay, tmp_path):
    async def story():
        relay, router_port = install_relay
        site = Site(relay, tmp_path, "d-cable", router_port)
        ports = {"router_port": router_port, "broker_port": relay.broker_port}
        consoles: list[Console] = []
        async with bench_hub(tmp_path / "home", site.identity, before=plugged(consoles), **ports) as home:
            console = consoles[0]
            options = site.options("--no-walk", "--port", console.path)
            wrong = ["not it", WIFI["password"]]
            script = Script(site.answers(home, wifi_password=wrong, ssid=[WIFI["ssid"]] * 2))
            assert await install.run(options, script, Radio()) == 0, script.text_shown
            assert "The Wi-Fi password is wrong" in script.text_shown
            claim = {"secret": site.made["claim_text"], "dwelling_id": "d-cable"}
            told = site.person.post(f"/api/claims/{site.made['hub_id']}/take", claim)
            assert sorted(one["room"] for one in told["devices"]) == ["卧室", "卫生间"]
            wire = b"".join(console.heard)
            for secret in (site.made["password"], KEY, site.made["claim"], site.made["psk_hex"], WIFI["password"]):
                assert secret.encode() not in wire
            console.close()
        site.person.close()

    asyncio.run(story())


def test_a_cable_that_is_pulled_or_silent_or_not_there_is_said(tmp_path):
    async def story():
        with pytest.raises(Trouble, match="no_port"):
            async with CableCarrier("/dev/nobody"):
                pass
        consoles: list[Console] = []
        async with bench_hub(tmp_path / "home", before=plugged(consoles)) as home:
            async with CableCarrier(consoles[0].path) as carrier:
                await carrier.send(b"\x01hello")  # the window is not open: nobody listens
                with pytest.raises(Trouble, match="cable_silent"):
                    await carrier.receive(0.5)
                await home.cancel()
                await home.wait_for("voice", lambda d: d["prompt"] == "install_open")
                hub = Channel(carrier, CLAIM, "h-test")
                await hub.open()
                assert (await hub.order("status"))["devices"] == 0
                consoles[0].pull()
                with pytest.raises(Trouble, match="cable_pulled"):
                    await hub.order("status")
            consoles[0].close()

    asyncio.run(story())


def test_a_stranger_in_the_air_does_not_disturb_who_has_the_cable(tmp_path):
    async def story():
        consoles: list[Console] = []
        async with bench_hub(tmp_path / "home", before=plugged(consoles)) as home, Phone(home.air.link) as phone:
            await home.cancel()
            async with CableCarrier(consoles[0].path) as carrier:
                hub = Channel(carrier, CLAIM, "h-test")
                await hub.open()
                radio = Radio(phone.scanner, phone.client)
                async with BleCarrier(radio, await find(phone)) as stranger:
                    for _ in range(5):
                        await stranger.send(bytes((pairing.HELLO, pairing.VERSION)) + bytes(16))
                        assert (await stranger.receive(5))[0] == pairing.HUB_PROOF
                        await stranger.send(bytes((pairing.INSTALLER_PROOF,)) + bytes(16))
                        assert await stranger.receive(5) == bytes((pairing.REFUSED, pairing.BAD_PROOF))
                assert (await hub.order("status"))["ok"]
            consoles[0].close()

    asyncio.run(story())
