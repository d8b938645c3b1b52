"""How late each step of escalation is when nobody answers, in a real relay; and with it killed in the middle.

The timeline itself is printed beside the figures, as a comment line on stderr.
"""

import asyncio
import json
import pathlib
import sys
import tempfile
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "relay"))

import timeline_parts
from relay_parts import Home, Relay, relay_command


def _one(down_s: tuple[float, float] | None) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="anling-", ignore_cleanup_errors=True) as name:
        folder = pathlib.Path(name)
        made = json.loads(relay_command("sample", "--homes", "3", "--json", data=folder).stdout)
        relay = Relay(folder, made)
        relay.start()
        home = Home(relay.broker_port, "hub-0001", relay.password_of_hub("hub-0001")).wait_connected()
        try:
            return timeline_parts.story(relay, home, down_s)
        finally:
            home.stop()
            relay.stop()


async def run(report: Any, quantile: Any) -> None:
    for name, down_s in (("alive", None), ("killed", (5.8, 1.0))):
        lines = await asyncio.to_thread(_one, down_s)
        print(timeline_parts.as_text(lines), file=sys.stderr, flush=True)
        late = [abs(line["happened_s"] - line["planned_s"]) for line in lines]
        report("escalation", f"{name}_steps", len(late), "steps")
        report("escalation", f"{name}_worst_late", max(late), "s")
