"""A day of a busy home in minutes: ten sensors, forty presses, six outages, two reboots, in a heap of 256 KB.

The real firmware runs from the romfs image that a board gets, under the real MicroPython, whose clock runs SOAK_SCALE
times as fast; broker and receiver are real. Counted: what was pressed, and what arrived under which identity; and what
lives in the heap after a collection, minute by minute.
"""

import asyncio
import os
import pathlib
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from protocol import messages, topics
from protocol import vocabulary as words
from simulator import images
from simulator.bthome_sensor import Sensor
from simulator.home import BATHROOM, BED, Home

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "device"))

import uplink_parts as parts

HEAP = "256k"
WAYS = ("press", "double_press", "triple_press", "long_press", "long_double_press")
MORE_SENSORS = ((f"a4c1380000{number:02x}", kind) for number, kind in enumerate(("detector", "door") * 3))


class Staff(parts.Receiver):
    """Gives receipts, keeps every identity, and closes each alarm that a heartbeat still shows."""

    def __init__(self, port: int, hub_id: str) -> None:
        self.kept: dict[tuple[str, int], dict[str, Any]] = {}
        self.copies = 0
        self.hub_id = hub_id
        super().__init__(port)

    def _on_message(self, client: Any, data: Any, message: Any) -> None:
        word = (topics.parse(message.topic) or ("", "", ""))[2]
        found = messages.decode(message.payload)
        if word in topics.KEPT_WORDS:
            self._keep(client, word, found)
        elif word in (topics.HELLO, topics.HEARTBEAT):
            for alarm_seq, _ in found["alarms"]:
                self._step(client, found["epoch"], alarm_seq, words.ACKNOWLEDGED)
                self._step(client, found["epoch"], alarm_seq, words.CLEARED)

    def _keep(self, client: Any, word: str, found: dict[str, Any]) -> None:
        identity = (found["epoch"], found["seq"])
        self.copies += identity in self.kept
        self.kept[identity] = {"word": word, **found}
        receipt = messages.encode(messages.receipt(*identity))
        client.publish(topics.down(self.hub_id, topics.RECEIPT), receipt, 1)

    def _step(self, client: Any, epoch: str, alarm_seq: int, step: str) -> None:
        order = messages.encode(messages.step(epoch, alarm_seq, step, None, None))
        client.publish(topics.down(self.hub_id, topics.ALARM), order, 1)

    def presses(self) -> Counter[tuple[str, str]]:
        """Presses of help buttons that arrived, each identity once, by button and way of pressing."""
        return Counter(
            (one["device"], one["activation"])
            for one in list(self.kept.values())
            if one["word"] == topics.ALARM and one["kind"] == words.HELP and one["step"] == words.RAISED
        )


@dataclass
class Plan:
    """What happens in the soak. Shape: hours of the home's time; `scale` times as fast."""

    hours: float = 24
    presses: int = 40
    outages: int = 6
    reboots: int = 2
    scale: int = 60
    seed: int = 1
    deeds: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Spread the deeds over the day: seconds of the home's time."""
        chance = random.Random(self.seed)
        whole_s = self.hours * 3600
        slots = self.presses + 1
        self.deeds += [(whole_s * (n + 0.2 + 0.5 * chance.random()) / slots, "press") for n in range(self.presses)]
        for n in range(self.outages):
            begin_s = whole_s * (n + 0.3 + 0.3 * chance.random()) / self.outages
            how = ("reset", "blackhole")[n % 2]
            self.deeds += [(begin_s, "cut " + how), (begin_s + min(1800, whole_s / self.outages / 3), "restore")]
        # A reboot lies in the tail of a slot, where nobody presses: what is not heard cannot be kept.
        for n in range(self.reboots):
            slot = (n + 1) * slots // (self.reboots + 1)
            self.deeds.append((whole_s * (slot - 0.1) / slots, "reboot"))
        self.deeds += [(whole_s * chance.random(), "life") for _ in range(int(self.hours * 25))]
        self.deeds.sort()


@dataclass
class Result:
    """Shape: heap samples are (home's hour, uptime in s, live bytes, bytes before the collection)."""

    pressed: Counter[tuple[str, str]] = field(default_factory=Counter)
    arrived: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)  # what the hub's log says of exceptions
    copies: int = 0
    technical: int = 0
    reboots: int = 0
    heap: list[tuple[float, int, int, int]] = field(default_factory=list)

    def growth(self, settled_s: int) -> int:
        """The most that any run of the hub grew after its first hour (or so many seconds), in bytes.

        Errors: ValueError when no run was long enough to say.
        """
        worst: int | None = None
        run: list[tuple[int, int]] = []
        for _, uptime_s, live, _ in [*self.heap, (0, 0, 0, 0)]:
            if run and uptime_s < run[-1][0]:
                settled = [value for at, value in run if at >= settled_s]
                if len(settled) >= 8:
                    half = len(settled) // 2
                    # the least of each half: what always lives, without what was just passing by
                    grown = min(settled[half:]) - min(settled[:half])
                    worst = grown if worst is None else max(worst, grown)
                run = []
            run.append((uptime_s, live))
        if worst is None:
            raise ValueError("the hub never ran long enough to say whether it grows")
        return worst


