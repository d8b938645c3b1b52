"""Stand-in for MicroPython's `espnow` on the simulated board: frames to the other boards of the stairwell's air.

As on the board: heard by whoever stands on the same channel; at most 250 bytes; a peer must be known before it is sent
to, at most 20 of them; what does not fit into the receive buffer is lost and counted; the handler only says that
something has come.

Ref: MicroPython library, espnow (ESP32).
"""

import _wire
import network

MAX_DATA_LEN, ADDR_LEN, MAX_TOTAL_PEER_NUM = 250, 6, 20
_NOT_INIT, _NOT_FOUND, _EXISTS, _FULL = -12389, -12393, -12395, -12392


class ESPNow:
    """The one ESP-NOW interface."""

    def __init__(self):
        self._is_active = False
        self._rxbuf = 526
        self._held = []
        self._peers = set()
        self._handler = None
        self.dropped = 0
        _wire.on(_wire.IN_ESPNOW, self._on_frame)

    def active(self, is_active=None):
        if is_active is not None:
            self._is_active = bool(is_active)
            if not is_active:
                self._held = []
        return self._is_active

    def config(self, *names, **values):
        if "rxbuf" in values:
            self._rxbuf = values["rxbuf"]

    def irq(self, handler):
        self._handler = handler

    def add_peer(self, mac):
        self._want_active()
        if bytes(mac) in self._peers:
            raise OSError(_EXISTS, "ESP_ERR_ESPNOW_EXIST")
        if len(self._peers) >= MAX_TOTAL_PEER_NUM:
            raise OSError(_FULL, "ESP_ERR_ESPNOW_FULL")
        self._peers.add(bytes(mac))

    def del_peer(self, mac):
        if bytes(mac) not in self._peers:
            raise OSError(_NOT_FOUND, "ESP_ERR_ESPNOW_NOT_FOUND")
        self._peers.remove(bytes(mac))

    def send(self, mac, message, sync=True):
        self._want_active()
        if not 0 < len(message) <= MAX_DATA_LEN:
            raise ValueError("message: 1 to 250 bytes")
        if bytes(mac) not in self._peers:
            raise OSError(_NOT_FOUND, "ESP_ERR_ESPNOW_NOT_FOUND")
        _wire.send(_wire.OUT_ESPNOW, bytes(mac) + bytes([self._channel()]) + bytes(message))
        return True

    def any(self):
        return bool(self._held)

    def recv(self, timeout_ms=None):
        if not self._held:
            return (None, None)
        return self._held.pop(0)

    def _want_active(self):
        if not self._is_active:
            raise OSError(_NOT_INIT, "ESP_ERR_ESPNOW_NOT_INIT")

    def _channel(self):
        return network.WLAN(network.STA_IF).config("channel")

    def _on_frame(self, payload):
        if not self._is_active or payload[6] != self._channel():
            return
        if sum([len(message) + 13 for _, message in self._held]) + len(payload) + 6 > self._rxbuf:
            self.dropped += 1
            return
        self._held.append((bytes(payload[:6]), bytes(payload[7:])))
        if self._handler is not None:
            self._handler(self)
