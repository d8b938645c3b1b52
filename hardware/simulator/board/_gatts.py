"""The GATT server's part of the stand-in `bluetooth`: services, values, advertising; the board's side is peripheral.py.

As on the board: services cannot be registered while the radio scans (EBUSY); advertising ends when somebody connects;
a value written from outside is valid until the next one comes, unless its buffer appends; the buffer must be made large
beforehand, or it is cut to 20 bytes.

Ref: MicroPython library, bluetooth.BLE: gatts_*, gap_advertise; events 1 to 3, 21.
"""

import binascii

_EBUSY = 16
_CENTRAL_CONNECT, _CENTRAL_DISCONNECT, _WRITTEN = 1, 2, 3
_BUFFER = 20
FLAG_READ, FLAG_WRITE_NO_RESPONSE, FLAG_WRITE, FLAG_NOTIFY, FLAG_INDICATE = 0x02, 0x04, 0x08, 0x10, 0x20


def _hex(data):
    return binascii.hexlify(data).decode()


class GattServer:
    """Mixed into _gatt.Gatt. Shape: `_order(**what)`, `_is_scanning` and `_call(event, data)` are Gatt's."""

    def _setup_server(self):
        self._values = {}  # handle: bytes
        self._buffers = {}  # handle: (length, appends)

    def gatts_register_services(self, services):
        if self._is_scanning:
            raise OSError(_EBUSY)
        self._setup_server()
        told, handles, next_handle = [], [], 16
        for uuid, characteristics in services:
            own, rows = [], []
            for characteristic in characteristics:
                own.append(next_handle)
                self._values[next_handle] = b""
                self._buffers[next_handle] = (_BUFFER, False)
                rows.append([characteristic[0].text, characteristic[1], next_handle])
                next_handle += 2 if not characteristic[1] & (FLAG_NOTIFY | FLAG_INDICATE) else 3
            told.append([uuid.text, rows])
            handles.append(tuple(own))
        self._order(do="serve", services=told)
        return tuple(handles)

    def gatts_set_buffer(self, handle, length, append=False):
        self._buffers[handle] = (length, append)

    def gatts_read(self, handle):
        value = self._values[handle]
        if self._buffers[handle][1]:
            self._values[handle] = b""
        return value

    def gatts_write(self, handle, data, send_update=False):
        self._values[handle] = bytes(data)
        self._order(do="value", handle=handle, data=_hex(data))
        if send_update:
            self._order(do="notify_all", handle=handle, data=_hex(data))

    def gatts_notify(self, connection, handle, data=None):
        self._order(
            do="notify", connection=connection, handle=handle, data=_hex(self._values[handle] if data is None else data)
        )

    def gap_advertise(self, interval_us, adv_data=None, *, resp_data=None, connectable=True):
        if interval_us is None:
            self._order(do="hide")
            return
        if len(adv_data or b"") > 31 or len(resp_data or b"") > 31:
            raise OSError(22)
        self._order(
            do="advertise", interval_ms=interval_us // 1000, data=_hex(adv_data or b""), response=_hex(resp_data or b"")
        )

    def _on_server_event(self, event, data):
        """Take what was written; a buffer that is too small cuts, as on the board."""
        if event == _WRITTEN:
            connection, handle, value = data
            length, appends = self._buffers.get(handle, (_BUFFER, False))
            held = self._values.get(handle, b"") if appends else b""
            self._values[handle] = (held + bytes(value))[:length]
            data = (connection, handle)
        self._call(event, data)
