"""The longest time that any step of the uplink keeps the loop, by TLS suite: from connecting through the handshake to
200 alarms answered, under the real MicroPython against mosquitto. Each suite runs several times, in turn.
"""

import pathlib
import sys
import tempfile
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "device"))

import test_tls
import uplink_parts as parts

ALARMS = 200
ROUNDS = 5


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


async def run(report: Any, quantile: Any) -> None:
    if parts.MOSQUITTO is None:
        raise SystemExit(f"bench: loop_hold needs {parts.NO_MOSQUITTO}")
    suites = ("none", "psk", "ecdsa", "rsa")
    found: dict[str, list[tuple[float, float]]] = {suite: [] for suite in suites}
    with tempfile.TemporaryDirectory(prefix="anling-") as name:
        for number in range(ROUNDS):
            for suite in suites:
                found[suite].append(await _one(suite, pathlib.Path(name) / f"{suite}-{number}"))
    psk = quantile([hold for hold, _ in found["psk"]], 0.5)
    for suite in suites:
        holds = [hold for hold, _ in found[suite]]
        report("loop_hold_" + suite, "longest_median", quantile(holds, 0.5), "ms")
        report("loop_hold_" + suite, "longest_best", min(holds), "ms")  # the run that the machine disturbed least
        report("loop_hold_" + suite, "longest_worst", max(holds), "ms")
        report("loop_hold_" + suite, "collector_pause", quantile([pause for _, pause in found[suite]], 0.5), "ms")
        report("loop_hold_" + suite, "ratio_to_psk", quantile(holds, 0.5) / psk, "ratio")
