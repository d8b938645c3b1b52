"""The faults, one function each: what is done to a home, and what came of the press. The order is the table's.

A row is `async def row(stage) -> Row`. What lasts is mended MENDED_S after the press, when the home has heard that its
call is not through; the alarm's arrival is counted from the press all the same.
"""

from __future__ import annotations

import asyncio
import json
import pathlib
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

from ..bthome_sensor import Sensor, advert
from ..home import BATHROOM, BED, FRONT_DOOR, Home
from ..processes import free_port
from . import props, second_way
from .stage import Press, Row, Stage, ill

MENDED_S = 12.0
LINE = "Wi-Fi, MQTT"
SEEDS = 1000  # table.main changes it
FLOOD_A_SECOND = 1000
STRANGERS_PRESS = b"\x44\x00\x01\x3a\x01"
Fault = Callable[[Stage], Awaitable[Row]]


async def _row(stage: Stage, fault: str, press: Press, home: Home, mended_s: float | None = None) -> Row:
    """Wait for the alarm and write the line down."""
    siren_ms = await press.siren_ms()
    arrived_ms = await stage.arrival_ms(home, press.device, press.wall_ms)
    await asyncio.sleep(0.5)  # the receipt's way back to the home
    arrived = f"{arrived_ms:,.0f} ms"
    if mended_s is not None:
        arrived += f" ({max(0.0, arrived_ms - 1000 * mended_s):,.0f} ms after the mending)"
    copies = [found for found, _ in stage.alarms(home) if found["device"] == press.device and found["kind"] == "help"]
    seqs = {found["alarm"] for found in copies}
    if len(seqs) != 1:
        arrived += f"; {len(seqs)} alarms instead of one"
    return Row(fault, siren_ms, press.told(), arrived, LINE)


async def _lasting(stage: Stage, fault: str, home: Home, mend: Callable[[], Any]) -> Row:
    """Press now; mend it when the home has been told; wait."""
    press = Press(home)
    await asyncio.sleep(MENDED_S)
    mended = mend()
    if mended is not None:
        await mended
    return await _row(stage, fault, press, home, MENDED_S)


async def _started(stage: Stage, home: Home) -> Home:
    await home.start()
    await stage.online(home)
    return home


async def quiet(stage: Stage) -> Row:
    home = await _started(stage, stage.home("quiet"))
    try:
        return await _row(stage, "none, for comparison", Press(home), home)
    finally:
        await home.stop()


async def relay_down(stage: Stage) -> Row:
    home = await _started(stage, stage.home("relay_down"))
    try:
        stage.pause_relay(True)
        return await _lasting(stage, "relay down (hangs; its broker works)", home, lambda: stage.pause_relay(False))
    finally:
        stage.pause_relay(False)
        await home.stop()


async def broker_down(stage: Stage) -> Row:
    home = await _started(stage, stage.home("broker_down"))
    try:
        stage.kill_broker()
        press = Press(home)
        return await _row(stage, "broker down (kill -9; the relay starts another)", press, home)
    finally:
        await home.stop()


async def wifi_down(stage: Stage) -> Row:
    home = await _started(stage, stage.home("wifi_down"))
    try:
        home.cut_wifi()
        return await _lasting(stage, "Wi-Fi down", home, home.restore_wifi)
    finally:
        await home.stop()


async def dns_lying(stage: Stage) -> Row:
    """The hub was well connected; then the line breaks, and its name leads to somebody else."""
    home = stage.home("dns_lying")
    home.environment |= ill("ill_network")
    home.broker_name = props.NAME
    stranger = await props.stranger()
    lie = home.folder / "dns.json"
    try:
        home.router.port = free_port()
        lie.write_text(json.dumps({props.NAME: ["127.0.0.1", home.router.port]}))
        await home.start()
        await stage.online(home)
        lie.write_text(json.dumps({props.NAME: ["127.0.0.1", stranger.sockets[0].getsockname()[1]]}))
        home.cut_internet()
        home.restore_internet()
        return await _row(stage, "DNS lying (after a good start; for ever)", Press(home), home)
    finally:
        await home.stop()
        stranger.close()


async def dns_lying_at_start(stage: Stage) -> Row:
    home = stage.home("dns_lying_at_start")
    home.environment |= ill("ill_network")
    home.broker_name = props.NAME
    stranger = await props.stranger()
    lie = home.folder / "dns.json"
    try:
        lie.write_text(json.dumps({props.NAME: ["127.0.0.1", stranger.sockets[0].getsockname()[1]]}))
        await home.start()
        await home.wait_for("log", lambda d: d["text"].startswith("uplink:"), 20)
        truth = json.dumps({props.NAME: ["127.0.0.1", home.router.port]})
        return await _lasting(stage, "DNS lying since the start", home, lambda: lie.write_text(truth) and None)
    finally:
        await home.stop()
        stranger.close()


