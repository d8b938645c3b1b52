"""The GATT client's part of the stand-in `bluetooth`: orders go to the board as JSON, answers come back as events.

As on the board a connection cannot be opened while the radio scans (EBUSY), and the values of an event are valid only
within the callback. Unlike adverts, these events come from the loop: nothing here is urgent.

Ref: MicroPython library, bluetooth.BLE: gap_connect, gattc_*; events 7 to 18.
"""

import json

import _wire

_EBUSY, _EINVAL = 16, 22
_OF_SERVER = (1, 2, 3)


class UUID:
    """A UUID of 16 bits (a number) or of 128 (its text, or 16 bytes, low byte first)."""

    def __init__(self, value):
        if isinstance(value, int):
            if not 0 <= value < 65536:
                raise ValueError("UUID must be 16 bit")
            self._value = "%04x" % value
        elif isinstance(value, str):
            self._value = value.replace("-", "").lower()
        else:
            self._value = "".join(["%02x" % byte for byte in reversed(bytes(value))])

    @property
    def text(self):
        """Its hex digits, as people write them; not on the board."""
        return self._value

    def __eq__(self, other):
        return isinstance(other, UUID) and self._value == other._value

    def __hash__(self):
        return hash(self._value)

    def __repr__(self):
        return "UUID('%s')" % self._value


class GattClient:
    """Mixed into _gatt.Gatt. Shape: `_call(event, data)` and `_is_scanning` are Gatt's."""

    def _setup_gatt(self):
        _wire.on(_wire.IN_GATT, self._on_gatt)

    def _order(self, **what):
        _wire.send(_wire.OUT_GATT, json.dumps(what).encode())

    def gap_connect(self, address_type, address=None, scan_duration_ms=2000, min_us=None, max_us=None):
        if address_type is None:
            self._order(do="cancel")
            return
        if self._is_scanning:
            raise OSError(_EBUSY)
        text = "".join(["%02x" % byte for byte in address or b""])
        self._order(do="connect", type=address_type, address=text, timeout_ms=scan_duration_ms)

    def gap_disconnect(self, connection):
        self._order(do="disconnect", connection=connection)
        return True

    def gattc_discover_services(self, connection, uuid=None):
        self._order(do="services", connection=connection)

    def gattc_discover_characteristics(self, connection, start, end, uuid=None):
        self._order(do="characteristics", connection=connection, start=start, end=end)

    def gattc_discover_descriptors(self, connection, start, end):
        self._order(do="descriptors", connection=connection, start=start, end=end)

    def gattc_exchange_mtu(self, connection):
        self._order(do="mtu", connection=connection)

    def gattc_read(self, connection, handle):
        self._order(do="read", connection=connection, handle=handle)

    def gattc_write(self, connection, handle, data, mode=0):
        text = "".join(["%02x" % byte for byte in data])
        self._order(do="write", connection=connection, handle=handle, data=text, mode=mode)

    def _on_gatt(self, payload):
        event, values = json.loads(bytes(payload).decode())
        data = []
        for value in values:
            if isinstance(value, str):
                text = value[1:]
                if value[0] == "u":
                    value = UUID(text if len(text) > 4 else int(text, 16))
                else:
                    value = memoryview(bytes.fromhex(text))
            data.append(value)
        if event in _OF_SERVER:
            self._on_server_event(event, tuple(data))
        else:
            self._call(event, tuple(data))
