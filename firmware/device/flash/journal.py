"""The journal: an append-only ring in a raw flash partition of its own. Decides where records lie, not what they mean.

The partition is cut into segments of four 4,096-byte blocks (device/flash/segments.py). A group of segments begins
with a snapshot (records that make the whole state anew, closed by an END record) and goes on with what happened since;
a segment that goes on with a group begins with a MORE record. When enough has been appended to pay for it, the next
segment begins a new group. The group before stays whole, so a power cut at any moment leaves a complete snapshot and
all that was appended to it. When the newest group is damaged or its snapshot unfinished, the group before is replayed
first: records are idempotent (hub/keeping/memory.py).

Rule 1. Nothing is ever programmed twice: behind a torn or damaged record a new group begins.
Rule 2. `append` returns when the record is on flash and reads back as written, and raises OSError when it does not.
Told to, it writes it twice, in two blocks: neither a bad byte nor a bad block takes both. In a snapshot each stands
once: the group before holds it too.
Rule 3. Nothing is erased but by `prepare`, which is called while the home is quiet. Only when all that was prepared is
used up does `append` erase one segment itself (`erased_late` counts the blocks): four stops of 80 ms are better than a
forgotten alarm. Prepared are all segments but those of the newest two groups: 96 of 128 KiB.
"""

from .segments import BLOCK, DATA_MAX, HEAD, SEGMENT, SEGMENT_BLOCKS, SLOT, Segments, size_of, size_of_copy

END = 0  # record kind: the snapshot is complete
MORE = 255  # record kind: this segment goes on with the group of the one before

__all__ = ("BLOCK", "DATA_MAX", "END", "HEAD", "SEGMENT", "SEGMENT_BLOCKS", "SLOT", "Journal")


