"""Our MQTT client, run by the real MicroPython, through a bad line: 10 seeds × 300 alarms, by mosquitto and by amqtt.

Each seed plays a story of its own: connections reset, a line that is open and carries nothing, answers lost when the
broker has done its work, a slow line, the broker killed with -9 and started again. A subscriber that stands beside the
proxy notes each identity; an alarm counts as delivered when it is noted. An alarm is sent until its receipt came back,
as in the home. Copies are harmless (the intake is idempotent) and counted.

When the broker is killed, what it had not yet passed on goes with it: the receipt did not come, so it is sent again.
"""

import asyncio
import pathlib
import random
import sys
import tempfile
import time
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "device"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import uplink_parts as parts
from fault_proxy import FaultProxy

SEEDS, COUNT = 10, 300
LIMIT_S = 180
FAULTS = ("reset", "half_open", "lost_puback", "slow", "broker_killed")
EACH = 2  # faults of every kind in each seed, in an order of its own
# A half-open line is found in seconds, so that ten seeds take minutes; tests/device/test_mqtt.py has the real times.
QUICK = [["mqtt", "KEEPALIVE_S", 2], ["mqtt", "ANSWER_MS", 1000], ["mqtt", "PUBACK_MS", 1500]]
QUICK += [["uplink", "BACK_OFF_MS", [50, 100, 200, 400]]]


async def _fault(kind: str, proxy: FaultProxy, broker: parts.Broker, chance: random.Random) -> None:
    if kind == "reset":
        proxy.reset_all()
    elif kind == "half_open":
        proxy.is_black_hole = True
        await asyncio.sleep(chance.uniform(0.2, 3))
        proxy.is_black_hole = False
    elif kind == "lost_puback":
        proxy.lose_next_answer()
    elif kind == "slow":
        proxy.rate = chance.choice((600, 2000, 6000))
        await asyncio.sleep(chance.uniform(0.3, 2))
        proxy.rate = None
    else:
        broker.kill()
        await asyncio.sleep(chance.uniform(0, 0.5))
        await asyncio.to_thread(broker.start)


async def _play(
    broker: parts.Broker, receiver: parts.Receiver, seed: int, count: int, each: int, until: str
) -> dict[str, Any]:
    """One seed's story. Returns what was counted; `missing` alarms never reached the subscriber."""
    chance = random.Random(seed)
    story = list(FAULTS) * each
    chance.shuffle(story)
    began = time.monotonic()
    async with FaultProxy(broker.port) as proxy:
        plan = {"limit_s": LIMIT_S, "pace_ms": 10, "patch": QUICK}
        async with parts.Hub(parts.settings(proxy.port), count, until, **plan) as hub:
            for number, kind in enumerate(story, 1):
                # Spread over the whole run: fault n comes when so many alarms have arrived.
                due = number * count // (len(story) + 2)
                while len(set(receiver.seqs)) < due and time.monotonic() - began < LIMIT_S:
                    await asyncio.sleep(0.005)
                await _fault(kind, proxy, broker, chance)
            while not any(line["event"] in ("done", "late") for line in hub.lines):
                if time.monotonic() - began > LIMIT_S + 20:
                    break
                await asyncio.sleep(0.05)
            end = next((line for line in hub.lines if line["event"] in ("done", "late")), {})
            noise = sum("Traceback" in text for text in hub.output)
        arrived = set(receiver.seqs)
        return {
            "delivered": len(arrived & set(range(1, count + 1))),
            "missing": count - len(arrived & set(range(1, count + 1))),
            "invented": len(arrived - set(range(1, count + 1))),
            "copies": len(receiver.seqs) - len(arrived),
            "open": end.get("open", count),
            "connections": proxy.connections,
            "tracebacks": noise,
            "seconds": time.monotonic() - began,
        }


async def play(make, seed: int, count: int = COUNT, each: int = EACH, until: str = "receipt") -> dict[str, Any]:
    """One seed by a broker of its own. Shape: `make` is uplink_parts.mosquitto or .amqtt; `until` "puback" believes
    the broker, which the real hub does not: the negative control."""
    with tempfile.TemporaryDirectory() as folder:
        broker = make(pathlib.Path(folder))
        broker.start()
        receiver = parts.Receiver(broker.port)
        try:
            return await _play(broker, receiver, seed, count, each, until)
        finally:
            receiver.stop()
            broker.kill()


async def run(report, quantile) -> None:
    if parts.MOSQUITTO is None:
        raise SystemExit("mqtt_faults: " + parts.NO_MOSQUITTO)
    for make in (parts.mosquitto, parts.amqtt):
        name = make.__name__
        found = []
        for seed in range(SEEDS):
            found.append(await play(make, seed))
            one = " ".join(f"{key}={value:g}" for key, value in found[-1].items())
            print(f"mqtt_faults: {name} seed {seed}: {one}", file=sys.stderr, flush=True)
        report("mqtt_faults", f"{name}_sent", SEEDS * COUNT, "messages")
        for key in ("delivered", "missing", "invented", "copies", "open", "connections", "tracebacks", "seconds"):
            report("mqtt_faults", f"{name}_{key}", sum(one[key] for one in found), "s" if key == "seconds" else "times")