async def _certificate(stage: Stage, name: str, fault: str, wrong: Any, right: Any, pem: str) -> Row:
    front = props.Front(stage.broker_port)
    await front.start(wrong)
    security = {"security": "tls", "ca_pem": pem, "server_name": props.NAME}
    home = stage.home(name, front.port, security=security)
    try:
        await home.start()
        await home.wait_for("log", lambda d: d["text"] == "uplink: certificate_refused", 20)
        return await _lasting(stage, fault, home, lambda: front.start(right))
    finally:
        await home.stop()
        await front.stop()


async def certificate_wrong(stage: Stage) -> Row:
    ours, other = props.Authority(), props.Authority()
    folder = stage.folder
    fault = "certificate wrong (another authority's)"
    return await _certificate(stage, "certificate_wrong", fault, other.context(folder), ours.context(folder), ours.pem)


async def clock_wrong_certificate(stage: Stage) -> Row:
    """To a hub whose clock is years off, a good certificate is out of its dates."""
    ours = props.Authority()
    wrong = ours.context(stage.folder, 3650, 7300)
    fault = "clock wrong by 10 years, TLS by certificate"
    return await _certificate(stage, "clock_wrong_certificate", fault, wrong, ours.context(stage.folder), ours.pem)


async def clock_wrong(stage: Stage) -> Row:
    home = stage.home("clock_wrong")
    home.environment |= ill("ill_clock")
    await _started(stage, home)
    try:
        row = await _row(stage, "clock wrong by 26 years", Press(home), home)
        trusted = {found["clock_trusted"] for found, _ in stage.alarms(home)}
        row.arrived += ", marked as untrusted" if trusted == {False} else ", MARKED AS TRUSTED"
        return row
    finally:
        await home.stop()


async def flash_full(stage: Stage) -> Row:
    """A small partition, no line, and forty other buttons pressed until not all of it has room."""
    home = stage.home("flash_full")
    home.environment["ANLING_FLASH_BLOCKS"] = "16"
    for n in range(40):
        address = f"a4c1380001{n:02x}"
        home.sensors[address] = Sensor(address, "button", None, "-", "-", home.folder)
    await home.start()
    try:
        home.cut_internet("blackhole")
        for _ in range(4):
            for address in list(home.sensors)[4:]:
                home.send(address, home.sensors[address].press(), events=1)
                await asyncio.sleep(0.01)
        await home.wait_for("log", lambda d: "no room for" in d["text"], 20)
        fault = "flash full (64 KiB, 160 presses of 40 other buttons, no line)"
        row = await _lasting(stage, fault, home, home.restore_internet)
        others = {found["device"] for found, _ in stage.alarms(home)} - {BED}
        row.arrived += f"; {len(others)} of the 40 others arrived too"
        return row
    finally:
        await home.stop()


async def flash_refuses(stage: Stage) -> Row:
    home = await _started(stage, stage.home("flash_refuses"))
    try:
        (home.folder / "journal.worn").touch()
        row = await _row(stage, "flash refuses every write", Press(home), home)
        row.told += "; relay: " + ", ".join(sorted(set(stage.technical(home)) & {"journal_full"}))
        return row
    finally:
        await home.stop()


async def flash_corrupted(stage: Stage) -> Row:
    """An alarm waits on flash, the power goes, a byte goes bad, the power comes: again and again."""
    home = stage.home("flash_corrupted")
    await home.start()
    flash = home.folder / "journal.bin"
    try:
        home.cut_internet("blackhole")
        before = flash.read_bytes()
        Press(home, BATHROOM)
        await home.wait_for("voice", lambda d: d["prompt"] == "heard")
        await asyncio.sleep(0.5)  # and on flash, a moment later
        await home.kill_hub()
        good = flash.read_bytes()
        own = {i for i in range(len(good)) if good[i] != before[i]}  # the alarm's record and its copy, nothing else
        used = [i for i in range(len(good)) if good[i] != 0xFF]
        kept = hits = 0
        for seed in range(SEEDS):
            chance = random.Random(seed)
            at = chance.choice(used) if seed % 2 else chance.randrange(len(good))
            hits += at in own
            kept += await _starts_red(home, flash, _flipped(good, at, chance.randrange(8)))
        flash.write_bytes(_flipped(good, 40, 1))  # in the snapshot: the alarm's own record is behind it
        await home.start_hub()
        home.restore_internet()
        row = await _row(stage, f"flash corrupted in a random byte ({SEEDS:,} seeds, each a start)", Press(home), home)
        raised = (home.folder / "hub.log").read_text("utf-8", "replace").count("Traceback")
        heard = "journal_damaged" if "journal_damaged" in stage.technical(home) else "NOTHING"
        row.told += f"; relay: {heard}; the alarm kept was there after {kept:,} of {SEEDS:,} starts"
        row.told += f" (its record or its copy was hit in {hits}), {raised} starts raised"
        earlier = any(found["device"] == BATHROOM for found, _ in stage.alarms(home))
        row.arrived += "; the kept one too" if earlier else "; THE KEPT ONE DID NOT ARRIVE"
        return row
    finally:
        await home.stop()


