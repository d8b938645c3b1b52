"""GATT of the stand-in `bluetooth`: client and server together, beside the one radio."""

from _gattc import UUID, GattClient
from _gatts import FLAG_INDICATE, FLAG_NOTIFY, FLAG_READ, FLAG_WRITE, FLAG_WRITE_NO_RESPONSE, GattServer

__all__ = ("FLAG_INDICATE", "FLAG_NOTIFY", "FLAG_READ", "FLAG_WRITE", "FLAG_WRITE_NO_RESPONSE", "UUID", "Gatt")


class Gatt(GattClient, GattServer):
    """Shape: `ble` is the stand-in's BLE, which calls back and knows whether it scans."""

    def __init__(self, ble):
        self._ble = ble
        self._setup_gatt()
        self._setup_server()

    @property
    def _is_scanning(self):
        return self._ble._is_scanning

    def _call(self, event, data):
        self._ble._call(event, data)
