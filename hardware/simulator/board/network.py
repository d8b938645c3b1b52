"""Stand-in for MicroPython's `network` on the simulated board: one station interface, joined as the home says.

Ref: MicroPython library, network.WLAN, as the ESP32 port has it.
"""

import _wire

STA_IF, AP_IF = 0, 1
STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = 1000, 1001, 1010
STAT_NO_AP_FOUND, STAT_WRONG_PASSWORD = 201, 202


class WLAN:
    """The station interface."""

    IF_STA, IF_AP = 0, 1
    PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0, 1, 2

    _only = None
    _is_active = False
    _wants = False
    _own_channel = 1  # where the radio stands while it is not at the router's
    _asked = (None, None)  # name and password of the network that it tries

    def __new__(cls, interface=STA_IF):
        if cls._only is None:  # one interface, however often it is asked for, as on the board
            cls._only = object.__new__(cls)
        return cls._only

    def active(self, is_active=None):
        if is_active is not None:
            self._is_active = bool(is_active)
        return self._is_active

    def connect(self, ssid=None, key=None, *, bssid=None):
        if not self._is_active:
            raise OSError(0x3002, "Wifi Not Started")
        self._wants = True
        self._asked = (ssid or "", key or "")
        _wire.send(_wire.OUT_WIFI, (ssid or "").encode())

    def disconnect(self):
        self._wants = False

    def isconnected(self):
        return self._is_active and self._wants and _wire.wifi["is_connected"] and self._fault() is None

    def _fault(self):
        """Why the network that was asked for does not let this board in; a home without a list takes everybody."""
        known = _wire.wifi.get("networks")
        if known is None:
            return None
        for network in known:  # a network of 5 GHz alone is not in the list: this radio cannot see it
            if network["ssid"] == self._asked[0]:
                return None if network["password"] == self._asked[1] else STAT_WRONG_PASSWORD
        return STAT_NO_AP_FOUND

    def status(self, what=None):
        if what == "rssi":
            return -55
        if self.isconnected():
            return STAT_GOT_IP
        return (self._fault() or STAT_NO_AP_FOUND) if self._wants else STAT_IDLE

    def config(self, *names, **values):
        if "channel" in values:
            if self.isconnected():
                raise OSError(0x3007, "Wifi Busy")  # the channel is the router's
            self._own_channel = values["channel"]
        if names:
            channel = _wire.wifi["channel"] if self.isconnected() else self._own_channel
            return {"mac": b"\x02\x00\x00\x00\x00\x01", "ssid": "anling", "channel": channel}.get(names[0])

    def scan(self):
        known = _wire.wifi.get("networks")
        if known is not None:
            return [
                (n["ssid"].encode(), b"\x02\x00\x00\x00\x00\x02", 6, -55, 3 if n["password"] else 0, False)
                for n in known
            ]
        return [(b"anling", b"\x02\x00\x00\x00\x00\x02", 6, -55, 3, False)] if _wire.wifi["is_connected"] else []

    def ifconfig(self, *addresses):
        ip = "127.0.0.1" if self.isconnected() else "0.0.0.0"
        return (ip, "255.0.0.0", "127.0.0.1", "127.0.0.1")

    def ipconfig(self, *names, **values):
        return ("127.0.0.1", "255.0.0.0")
