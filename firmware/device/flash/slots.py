"""Two places for one text, written in turn, so that a cut at any moment leaves the last whole one. Knows no meaning.

A slot is the first or second half of the partition: magic, generation (4), length (4), crc32 over both and the text
(4), then the text. The highest generation whose crc is right is the one that counts. Writing erases the other slot,
programs the text, then the head, and reads it all back.

Ref: esp32.Partition, as in segments.py.
"""

import binascii
import struct

BLOCK = 4096
HEAD = 16
MAGIC = b"ALSL"
_MOST = 4 * BLOCK  # of a slot: nobody's settings are that long
_CHUNK = 512


class Slots:
    """Shape: `partition` has the interface of esp32.Partition and two blocks or more."""

    def __init__(self, partition):
        self._partition = partition
        self._blocks = min(partition.ioctl(4, 0) // 2, _MOST // BLOCK)
        if not self._blocks:
            raise ValueError("settings: the partition has less than two blocks")
        self.room = self._blocks * BLOCK - HEAD

    def found(self):
        """[(generation, text)] of the slots that are whole, the newest first."""
        whole = [one for one in (self._read(0), self._read(1)) if one is not None]
        return sorted(whole, reverse=True)

    def write(self, text):
        """Put this text into the slot that does not hold the newest. Errors: ValueError: too long; OSError: flash."""
        if len(text) > self.room:
            raise ValueError("settings: %d bytes, a slot has room for %d" % (len(text), self.room))
        generations = [one[0] if one is not None else 0 for one in (self._read(0), self._read(1))]
        slot = 1 if generations[0] >= generations[1] else 0
        generation = max(generations) + 1
        for block in range(-(-(HEAD + len(text)) // BLOCK)):
            self._partition.ioctl(6, slot * self._blocks + block)
        for at in range(0, len(text), _CHUNK):
            self._program(slot, HEAD + at, text[at : at + _CHUNK])
        head = struct.pack("<4sII", MAGIC, generation, len(text))
        self._program(slot, 0, head + struct.pack("<I", _crc(head, text)))
        if self._read(slot) != (generation, text):
            raise OSError("settings: the flash does not hold what was written")

    def _read(self, slot):
        head = bytearray(HEAD)
        self._partition.readblocks(slot * self._blocks, head, 0)
        magic, generation, length, crc = struct.unpack("<4sIII", head)
        if magic != MAGIC or length > self.room:
            return None
        text = bytearray(length)
        if length:
            self._partition.readblocks(slot * self._blocks, text, HEAD)
        text = bytes(text)
        return (generation, text) if _crc(head[:12], text) == crc else None

    def _program(self, slot, at, data):
        """A write may not cross a block."""
        while data:
            size = min(BLOCK - at % BLOCK, len(data))
            self._partition.writeblocks(slot * self._blocks + at // BLOCK, data[:size], at % BLOCK)
            at, data = at + size, data[size:]


def _crc(head, text):
    return binascii.crc32(text, binascii.crc32(head[4:])) & 0xFFFFFFFF
