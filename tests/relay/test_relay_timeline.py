"""Nobody answers, in a real relay: each step in its turn and not before its time; the same with the relay killed in
between. How late the steps were is printed; that it is less than a second, `make bench BENCH=escalation` shows."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import timeline_parts
from relay_parts import Home, Relay, fresh_copy

from relay.escalation import rules

LATE_S = rules.LATE_MS / 1000  # later than this, and the relay's own auditor raises a technical alarm
DOWN_S = {"alive": None, "killed-after-the-second-step": (5.8, 1.0)}


@pytest.fixture(scope="module")
def stories(sample_folder, tmp_path_factory):
    """Both at a time, each on a relay of its own: they are all waiting."""

    def one(name):
        folder = tmp_path_factory.mktemp("relay")
        relay = Relay(folder, fresh_copy(sample_folder, folder))
        relay.start()
        home = Home(relay.broker_port, "hub-0001", relay.password_of_hub("hub-0001")).wait_connected()
        try:
            return timeline_parts.story(relay, home, DOWN_S[name])
        finally:
            home.stop()
            relay.stop()

    with ThreadPoolExecutor(len(DOWN_S)) as pool:
        return dict(zip(DOWN_S, pool.map(one, DOWN_S), strict=True))


@pytest.mark.parametrize("name", DOWN_S)
def test_each_step_comes_in_its_turn_and_not_before_its_time(stories, name):
    lines = stories[name]
    print(timeline_parts.as_text(lines))
    assert [line["name"] for line in lines] == ["console", "duty_phone", "children+deputy", "supervisor"]
    before = -timeline_parts.WAIT_S
    for line in lines:  # a busy machine may take longer to start a relay than the step's time is away
        latest = max(line["planned_s"], before + timeline_parts.WAIT_S, line["back_s"]) + LATE_S
        assert line["planned_s"] - 0.1 <= line["happened_s"] <= latest, lines
        before = line["happened_s"]
