"""A forest of small trees as plain bytes: adds up what they say of a moment, and gives up early where it is hopeless.

A tree is its number of nodes, as int16 and two zero bytes, then the nodes, four bytes each, the root first, a node's
left child right behind it:
    feature, threshold as int16 little-endian, distance to the right child in nodes     value <= threshold: left
    255, score as int16 little-endian, 0                                                a leaf
HEAD, before the trees: number of trees, verdict at or above which it is a fall, and after how many trees it is hopeless
below which sum, each int16 little-endian. Scores are 1/1000 of a logit. What lies behind the trees is a net (net.py):
what is not hopeless gets its score besides. It must not know what the features are.
"""

from .net import Net

LEAF = 255
HEAD = 8


def _int16(table, at):
    value = table[at] | table[at + 1] << 8
    return value - 65536 if value > 32767 else value


class Forest:
    """Shape: `table` bytes, made by tools/train_falls.py; it may lie in flash."""

    def __init__(self, table):
        self._table = table
        self._trees = _int16(table, 0)
        self.verdict = _int16(table, 2) * 2
        self._look_after = _int16(table, 4)
        self._hopeless = _int16(table, 6) * 2
        end = HEAD
        for _ in range(self._trees):
            end += 4 + 4 * _int16(table, end)
        self._net = Net(table, end) if end < len(table) else None

    def score(self, values):
        """The sum of all trees, or of those until it was hopeless. Shape: `values` a list of integers."""
        table = self._table
        total = 0
        at = HEAD
        left = self._trees
        look = self._look_after
        while left:
            here = at + 4
            feature = table[here]
            while feature != LEAF:
                threshold = table[here + 1] | table[here + 2] << 8
                if threshold > 32767:
                    threshold -= 65536
                here += 4 if values[feature] <= threshold else table[here + 3] << 2
                feature = table[here]
            threshold = table[here + 1] | table[here + 2] << 8
            total += threshold - 65536 if threshold > 32767 else threshold
            left -= 1
            look -= 1
            if look == 0:
                if total < self._hopeless:
                    return total
                look = self._look_after
            at += 4 + 4 * _int16(table, at)
        if self._net is None or total < self._hopeless:
            return total
        return total + self._net.score(values)
