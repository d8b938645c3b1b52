"""The reflex: from the BLE callback straight to siren and lamp. Asks one question: a new press of an enrolled button?

It runs inside the radio's interrupt: no allocation, no import, no float, no exception on any bytes, nothing that
waits. It may be wrong (it checks no tag): the kernel, which decodes in full, silences a frame that proves false
and tells the reflex with `believe` what to hold as last heard.

Rule 1. Whatever it turns on is also put into the urgent ring, whole, so that the kernel decides on the same bytes.
Rule 2. When in doubt it sounds: a siren for nothing is a nuisance, a silent one a death.

`encrypt` is AES-ECB by `encrypt(block, out)`, in place into memory set aside (cryptolib's second argument).
Ref: protocol/bthome.py, of which `_find_press` is the part for buttons, over fixed buffers.
"""

from protocol import bthome
from protocol.advert import find_bthome

RECORD = 48  # bytes of one record in a ring: address 6, rssi + 128, is_urgent, length, data up to 39
DATA_MAX = RECORD - 9
SILENCE_MS = 10000

# Bytes of each object, 0 for unknown, 255 for variable: a bytes table, so that looking up allocates nothing.
_sizes = bytearray([shape & 7 for shape in bthome.SHAPES])
for _id in (bthome.TEXT, bthome.RAW, bthome.COMMAND):
    _sizes[_id] = 255
SIZES = bytes(_sizes)


def _find_press(data, start, end):
    """(button is pressed) * 512 + packet id, or + 256 without one. A small integer: allocates nothing."""
    pressed = 0
    packet_id = 256
    at = start
    while at < end:
        object_id = data[at]
        size = SIZES[object_id]
        if size == 255:
            if at + 2 > end:
                break
            size = 1 + (1 + (data[at + 1] & 0x1F) if object_id == bthome.COMMAND else data[at + 1])
        if size == 0 or at + 1 + size > end:
            break
        if object_id == bthome.PACKET_ID and packet_id == 256:
            packet_id = data[at + 1]
        elif object_id == bthome.BUTTON:
            value = data[at + 1]
            if value != bthome.BUTTON_NONE and value != bthome.BUTTON_RELEASED:
                pressed = 512
        at += 1 + size
    return pressed + packet_id


