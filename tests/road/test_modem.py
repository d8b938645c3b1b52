"""The second way out, by a cellular modem on a pty: short messages, TCP, and everything a modem does wrong."""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from relay_parts import relay_command
from simulator.home import FIRMWARE, STAND_INS, Home
from simulator.modem import Modem, Network

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "device"))

import uplink_parts as parts

NUMBER = "13800000100"


class Gateway:
    """What brings the modem's messages to the relay's hook."""

    def __init__(self, relay: Any) -> None:
        said = relay_command("sms-gateway-add", "--name", "box", data=relay.data).stdout
        self._secret = said.rsplit(" ", 1)[1].strip()
        self._url = f"http://127.0.0.1:{relay.port}/api/hooks/sms"
        self.answers: list[dict[str, Any]] = []

    def bring(self, number: str, text: str) -> None:
        assert number == NUMBER
        threading.Thread(target=self._post, args=(text,)).start()

    def _post(self, text: str) -> None:
        headers = {"Authorization": f"Bearer {self._secret}"}
        answer = httpx.post(self._url, json={"from": "13800000199", "text": text}, headers=headers, timeout=20)
        self.answers.append(answer.json())


@pytest.fixture
def with_modem(road_relay: Any, road_of: Any) -> Callable[..., Any]:
    """A road whose home has a modem; its messages reach the relay."""

    def make(**settings: Any) -> Any:
        road = road_of(road_relay)
        network = Network(("127.0.0.1", road_relay.broker_port))
        road.gateway = Gateway(road_relay)
        network.on_text = road.gateway.bring
        road.home.modem = Modem(network)
        made = relay_command("modem-add", "--hub", road.home.hub_id, data=road_relay.data)
        key = json.loads(made.stdout)["modem"]["key"]
        road.home.more_settings["modem"] = {"number": NUMBER, "key": key, "apn": "cmnet", **settings}
        return road

    return make


def technicals(road: Any) -> set[str]:
    return {t["kind"] for t in road.staff.get("/api/board")["technical"] if t["is_open"]}


def texts(road: Any) -> list[tuple[str, str]]:
    return road.home.modem.network.texts


def hasten(home: Any, scale: int = 6) -> None:
    """The home lives so many times as fast: its waits are long. The modem does not."""
    fast = STAND_INS.parent / "fast"
    home.environment["MICROPYPATH"] = os.pathsep.join([".frozen", str(fast), str(STAND_INS), str(FIRMWARE)])
    home.environment["ANLING_TIME_SCALE"] = str(scale)
    home.beacon_s /= scale


async def ready(road: Any) -> None:
    """Until the modem has been set up."""
    await road.until(lambda: "AT+CEREG?" in road.home.modem.heard, "the modem is asked how it is")


def test_a_press_without_wifi_arrives_as_a_short_message_and_later_once_only(with_modem: Any) -> None:
    async def story() -> None:
        road = with_modem()
        home = road.home
        hasten(home, 4)
        async with road:
            await ready(road)
            home.modem.network.place = ("127.0.0.1", 9)  # data does not work, messages do
            home.cut_wifi()
            since = len(home.events)
            home.press()
            await road.sounds(since)
            await road.until(road.help_alarms, "the alarm, by short message", 30)
            await road.hears("not_delivered", since)
            history = road.staff.get(f"/api/alarms/{road.help_alarms()[0]['alarm_id']}/history")
            assert "by SMS" in str(history)
            await asyncio.sleep(4)  # sixteen of the home's seconds
            assert len(texts(road)) == 1, texts(road)
            home.restore_wifi()
            await road.hears("delivered", since)
            assert len(road.help_alarms()) == 1 and road.help_alarms()[0]["activations"] == 1

    asyncio.run(story())


def test_a_press_with_a_line_costs_no_short_message(with_modem: Any) -> None:
    async def story() -> None:
        road = with_modem()
        hasten(road.home)
        async with road:
            await ready(road)
            since = len(road.home.events)
            road.home.press()
            await road.hears("delivered", since)
            await asyncio.sleep(3)  # eighteen of the home's seconds
            assert texts(road) == [] and road.home.modem.network.calls == 0

    asyncio.run(story())