async def soak(plan: Plan, folder: pathlib.Path) -> Result:
    """Live it. Errors: TimeoutError when the hub does not come up in its heap."""
    broker = (parts.mosquitto if parts.MOSQUITTO else parts.amqtt)(folder)
    broker.start()
    staff = Staff(broker.port, "hub-0001")
    home = Home(folder / "home", "hub-0001", "127.0.0.1", broker.port, "-", heapsize=HEAP)
    for address, kind in MORE_SENSORS:
        home.sensors[address] = Sensor(address, kind, None, "-", "-", home.folder)
    home.images = images.build(folder, is_fast=True)
    home.environment = {"ANLING_TIME_SCALE": str(plan.scale), "ANLING_HEAP_EVERY_MS": "60000"}
    home.beacon_s = 60 / plan.scale  # often enough that the radio never takes the air for dead
    result = Result()
    said: list[str] = []  # the last lines of the hub's log
    began_s = time.monotonic()

    def hour() -> float:
        return (time.monotonic() - began_s) * plan.scale / 3600

    def on_event(event: Any) -> None:
        if event[1] == "heap":
            one = event[2]
            result.heap.append((hour(), one["uptime_s"], one["live"], one["before"]))
        elif event[1] == "log":
            said.append(event[2]["text"])
            del said[:-9]
            if "Error" in said[-1]:
                result.faults.append("\n".join(said))

    home.listeners.append(on_event)
    try:
        await home.start()
        began_s = time.monotonic()
        for at_s, deed in plan.deeds:
            await asyncio.sleep(max(0.0, began_s + at_s / plan.scale - time.monotonic()))
            await _do(home, deed, result)
        await asyncio.sleep(max(0.0, began_s + plan.hours * 3600 / plan.scale - time.monotonic()))
        home.restore_internet()
        end_s = time.monotonic() + 30
        while result.pressed - staff.presses() and time.monotonic() < end_s:
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)  # anything doubled would come now
    finally:
        await home.stop()
        staff.stop()
        broker.kill()
    result.arrived, result.copies = staff.presses(), staff.copies
    result.technical = sum(one["word"] == topics.TECHNICAL for one in staff.kept.values())
    return result


async def _do(home: Home, deed: str, result: Result) -> None:
    if deed == "press":
        number = result.pressed.total()
        one = ((BED, BATHROOM)[number % 2], WAYS[number // 2 % len(WAYS)])
        result.pressed[one] += 1
        # Once: seven times within 200 ms would be spread over half a minute of the home's fast time.
        home.press(*one, events=1)
    elif deed.startswith("cut "):
        home.cut_internet(deed[4:])
    elif deed == "restore":
        home.restore_internet()
    elif deed == "reboot":
        result.reboots += 1
        await home.restart_hub()
    elif result.pressed.total() % 2:
        home.move()
    else:
        home.open_door()
        home.close_door()


async def run(report: Any, quantile: Any) -> None:
    plan = Plan(
        hours=float(os.environ.get("SOAK_HOURS", "24")),
        scale=int(os.environ.get("SOAK_SCALE", "60")),
        seed=int(os.environ.get("SOAK_SEED", "1")),
    )
    with tempfile.TemporaryDirectory(prefix="anling-", ignore_cleanup_errors=True) as name:
        result = await soak(plan, pathlib.Path(name))
    report("soak", "home_hours", plan.hours, "h")
    report("soak", "presses", result.pressed.total(), "presses")
    report("soak", "presses_lost", (result.pressed - result.arrived).total(), "presses")
    report("soak", "presses_doubled", (result.arrived - result.pressed).total(), "presses")
    for text in result.faults:
        print("soak:", text, file=sys.stderr)
    report("soak", "exceptions_in_the_log", len(result.faults), "lines")
    report("soak", "outages", plan.outages, "outages")
    report("soak", "reboots", result.reboots, "reboots")
    report("soak", "copies_of_a_message", result.copies, "messages")
    report("soak", "technical_messages", result.technical, "messages")
    for hour in range(int(plan.hours)):
        lives = [live for at, _, live, _ in result.heap if hour <= at < hour + 1]
        if lives:
            report("soak", f"live_least_in_hour_{hour}", min(lives), "bytes")
    report("soak", "heap", 256 * 1024, "bytes")
    report("soak", "live_peak", max(live for _, _, live, _ in result.heap), "bytes")
    report("soak", "allocated_peak_before_a_collection", max(before for *_, before in result.heap), "bytes")
    report("soak", "growth_after_the_first_hour", result.growth(3600), "bytes")
