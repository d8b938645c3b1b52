"""Stand-in for MicroPython's `bluetooth` on the simulated board: the observer's part.

As on the board: the buffers of a scan result are used again for the next one and are valid only within the callback;
an exception escaping the callback switches it off for good.

Ref: MicroPython library, bluetooth.BLE: active, irq, gap_scan; _IRQ_SCAN_RESULT 5, _IRQ_SCAN_DONE 6.
"""

import sys

import _wire

_IRQ_SCAN_RESULT = 5
_IRQ_SCAN_DONE = 6


class BLE:
    """The one radio of the board."""

    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = object.__new__(cls)
            cls._only._setup()
        return cls._only

    def _setup(self):
        self._handler = None
        self._is_active = False
        self._is_scanning = False
        self._address = bytearray(6)
        self._address_view = memoryview(self._address)
        self._data = bytearray(255)
        self._views = [memoryview(self._data)[:length] for length in range(256)]
        _wire.on(_wire.IN_ADVERT, self._on_advert)

    def active(self, is_active=None):
        if is_active is None:
            return self._is_active
        self._is_active = bool(is_active)
        if not self._is_active:
            self._is_scanning = False
            _wire.send(_wire.OUT_SCAN, b"\x00")
        return self._is_active

    def config(self, *names, **values):
        if names and names[0] == "mac":
            return (0, b"\x02\x00\x00\x00\x00\x01")
        return None

    def irq(self, handler):
        self._handler = handler

    def gap_scan(self, duration_ms, interval_us=1280000, window_us=11250, active=False):
        if duration_ms is None:
            was_scanning, self._is_scanning = self._is_scanning, False
            _wire.send(_wire.OUT_SCAN, b"\x00")
            if was_scanning:
                self._call(_IRQ_SCAN_DONE, ())
            return
        if not self._is_active:
            raise OSError(19)  # ENODEV, as on the board
        if window_us > interval_us:
            raise OSError(22)
        self._is_scanning = True
        _wire.send(_wire.OUT_SCAN, b"\x01")

    def _on_advert(self, frame):
        """Frame: address type, address (6, as people write it), advert type, rssi + 128, data."""
        if not self._is_scanning:
            return
        length = len(frame) - 9
        self._address[:] = frame[1:7]
        self._data[:length] = frame[9:]
        self._call(_IRQ_SCAN_RESULT, (frame[0], self._address_view, frame[7], frame[8] - 128, self._views[length]))

    def _call(self, event, data):
        if self._handler is None:
            return
        try:
            self._handler(event, data)
        except BaseException as fault:
            self._handler = None
            sys.print_exception(fault)
