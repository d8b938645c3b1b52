"""Decides which of the two slots of firmware this hub starts. The one part that no update ever replaces.

The flash partition `romfs` holds two slots of 512 KiB, one behind the other: a block with the package's letter
(protocol/package.py), then the romfs image. The partition `boot` holds small records with a CRC each, one behind
the other and never over each other, so that a power cut at any moment leaves the last whole one.

Rule 1. A slot is started only when its image has the digest that its letter says.
Rule 2. A slot on trial is started three times at most, each start on flash before it happens. Then the other returns.
Rule 3. When the good slot is damaged the other one is started; when both are, the wired button alone sounds the siren.

It may import nothing that an update brings. The firmware calls `stage`, `confirm` and `give_up`: these never change.
On a board it is /loader.py and /main.py says `import loader; loader.start(memoryview(vfs.rom_ioctl(2, 0)))`.
"""

import binascii
import hashlib
import struct
import sys

import vfs

BLOCK = 4096
SLOT = 0x80000
RECORD = 32
STARTS_MAX = 3
NONE = 255
TRIAL_WATCHDOG_MS = 120000  # a new firmware that hangs before it has a watchdog of its own
STARTS, SPOILT = 1, 5  # numbers of protocol.package.WHY
SAFE = "/safe"  # a second copy of what sounds the siren without any image
_LAYOUT = "<4sIBBBBII"
_BODY = 20
_MAGIC = b"ALBT"
_BLANK = b"\xff" * RECORD


class Boot:
    """Shape: `partition` like esp32.Partition, two blocks; `memory` the partition of the slots as memory.

    `good` the proven slot, `trial` the one that is tried or NONE, `starts` of it, `floor` the newest build that proved
    itself, `failed` the last that did not (0: none) and `why`; `running` the slot of this start."""

    def __init__(self, partition, memory):
        self._partition = partition
        self._memory = memory
        self.running = NONE
        self._generation = 0
        self.good, self.trial, self.starts, self.why, self.floor, self.failed = 0, NONE, 0, 0, 0, 0
        self._block = 0
        newest = None
        for block in (0, 1):
            for at in range(0, BLOCK, RECORD):
                found = self._read(block, at)
                if found is not None and found[0] > self._generation:
                    self._generation, newest, self._block = found[0], found, block
        if newest is not None:
            self.good, self.trial, self.starts, self.why, self.floor, self.failed = newest[1:]

    def _read(self, block, at):
        data = bytearray(RECORD)
        self._partition.readblocks(block, data, at)
        magic, generation, good, trial, starts, why, floor, failed = struct.unpack(_LAYOUT, data)
        (crc,) = struct.unpack("<I", data[_BODY : _BODY + 4])
        if magic != _MAGIC or crc != binascii.crc32(data[:_BODY]) & 0xFFFFFFFF or good > 1:
            return None
        return generation, good, trial, starts, why, floor, failed

    def _end(self):
        """Where the next record goes: behind all that was ever programmed in this block. BLOCK: nowhere."""
        data = bytearray(RECORD)
        at = BLOCK
        while at:
            self._partition.readblocks(self._block, data, at - RECORD)
            if data != _BLANK:
                break
            at -= RECORD
        return at

    def _keep(self):
        """The present values as a record. Errors: OSError when the flash does not hold it."""
        self._generation += 1
        values = (self._generation, self.good, self.trial, self.starts, self.why, self.floor, self.failed)
        body = struct.pack(_LAYOUT, _MAGIC, *values)
        data = body + struct.pack("<I", binascii.crc32(body) & 0xFFFFFFFF)
        data += b"\xff" * (RECORD - len(data))
        for _ in range(3):  # a bad place costs itself alone
            at = self._end()
            if at == BLOCK:
                self._block = 1 - self._block  # the newest record stays whole in the other one
                self._partition.ioctl(6, self._block)
                at = 0
            self._partition.writeblocks(self._block, data, at)
            if self._read(self._block, at) == values:
                return
        raise OSError("loader: the flash does not hold what was written")

    # --- what the firmware calls ---------------------------------------------------------------------

    def stage(self, build):
        """The other slot holds this build, whole and proven by its signature: start it next."""
        self.trial, self.starts = 1 - self.running, 0
        self._keep()

    def confirm(self):
        """This start has proven itself."""
        build = self.letter(self.running)[0]
        self.good, self.trial, self.starts = self.running, NONE, 0
        self.floor = max(self.floor, build)
        self.failed = self.why = 0
        self._keep()

    def give_up(self, why):
        """The slot on trial is not to be started again."""
        self.failed = self.letter(self.trial)[0]
        self.trial, self.starts, self.why = NONE, 0, why
        self._keep()

    # --- slots -----------------------------------------------------------------------------------------

    def letter(self, slot):
        """(build, length, digest) of a slot, (0, 0, None) when there is nothing."""
        head = self._memory[slot * SLOT : slot * SLOT + 84]
        build, length = struct.unpack("<II", head[8:16])
        if bytes(head[:4]) != b"ALUP" or not 0 < length <= SLOT - BLOCK:
            return 0, 0, None
        return build, length, bytes(head[48:80])

    def image(self, slot):
        """The image of a slot as memory."""
        begin = slot * SLOT + BLOCK
        return self._memory[begin : begin + self.letter(slot)[1]]

    def is_whole(self, slot):
        digest = self.letter(slot)[2]
        return digest is not None and hashlib.sha256(self.image(slot)).digest() == digest

    def choose(self):
        """The slot to start now, or NONE. What a trial costs is on flash when this returns."""
        try:
            if self.trial != NONE and self.starts >= STARTS_MAX:
                self.give_up(STARTS)
            if self.trial != NONE and not self.is_whole(self.trial):
                self.give_up(SPOILT)
            if self.trial != NONE:
                self.starts += 1
                self._keep()
                return self.trial
        except OSError as fault:  # a trial that cannot be counted is not made
            print("loader:", fault)
            self.trial = NONE
        for slot in (self.good, 1 - self.good):
            if self.is_whole(slot):
                return slot
        return NONE


boot = None


def start(memory):
    """Start the hub. Does not return on a board."""
    global boot
    from esp32 import Partition

    boot = Boot(Partition.find(Partition.TYPE_DATA, label="boot")[0], memory)
    boot.running = boot.choose()
    if boot.running == NONE:
        print("loader: neither slot is whole")
        sys.path.insert(0, SAFE)
        from device import last_resort

        last_resort.run()
        return
    if boot.running == boot.trial:
        print("loader: trial", boot.starts, "of build", boot.letter(boot.running)[0])
        import machine

        machine.WDT(timeout=TRIAL_WATCHDOG_MS)
    vfs.mount(vfs.VfsRom(boot.image(boot.running)), "/rom")
    sys.path.insert(0, "/rom")
    __import__("anling_start")
