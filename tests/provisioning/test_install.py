"""From a box to a protected home: the real anling-install over real BLE bytes, a real hub, a real relay."""

import asyncio

import pytest
from install_parts import WIFI, bench_hub
from install_site import MODEM_NUMBER, Site, installed
from scripted import Script
from simulator.home import BED, KEY


@pytest.fixture
def site_of(install_relay, tmp_path):
    relay, router_port = install_relay

    made: list[Site] = []

    def make(dwelling_id: str) -> Site:
        made.append(Site(relay, tmp_path, dwelling_id, router_port))
        return made[-1]

    yield make
    for site in made:
        site.person.close()


def test_a_whole_installation_ends_with_a_press_on_the_console(site_of, until_async):
    async def story():
        site = site_of("d-whole")
        ports = {"router_port": site.router_port, "broker_port": site.relay.broker_port}
        board = {"heapsize": "256k", "is_image": True}  # the very image of a board
        async with bench_hub(site.folder / "home", site.identity, **ports, **board) as home:
            script = Script(site.answers(home), is_shown=True)
            assert await installed(site, home, script) == 0, script.text_shown
            assert (site.folder / "anling-certificate-1.pdf").read_bytes().startswith(b"%PDF-")
            flash = b"".join(one.read_bytes() for one in home.folder.glob("*") if one.is_file())
            keys = site.person.post(
                f"/api/claims/{site.made['hub_id']}/take",
                {"secret": site.made["claim_text"], "dwelling_id": "d-whole"},
            )
            for key in (*keys["neighbours"].values(), keys["modem"]["key"], MODEM_NUMBER):
                assert key.encode() in flash, "the hub has the keys of its neighbours and of its modem"
                assert key.encode() not in b"".join(home.gatt.peripheral.heard)
            operator = site.relay.staff()
            for one in [one for one in operator.alarms() if one["dwelling_id"] == "d-whole"]:
                operator.post(f"/api/alarms/{one['alarm_id']}/clear", {"outcome": "test"})
            operator.close()
            await home.wait_for("voice", lambda d: d["prompt"] == "cleared")
            since = len(home.events)
            home.press(BED)
            await home.wait_for("siren", lambda d: d["on"], 5, since=since)
            alarm = await until_async(
                lambda: [one for one in site.person.alarms() if one["dwelling_id"] == "d-whole"], "the press"
            )
            assert alarm[0]["kind"] == "help" and alarm[0]["room"] == "卧室"
            # Nothing secret in the air, in the hub's log, or in what this program keeps.
            air = b"".join(home.gatt.peripheral.heard)
            log = (home.folder / "hub.log").read_bytes() + script.text_shown.encode()
            log += (site.relay.data / "log").read_bytes() + b"".join(
                one.read_bytes() for one in site.folder.glob("state/*")
            )
            for secret in (
                site.made["password"],
                KEY,
                site.made["claim"],
                site.made["claim_text"],
                site.made["psk_hex"],
            ):
                for place in (air, log):
                    assert secret.encode() not in place
            for raw in (bytes.fromhex(KEY), bytes.fromhex(site.made["claim"]), bytes.fromhex(site.made["psk_hex"])):
                assert raw not in air and raw not in log
            assert WIFI["password"].encode() in air, "the control: what Improv carries is in clear, and would be found"

    asyncio.run(story())
