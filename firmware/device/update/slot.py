"""One slot of flash while a package is written into it. Decides what of it is there already; knows no signature.

First block: the letter; from 1024 on a mark of 16 bytes for each block of the image that was written and read back. The
blocks behind it are the image. Nothing is programmed twice without an erase, so a power cut at any moment costs the
block in hand: the next try goes on behind the last mark.

Ref: esp32.Partition: writeblocks(n, buf, offset) programs, ioctl(6, n) erases; protocol/package.py for the sizes.
"""

from protocol.package import BLOCK, LETTER_SIZE, SLOT

_MARKS = 1024
_MARK = 16
_DONE = b"\x00" * _MARK
_CHUNK = 512


class Slot:
    """Shape: `partition` holds the slots one behind the other; `number` 0 or 1."""

    def __init__(self, partition, number):
        self._partition = partition
        self._first = number * (SLOT // BLOCK)

    def read(self, block, at, size):
        data = bytearray(size)
        self._partition.readblocks(self._first + block, data, at)
        return data

    def begin(self, letter):
        """How many blocks of this package are there already; the slot is cleared for any other. Errors: OSError."""
        if self.read(0, 0, LETTER_SIZE) == letter:
            done = 0
            while self.read(0, _MARKS + done * _MARK, _MARK) == _DONE:
                done += 1
            return done
        self.clear()
        self._partition.writeblocks(self._first, letter, 0)
        if self.read(0, 0, LETTER_SIZE) != letter:
            raise OSError("update: the flash does not hold what was written")
        return 0

    def clear(self):
        """Forget what is there: without a letter nothing counts."""
        self._partition.ioctl(6, self._first)

    def write(self, number, data):
        """Put the next block of the image on flash, and its mark behind it. Errors: OSError."""
        block = self._first + 1 + number
        self._partition.ioctl(6, block)
        self._partition.writeblocks(block, data, 0)
        for at in range(0, len(data), _CHUNK):
            if self.read(1 + number, at, min(_CHUNK, len(data) - at)) != data[at : at + _CHUNK]:
                raise OSError("update: the flash does not hold what was written")
        self._partition.writeblocks(self._first, _DONE, _MARKS + number * _MARK)

    def image(self, length):
        """The bytes of the image as flash gives them back, piece by piece."""
        for at in range(0, length, _CHUNK):
            yield self.read(1 + at // BLOCK, at % BLOCK, min(_CHUNK, length - at))
