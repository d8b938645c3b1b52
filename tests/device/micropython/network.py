"""A stand-in for MicroPython's `network` in tests of the uplink: a station that is told what its air is like.

`air` is the whole world: ssid → password of the networks in reach. `is_cut` takes them all away.
"""

STA_IF = 0
STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP = 1000, 1001, 1010
STAT_NO_AP_FOUND, STAT_WRONG_PASSWORD = 201, 202

air = {"home": "secret"}
is_cut = False


class WLAN:
    PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0, 1, 2
    calls = []  # every connect(), in order
    options = {}

    def __init__(self, interface):
        self._is_active = False
        self._network = None
        self._status = STAT_IDLE

    def active(self, is_active):
        self._is_active = is_active

    def config(self, **options):
        WLAN.options.update(options)

    def connect(self, ssid, password):
        if not self._is_active:
            raise OSError("Wifi Not Started")
        WLAN.calls.append(ssid)
        self._network = None
        self._status = STAT_CONNECTING
        if ssid not in air or is_cut:
            self._status = STAT_NO_AP_FOUND
        elif air[ssid] != password:
            self._status = STAT_WRONG_PASSWORD
        else:
            self._network = ssid
            self._status = STAT_GOT_IP

    def disconnect(self):
        self._network = None
        self._status = STAT_IDLE

    def isconnected(self):
        return self._network is not None and not is_cut

    def status(self):
        return STAT_NO_AP_FOUND if is_cut else self._status
