"""The BLE radio: scans for ever and hands each advert to the ears. Decides nothing about what it hears.

The callback may run in the radio's own thread: it only calls `Ears.hear`, which allocates nothing, and sets a
flag. An exception escaping a BLE callback switches the callback off for good, so all are caught and counted, and
`rearm` puts things right from the loop.

Ref: MicroPython bluetooth.BLE (gap_scan, _IRQ_SCAN_RESULT 5, _IRQ_SCAN_DONE 6).
"""

import asyncio
import time

import bluetooth

_IRQ_SCAN_RESULT = 5
_IRQ_SCAN_DONE = 6
# Passive, window = interval: a button is heard in each of its few adverts or not at all.
_SCAN_US = 30000
QUIET_MS = 30000  # no advert at all for so long: start the scan anew, silently


class Radio:
    """Shape: `ears` is hub.senses.reflex.Ears; `flag` an asyncio.ThreadSafeFlag that wakes the loop."""

    def __init__(self, ears, flag):
        self._ears = ears
        self._flag = flag
        self._ble = bluetooth.BLE()
        self._has_ended = False
        self._heard_ticks = time.ticks_ms()
        self._has_heard = self._is_restarted = False
        self.errors = 0
        self._errors_seen = 0
        self._wearables = []  # those that take GATT events
        self._waited_for = None  # address, 6 bytes
        self._came = asyncio.ThreadSafeFlag()
        self.address_type = 0  # of the one that came
        self._is_paused = False

    def start(self):
        """Switch the radio on and scan until told otherwise."""
        self._has_ended = False
        self._heard_ticks = time.ticks_ms()
        self._ble.active(True)
        self._ble.irq(self._on_irq)
        self._scan()

    def _scan(self):
        self._ble.gap_scan(0, _SCAN_US, _SCAN_US, False)

    def _on_irq(self, event, data):
        try:
            if event == _IRQ_SCAN_RESULT:
                self._heard_ticks = time.ticks_ms()
                self._has_heard = True
                self._is_restarted = False
                if self._ears.hear(data[1], data[3], data[4], self._heard_ticks):  # first of all
                    self._flag.set()
                if self._waited_for is not None and data[1] == self._waited_for:
                    self.address_type = data[0]
                    self._came.set()
            elif event == _IRQ_SCAN_DONE:
                self._has_ended = True
            else:
                for wearable in self._wearables:
                    if wearable.on_event(event, data):
                        break
        except Exception:
            self.errors += 1

    # --- for wearables -------------------------------------------------------------------------------

    def serve(self, wearable):
        """Hand this one the GATT events that it takes."""
        self._wearables.append(wearable)

    def serve_first(self, server):
        """Hand it the GATT events before all others; its connections are none of a wearable's."""
        self._wearables.insert(0, server)

    def unserve(self, one):
        if one in self._wearables:
            self._wearables.remove(one)

    async def wait_for(self, address):
        """Until this address is heard. One may wait at a time; another waits its turn."""
        while self._waited_for is not None:
            await asyncio.sleep_ms(1000)
        self._waited_for = address
        self._came.clear()
        try:
            await self._came.wait()
        finally:
            self._waited_for = None

    def paused(self):
        """A context in which the radio does not scan, because it cannot connect while it does. Keep it short."""
        return _Paused(self)

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
        if not self._is_paused and (failed or self._has_ended or quiet_ms > QUIET_MS):
            self._ble.gap_scan(None)
            self.start()
            self._is_restarted = True  # the time of the start counts as heard: only an advert shows life
        return failed


class _Paused:
    """No scan in here; whatever happens, it goes on afterwards."""

    def __init__(self, radio):
        self._radio = radio

    def __enter__(self):
        self._radio._is_paused = True
        self._radio._ble.gap_scan(None)

    def __exit__(self, kind, fault, trace):
        self._radio._is_paused = False
        self._radio._has_ended = False
        self._radio._scan()
