"""BTHome v2: from service data to objects. Decides what a frame says; not what follows from it.

It must not know which device is enrolled, which counter was last, nor what an alarm is. Values stay
integers (an ESP32 float has 32 bits): a raw value divided by its object's `per_unit` is the reading.

Rule 1. An object id that is not in the table ends the parse: its length is unknown. What came before counts.
Rule 2. An encrypted frame is opened in full or not at all.

Ref: https://bthome.io/format (BTHome v2); object table below in that order.
"""

import struct

from . import ccm, vocabulary

VERSION = 2
ENCRYPTED, HAS_MAC, TRIGGERED = 0x01, 0x02, 0x04
ENCRYPTED_LENGTH_MIN = 1 + 1 + 4 + 4  # info, at least one byte, counter, tag

PACKET_ID, BATTERY, BUTTON, BATTERY_LOW = 0x00, 0x01, 0x3A, 0x15
OPENING, DOOR, WINDOW, MOTION, MOVING, OCCUPANCY, PRESENCE = 0x11, 0x1A, 0x2D, 0x21, 0x22, 0x23, 0x25
POWER, RUNNING = 0x10, 0x27
SMOKE, GAS, CO, MOISTURE, VIBRATION, TAMPER, PROBLEM, SAFETY = 0x29, 0x1C, 0x17, 0x20, 0x2C, 0x2B, 0x26, 0x28
TEXT, RAW, COMMAND = 0x53, 0x54, 0x3B

# Button events. 0x81 is the release after a hold: it ends one, it is no call of its own. 0xFE is hold in
# firmware older than the standard.
BUTTON_EVENTS = {
    0x01: vocabulary.PRESS,
    0x02: vocabulary.DOUBLE,
    0x03: vocabulary.TRIPLE,
    0x04: vocabulary.LONG,
    0x05: vocabulary.LONG_DOUBLE,
    0x06: vocabulary.LONG_TRIPLE,
    0x80: vocabulary.HOLD,
    0xFE: vocabulary.HOLD,
}
BUTTON_NONE, BUTTON_RELEASED = 0x00, 0x81

# What an object is, in one byte: how many bytes, SIGNED, and the power of ten of per_unit in the upper half; 0 for an
# id that is not in the table. (A dictionary of tuples costs 1.5 KB more.) 0x58 counts in steps of 0.35: the value is
# given as raw × 35. Variable lengths are handled in `objects`.
SIGNED = 8
_GROUPS = (
    (1, 0, 0, "00 01 09 2E 2F 3A 60 64 65"),
    (1, 0, 1, "46"),
    (1, SIGNED, 0, "57 59"),
    (1, SIGNED, 2, "58"),
    (2, 0, 0, "0D 0E 12 13 3C 3D 40 48 56 61 F0"),
    (2, 0, 1, "41 47 4A 5F"),
    (2, 0, 2, "03 06 07 14 44 5E"),
    (2, 0, 3, "0C 43 49 51 52"),
    (2, SIGNED, 0, "5A"),
    (2, SIGNED, 1, "3F 45"),
    (2, SIGNED, 2, "02 08"),
    (2, SIGNED, 3, "5D"),
    (3, 0, 0, "F2"),
    (3, 0, 2, "04 05 0B"),
    (3, 0, 3, "0A 42 4B"),
    (4, 0, 0, "3E 50 F1"),
    (4, 0, 3, "4C 4D 4E 4F 55"),
    (4, SIGNED, 0, "5B"),
    (4, SIGNED, 2, "5C"),
    (4, SIGNED, 6, "62 63"),
)


_table = bytearray(256)
for _id in range(0x0F, 0x2E):  # the binary sensors, but for the few measures among them
    _table[_id] = 1
for _size, _sign, _power, _ids in _GROUPS:
    for _text in _ids.split():
        _table[int(_text, 16)] = _size + _sign + 16 * _power
SHAPES = bytes(_table)
del _GROUPS, _table


