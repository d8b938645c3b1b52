"""InfiniTime's own motion service (a PineTime watch), read as if it were a stream of 25 Hz. Knows no connection.

A notification is x y z, int16 little-endian, in 1/1024 g, clipped at 2 g; some ten a second come, without numbers or
times, and none while nothing changes. Each is put on a straight line from the one before by when it arrived. What is
hard is missed between two of them: fewer falls are noticed than with a stream of our own (tests/README.md).

Ref: InfiniTime, doc/MotionService.md, MotionController.cpp, Bma421.cpp (BMA421, 2 g).
"""

SERVICE = "00030000-78fc-48fe-8e23-433b3a1942d0"
VALUES = "00030002-78fc-48fe-8e23-433b3a1942d0"
RATE_HZ = 25
STEP_MS = 1000 // RATE_HZ
GAP_MS = 2000  # after so long without a value nothing is known of the time between
SAMPLES_MOST = GAP_MS // STEP_MS


def _mg(data, at):
    value = data[at] | data[at + 1] << 8
    return (value - 65536 if value > 32767 else value) * 1000 >> 10


class Line:
    """Values into samples. Shape: `take(data, now_ms)` gives (samples lost before, count); they are in `data`."""

    def __init__(self):
        self.data = bytearray(6 * SAMPLES_MOST)
        self._was = None
        self._was_ms = self._next_ms = 0
        self.bad = 0  # that were no values

    def take(self, data, now_ms):
        """Take in one notification. `lost` None: nothing is known of what lies between; (0, 0) when it gives none."""
        if len(data) != 6:
            self.bad += 1
            return 0, 0
        value = _mg(data, 0), _mg(data, 2), _mg(data, 4)
        was, since_ms = self._was, self._was_ms
        self._was, self._was_ms = value, now_ms
        if was is None or not 0 <= now_ms - since_ms < GAP_MS:
            self._next_ms = now_ms + STEP_MS
            return None, 0
        count = 0
        while self._next_ms <= now_ms:
            part_ms, whole_ms = self._next_ms - since_ms, now_ms - since_ms
            for axis in range(3):
                one = was[axis] + (value[axis] - was[axis]) * part_ms // whole_ms
                self.data[6 * count + 2 * axis] = one & 255
                self.data[6 * count + 2 * axis + 1] = one >> 8 & 255
            count += 1
            self._next_ms += STEP_MS
        return 0, count
