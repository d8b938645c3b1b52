"""The rows of homes with a cellular modem: its short message, its data, and a modem that says nothing."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from ..home import Home
from ..modem import Modem, Network
from ..places import ROOT
from .stage import Press, Row, Stage

NUMBER, OWN_NUMBER = "13800000100", "13800000199"
BLIND = ("127.0.0.1", 9)  # where nobody listens: data does not work
LOST_S = 90.0
MENDED_S = 12.0  # as in rows.py


def _command(stage: Stage, *words: str) -> str:
    command = [sys.executable, "-m", "relay", words[0], "--data", str(stage.folder / "relay"), *words[1:]]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def _bring(stage: Stage, secret: str, text: str) -> None:
    """What a gateway does: the message to the relay's hook, again until it is kept."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{stage.relay_port}/api/hooks/sms",
        json.dumps({"from": OWN_NUMBER, "text": text}).encode(),
        {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )
    for _ in range(20):
        try:
            urllib.request.urlopen(request, timeout=10).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(1)


def _give_modem(stage: Stage, home: Home, place: tuple[str, int]) -> Modem:
    """A modem with its card and key; its short messages reach the relay by a gateway."""
    key = json.loads(_command(stage, "modem-add", "--hub", home.hub_id))["modem"]["key"]
    secret = _command(stage, "sms-gateway-add", "--name", home.hub_id).rsplit(" ", 1)[1].strip()
    network = Network(place)
    network.on_text = lambda number, text: threading.Thread(target=_bring, args=(stage, secret, text)).start()
    home.modem = Modem(network)
    home.more_settings["modem"] = {"number": NUMBER, "key": key, "apn": "cmnet"}
    return home.modem


async def _set_up(home: Home, modem: Modem) -> None:
    deadline_s = time.monotonic() + 30
    while "AT+CEREG?" not in modem.heard and time.monotonic() < deadline_s:
        await asyncio.sleep(0.1)


async def _away(stage: Stage, name: str, fault: str, way: str, place: tuple[str, int]) -> Row:
    """Wi-Fi goes and does not come back: the modem alone is left."""
    home = stage.home(name)
    modem = _give_modem(stage, home, place)
    await home.start()
    try:
        await stage.online(home)
        await _set_up(home, modem)
        home.cut_wifi()
        press = Press(home)
        siren_ms = await press.siren_ms()
        arrived_ms = await stage.arrival_ms(home, press.device, press.wall_ms)
        if place != BLIND:
            await home.wait_for("voice", lambda d: d["prompt"] == "delivered", 60, since=press.since)
        return Row(fault, siren_ms, press.told(), f"{arrived_ms:,.0f} ms", way)
    finally:
        await home.stop()


async def wifi_sms(stage: Stage) -> Row:
    return await _away(stage, "wifi_sms", "Wi-Fi down for ever, a modem whose data does not work", "SMS", BLIND)


async def wifi_modem(stage: Stage) -> Row:
    place = ("127.0.0.1", stage.broker_port)
    return await _away(stage, "wifi_modem", "Wi-Fi down for ever, a modem", "SMS, then MQTT by the modem", place)


async def _mute(stage: Stage, name: str) -> Home:
    """A home whose modem no power key wakes, and which has told so."""
    home = stage.home(name)
    modem = _give_modem(stage, home, BLIND)
    modem.ills.is_mute = modem.is_dead = True
    await home.start()
    await stage.online(home)
    deadline_s = time.monotonic() + LOST_S
    while "modem_lost" not in await asyncio.to_thread(stage.technical, home) and time.monotonic() < deadline_s:
        await asyncio.sleep(0.5)
    return home


async def _pressed(stage: Stage, home: Home, press: Press, fault: str, mended_s: float = 0) -> Row:
    siren_ms = await press.siren_ms()
    arrived_ms = await stage.arrival_ms(home, press.device, press.wall_ms)
    await asyncio.sleep(0.5)
    known = "relay: modem_lost" if "modem_lost" in stage.technical(home) else "the relay does NOT know of it"
    arrived = f"{arrived_ms:,.0f} ms"
    if mended_s:
        arrived += f" ({max(0.0, arrived_ms - 1000 * mended_s):,.0f} ms after the mending)"
    return Row(fault, siren_ms, f"{press.told()}; {known}", arrived, "Wi-Fi, MQTT")


async def modem_mute(stage: Stage) -> Row:
    """Wi-Fi is there: the relay hears of the modem, and the press goes as always."""
    home = await _mute(stage, "modem_mute")
    try:
        return await _pressed(stage, home, Press(home), "modem mute")
    finally:
        await home.stop()


async def wifi_and_modem_mute(stage: Stage) -> Row:
    """No way out at all, until Wi-Fi is mended: the home is told, and nothing is lost."""
    home = await _mute(stage, "wifi_and_modem_mute")
    try:
        home.cut_wifi()
        press = Press(home)
        await asyncio.sleep(MENDED_S)
        home.restore_wifi()
        return await _pressed(stage, home, press, "modem mute and Wi-Fi down", MENDED_S)
    finally:
        await home.stop()
