"""The hub from the board's own image in a small heap: minutes here, a day in `make bench BENCH=soak`."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))

from soak import Plan, soak


def test_a_busy_quarter_of_an_hour_in_256_kb_loses_and_doubles_nothing(tmp_path):
    plan = Plan(hours=0.25, presses=8, outages=1, reboots=1, scale=60, seed=3)
    result = asyncio.run(soak(plan, tmp_path))
    assert result.arrived == result.pressed and result.pressed.total() == 8
    assert result.reboots == 1 and len(result.heap) >= 8, "it was neither restarted nor watched"
    assert result.faults == []
    # At 228,000 a day's soak began to fail for want of a whole kilobyte: the heap is in pieces by then.
    live = min(live for _, _, live, _ in result.heap)
    assert live < 222000, f"{live} bytes live for good: too many for a day; see what is loaded at the start"
    assert "rom: in the heap" not in (tmp_path / "home" / "hub.log").read_text("utf-8")
