"""A relay with a dwelling to protect, a hub from its bench, and what a good installer types and does."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from install_parts import WIFI
from relay_parts import Relay, relay_command
from scripted import Script
from simulator.home import BATHROOM, BED, KEY, Home
from simulator.phone import Phone
from simulator.processes import free_port

from provisioning import install
from provisioning.ble import Radio

MODEM_NUMBER = "13800001199"  # the gateway of short messages, as homes with a modem are told


@contextmanager
def relay_behind_router(folder: Path) -> Iterator[tuple[Relay, int]]:
    """(relay, router_port): a relay in this folder whose homes are told to reach its broker through that port."""
    folder.mkdir(exist_ok=True)
    made = relay_command("sample", "--homes", "2", "--json", data=folder)
    assert made.returncode == 0, made.stderr
    router_port = free_port()
    relay = Relay(folder, json.loads(made.stdout))
    relay.more = ["--hub-broker", f"none://127.0.0.1:{router_port}", "--hub-ntp", "off"]
    relay.more += ["--hub-modem", MODEM_NUMBER]
    relay.start()
    try:
        yield relay, router_port
    finally:
        relay.stop()


class Site:
    """A relay with a dwelling to protect, a hub from its bench, and the home's router between them."""

    def __init__(self, relay: Any, folder: Path, dwelling_id: str, router_port: int) -> None:
        from claim_parts import add_dwellings, installer, make_hub

        self.relay = relay
        self.folder = folder
        self.router_port = router_port
        self.url = f"http://127.0.0.1:{relay.port}"
        self.dwelling_id = dwelling_id
        add_dwellings(relay.data, relay.sample["community_id"], dwelling_id, building="9")
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
                "pin": "",
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
            home.press(BED, events=2)
            await asyncio.sleep(0.5)
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


async def installed(site: Site, home: Home, script: Script, *more: str, options: Any = None) -> int:
    """Run anling-install with the phone of this installer; its exit code."""
    async with Phone(home.air.link) as phone:
        return await install.run(options or site.options(*more), script, Radio(phone.scanner, phone.client))
