"""A press through the whole road: real firmware, amqtt, relay, the console's event stream.

press_to_sound: from the advert's bytes entering the air to the `Sound` carried out on the board. press_to_screen: to
the alarm's event at a signed-in console. Each press is answered and closed before the next: each is a new alarm.
"""

import asyncio
import os
import pathlib
import tempfile
from typing import Any

from simulator import demo
from simulator.home import Home
from simulator.processes import Children, free_port
from simulator.smoke import wait_online
from simulator.staff import Staff

PRESSES = int(os.environ.get("BENCH_PRESSES", "500"))


async def one(home: Home, staff: Staff) -> tuple[float, float, float]:
    """(to the sound, to the screen, acknowledgement to the home) of one press, in ms."""
    heard, seen = len(home.events), len(staff.events)
    pressed_s = home.press(events=1)
    siren = await home.wait_for("siren", lambda d: d["on"], 10, since=heard)
    is_new = lambda a: a["is_open"] and a["kind"] == "help" and not a["acknowledged_by"]  # noqa: E731
    at_s, _, alarm = await asyncio.to_thread(staff.wait, "alarm", is_new, 10, seen)
    where = f"/api/alarms/{alarm['alarm_id']}"
    told = len(home.events)
    taken_s = asyncio.get_running_loop().time()
    await asyncio.to_thread(staff.post, where + "/acknowledge", {})
    said = await home.wait_for("voice", lambda d: d["prompt"] == "acknowledged", 10, since=told)
    await asyncio.to_thread(staff.post, where + "/clear", {"outcome": "test", "note": ""})
    await home.wait_for("lamp", lambda d: d["rgb"] == [6, 6, 2], 10, since=told)
    return (siren[0] - pressed_s) * 1000, (at_s - pressed_s) * 1000, (said[0] - taken_s) * 1000


async def run(report: Any, quantile: Any) -> None:
    with tempfile.TemporaryDirectory(prefix="anling-", ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        children = Children(folder)
        relay, broker = free_port(), free_port()
        made = demo.sample(folder, 60)
        demo.start_relay(children, folder, relay, broker)
        first = made["hubs"][0]
        home = Home(folder / "home", first["hub_id"], "127.0.0.1", broker, first["password"])
        try:
            await home.start()
            operator = next(s for s in made["staff"] if s["role"] == "operator")
            staff = Staff(relay, operator["name"], operator["password"])
            await asyncio.to_thread(wait_online, staff, first["hub_id"])
            staff.listen()
            for _ in range(5):
                await one(home, staff)
            found = [await one(home, staff) for _ in range(PRESSES)]
        finally:
            await home.stop()
            children.stop()
    for at, bench in enumerate(("press_to_sound", "press_to_screen", "acknowledge_to_home")):
        values = [times[at] for times in found]
        report(bench, "p50", quantile(values, 0.5), "ms")
        report(bench, "p99", quantile(values, 0.99), "ms")
        report(bench, "worst", max(values), "ms")
        report(bench, "presses", len(values), "presses")
