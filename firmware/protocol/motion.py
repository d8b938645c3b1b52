"""The motion service: how a wearable streams its accelerometer to the hub. Bytes to batches; knows no connection.

    service  6e3a0001-a5d4-4c69-9e67-616e6c696e67
    stream   6e3a0002-…   notify: one batch
    control  6e3a0003-…   write: samples a second, one byte, 25 or 50; 0 stops. Optional: without it 50 is assumed

A batch: version 1 (1 byte) | rate, 25 or 50 (1) | number of its first sample since the connection, modulo 65536 (2) |
x y z of each sample, int16 in mg. Little-endian throughout; 1 to 36 samples, as many as the notification holds (25 with
an MTU of 185: two a second at 50 Hz). Numbers count samples, not batches: a lost batch is as many samples as it held,
and one that comes late or twice has numbers that are over.
"""

SERVICE = "6e3a0001-a5d4-4c69-9e67-616e6c696e67"
STREAM = "6e3a0002-a5d4-4c69-9e67-616e6c696e67"
CONTROL = "6e3a0003-a5d4-4c69-9e67-616e6c696e67"
VERSION = 1
HEAD = 4
SAMPLE = 6
RATES = (25, 50)
LOST_MAX = 3000  # a jump by more (a minute) is a wearable that started anew, not lost samples


def write(rate, number, samples):
    """A batch. Shape: `samples` their bytes."""
    return bytes((VERSION, rate, number & 255, number >> 8 & 255)) + bytes(samples)


class Batches:
    """Puts batches in order. Shape: `read(data)` gives (rate, samples lost before, first to use, count), or None."""

    def __init__(self):
        self._next = None
        self.bad = 0  # that were no batch
        self.late = 0  # that were over, or came twice

    def read(self, data):
        """None for what is no batch or brings nothing new. `lost` None: it began anew."""
        count = (len(data) - HEAD) // SAMPLE
        if count < 1 or (len(data) - HEAD) % SAMPLE or data[0] != VERSION or data[1] not in RATES:
            self.bad += 1
            return None
        number = data[2] | data[3] << 8
        lost = 0 if self._next is None else number - self._next & 0xFFFF
        first = 0
        if lost > 0xFFFF - LOST_MAX:  # it begins before what is wanted: only its end may be new
            first = 0x10000 - lost
            lost = 0
            if first >= count:
                self.late += 1
                return None
        elif lost > LOST_MAX:
            lost = None
        self._next = number + count & 0xFFFF
        return data[1], lost, first, count - first
