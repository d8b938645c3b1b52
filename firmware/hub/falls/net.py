"""A small net of one hidden layer as plain bytes: a second opinion on the moments that the forest does not rule out.

It lies behind the trees of a table (forest.py), little-endian throughout:
    HEAD: hidden units, features, bits by which the sum is shifted down at the end, a zero byte
    of each feature: its middle as int16, its width as uint16: a width away from the middle counts STEPS, LIMIT at most
    of each hidden unit: bias as int32, weight as int16, two zero bytes
    of each hidden unit: a byte for each feature, its weight + 128
Scores are 1/1000 of a logit, and add to the forest's. It must not know what the features are.
"""

from array import array

HEAD = 4
STEPS, LIMIT = 32, 96
KEPT = 8  # bits by which a hidden unit's sum is shifted down, so that no product needs more than 31 bits


def _int16(table, at):
    value = table[at] | table[at + 1] << 8
    return value - 65536 if value > 32767 else value


class Net:
    """Shape: `table` bytes, made by tools/train_falls.py; they may lie in flash; the net begins at place `at`."""

    def __init__(self, table, at):
        self._table = table
        self._at = at
        self._steps = array("b", bytes(table[at + 1]))

    def score(self, values):
        """Shape: `values` a list of integers."""
        table, steps = self._table, self._steps
        features = len(steps)
        at = self._at + HEAD
        whole = 0
        for k in range(features):
            middle = table[at] | table[at + 1] << 8
            if middle > 32767:
                middle -= 65536
            step = (values[k] - middle) * STEPS // (table[at + 2] | table[at + 3] << 8)
            if step > LIMIT:
                step = LIMIT
            elif step < -LIMIT:
                step = -LIMIT
            steps[k] = step
            whole += step
            at += 4
        whole <<= 7  # the weights' 128
        hidden = table[self._at]
        weights = at + 8 * hidden
        score = 0
        for _ in range(hidden):
            total = (_int16(table, at + 2) << 16 | table[at + 1] << 8 | table[at]) - whole
            for k in range(0, features - 3, 4):  # four at once: half the time under MicroPython
                total += (
                    steps[k] * table[weights]
                    + steps[k + 1] * table[weights + 1]
                    + steps[k + 2] * table[weights + 2]
                    + steps[k + 3] * table[weights + 3]
                )
                weights += 4
            for k in range(features - features % 4, features):
                total += steps[k] * table[weights]
                weights += 1
            if total > 0:
                score += (total >> KEPT) * _int16(table, at + 4)
            at += 8
        return score >> table[self._at + 2]
