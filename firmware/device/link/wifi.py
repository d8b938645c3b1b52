"""The way to the home's router: decides which of the known networks is tried now. Never waits for one.

`step` is called again and again and says whether there is a network. Networks are tried in the order of the
settings, the last one that worked first; each has TRY_MS. A short loss is left to the radio's own driver. Who finds
that a network leads nowhere, as when a router is on and its line is dead, says `leave`.

Ref: MicroPython network.WLAN (ESP32).
"""

import network

TRY_MS = 15000
GRACE_MS = 5000
_DRIVER_RETRIES = 2  # after that the driver's status says why it failed, and the next network has its turn

NO_SETTINGS, STARTING, DRIVER = "wifi_not_in_settings", "wifi_starting", "wifi_driver"
NOT_FOUND, WRONG_PASSWORD, NO_ANSWER = "wifi_not_found", "wifi_wrong_password", "wifi_no_answer"
NOWHERE, LOST = "wifi_leads_nowhere", "wifi_lost"


def _statuses():
    """What status() says of a try that failed → our word. Not every build has every constant."""
    words = {}
    for name, word in (
        ("STAT_NO_AP_FOUND", NOT_FOUND),
        ("STAT_WRONG_PASSWORD", WRONG_PASSWORD),
        ("STAT_HANDSHAKE_TIMEOUT", WRONG_PASSWORD),  # what many routers make of a wrong password
        ("STAT_CONNECT_FAIL", NO_ANSWER),
        ("STAT_ASSOC_FAIL", NO_ANSWER),
        ("STAT_BEACON_TIMEOUT", NO_ANSWER),
    ):
        if hasattr(network, name):
            words[getattr(network, name)] = word
    return words


class Wifi:
    """Shape: `networks` as in the settings: [{"ssid", "password"}, …]. `reason`: why there is none."""

    def __init__(self, networks):
        self._networks = networks
        self._failures = _statuses()
        self._wlan = network.WLAN(network.STA_IF)
        self._is_started = False
        self._place = 0  # in the list of networks
        self._until_ms = None  # while a network is being tried
        self._up_ms = None  # when the network was last seen up
        self.reason = STARTING

    def step(self, now_ms):
        """True while there is a network. Call at least every second while there is none. Never raises."""
        if not self._networks:
            self.reason = NO_SETTINGS
            return False
        try:
            return self._look(now_ms)
        except OSError:
            self.reason = DRIVER
            self._until_ms = now_ms + TRY_MS
            return False

    def _look(self, now_ms):
        if not self._is_started:
            self._start()
        if self._wlan.isconnected():
            self._up_ms = now_ms
            self._until_ms = None
            self.reason = None
            return True
        if self._up_ms is not None and now_ms - self._up_ms < GRACE_MS:
            return True
        if self._up_ms is not None:
            self._up_ms, self.reason = None, LOST
        if self._until_ms is not None:
            word = self._failures.get(self._wlan.status())
            if word is None and now_ms < self._until_ms:
                return False
            if now_ms < self._until_ms - TRY_MS + 1000:
                return False  # the status may still be that of the network before
            self.reason = word or NO_ANSWER
            self._place = (self._place + 1) % len(self._networks)
        self._try(now_ms)
        return False

    def leave(self, now_ms):
        """This network leads nowhere: another one has its turn. False when the settings know no other. Never raises."""
        if len(self._networks) < 2 or not self._is_started:
            return False
        self._place = (self._place + 1) % len(self._networks)
        self._up_ms = None
        self.reason = NOWHERE
        try:
            self._try(now_ms)
        except OSError:
            self.reason = DRIVER
        return True

    def rssi_dbm(self):
        """How well the access point is heard, or None."""
        try:
            return self._wlan.status("rssi") if self._wlan.isconnected() else None
        except (OSError, ValueError):
            return None

    def _start(self):
        self._wlan.active(True)
        self._is_started = True
        try:
            self._wlan.config(reconnects=_DRIVER_RETRIES)
            # Never PM_NONE: with Bluetooth on, ESP-IDF stops a chip that runs without modem sleep.
            self._wlan.config(pm=self._wlan.PM_PERFORMANCE)
        except (OSError, ValueError, AttributeError) as fault:
            print("wifi: this board lacks an option:", fault)

    def _try(self, now_ms):
        known = self._networks[self._place]
        self._until_ms = now_ms + TRY_MS
        try:
            self._wlan.disconnect()  # or connect() is refused while an older try is on its way
        except OSError:
            self.reason = DRIVER
        self._wlan.connect(known["ssid"], known["password"])
