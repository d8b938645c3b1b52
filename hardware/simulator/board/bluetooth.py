"""Stand-in for MicroPython's `bluetooth` on the simulated board: the observer. GATT is in _gatt.py,
which is loaded when somebody asks for it: on a board it costs no Python heap.

As on the board: the callback comes in a thread of the radio's own, whatever the loop does; it may allocate nothing; the
buffers of a scan result are used again for the next one and are valid only within the callback; an exception escaping
the callback switches it off for good. (The board hands over a tuple set aside beforehand; here it is a list.)

Ref: MicroPython library, bluetooth.BLE: active, irq, gap_scan; _IRQ_SCAN_RESULT 5, _IRQ_SCAN_DONE 6.
"""

import _wire

_IRQ_SCAN_RESULT = 5
_IRQ_SCAN_DONE = 6
_DATA_MAX = 31  # a legacy advert has no more
_NOTHING = ()


_GATT_CALLS = ("gap_connect", "gap_disconnect", "gap_advertise")


def __getattr__(name):
    """UUID and the flags of characteristics."""
    if name != "UUID" and not name.startswith("FLAG_"):
        raise AttributeError(name)
    import _gatt

    return getattr(_gatt, name)


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
        self._data = bytearray(_DATA_MAX)
        self._views = [memoryview(self._data)[:length] for length in range(_DATA_MAX + 1)]
        self._result = [0, memoryview(self._address), 0, 0, None]
        self.has_failed = False  # an exception escaped the callback
        _wire.on_advert(self._on_advert)
        self._gatt = None

    def __getattr__(self, name):
        if not name.startswith(("gattc_", "gatts_")) and name not in _GATT_CALLS:
            raise AttributeError(name)
        if self._gatt is None:
            import _gatt

            self._gatt = _gatt.Gatt(self)
        return getattr(self._gatt, name)

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
                self._call(_IRQ_SCAN_DONE, _NOTHING)
            return
        if not self._is_active:
            raise OSError(19)  # ENODEV, as on the board
        if window_us > interval_us:
            raise OSError(22)
        self._is_scanning = True
        _wire.send(_wire.OUT_SCAN, b"\x01")

    def _on_advert(self, frame, size):
        """Frame: address type, address (6, as people write it), advert type, rssi + 128, data."""
        length = size - 9
        if not self._is_scanning or not 0 <= length <= _DATA_MAX:
            return
        for i in range(6):
            self._address[i] = frame[1 + i]
        for i in range(length):
            self._data[i] = frame[9 + i]
        result = self._result
        result[0] = frame[0]
        result[2] = frame[7]
        result[3] = frame[8] - 128
        result[4] = self._views[length]
        self._call(_IRQ_SCAN_RESULT, result)

    def _call(self, event, data):
        if self._handler is None:
            return
        try:
            self._handler(event, data)
        except BaseException:
            self._handler = None
            self.has_failed = True
