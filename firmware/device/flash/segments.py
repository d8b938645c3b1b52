"""How the journal's records lie in a segment of flash, read and written. Decides nothing but what is a record.

Record: magic 0xA7, kind, length (2), generation (4), crc32 over all of it but itself (4), data; padded to 16 bytes.
Each record names its generation, so a damaged one costs itself alone. It must not know what follows what: that is
journal.py.

Ref: esp32.Partition: writeblocks(n, buf, offset) programs, ioctl(6, n) erases; an erase stops the chip for 80 ms.
"""

import binascii
import struct

BLOCK = 4096
SEGMENT_BLOCKS = 4
SEGMENT = BLOCK * SEGMENT_BLOCKS
SLOT = 16
HEAD = 12
MAGIC = 0xA7
DATA_MAX = 1024
_CHUNK = 512
_BLANK = b"\xff" * _CHUNK


def _crc(head, data):
    return binascii.crc32(data, binascii.crc32(head[:8])) & 0xFFFFFFFF


def size_of(data):
    """The bytes that a record with this data takes."""
    return -(-(HEAD + len(data)) // SLOT) * SLOT


class Found:
    """What lies in a segment: the `first` record's kind or None, the bytes of all records and of those up to the last
    of the kind that was looked for, `end` of what was ever programmed, and how many `damaged` places."""

    def __init__(self):
        self.first = None
        self.size = 0
        self.size_at_mark = 0  # 0: there is none of that kind
        self.end = 0
        self.damaged = 0


class Segments:
    """Shape: `partition` has the interface of esp32.Partition."""

    def __init__(self, partition):
        self._partition = partition
        self.blocks = partition.ioctl(4, 0)
        self.erases = 0
        self.programmed = 0  # bytes

    # --- reading -----------------------------------------------------------------------------------

    def generation_of(self, segment):
        """The generation of a segment's first readable record, or None when it is empty or on its way to be."""
        if self.is_blank(segment * SEGMENT_BLOCKS):
            return None
        data = bytearray(BLOCK)
        for block in range(SEGMENT_BLOCKS):
            self._partition.readblocks(segment * SEGMENT_BLOCKS + block, data)
            for at in range(0, BLOCK, SLOT):
                if data[at] == MAGIC:
                    record = self.record(segment, block * BLOCK + at, None)
                    if record is not None:
                        return record[0]
        return None

    def record(self, segment, at, generation):
        """(generation, kind, data) of the record at this place, or None."""
        magic, kind, length, found, crc = struct.unpack("<BBHII", self._read(segment, at, HEAD))
        if magic != MAGIC or length > DATA_MAX or at + HEAD + length > SEGMENT:
            return None
        if generation is not None and found != generation:
            return None
        data = self._read(segment, at + HEAD, length)
        if _crc(struct.pack("<BBHI", magic, kind, length, found), data) != crc:
            return None
        return found, kind, data

    def records(self, segment, generation, end):
        """Every readable record of this generation, one by one: (kind, data)."""
        at = 0
        while at < end:
            record = self.record(segment, at, generation)
            if record is None:
                at += SLOT
            else:
                at += size_of(record[2])
                yield record[1], record[2]

    def scan(self, segment, generation, mark):
        """What there is of this generation; a run of unreadable places counts as one damage. Shape: `mark` a kind."""
        found = Found()
        programmed = self._programmed_end(segment)
        at = 0
        was_bad = False
        while at < programmed:
            record = self.record(segment, at, generation)
            if record is not None:
                if found.first is None:
                    found.first = record[1]
                found.size += size_of(record[2])
                if record[1] == mark:
                    found.size_at_mark = found.size
                at += size_of(record[2])
            else:
                found.damaged += not was_bad
                at += SLOT
            was_bad = record is None
        found.end = at
        return found

    def _programmed_end(self, segment):
        """Behind the last byte that is not as erased, rounded up to a slot."""
        for at in range(SEGMENT - _CHUNK, -1, -_CHUNK):
            data = self._read(segment, at, _CHUNK)
            if data != _BLANK:
                size = _CHUNK
                while data[size - SLOT : size] == _BLANK[:SLOT]:
                    size -= SLOT
                return at + size
        return 0

    def is_blank(self, block):
        """Is this block as an erase leaves it?"""
        data = bytearray(_CHUNK)
        for at in range(0, BLOCK, _CHUNK):
            self._partition.readblocks(block, data, at)
            if data != _BLANK:
                return False
        return True

    def _read(self, segment, at, size):
        """Bytes from a segment; a read may cross blocks."""
        data = bytearray(size)
        if size:
            self._partition.readblocks(segment * SEGMENT_BLOCKS + at // BLOCK, data, at % BLOCK)
        return bytes(data)

    # --- writing -----------------------------------------------------------------------------------

    def write(self, segment, at, kind, data, generation):
        """Program one record into an erased place. False when the flash gives back something else."""
        head = struct.pack("<BBHI", MAGIC, kind, len(data), generation)
        record = head + struct.pack("<I", _crc(head, data)) + data
        record += b"\xff" * (-len(record) % SLOT)
        done = 0
        while done < len(record):
            size = min(BLOCK - (at + done) % BLOCK, len(record) - done)
            block = segment * SEGMENT_BLOCKS + (at + done) // BLOCK
            self._partition.writeblocks(block, record[done : done + size], (at + done) % BLOCK)
            self.programmed += size
            done += size
        return self._read(segment, at, len(record)) == record

    def erase(self, block):
        self._partition.ioctl(6, block)
        self.erases += 1
