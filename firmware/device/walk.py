"""A walk test: tells the relay of each event of each trigger device, and how long it took there and back.

Loaded when the relay orders a walk test, and gone when it is over. The kernel decides about the same frames as ever;
here they are only counted: an event is a press, a sign of life or an alarm, not a word that a device is there; the same
one heard again is the same one. What is sealed counts only when the kernel has taken it.
"""

import binascii
import os

from hub.senses import meanings
from protocol import bthome, messages, topics

_WAITING = 16  # events without the relay's answer
_AGAIN_MS = 10000  # without a number only silence tells two events apart


class Walk:
    """Shape: `devices` {address: hub.senses.sensors.Device}; `send(word, message)` publishes, and keeps nothing."""

    def __init__(self, devices, send, now_ms, seconds):
        self._devices = devices
        self._send = send
        self._now_ms = now_ms
        self.until_ms = now_ms() + seconds * 1000
        self._last = {}  # address: (what it said last, when)
        self._waiting = {}  # n: (heard at ms, address, rssi)
        self._n = int.from_bytes(os.urandom(3), "little") + 1

    def hear(self, address, service_data, rssi_dbm):
        """A frame that the kernel has seen already."""
        device = self._devices.get(address)
        if device is None:
            return
        try:
            frame = bthome.open_frame(service_data, binascii.unhexlify(address), device.encrypt_block)
        except bthome.BadFrame:
            return
        if frame.counter is not None and device.mark[1:] != frame.counter.to_bytes(4, "little"):
            return  # refused, or older than what was heard
        if not self._is_event(frame):
            return
        number = frame.counter if frame.counter is not None else frame.first(bthome.PACKET_ID)
        said, heard_ms = self._last.get(address, (None, 0))
        now_ms = self._now_ms()
        what = service_data if number is None else number
        self._last[address] = (what, now_ms)
        if what == said and (number is not None or now_ms - heard_ms < _AGAIN_MS):
            return
        self._n += 1
        if len(self._waiting) >= _WAITING:
            del self._waiting[min(self._waiting)]
        self._waiting[self._n] = (now_ms, address, rssi_dbm)
        self._send(topics.WALK, messages.walked(self._n, address, rssi_dbm))

    def _is_event(self, frame):
        for object_id, value in frame.objects:
            if object_id == bthome.BUTTON:
                if value not in (bthome.BUTTON_NONE, bthome.BUTTON_RELEASED):
                    return True
            elif object_id in (bthome.DOOR, bthome.WINDOW, bthome.OPENING):
                return True
            elif value and (object_id in meanings.LIFE or object_id in meanings.ALARMS):
                return True
        return False

    def received(self, n):
        """The relay has heard event n: now its time there and back is known."""
        found = self._waiting.pop(n, None)
        if found is not None:
            self._send(topics.WALK, messages.walked(n, found[1], found[2], self._now_ms() - found[0]))
