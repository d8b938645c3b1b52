"""Nobody answers, in a real relay: each step within 1 s of its time; the same with the relay killed in between."""

import pytest
import timeline_parts


@pytest.mark.parametrize("down_s", [None, (5.8, 1.0)], ids=["alive", "killed-after-the-second-step"])
def test_each_step_comes_within_a_second_of_its_time(relay, homes, down_s):
    home = homes(relay, "hub-0001")
    lines = timeline_parts.story(relay, home, down_s)
    print(timeline_parts.as_text(lines))
    assert [line["name"] for line in lines] == ["console", "duty_phone", "children+deputy", "supervisor"]
    assert all(abs(line["happened_s"] - line["planned_s"]) <= 1 for line in lines), lines
