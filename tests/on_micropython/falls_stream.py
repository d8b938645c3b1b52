"""Streams trials through the firmware's own detector: MicroPython or CPython. Frames on stdin, answers on stdout.

In: length of the trial in bytes (4), rate (1; 128 more: one sample in ten is lost), table's number (1), samples.
Out: one line: the samples at 25 Hz at which somebody fell; a trial that ends is a stream that broke off. The tables'
paths are arguments. A rate of 0 ends it.
"""

import sys

from hub.falls.detector import Falls

BATCH = 25


def fed(falls, data, start, count, chance):
    """Feed a batch of which one sample in ten is lost; True when somebody fell."""
    told = False
    for k in range(start, start + count):
        chance[0] = (chance[0] * 1103515245 + 12345) & 0x7FFFFFFF
        told = (falls.lost(1) if (chance[0] >> 16) % 10 == 0 else falls.feed(data, k, 1)) or told
    return told


def main(paths):
    tables = []
    for path in paths:
        with open(path, "rb") as file:
            tables.append(file.read())
    source = sys.stdin.buffer
    while True:
        head = source.read(6)
        if not head or len(head) < 6 or head[4] == 0:
            return
        size = head[0] | head[1] << 8 | head[2] << 16 | head[3] << 24
        data = source.read(size)
        falls = Falls(tables[head[5]], head[4] & 127)
        chance = [7]
        found = []
        for start in range(0, size // 6, BATCH):
            count = min(BATCH, size // 6 - start)
            if fed(falls, data, start, count, chance) if head[4] & 128 else falls.feed(data, start, count):
                found.append(str(falls.moment))
        if falls.end():
            found.append(str(falls.moment))
        print(" ".join(found) or "-")
        if hasattr(sys.stdout, "flush"):
            sys.stdout.flush()


main(sys.argv[1:])
