"""Trigger devices that are heard while somebody installs: "press to add". Decides nothing but whether a key fits."""

import binascii

import cryptolib
from protocol import bthome, vocabulary

_MOST = 12
_KINDS = (
    (bthome.BUTTON, vocabulary.BUTTON),
    (bthome.SMOKE, vocabulary.DETECTOR),
    (bthome.GAS, vocabulary.DETECTOR),
    (bthome.CO, vocabulary.DETECTOR),
    (bthome.MOISTURE, vocabulary.DETECTOR),
    (bthome.DOOR, vocabulary.DOOR),
    (bthome.OPENING, vocabulary.DOOR),
    (bthome.WINDOW, vocabulary.WINDOW),
    (bthome.MOTION, vocabulary.MOTION),
    (bthome.MOVING, vocabulary.MOTION),
    (bthome.OCCUPANCY, vocabulary.PRESENCE),
    (bthome.PRESENCE, vocabulary.PRESENCE),
    (bthome.VIBRATION, vocabulary.VIBRATION),
    (bthome.POWER, vocabulary.APPLIANCE),
    (bthome.RUNNING, vocabulary.APPLIANCE),
)


class Sniffer:
    """Shape: `known(device_id)` is the kind of one that is enrolled already, or None."""

    def __init__(self, known):
        self._known = known
        self._heard = {}  # id: [number, rssi, frame, how often]
        self._number = 0

    def clear(self):
        """From now on count anew: whoever presses now is meant."""
        self._heard = {}

    def hear(self, device_id, frame, rssi_dbm):
        """One frame of BTHome."""
        entry = self._heard.get(device_id)
        if entry is None:
            if len(self._heard) >= _MOST:  # a street full of sensors: the one heard longest ago goes
                oldest = min(self._heard, key=lambda one: self._heard[one][0])
                del self._heard[oldest]
            entry = self._heard[device_id] = [0, rssi_dbm, b"", 0]
        self._number += 1
        entry[0] = self._number
        entry[1] = rssi_dbm
        entry[2] = bytes(frame)
        entry[3] += 1

    def rows(self):
        """What was heard, the newest first: id, rssi, is it sealed, what it seems to be, is it enrolled."""
        found = sorted(self._heard.items(), key=lambda item: -item[1][0])
        return [
            {
                "id": name,
                "rssi": e[1],
                "sealed": self.is_sealed(name),
                "kind": self._kind(name),
                "known": self._known(name),
            }
            for name, e in found[:8]
        ]

    def rssi(self, device_id):
        return self._heard[device_id][1] if device_id in self._heard else None

    def is_sealed(self, device_id):
        frame = self._heard[device_id][2]
        return bool(frame) and bool(frame[0] & bthome.ENCRYPTED)

    def _kind(self, device_id):
        if self.is_sealed(device_id):
            return None
        try:
            frame = bthome.open_frame(self._heard[device_id][2], binascii.unhexlify(device_id), None)
        except bthome.BadFrame:
            return None
        for object_id, kind in _KINDS:
            if frame.first(object_id) is not None:
                return kind
        return None

    def fits(self, device_id, key):
        """Does this key open the last frame? Shape: `key` 32 hex digits."""
        encrypt = cryptolib.aes(binascii.unhexlify(key), 1).encrypt
        try:
            bthome.open_frame(self._heard[device_id][2], binascii.unhexlify(device_id), encrypt)
            return True
        except bthome.BadFrame:
            return False
