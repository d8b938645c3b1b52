"""Bytes of BTHome v2 sensors: what they put into the air. Encodes only; decoding is the firmware's.

Counters and packet ids are kept in a file, because a real sensor's never go back either.

Ref: https://bthome.io/format; facts of the known sensors are in the README.
"""

from __future__ import annotations

import json
import pathlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESCCM

UUID = b"\xd2\xfc"
PLAIN, SEALED = 0x44, 0x45  # version 2, triggered by an event
EVENTS = {
    "press": 0x01,
    "double_press": 0x02,
    "triple_press": 0x03,
    "long_press": 0x04,
    "long_double_press": 0x05,
    "long_triple_press": 0x06,
    "hold_press": 0x80,
    "hold_release": 0x81,
}
BUTTON, BATTERY, PACKET_ID, DOOR, MOTION = 0x3A, 0x01, 0x00, 0x1A, 0x21


def seal(key: bytes, address: bytes, counter: int, payload: bytes, info: int = SEALED) -> bytes:
    """Service data of an encrypted frame. Shape: key 16 bytes, address 6 bytes as people write it."""
    count = (counter & 0xFFFFFFFF).to_bytes(4, "little")
    sealed = AESCCM(key, tag_length=4).encrypt(address + UUID + bytes([info]) + count, payload, None)
    return bytes([info]) + sealed[:-4] + count + sealed[-4:]


def advert(service_data: bytes) -> bytes:
    """The advertisement that carries this service data: flags, then service data. ValueError over 31 bytes."""
    data = b"\x02\x01\x06" + bytes([3 + len(service_data), 0x16]) + UUID + service_data
    if len(data) > 31:
        raise ValueError(f"advert: {len(data)} bytes, a legacy one has room for 31")
    return data


@dataclass
class Sensor:
    """One sensor of the home. Shape: `address` 12 hex digits; `key` 32 hex digits or None."""

    address: str
    kind: str
    key: str | None
    room: str
    label: str
    folder: pathlib.Path
    battery_pct: int = 97
    has_battery: bool = True  # a sensor without says nothing any more
    last_service_data: bytes = b""
    _counter: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._path = self.folder / f"sensor-{self.address}.json"
        if self._path.exists():
            self._counter = int(json.loads(self._path.read_text("utf-8"))["counter"])

    def settings(self) -> dict[str, str | None]:
        """This sensor as the hub's settings name it."""
        return {"id": self.address, "kind": self.kind, "key": self.key, "room": self.room, "label": self.label}

    def frame(self, objects: bytes) -> bytes:
        """Service data of the next frame with these objects; uses up a packet id and a counter."""
        self._counter += 1
        self._path.write_text(json.dumps({"counter": self._counter}), "utf-8")
        payload = bytes([PACKET_ID, self._counter & 0xFF, BATTERY, self.battery_pct]) + objects
        self.last_service_data = self._wrap(payload, self._counter)
        return self.last_service_data

    def _wrap(self, payload: bytes, counter: int) -> bytes:
        if self.key is None:
            return bytes([PLAIN]) + payload
        return seal(bytes.fromhex(self.key), bytes.fromhex(self.address), counter, payload)

    def press(self, activation: str = "press") -> bytes:
        return self.frame(bytes([BUTTON, EVENTS[activation]]))

    def beacon(self) -> bytes:
        """The frame of supervision: nothing has happened."""
        return self.frame(b"")

    def door(self, is_open: bool) -> bytes:
        return self.frame(bytes([DOOR, int(is_open)]))

    def motion(self, is_moving: bool = True) -> bytes:
        return self.frame(bytes([MOTION, int(is_moving)]))

    # --- hostile ones ------------------------------------------------------------------------------

    def replayed(self) -> bytes:
        """A genuine press with a counter from long ago, as a recorder would play it. Keyed sensors only."""
        payload = bytes([PACKET_ID, 1, BATTERY, self.battery_pct, BUTTON, 1])
        return self._wrap(payload, 0)

    def forged(self) -> bytes:
        """A press under a key that is not ours, with the next counter."""
        payload = bytes([PACKET_ID, (self._counter + 1) & 0xFF, BUTTON, 1])
        return seal(bytes(16), bytes.fromhex(self.address), self._counter + 1, payload)

    def broken(self) -> bytes:
        """A frame cut off in the middle."""
        return self.press()[:-5]
