"""Nobody answers: a real relay, its plan of short steps, and what its history says happened when."""

import time
from typing import Any

from relay_parts import Home, Relay, until

WAIT_S = 5
STEPS = (["console"], ["duty_phone"], ["children", "deputy"], ["supervisor"])


def story(relay: Relay, home: Home, down_s: tuple[float, float] | None = None) -> list[dict[str, Any]]:
    """One press that nobody answers. Shape: a line for each step: name, planned_s and happened_s after the press,
    told, back_s; `down_s` is when the relay is killed and how long it is away, `back_s` when it was back."""
    supervisor = relay.staff("supervisor")
    answer = supervisor.http.put("/api/plan", json={"steps": [{"to": to, "wait_s": WAIT_S} for to in STEPS]})
    assert answer.status_code == 200, answer.text
    supervisor.post("/api/console", {"console_id": "console-of-test", "is_armed": True})
    home.press(1)
    alarm = until(supervisor.alarms, "the alarm")[0]
    start, back_s = time.monotonic(), 0.0
    if down_s is not None:
        time.sleep(max(0.0, down_s[0] - (time.monotonic() - start)))
        relay.kill()
        time.sleep(down_s[1])
        relay.start()
        back_s = time.time() - alarm["raised_at"] / 1000

    def escalated() -> list[dict[str, Any]]:
        history = supervisor.get(f"/api/alarms/{alarm['alarm_id']}/history")
        return [entry for entry in history if entry["what"] == "escalated"]

    found = until(lambda: len(done := escalated()) >= len(STEPS) and done, "every step", WAIT_S * len(STEPS) + 10)
    supervisor.close()
    raised_at = alarm["raised_at"]
    return [
        {
            "name": "+".join(to),
            "planned_s": number * WAIT_S,
            "happened_s": (entry["at"] - raised_at) / 1000,
            "told": entry["detail"],
            "back_s": back_s,
        }
        for number, (to, entry) in enumerate(zip(STEPS, found, strict=False))
    ]


def as_text(lines: list[dict[str, Any]]) -> str:
    """The timeline as it is printed."""
    return "\n".join(
        f"{line['happened_s']:8.3f} s  planned {line['planned_s']:3d} s  {line['name']:16s} told {line['told']}"
        for line in lines
    )
