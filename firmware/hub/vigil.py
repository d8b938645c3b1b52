"""Does each part of the hub still live? Decides whether the watchdog may be fed. Knows names and times, no hardware.

Rule 1. A part that has not shown life within its limit starves the watchdog: a restart is the remedy for a hang.
Rule 2. An outage is no hang: the uplink shows life by trying, not by being connected.
"""

LOOP, RADIO, UPLINK, JOURNAL = "loop", "radio", "uplink", "journal"
LIMITS_MS = {LOOP: 10000, RADIO: 1800000, UPLINK: 180000, JOURNAL: 1800000}


class Vigil:
    """Shape: `parts` are those that this hub has; each counts as alive at `now_ms`."""

    def __init__(self, parts, now_ms):
        self._shown_ms = {part: now_ms for part in parts}

    def showed(self, part, now_ms):
        """This part has just done its work."""
        if part in self._shown_ms:
            self._shown_ms[part] = now_ms

    def silent(self, now_ms):
        """The parts that are past their limit, sorted."""
        return sorted([part for part, ms in self._shown_ms.items() if now_ms - ms > LIMITS_MS[part]])

    def may_feed(self, now_ms):
        return not self.silent(now_ms)
