"""The longest time that any step of the uplink keeps the loop, by TLS suite: from connecting through the handshake to
200 alarms answered, under the real MicroPython against mosquitto. Each suite runs several times, in turn. Then the
whole hub, by key: every task of it with its longest step.
"""

import asyncio
import json
import pathlib
import sys
import tempfile
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from simulator import images
from simulator.home import BATHROOM, BED, Home

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "device"))

import test_tls
import uplink_parts as parts

ALARMS = 200
ROUNDS = 5
PRESSES = 60


async def _one(suite: str, folder: pathlib.Path) -> tuple[float, float]:
    """(longest step in ms, longest pause of the collector in ms)."""
    folder.mkdir()
    if suite == "psk":
        broker = parts.psk_mosquitto(folder)
        told = parts.settings(broker.ports[1], "psk", psk_hex=parts.PSK_HEX)
    elif suite == "none":
        broker = parts.mosquitto(folder)
        told = parts.settings(broker.port)
    else:
        authority = test_tls.Authority()
        key = rsa.generate_private_key(65537, 2048) if suite == "rsa" else None
        broker = test_tls._certificate_broker(folder, authority, key)
        told = parts.settings(broker.ports[1], "tls", ca_pem=authority.pem, server_name=test_tls.BROKER_NAME)
    broker.start()
    try:
        async with parts.Hub(told, ALARMS, measures_holds=True) as hub:
            line = await hub.result()
            return float(str(line["hold_us"])) / 1000, float(str(line["collect_us"])) / 1000
    finally:
        broker.kill()


async def _whole_hub(folder: pathlib.Path) -> dict[str, list[float]]:
    """{task: [longest step in us, steps]} of the whole hub: presses, voice, journal, uplink by key, outages."""
    folder.mkdir()
    broker = parts.psk_mosquitto(folder)
    broker.start()
    home = Home(
        folder / "home",
        parts.HUB_ID,
        "127.0.0.1",
        broker.ports[1],
        "-",
        security={"security": "psk", "psk_hex": parts.PSK_HEX},
    )
    home.images = images.build(folder)
    home.environment = {"ANLING_HOLDS": "1"}
    receiver = parts.Receiver(broker.port)
    try:
        await home.start()
        for number in range(PRESSES):
            home.press((BED, BATHROOM)[number % 2])
            home.move()
            if number % 10 == 9:
                home.cut_internet("reset")
                await asyncio.sleep(0.5)
                home.restore_internet()
            await asyncio.sleep(0.25)
        since = len(home.events)
        line = await home.wait_for("log", lambda d: d["text"].startswith("holds: "), 10, since=since)
    finally:
        await home.stop()
        receiver.stop()
        broker.kill()
    found: dict[str, list[float]] = json.loads(line[2]["text"][7:])
    return found


async def run(report: Any, quantile: Any) -> None:
    if parts.MOSQUITTO is None:
        raise SystemExit(f"bench: loop_hold needs {parts.NO_MOSQUITTO}")
    suites = ("none", "psk", "ecdsa", "rsa")
    found: dict[str, list[tuple[float, float]]] = {suite: [] for suite in suites}
    with tempfile.TemporaryDirectory(prefix="anling-") as name:
        for number in range(ROUNDS):
            for suite in suites:
                found[suite].append(await _one(suite, pathlib.Path(name) / f"{suite}-{number}"))
        hubs = [await _whole_hub(pathlib.Path(name) / f"hub-{number}") for number in range(3)]
    psk = quantile([hold for hold, _ in found["psk"]], 0.5)
    for suite in suites:
        holds = [hold for hold, _ in found[suite]]
        report("loop_hold_" + suite, "longest_median", quantile(holds, 0.5), "ms")
        report("loop_hold_" + suite, "longest_best", min(holds), "ms")  # the run that the machine disturbed least
        report("loop_hold_" + suite, "longest_worst", max(holds), "ms")
        report("loop_hold_" + suite, "collector_pause", quantile([pause for _, pause in found[suite]], 0.5), "ms")
        report("loop_hold_" + suite, "ratio_to_psk", quantile(holds, 0.5) / psk, "ratio")
    for task in sorted({task for hub in hubs for task in hub}):
        # of three runs the one that the machine disturbed least
        report(
            "loop_hold_hub",
            "task" + task.replace("_", " ").rstrip(),
            min(hub.get(task, [1e9])[0] for hub in hubs) / 1000,
            "ms",
        )
