"""From a box to a protected home: the real anling-install over real BLE bytes, a real hub, a real relay."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from install_parts import WIFI, bench_hub
from scripted import Script
from simulator.home import BATHROOM, BED, KEY, Home
from simulator.phone import Phone

from provisioning import install
from provisioning.ble import Radio


class Site:
    """A relay with a dwelling to protect, a hub from its bench, and the home's router between them."""

    def __init__(self, relay: Any, folder: Path, dwelling_id: str, router_port: int) -> None:
        from claim_parts import add_dwellings, installer, make_hub

        self.relay = relay
        self.folder = folder
        self.router_port = router_port
        self.url = f"http://127.0.0.1:{relay.port}"
        self.dwelling_id = dwelling_id
        add_dwellings(relay.data, relay.sample["community_id"], dwelling_id)
        self.made = make_hub(relay.data, "--url", self.url)
        self.identity = {name: self.made[name] for name in ("hub_id", "password", "psk_hex", "claim")} | {
            "relay": self.url
        }
        self.person = installer(relay, f"installer-{dwelling_id}")
        self.password = self.person.password

    def options(self, *more: str) -> Any:
        given = [self.made["label_url"], "--state", str(self.folder / "state"), "--out", str(self.folder), *more]
        return install.parser().parse_args(given)

    def answers(self, home: Home, **other: Any) -> dict[str, Any]:
        """What a good installer types and does."""

        async def press_hub(question: str) -> str:
            await home.cancel()
            return ""

        sensors = iter((BED, BATHROOM))

        def next_sensor(question: str) -> str:
            device = next(sensors, None)
            if device is None:
                return "n"
            home.press(device, events=2)
            return ""

        async def pressed(question: str) -> str:
            answer = next_sensor(question)
            await asyncio.sleep(0.4)
            return answer

        return (
            {
                "name": self.person.name,
                "password": self.password,
                "search": self.dwelling_id,
                "dwelling": "1",
                "press": press_hub,
                "heard": "",
                "ssid": WIFI["ssid"],
                "wifi_password": WIFI["password"],
                "keep_wifi": "",
                "language": "1",
                "more": pressed,
                "kind": "1",
                "room": ["卧室", "卫生间"],
                "label": ["床头按钮", "拉绳"],
                "key": f"https://maker.example/?mac={BED}&key={KEY}",
            }
            | self.walking(home)
            | other
        )

    def walking(self, home: Home) -> dict[str, Any]:
        """What hands do in the home, and the operator at the desk, while the walk test is on."""

        async def three(device: str) -> str:
            for _ in range(3):
                home.press(device, events=2)
                await asyncio.sleep(0.4)
            return ""

        async def mains(question: str) -> str:
            home.mains(False)
            await asyncio.sleep(0.5)
            home.mains(True)
            await asyncio.sleep(0.5)
            return ""

        async def router(question: str) -> str:
            since = len(home.events)
            home.cut_internet()
            await home.wait_for("log", lambda d: d["text"].startswith("uplink: "), 30, since=since)
            home.restore_internet()
            await asyncio.sleep(1.5)
            return ""

        async def answer(question: str) -> str:
            operator = self.relay.staff()
            for one in operator.alarms():
                if one["dwelling_id"] == self.dwelling_id and one["acknowledged_by"] is None:
                    assert one["kind"] == "test", "in a walk test every alarm is a test call"
                    operator.post(f"/api/alarms/{one['alarm_id']}/acknowledge")
            operator.close()
            await home.wait_for("voice", lambda d: d["prompt"] == "acknowledged")
            return ""

        return {
            f"walk:device:{BED}": lambda _: three(BED),
            f"walk:device:{BATHROOM}": lambda _: three(BATHROOM),
            "walk:mains": mains,
            "walk:router": router,
            "walk:answer": answer,
            "contact": "",
            "sign_installer": "李安装",
            "sign_resident": "孙桂兰",
        }


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


async def installed(site: Site, home: Home, script: Script, *more: str) -> int:
    async with Phone(home.air.link) as phone:
        return await install.run(site.options(*more), script, Radio(phone.scanner, phone.client))


def test_a_whole_installation_ends_with_a_press_on_the_console(site_of, until_async):
    async def story():
        site = site_of("d-whole")
        async with bench_hub(
            site.folder / "home", site.identity, router_port=site.router_port, broker_port=site.relay.broker_port
        ) as home:
            script = Script(site.answers(home), is_shown=True)
            assert await installed(site, home, script) == 0, script.text_shown
            assert (site.folder / "anling-certificate-1.pdf").read_bytes().startswith(b"%PDF-")
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
