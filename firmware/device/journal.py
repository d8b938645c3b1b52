"""The journal: an append-only ring in a raw flash partition of its own. Decides where records lie, not what they mean.

The partition is cut into segments of four 4,096-byte blocks. A segment starts with a snapshot (records that make the
whole state anew, closed by an END record) and goes on with what happened since. When it is full the next segment
gets a new snapshot; the one before stays whole until long after, so a power cut at any moment leaves a complete
snapshot and all that was appended to it.

Record: magic 0xA7, kind, length (2), generation (4), crc32 over all of it but itself (4), data; padded to 16 bytes.
Each record names its generation, so a damaged one costs itself alone. When the newest segment is damaged or its
snapshot unfinished, the segment before is replayed first: records are idempotent (hub/memory.py).

Rule 1. Nothing is ever programmed twice: behind a torn record a new segment begins.
Rule 2. `append` returns when the record is on flash, and raises OSError when it is not.

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
END = 0  # record kind: the snapshot is complete


def _crc(head, data):
    return binascii.crc32(data, binascii.crc32(head[:8])) & 0xFFFFFFFF


class Journal:
    """Shape: `partition` has the interface of esp32.Partition; `snapshot()` gives a list of (kind, data)."""

    def __init__(self, partition, snapshot):
        self._partition = partition
        self._snapshot = snapshot
        blocks = partition.ioctl(4, 0)
        self._segments = blocks // SEGMENT_BLOCKS
        if self._segments < 4:
            raise ValueError("journal: the partition has %d blocks, needs %d" % (blocks, 4 * SEGMENT_BLOCKS))
        self._segment = 0
        self._generation = 0
        self._at = SEGMENT  # full: the first append opens a segment
        self._is_ahead = 0  # blocks of the next segment known to be erased
        self.erases = 0
        self.programmed = 0  # bytes
        self.damaged = 0  # slots that were neither records nor empty, seen by open()

    # --- reading -----------------------------------------------------------------------------------

    def open(self):
        """Read what is there, oldest first: [(kind, data)]. The next append goes behind it."""
        newest = []
        for segment in range(self._segments):
            generation = self._generation_of(segment)
            if generation is not None:
                newest.append((generation, segment))
        newest.sort()
        if not newest:
            return []
        self._generation, self._segment = newest[-1]
        records, self._at, is_finished, is_sound = self._scan(self._segment, self._generation)
        if not is_sound:
            self._at = SEGMENT  # Rule 1
        if not is_finished:  # try the same segment again: the ring must not run over the last whole snapshot
            self._segment = (self._segment - 1) % self._segments
        for generation, segment in reversed(newest[:-1]):
            if is_sound:
                break
            older, _, _, is_sound = self._scan(segment, generation)
            records = older + records
        return [record for record in records if record[0] != END]

    def probe(self):
        """Does the flash still give back what was written? Reads the first record of the segment in use."""
        return not self._generation or self._record(self._segment, 0, self._generation) is not None

    def _generation_of(self, segment):
        """The generation of a segment's first readable record, or None when it is empty."""
        data = bytearray(BLOCK)
        for block in range(SEGMENT_BLOCKS):
            self._partition.readblocks(segment * SEGMENT_BLOCKS + block, data)
            for at in range(0, BLOCK, SLOT):
                if data[at] != MAGIC:
                    continue
                record = self._record(segment, block * BLOCK + at, None)
                if record is not None:
                    return record[0]
            if block == 0 and data[0] == 0xFF and data.count(b"\xff") == BLOCK:
                return None
        return None

    def _record(self, segment, at, generation):
        """(generation, kind, data, bytes used) of the record at this place, or None."""
        head = self._read(segment, at, HEAD)
        magic, kind, length, found, crc = struct.unpack("<BBHII", head)
        if magic != MAGIC or length > DATA_MAX or at + HEAD + length > SEGMENT:
            return None
        if generation is not None and found != generation:
            return None
        data = self._read(segment, at + HEAD, length)
        if _crc(head, data) != crc:
            return None
        return found, kind, data, -(-(HEAD + length) // SLOT) * SLOT

    def _scan(self, segment, generation):
        """(records, where the empty part starts, is_finished, is_sound). Finished: the snapshot is whole;
        sound: that, and no damage."""
        records = []
        is_finished = False
        at = 0
        damaged = 0
        while at < SEGMENT:
            record = self._record(segment, at, generation)
            if record is not None:
                is_finished = is_finished or record[1] == END
                records.append((record[1], record[2]))
                at += record[3]
                continue
            if self._is_empty(segment, at):
                break
            damaged += 1
            at += SLOT
        self.damaged += damaged
        return records, at, is_finished, is_finished and not damaged

    def _is_empty(self, segment, at):
        """Is everything from here to the end of the segment erased? (A torn record may start with 0xFF.)"""
        while at < SEGMENT:
            size = min(512, SEGMENT - at)
            data = self._read(segment, at, size)
            if data != b"\xff" * size:
                return False
            at += size
        return True

    def _read(self, segment, at, size):
        """Bytes from a segment; a read may cross blocks."""
        data = bytearray(size)
        if size:
            self._partition.readblocks(segment * SEGMENT_BLOCKS + at // BLOCK, data, at % BLOCK)
        return bytes(data)

    # --- writing -----------------------------------------------------------------------------------

    def append(self, kind, data):
        """Put one record on flash. Errors: OSError when the flash refuses; ValueError for over 1 KiB."""
        if len(data) > DATA_MAX:
            raise ValueError("journal: a record of %d bytes" % len(data))
        if self._at + HEAD + len(data) > SEGMENT:
            self._roll()
        self._write(kind, data)

    def begin(self):
        """Make sure that a snapshot of this run is on flash: opens a segment unless one is under way."""
        if self._at >= SEGMENT:
            self._roll()

    def prepare(self):
        """Erase one block of the next segment ahead of need. True when it erased: call while the home is quiet."""
        if self._is_ahead >= SEGMENT_BLOCKS:
            return False
        self._erase((self._segment + 1) % self._segments * SEGMENT_BLOCKS + self._is_ahead)
        self._is_ahead += 1
        return True

    def _roll(self):
        while self.prepare():
            pass
        self._segment = (self._segment + 1) % self._segments
        self._generation += 1
        self._is_ahead = 0
        self._at = 0
        for kind, data in self._snapshot():
            if self._at + HEAD + len(data) + 2 * SLOT <= SEGMENT:
                self._write(kind, data)
        self._write(END, b"")

    def _write(self, kind, data):
        head = struct.pack("<BBHI", MAGIC, kind, len(data), self._generation)
        record = head + struct.pack("<I", _crc(head, data)) + data
        record += b"\xff" * (-len(record) % SLOT)
        at = self._at
        self._at += len(record)  # before the write: a torn record's place is never used again
        while record:
            size = min(BLOCK - at % BLOCK, len(record))
            block = self._segment * SEGMENT_BLOCKS + at // BLOCK
            self._partition.writeblocks(block, record[:size], at % BLOCK)
            self.programmed += size
            at += size
            record = record[size:]

    def _erase(self, block):
        self._partition.ioctl(6, block)
        self.erases += 1