class BadFrame(Exception):
    """A frame that cannot be used; `reason` is a word of vocabulary.REFUSALS."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


class Frame:
    """One frame, opened. Shape: `objects` is a list of (object id, integer or bytes), in the order sent;
    `counter` is None for a plain frame; `is_whole` is False when Rule 1 or a cut-off end stopped the parse."""

    def __init__(self, counter, is_triggered, found, is_whole):
        self.counter = counter
        self.is_triggered = is_triggered
        self.objects = found
        self.is_whole = is_whole

    def first(self, object_id):
        """The first value of this object, or None."""
        for found_id, value in self.objects:
            if found_id == object_id:
                return value
        return None

    def all(self, object_id):
        """Every value of this object: a device with four buttons sends four."""
        return [value for found_id, value in self.objects if found_id == object_id]


def integer(data, is_signed):
    """Little-endian integer of 1 to 4 bytes. (MicroPython's int.from_bytes ignores `signed`.)"""
    value = 0
    for byte in reversed(bytes(data)):
        value = value << 8 | byte
    if is_signed and data[-1] & 0x80:
        value -= 1 << (8 * len(data))
    return value


def _variable(payload, at):
    """(start, end) of the value of a text, raw or command object whose id stands at `at`; None if cut off."""
    if at + 2 > len(payload):
        return None
    length = payload[at + 1]
    if payload[at] == COMMAND:
        length = 1 + (length & 0x1F)  # the opcode, then its arguments
    return at + 2, at + 2 + length


def objects(payload):
    """(list of (object id, value), is_whole) of a plain payload. Never raises."""
    found = []
    at = 0
    while at < len(payload):
        object_id = payload[at]
        if object_id in (TEXT, RAW, COMMAND):
            span = _variable(payload, at)
            if span is None or span[1] > len(payload):
                return found, False
            found.append((object_id, bytes(payload[span[0] : span[1]])))
            at = span[1]
            continue
        shape = SHAPES[object_id]
        size = shape & 7
        if not size or at + 1 + size > len(payload):
            return found, False
        value = integer(payload[at + 1 : at + 1 + size], shape & SIGNED)
        found.append((object_id, value * 35 if object_id == 0x58 else value))
        at += 1 + size
    return found, True


def open_frame(service_data, address, encrypt_block):
    """Open the service data (behind the UUID) of a frame that came from `address`.

    Shape: `address` 6 bytes in the order people write it; `encrypt_block` AES-ECB with the device's key, or
    None when it was enrolled without one. Errors: BadFrame with a reason; never anything else.
    """
    if len(service_data) < 2:
        raise BadFrame(vocabulary.BROKEN)
    info = service_data[0]
    if info >> 5 != VERSION:
        raise BadFrame(vocabulary.BROKEN)
    start = 7 if info & HAS_MAC else 1
    is_triggered = bool(info & TRIGGERED)
    if not info & ENCRYPTED:
        if encrypt_block is not None:
            raise BadFrame(vocabulary.PLAIN_FROM_KEYED)
        if len(service_data) <= start:
            raise BadFrame(vocabulary.BROKEN)
        found, is_whole = objects(bytes(service_data[start:]))
        return Frame(None, is_triggered, found, is_whole)
    if encrypt_block is None:
        raise BadFrame(vocabulary.NO_KEY)
    if len(service_data) < start + ENCRYPTED_LENGTH_MIN - 1:
        raise BadFrame(vocabulary.BROKEN)
    if info & HAS_MAC:
        address = bytes(reversed(bytes(service_data[1:7])))
    counter = bytes(service_data[-8:-4])
    nonce = bytes(address) + b"\xd2\xfc" + bytes((info,)) + counter
    plain = ccm.unseal(encrypt_block, nonce, bytes(service_data[start:-8]), bytes(service_data[-4:]))
    if plain is None:
        raise BadFrame(vocabulary.WRONG_KEY)
    found, is_whole = objects(plain)
    return Frame(struct.unpack("<I", counter)[0], is_triggered, found, is_whole)
