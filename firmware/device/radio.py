"""The BLE radio: scans for ever and hands each advert to the ears. Decides nothing about what it hears.

The callback may run in the radio's own thread: it only calls `Ears.hear`, which allocates nothing, and sets a
flag. An exception escaping a BLE callback switches the callback off for good, so all are caught and counted, and
`rearm` puts things right from the loop.

Ref: MicroPython bluetooth.BLE (gap_scan, _IRQ_SCAN_RESULT 5, _IRQ_SCAN_DONE 6).
"""

import time

import bluetooth

_IRQ_SCAN_RESULT = 5
_IRQ_SCAN_DONE = 6
# Passive, window = interval: a button is heard in each of its few adverts or not at all.
_SCAN_US = 30000
QUIET_MS = 30000  # no advert at all for so long: start the scan anew, silently


class Radio:
    """Shape: `ears` is hub.reflex.Ears; `flag` an asyncio.ThreadSafeFlag that wakes the loop."""

    def __init__(self, ears, flag):
        self._ears = ears
        self._flag = flag
        self._ble = bluetooth.BLE()
        self._has_ended = False
        self._heard_ticks = time.ticks_ms()
        self._has_heard = self._is_restarted = False
        self.errors = 0
        self._errors_seen = 0

    def start(self):
        """Switch the radio on and scan until told otherwise."""
        self._has_ended = False
        self._heard_ticks = time.ticks_ms()
        self._ble.active(True)
        self._ble.irq(self._on_irq)
        self._ble.gap_scan(0, _SCAN_US, _SCAN_US, False)

    def _on_irq(self, event, data):
        try:
            if event == _IRQ_SCAN_RESULT:
                self._heard_ticks = time.ticks_ms()
                self._has_heard = True
                self._is_restarted = False
                if self._ears.hear(data[1], data[3], data[4], self._heard_ticks):
                    self._flag.set()
            elif event == _IRQ_SCAN_DONE:
                self._has_ended = True
        except Exception:
            self.errors += 1

    def is_alive(self):
        """Has it heard anything of late? A place where nothing was ever heard is quiet, not ill."""
        is_quiet = time.ticks_diff(time.ticks_ms(), self._heard_ticks) > QUIET_MS
        return not self._has_heard or not (is_quiet or self._is_restarted)

    def rearm(self):
        """Call now and then from the loop. Starts the scan anew where it ended or went quiet; True when the
        callback had failed since the last call, which somebody should be told."""
        failed = self.errors != self._errors_seen
        self._errors_seen = self.errors
        quiet_ms = time.ticks_diff(time.ticks_ms(), self._heard_ticks)
        if failed or self._has_ended or quiet_ms > QUIET_MS:
            self._ble.gap_scan(None)
            self.start()
            self._is_restarted = True  # the time of the start counts as heard: only an advert shows life
        return failed