def test_the_line_goes_over_the_modem_while_wifi_is_down_and_home_again_afterwards(with_modem: Any) -> None:
    async def story() -> None:
        road = with_modem()
        home = road.home
        hasten(home, 4)
        home.modem.ills.splits = home.modem.ills.unasked = True
        async with road:
            await ready(road)
            home.cut_wifi()
            since = len(home.events)
            await home.wait_for("log", lambda d: d["text"] == "uplink: by the modem", 60, since=since)
            home.press()
            await road.hears("delivered", since)
            alarm = (await road.until(road.help_alarms, "the alarm over the modem"))[0]
            road.staff.post(f"/api/alarms/{alarm['alarm_id']}/acknowledge")
            await road.hears("acknowledged", since)
            home.modem.close_connection()
            await home.wait_for("log", lambda d: d["text"] == "uplink: by the modem", 60, since=len(home.events))
            home.modem.ills.is_mute = home.modem.is_dead = True  # it dies under the connection
            home.restore_wifi()
            since = len(home.events)
            home.press("5448e68f80a6")
            await road.sounds(since)
            await road.until(lambda: len(road.help_alarms()) == 2, "the other press, over Wi-Fi", 60)
            assert "Traceback" not in (home.folder / "hub.log").read_text("utf-8")

    asyncio.run(story())


ILLS: dict[str, Callable[[Modem], None]] = {
    "slow": lambda m: setattr(m.ills, "answers_late_s", 0.1),
    "split": lambda m: setattr(m.ills, "splits", True),
    "noisy": lambda m: setattr(m.ills, "noise", True),
    "talks in between": lambda m: setattr(m.ills, "unasked", True),
    "restarts in the middle": lambda m: setattr(m.ills, "restarts_at_text", 1),
    "card with a pin": lambda m: setattr(m.ills, "pin", "1234"),
    "mute until its key is pressed": lambda m: setattr(m.ills, "is_mute", True),
}


@pytest.mark.parametrize("ill", ILLS)
def test_a_short_message_gets_out_although_the_modem_is(with_modem: Any, ill: str) -> None:
    async def story() -> None:
        road = with_modem(pin="1234")
        home = road.home
        ILLS[ill](home.modem)
        hasten(home)
        async with road:
            home.modem.network.place = ("127.0.0.1", 9)
            home.cut_internet("blackhole")
            home.press()
            await road.until(road.help_alarms, f"the alarm, from a modem that is {ill}", 90)
            assert "Traceback" not in (home.folder / "hub.log").read_text("utf-8")

    asyncio.run(story())


def test_a_mute_modem_and_one_without_a_card_are_told_once_and_restored(with_modem: Any) -> None:
    async def story() -> None:
        road = with_modem()
        home = road.home
        home.modem.ills.is_mute = home.modem.is_dead = True
        hasten(home, 12)
        async with road:
            await road.until(lambda: "modem_lost" in technicals(road), "that it is mute", 90)
            since = len(home.events)
            home.press()
            await road.sounds(since)
            await road.hears("delivered", since)
            home.modem.is_dead = False
            await road.until(lambda: "modem_lost" not in technicals(road), "that it is back", 90)
            home.modem.ills.has_card = False
            await road.until(lambda: "modem_lost" in technicals(road), "that its card is gone", 120)

    asyncio.run(story())


@pytest.mark.skipif(parts.MOSQUITTO is None, reason=parts.NO_MOSQUITTO)
def test_tls_by_a_shared_key_goes_through_the_modem_too(tmp_path: Path) -> None:
    async def story() -> None:
        broker = parts.psk_mosquitto(tmp_path)
        broker.start()
        relay = parts.Receiver(broker.port)
        security = {"security": "psk", "psk_hex": parts.PSK_HEX}
        home = Home(tmp_path / "home", parts.HUB_ID, "127.0.0.1", broker.ports[1], "-", security=security)
        home.modem = Modem(Network(("127.0.0.1", broker.ports[1])))
        home.more_settings["modem"] = {"number": NUMBER, "key": "00" * 16}
        hasten(home, 4)
        home.modem.ills.unasked = True
        await home.start()
        try:
            home.cut_wifi()
            since = len(home.events)
            await home.wait_for("log", lambda d: d["text"] == "uplink: by the modem", 60)
            home.press()
            await home.wait_for("voice", lambda d: d["prompt"] == "delivered", 30, since=since)
            assert len(relay.seqs) == 1
        finally:
            await home.stop()
            relay.stop()
            broker.kill()

    asyncio.run(story())
