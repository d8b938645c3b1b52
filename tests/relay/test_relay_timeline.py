"""Nobody answers, in a real relay: each step in its turn and not before its time; the same with the relay killed in
between. How late the steps were is printed; that it is less than a second, `make bench BENCH=escalation` shows."""

import pytest
import timeline_parts

from relay.escalation import rules

LATE_S = rules.LATE_MS / 1000  # later than this, and the relay's own auditor raises a technical alarm


@pytest.mark.parametrize("down_s", [None, (5.8, 1.0)], ids=["alive", "killed-after-the-second-step"])
def test_each_step_comes_in_its_turn_and_not_before_its_time(relay, homes, down_s):
    home = homes(relay, "hub-0001")
    lines = timeline_parts.story(relay, home, down_s)
    print(timeline_parts.as_text(lines))
    assert [line["name"] for line in lines] == ["console", "duty_phone", "children+deputy", "supervisor"]
    assert all(-0.1 <= line["happened_s"] - line["planned_s"] <= LATE_S for line in lines), lines
