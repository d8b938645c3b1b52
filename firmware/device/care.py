"""The hub looks after itself: feeds the watchdog while every part lives, counts crashes, tests its paths each day.

Must not decide what a fault means: that is the kernel's. Ref: hub/vigil.py.
"""

import machine
from hub import events
from hub.vigil import JOURNAL, LOOP, RADIO, UPLINK, Vigil

from . import board, crash

PROBE_MS = 600000
BROWN_OUT, _REASON_BITS = 15, 0x3F
_CAUSES = (
    ("PWRON_RESET", "power"),
    ("HARD_RESET", "hard"),
    ("WDT_RESET", "watchdog"),
    ("DEEPSLEEP_RESET", "sleep"),
    ("SOFT_RESET", "soft"),
)


def cause():
    """Why the chip started: power, brown_out, hard, watchdog, sleep, soft.

    MicroPython's port calls a brown-out a power-on; the chip's own register knows better.
    Ref: ESP32-S3 technical reference, RTC_CNTL_RTC_RESET_STATE_REG.
    """
    now = machine.reset_cause()
    if now == machine.PWRON_RESET and machine.mem32[board.RESET_STATE] & _REASON_BITS == BROWN_OUT:
        return "brown_out"
    for name, word in _CAUSES:
        if getattr(machine, name, None) == now:
            return word
    return "unknown"


class Care:
    """Shape: `radio`, `journal` (or None) of device.ble and device.flash; `uplink` has `alive_ms`, or None."""

    def __init__(self, radio, journal, uplink, now_ms):
        self._radio = radio
        self._journal = journal
        self._uplink = uplink
        parts = [LOOP, RADIO]
        if journal is not None:
            parts.append(JOURNAL)
        if uplink is not None:
            parts.append(UPLINK)
        self._vigil = Vigil(parts, now_ms)
        self._watchdog = machine.WDT(timeout=crash.WATCHDOG_MS)
        self._began_ms = now_ms
        self._probe_ms = now_ms
        self._was_well = False
        self._silent = []

    def tick(self, now_ms):
        """Call from the loop, every 20 ms or so. Returns the parts that have just gone silent."""
        vigil = self._vigil
        vigil.showed(LOOP, now_ms)
        if self._radio.is_alive():
            vigil.showed(RADIO, now_ms)
        if self._uplink is not None:
            vigil.showed(UPLINK, self._uplink.alive_ms)
        if self._journal is not None and now_ms >= self._probe_ms:
            self._probe_ms = now_ms + PROBE_MS
            if self.is_journal_well():
                vigil.showed(JOURNAL, now_ms)
        silent = vigil.silent(now_ms)
        new = [part for part in silent if part not in self._silent]
        self._silent = silent
        if not silent:
            self._watchdog.feed()
        elif new:
            crash.note(crash.SILENT + ",".join(new))  # the watchdog is about to bite: say why at the next start
        if not self._was_well and now_ms - self._began_ms >= crash.WELL_MS:
            self._was_well = True
            crash.forget()
        return new

    def is_journal_well(self):
        try:
            return self._journal.probe()
        except OSError:
            return False

    def self_test(self, is_link_up, others):
        """The silent test of each path; the way out is proven by the receipt of what the kernel then sends.

        Shape: `others` {path: does it work}, of what only the hub can say.
        """
        failed = [path for path in others if not others[path]]
        if self._journal is None or not self.is_journal_well():
            failed.append(JOURNAL)
        if not self._radio.is_alive():
            failed.append(RADIO)
        if not is_link_up:
            failed.append(UPLINK)
        return events.SelfTested(failed)