class Reflex:
    """Enrolled buttons and where each was last heard. Shape: `buttons` is a list of (address as 6 bytes, encrypt
    or None, mark of 5 bytes); `sound()` and `light()` must allocate nothing."""

    def __init__(self, buttons, sound, light):
        self._count = len(buttons)
        self._addresses = bytearray(6 * len(buttons))
        self._marks = bytearray(5 * len(buttons))
        self._heard_ms = [0] * len(buttons)
        self._encrypts = [b[1] for b in buttons]
        for i, (address, _, mark) in enumerate(buttons):
            self._addresses[6 * i : 6 * i + 6] = address
            self._marks[5 * i : 5 * i + 5] = mark
        self._block = bytearray(16)
        self._stream = bytearray(16)
        self._plain = bytearray(16)
        self._sound = sound
        self._light = light
        self.fired = 0

    def believe(self, address, mark):
        """The kernel's word on what was last heard. Called from the loop, not from the interrupt."""
        for i in range(self._count):
            if self._addresses[6 * i : 6 * i + 6] == address:
                self._marks[5 * i : 5 * i + 5] = mark

    def find(self, address):
        """The index of an enrolled button, or -1."""
        addresses = self._addresses
        for i in range(self._count):
            at = 6 * i
            k = 0
            while k < 6 and addresses[at + k] == address[k]:
                k += 1
            if k == 6:
                return i
        return -1

    def is_press(self, i, address, data, start, end, now_ms):
        """Is this frame (service data behind the UUID in data[start:end]) a new press of button i?"""
        if end - start < 2 or data[start] >> 5 != bthome.VERSION:
            return False
        info = data[start]
        body = start + (7 if info & bthome.HAS_MAC else 1)
        if info & bthome.ENCRYPTED:
            return self._is_new_sealed(i, address, data, start, body, end)
        if self._encrypts[i] is not None:
            return False  # a downgrade: the kernel reports it; it earns no siren
        found = _find_press(data, body, end)
        packet_id = found & 255 if not found & 256 else 0
        marks = self._marks
        at = 5 * i
        if found & 256:  # no packet id: only silence tells two presses apart
            elapsed = now_ms - self._heard_ms[i]
            is_new = marks[at] != 2 or elapsed > SILENCE_MS or elapsed < 0
            kind = 2
        else:
            is_new = marks[at] != 1 or marks[at + 1] != packet_id
            kind = 1
        self._heard_ms[i] = now_ms
        if not found & 512:
            return False  # a beacon: the kernel follows its packet id and tells us
        marks[at] = kind
        marks[at + 1] = packet_id
        marks[at + 2] = marks[at + 3] = marks[at + 4] = 0
        return is_new

    def _is_new_sealed(self, i, address, data, start, body, end):
        encrypt = self._encrypts[i]
        if encrypt is None or end - body < 9:
            return False
        marks = self._marks
        at = 5 * i
        if marks[at]:  # counter: four bytes, low first; compare from the high end
            k = 3
            while k >= 0 and data[end - 8 + k] == marks[at + 1 + k]:
                k -= 1
            if k < 0 or data[end - 8 + k] < marks[at + 1 + k]:
                return False
        block = self._block
        block[0] = 1
        for k in range(6):
            block[1 + k] = data[start + 6 - k] if data[start] & bthome.HAS_MAC else address[k]
        block[7] = 0xD2
        block[8] = 0xFC
        block[9] = data[start]
        for k in range(4):
            block[10 + k] = data[end - 8 + k]
        block[14] = 0
        block[15] = 1
        encrypt(block, self._stream)
        size = end - 8 - body
        if size > 16:
            size = 16  # a button's objects fit into the first block; more would be another device's frame
        plain = self._plain
        for k in range(size):
            plain[k] = data[body + k] ^ self._stream[k]
        if not _find_press(plain, 0, size) & 512:
            return False
        marks[at] = 1
        for k in range(4):
            marks[at + 1 + k] = data[end - 8 + k]
        return True

    def react(self, address, data, start, end, now_ms):
        """Sound and light for a new press. True when it did. The only entry for the interrupt."""
        i = self.find(address)
        if i < 0 or not self.is_press(i, address, data, start, end, now_ms):
            return False
        self._sound()
        self._light()
        self.fired += 1
        return True


class Ears:
    """What the radio's callback calls for each advert: reflex first, then the ring for the kernel.

    Shape: rings have `write(bytes)` and `any()` (micropython.RingIO) and hold so many bytes. A full ring drops
    the newest ordinary frame and counts it; frames for which the reflex has sounded have a ring of their own.
    """

    def __init__(self, reflex, urgent_ring, ring, urgent_capacity, capacity):
        self.reflex = reflex
        self._urgent_ring = urgent_ring
        self._ring = ring
        self._urgent_capacity = urgent_capacity
        self._capacity = capacity
        self._record = bytearray(RECORD)
        self.dropped = 0

    def hear(self, address, rssi_dbm, data, now_ms):
        """Take one advert. Returns True when it holds BTHome data (the loop should look at the rings)."""
        place = find_bthome(data)
        if place < 0:
            return False
        start, end = place >> 16, place & 0xFFFF
        if end - start > DATA_MAX:  # no legacy advert is that long: not one of our devices
            self.dropped += 1
            return False
        urgent = self.reflex.react(address, data, start, end, now_ms)
        size = end - start
        record = self._record
        for k in range(6):
            record[k] = address[k]
        record[6] = (rssi_dbm + 128) & 255
        record[7] = 1 if urgent else 0
        record[8] = size
        for k in range(size):
            record[9 + k] = data[start + k]
        ring = self._urgent_ring if urgent else self._ring
        if (self._urgent_capacity if urgent else self._capacity) - ring.any() < RECORD:
            self.dropped += 1
            return True
        ring.write(record)
        return True