def _flipped(good: bytes, at: int, bit: int) -> bytes:
    bad = bytearray(good)
    bad[at] ^= 1 << bit
    return bytes(bad)


async def _starts_red(home: Home, flash: pathlib.Path, data: bytes) -> bool:
    """Does a hub that starts from this flash know of its open alarm?"""
    flash.write_bytes(data)
    since = len(home.events)
    await home.start_hub(60)
    try:
        await home.wait_for("lamp", lambda d: d["rgb"] == [255, 0, 0], 0.5, since=since)
        is_red = True
    except TimeoutError:
        is_red = False
    await home.kill_hub()
    return is_red


async def sensor_replay(stage: Stage) -> Row:
    home = await _started(stage, stage.home("sensor_replay"))
    try:
        home.sensors[BED].press()  # its counter is ahead of the recording
        home.send(BED, home.sensors[BED].beacon())
        await asyncio.sleep(0.5)
        since = len(home.events)
        home.send(BED, home.sensors[BED].replayed())
        said = await home.wait_for("voice", lambda d: d["prompt"] == "button_unverified", 5, since=since)
        sirens = [(at_s, d["on"]) for at_s, name, d in home.events[since:] if name == "siren"]
        sounded = f"siren for {(sirens[-1][0] - sirens[0][0]) * 1000:.0f} ms" if len(sirens) > 1 else "no siren"
        row = await _row(stage, "sensor replay, then a genuine press", Press(home), home)
        heard_ms = (said[0] - home.events[since][0]) * 1000
        row.told = f"replay: “button_unverified” after {heard_ms:.0f} ms, {sounded}; press: " + row.told
        return row
    finally:
        await home.stop()


async def sensor_flood(stage: Stage) -> Row:
    """Strangers and an enrolled door sensor fill the air for 5 s; the press comes in the midst of it."""
    home = await _started(stage, stage.home("sensor_flood"))
    sent = 0

    async def flood() -> None:
        nonlocal sent
        door = bytes.fromhex(FRONT_DOOR)
        began_s = time.monotonic()
        now_s = 0.0
        while now_s < 5:
            now_s = time.monotonic() - began_s
            while sent < now_s * FLOOD_A_SECOND:
                sent += 1
                address = door if sent % 5 == 0 else bytes([0xC0, 0, 0, 0, sent >> 8 & 255, sent & 255])
                data = (
                    bytes([0x44, 0x00, sent // 5 & 255, 0x1A, sent & 1]) if sent % 5 == 0 else b"\x44\x00\x01\x3a\x01"
                )
                home.link.advert(address, -70, advert(data))
            await asyncio.sleep(0.002)

    try:
        flooding = asyncio.create_task(flood())
        await asyncio.sleep(2)
        press = Press(home)
        row = await _row(stage, "", press, home)
        await flooding
        row.fault = f"sensor flood ({sent // 5:,} adverts a second for 5 s)"
        return row
    finally:
        await home.stop()


# Those that share the relay with others come first. What keeps the machine busy, or is timed closely, is done alone;
# so is what is done to relay and broker, at the end.
TOGETHER: dict[str, Fault] = {
    "none": quiet,
    "wifi": wifi_down,
    "dns": dns_lying,
    "dns_at_start": dns_lying_at_start,
    "certificate": certificate_wrong,
    "clock": clock_wrong,
    "clock_certificate": clock_wrong_certificate,
    "flash_full": flash_full,
    "flash_refuses": flash_refuses,
    "wifi_sms": second_way.wifi_sms,
    "wifi_modem": second_way.wifi_modem,
    "modem": second_way.modem_mute,
    "wifi_modem_mute": second_way.wifi_and_modem_mute,
}
ALONE: dict[str, Fault] = {
    "replay": sensor_replay,
    "flood": sensor_flood,
    "flash_byte": flash_corrupted,
    "relay": relay_down,
    "broker": broker_down,
}
ORDER = (
    *("none", "relay", "broker", "wifi", "dns", "dns_at_start", "certificate", "clock", "clock_certificate"),
    *("flash_full", "flash_refuses", "flash_byte", "replay", "flood"),
    *("wifi_sms", "wifi_modem", "modem", "wifi_modem_mute"),
)
