"""Stand-in for MicroPython's `esp32.Partition`: a file with the physics of flash; and `esp32.NVS`.

Erasing makes ones, programming only clears bits, and what has been written is in the file, so that killing the process
loses no more than cutting the power would. ANLING_FLASH_BLOCKS=n makes a small one; while the file <label>.worn lies
beside it, the flash refuses to be written. ANLING_CUT_AFTER=n makes the n+1st operation fail (and the process end, as a
power cut would end it); with ANLING_CUT_TORN=1 half of it is done first.

Ref: MicroPython library, esp32.Partition: writeblocks(n, buf) erases and programs, writeblocks(n, buf, offset) only
programs.
"""

import json
import os
import sys

BLOCK = 4096
BLOCKS = int(os.getenv("ANLING_FLASH_BLOCKS") or 32)
BLOCKS_OF = {"boot": 2, "romfs": 256, "nvs": 6}
CUT_EXIT = 78
_ONES = b"\xff" * 64
_AT_ONCE = 1024


class Partition:
    """Partitions by label, each a file <label>.bin in the hub's folder, of 128 KiB where nothing else is said."""

    TYPE_APP, TYPE_DATA = 0, 1
    BOOT, RUNNING = 0, 1

    def __init__(self, label):
        self._label = label
        self._blocks = BLOCKS_OF.get(label, BLOCKS)
        self._path = (os.getenv("ANLING_HUB_DIR") or ".") + "/" + label + ".bin"
        try:
            self._file = open(self._path, "r+b")
        except OSError:
            with open(self._path, "wb") as file:
                for _ in range(self._blocks):
                    file.write(b"\xff" * BLOCK)
            self._file = open(self._path, "r+b")
        self._left = int(os.getenv("ANLING_CUT_AFTER") or -1) if label == "journal" else -1
        self._is_torn = os.getenv("ANLING_CUT_TORN") == "1"

    @staticmethod
    def find(type=TYPE_APP, subtype=0xFF, label=None, block_size=None):
        return [Partition(label)] if label else []

    def info(self):
        return (Partition.TYPE_DATA, 0x40, 0, BLOCK * self._blocks, self._label, False)

    def _put(self, at, data):
        """Write through to the file; the power may go here."""
        try:
            os.stat(self._path[:-4] + ".worn")
        except OSError:
            pass
        else:
            raise OSError(5)  # EIO
        if self._left == 0:
            if self._is_torn:
                self._write(at, data[: len(data) // 2])
            sys.exit(CUT_EXIT)
        if self._left > 0:
            self._left -= 1
        self._write(at, data)

    def _write(self, at, data):
        self._file.seek(at)
        self._file.write(data)
        self._file.flush()

    def _erase(self, at):
        """In small pieces: a board erases without a byte of heap. One operation for the power all the same."""
        size = BLOCK
        if self._left == 0:
            if not self._is_torn:
                sys.exit(CUT_EXIT)
            size = BLOCK // 2
        self._file.seek(at)
        for _ in range(0, size, len(_ONES)):
            self._file.write(_ONES)
        self._file.flush()
        if self._left == 0:
            sys.exit(CUT_EXIT)
        if self._left > 0:
            self._left -= 1

    def readblocks(self, block, buffer, offset=0):
        self._file.seek(block * BLOCK + offset)
        self._file.readinto(buffer)

    def writeblocks(self, block, buffer, offset=None):
        if offset is None:
            for at in range(0, len(buffer), BLOCK):
                self.ioctl(6, block + at // BLOCK)
            offset = 0
        if len(buffer) > _AT_ONCE:  # in pieces: a board programs without a byte of heap
            whole = memoryview(buffer)
            for at in range(0, len(buffer), _AT_ONCE):
                self.writeblocks(block, whole[at : at + _AT_ONCE], offset + at)
            return
        at = block * BLOCK + offset
        old = bytearray(len(buffer))
        self._file.seek(at)
        self._file.readinto(old)
        for i in range(len(old)):
            old[i] &= buffer[i]
        self._put(at, old)

    def ioctl(self, operation, argument):
        if operation == 4:
            return self._blocks
        if operation == 5:
            return BLOCK
        if operation == 6:
            self._erase(argument * BLOCK)
            return 0
        return None


class NVS:
    """A namespace of the key-value store, kept in nvs.json of the hub's folder; only what was committed is there."""

    def __init__(self, namespace):
        self._namespace = namespace
        self._path = (os.getenv("ANLING_HUB_DIR") or ".") + "/nvs.json"
        self._values = self._all().get(namespace, {})

    def _all(self):
        try:
            with open(self._path) as file:
                return json.loads(file.read())
        except (OSError, ValueError):
            return {}

    def get_blob(self, key, buffer):
        if key not in self._values:
            raise OSError(-0x1102)  # ESP_ERR_NVS_NOT_FOUND
        value = bytes.fromhex(self._values[key])
        buffer[: len(value)] = value
        return len(value)

    def set_blob(self, key, value):
        self._values[key] = "".join(["%02x" % byte for byte in value])

    def erase_key(self, key):
        if self._values.pop(key, None) is None:
            raise OSError(-0x1102)

    def commit(self):
        held = self._all()
        held[self._namespace] = self._values
        with open(self._path, "w") as file:
            file.write(json.dumps(held))
