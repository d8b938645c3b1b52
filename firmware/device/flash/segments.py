"""How the journal's records lie in a segment of flash, read and written. Decides nothing but what is a record.

Record: magic 0xA7, kind, length (2), generation (4), crc32 over all of it but itself (4), data; padded to 16 bytes.
Each record names its generation, so a damaged one costs itself alone.

A segment is filled from both ends. Records grow up from its beginning; a record that no single fault may cost has a
copy, and copies grow down from the end: a record of kind COPY, whose data names the place and the kind of the record
that it repeats. Where that one cannot be read, the copy is given in its stead and in its place, so that the order of
what happened stays true. It must not know what follows what: that is journal.py.

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
COPY = 254  # record kind: what lies at another place, once more
_COPY_HEAD = 3  # place in slots (2), kind (1)
_CHUNK = 512
_BLANK = b"\xff" * _CHUNK


def _crc(head, data):
    return binascii.crc32(data, binascii.crc32(head[:8])) & 0xFFFFFFFF


def size_of(data):
    """The bytes that a record with this data takes."""
    return -(-(HEAD + len(data)) // SLOT) * SLOT


def size_of_copy(data):
    """The bytes that the copy of a record with this data takes."""
    return -(-(HEAD + _COPY_HEAD + len(data)) // SLOT) * SLOT


class Found:
    """What lies in a segment: the `first` record's kind or None, the bytes of all records and of those up to the last
    of the kind that was looked for, the `end` of the records and the `top` where copies begin, how many `damaged`
    places, and whether anything `goes_on` behind one; `lost` [(place, place of its copy)] are the records that only
    their copies still know, lowest first."""

    def __init__(self):
        self.first = None
        self.size = 0
        self.size_at_mark = 0  # 0: there is none of that kind
        self.end = 0
        self.top = SEGMENT
        self.damaged = 0
        self.goes_on = False
        self.lost = []


class Segments:
    """Shape: `partition` has the interface of esp32.Partition."""

    def __init__(self, partition):
        self._partition = partition
        self.blocks = partition.ioctl(4, 0)
        self.erases = 0
        self.programmed = 0  # bytes

    # --- reading -----------------------------------------------------------------------------------

    def generation_of(self, segment):
        """The generation of a segment's first readable record, or None when there is none. That its first block is
        blank says little: it may be on its way to be erased, or have lost that block."""
        data = bytearray(BLOCK)
        for block in range(SEGMENT_BLOCKS):
            if self.is_blank(segment * SEGMENT_BLOCKS + block):
                continue
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
        if magic != MAGIC or length > DATA_MAX + _COPY_HEAD or at + HEAD + length > SEGMENT:
            return None
        if generation is not None and found != generation:
            return None
        data = self._read(segment, at + HEAD, length)
        if _crc(struct.pack("<BBHI", magic, kind, length, found), data) != crc:
            return None
        return found, kind, data

    def _places(self, segment, generation):
        """Every place that is not as erased, by rising address: (at, (kind, data) or None when it is no record)."""
        at = 0
        while at < SEGMENT:
            if not at % _CHUNK and self._read(segment, at, _CHUNK) == _BLANK:
                at += _CHUNK
                continue
            record = self.record(segment, at, generation)
            if record is not None:
                yield at, record[1:]
                at += size_of(record[2])
                continue
            if self._read(segment, at, SLOT) != _BLANK[:SLOT]:
                yield at, None
            at += SLOT

    def records(self, segment, generation, lost):
        """Every record of this generation that is readable here or in its copy, in order: (kind, data). Shape: `lost`
        of Found."""
        lost = list(lost)
        for at, record in self._places(segment, generation):
            while lost and lost[0][0] <= at:
                yield self._copied(segment, lost.pop(0)[1], generation)
            if record is not None and record[0] != COPY:
                yield record
        for _, copy in lost:
            yield self._copied(segment, copy, generation)

    def _copied(self, segment, at, generation):
        found = self.record(segment, at, generation)
        if found is None:  # it was readable a moment ago: flash that changes its mind may not end a start
            return COPY, b""
        return found[2][_COPY_HEAD - 1], found[2][_COPY_HEAD:]

    def scan(self, segment, generation, mark):
        """What there is of this generation; a run of unreadable places counts as one damage. Shape: `mark` a kind."""
        found = Found()
        was_bad = False
        behind = 0  # the last place
        for at, record in self._places(segment, generation):
            kind = None if record is None else record[0]
            size = SLOT if record is None else size_of(record[1])
            if record is None:
                found.damaged += not was_bad
            else:
                found.size += size
                found.goes_on = found.goes_on or found.damaged > 0
                # The one gap that a sound segment has is the one before its copies.
                found.damaged += at != behind and not was_bad and not (kind == COPY and found.top == SEGMENT)
            if record is not None and kind == COPY:
                found.top = min(found.top, at)
                place = struct.unpack("<H", record[1][:2])[0] * SLOT
                if self.record(segment, place, generation) is None:
                    found.lost.insert(0, (place, at))  # copies lie in the order opposite to what they repeat
            else:
                found.end = at + size
                found.first = kind if found.first is None else found.first
                if kind == mark:
                    found.size_at_mark = found.size
            was_bad = record is None
            behind = at + size
        found.damaged = found.damaged or len(found.lost)
        return found

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

    def write_copy(self, segment, at, place, kind, data, generation):
        """Program the copy of a record that lies at `place`, likewise."""
        return self.write(segment, at, COPY, struct.pack("<HB", place // SLOT, kind) + data, generation)

    def erase(self, block):
        self._partition.ioctl(6, block)
        self.erases += 1