class Journal:
    """Shape: `partition` has the interface of esp32.Partition; `snapshot()` gives (kind, data), the weightiest first.

    `damaged`: places that open() could not read; `left_out`: records for which the newest snapshot had no room.
    """

    def __init__(self, partition, snapshot):
        self._flash = Segments(partition)
        self._snapshot = snapshot
        self._segments = self._flash.blocks // SEGMENT_BLOCKS
        if self._segments < 4:
            raise ValueError(
                "journal: the partition has %d blocks, needs %d" % (self._flash.blocks, 4 * SEGMENT_BLOCKS)
            )
        self._group_most = (self._segments - 2) // 2  # a whole group and its successor fit into the ring, always
        self._segment = self._segments - 1
        self._generation = 0
        self._at = SEGMENT  # full: the first append opens a segment
        self._top = SEGMENT  # where the copies begin
        self._is_crowded = False  # the snapshot left one block: records and copies have to share it
        self._group = 0  # segments of the newest group
        self._needed = 0  # segments, the newest included, that may not be erased ahead
        self._must_begin = True  # a new group, whatever has been appended to this one
        self._is_unfinished = False  # the power went while the newest snapshot was written: nothing came after it
        self._snapshot_size = self._appended = 0  # bytes, in the newest group
        self._ahead = 0  # erased blocks behind the newest segment
        self.erased_late = 0
        self.damaged = 0
        self.left_out = 0
        self.is_new = True  # nothing was there when it was opened

    @property
    def erases(self):
        return self._flash.erases

    @property
    def programmed(self):
        """Bytes programmed since the start."""
        return self._flash.programmed

    # --- reading -----------------------------------------------------------------------------------

    def open(self):
        """Find out what is there; gives its records one by one, oldest first: (kind, data). Take them all before the
        first append, which goes behind them. They are read when asked for: all at once would not fit into the heap."""
        newest = []
        for segment in range(self._segments):
            generation = self._flash.generation_of(segment)
            if generation is not None:
                newest.append((generation, segment))
        newest.sort()
        self.is_new = not newest
        if newest:
            self._generation, self._segment = newest[-1]
        places = self._find_groups(newest)
        while self._ahead < self._reserve() and self._flash.is_blank(self._block_ahead()):
            self._ahead += 1
        if self._is_unfinished and self._ahead < SEGMENT_BLOCKS:
            # Try the same segments again, so as not to run over the last whole group.
            self._segment = (self._segment - self._group) % self._segments
            self._ahead = 0
        return self._records(places)

    def _records(self, places):
        for segment, generation, lost in places:
            for kind, data in self._flash.records(segment, generation, lost):
                if kind != END and kind != MORE:
                    yield kind, data

    def _find_groups(self, newest):
        """Where the newest group lies, and those before it as far back as there is damage: oldest first, each
        (segment, generation, records that only their copies know)."""
        places = []
        group = []  # what the segments of the group in hand hold, oldest first
        damaged = groups = 0
        for generation, segment in reversed(newest):
            found = self._flash.scan(segment, generation, END)
            places.insert(0, (segment, generation, found.lost))
            group.insert(0, found)
            damaged += found.damaged
            self._needed += 1
            if not groups and len(group) == 1:
                self._at, self._top = found.end, found.top
            if found.first == MORE:
                continue
            self.damaged += damaged
            is_whole = any([one.size_at_mark for one in group])
            if not groups:
                self._group = len(group)
                self._must_begin = bool(damaged or not is_whole)
                is_hit = any([one.goes_on for one in group]) or any([one.damaged for one in group[:-1]])
                self._is_unfinished = not is_whole and not is_hit
                self._measure(group)
            groups += 1
            if is_whole and not damaged:
                break
            group, damaged = [], 0
        else:
            self.damaged += damaged  # of a group whose beginning is gone
        self._needed = min(self._needed + 1, self._segments - 1)
        if self._must_begin:
            self._at = SEGMENT  # Rule 1
        return places

    def _measure(self, group):
        """How large the newest group's snapshot is (0: unfinished), and what was appended to it."""
        size = 0
        for found in group:
            if found.size_at_mark:
                self._snapshot_size = size + found.size_at_mark
            size += found.size
        self._appended = size - self._snapshot_size

    def probe(self):
        """Does the flash still give back what was written? Reads the first record of the segment in use."""
        return not self._generation or self._flash.record(self._segment, 0, self._generation) is not None

    # --- writing -----------------------------------------------------------------------------------

    def append(self, kind, data, is_twice=False):
        """Put one record on flash, or two of it. Errors: OSError when the flash refuses; ValueError for over 1 KiB."""
        if len(data) > DATA_MAX:
            raise ValueError("journal: a record of %d bytes" % len(data))
        if not self._has_room(data, is_twice):
            self._turn()
        if not self._put_all(kind, data, is_twice):  # a bad place: once more in another segment
            self._must_begin = True
            self._turn()
            if not self._put_all(kind, data, is_twice):
                self._must_begin, self._at = True, SEGMENT
                raise OSError("journal: the flash does not hold what was written")
        self._appended += size_of(data) + (size_of_copy(data) if is_twice else 0)

    def _has_room(self, data, is_twice):
        end = self._at + size_of(data)
        if not is_twice:
            return end <= self._top
        copy = self._top - size_of_copy(data)
        return end <= copy and (self._is_crowded or (end - 1) // BLOCK < copy // BLOCK)

    def _put_all(self, kind, data, is_twice):
        """Write it behind the others, and once more before the copies."""
        place = self._at
        if not self._put(kind, data):
            return False
        if not is_twice:
            return True
        self._top -= size_of_copy(data)  # before the write, as in _put
        return self._flash.write_copy(self._segment, self._top, place, kind, data, self._generation)

    def begin(self):
        """Make sure that a snapshot of this run is on flash: opens a group unless one is under way."""
        if self._must_begin:
            self._turn()

    def prepare(self):
        """Erase one block ahead of need. True when it erased: call again and again while the home is quiet."""
        if self._ahead >= self._reserve():
            return False
        self._flash.erase(self._block_ahead())
        self._ahead += 1
        return True

    def _reserve(self):
        """How many blocks behind the newest segment may be erased."""
        return (self._segments - max(self._needed, 1)) * SEGMENT_BLOCKS

    def _block_ahead(self):
        """The first block behind those that are erased."""
        return ((self._segment + 1) * SEGMENT_BLOCKS + self._ahead) % (self._segments * SEGMENT_BLOCKS)

    def _turn(self):
        """The segment is full: go on in the next one, or begin a group when that has been paid for."""
        is_paid = self._appended >= self._snapshot_size or self._group >= self._group_most
        if not self._must_begin and not is_paid:
            self._next_segment(MORE)
            return
        before = self._segment
        self._must_begin = True
        try:
            self._begin_group()
        except OSError:  # the next try takes the same segments: it may not run over the last whole group
            self._segment, self._ahead, self._at = before, 0, SEGMENT
            raise
        self._must_begin = False

    def _begin_group(self):
        older, self._group = self._group, 0
        self._needed = older
        self._next_segment(None)
        self.left_out = written = 0
        for kind, data in self._snapshot():
            if self._at + size_of(data) + SLOT > SEGMENT and self._group < self._group_most:
                self._next_segment(MORE)
            if self._at + size_of(data) + SLOT > SEGMENT - (BLOCK if self._group >= self._group_most else 0):
                self.left_out += 1  # the weightiest came first; what happens next needs some room too
            elif not self._put(kind, data):
                raise OSError("journal: the flash does not hold what was written")
            else:
                written += size_of(data)
        if not self._put(END, b""):
            raise OSError("journal: the flash does not hold what was written")
        self._snapshot_size, self._appended = written + SLOT, 0
        if self._at > SEGMENT - 2 * BLOCK and self._group < self._group_most:
            self._next_segment(MORE)  # what happens next finds room, in two blocks
        self._is_crowded = self._at > SEGMENT - 2 * BLOCK

    def _next_segment(self, first):
        if self._ahead < SEGMENT_BLOCKS:  # Rule 3
            for block in range(self._ahead, SEGMENT_BLOCKS):
                self._flash.erase((self._segment + 1) % self._segments * SEGMENT_BLOCKS + block)
                self.erased_late += 1
            self._ahead = SEGMENT_BLOCKS
        self._ahead -= SEGMENT_BLOCKS
        self._segment = (self._segment + 1) % self._segments
        self._generation += 1
        self._at, self._top, self._is_crowded = 0, SEGMENT, False
        self._group += 1
        self._needed += 1
        if first is not None and not self._put(first, b""):
            raise OSError("journal: the flash does not hold what was written")

    def _put(self, kind, data):
        at = self._at
        self._at += size_of(data)  # before the write: a torn record's place is never used again
        return self._flash.write(self._segment, at, kind, data, self._generation)
