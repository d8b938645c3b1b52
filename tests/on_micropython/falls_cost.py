"""What the detector of falls costs: bytes of heap, time of a batch, time of a moment. Prints one JSON line."""

import gc
import json
import sys
import time

from hub.falls.detector import Falls
from hub.falls.features import Moments
from hub.falls.forest import Forest
from hub.falls.stream import Stream

BATCH = 25


def packed(samples):
    out = bytearray()
    for sample in samples:
        for value in sample:
            out += bytes((value & 255, value >> 8 & 255))
    return bytes(out)


with open(sys.argv[1], "rb") as file:
    table = file.read()
still = packed([(20, 990 + k % 9, 60) for k in range(BATCH)])
walk = packed([(20, 900 + 40 * (k % 13), 60 + k) for k in range(BATCH)])
hit = packed([(20, 990, 60)] * 10 + [(2600, 900, 800), (4800, 1500, 1900)] + [(900, 100, 90)] * 13)
gc.collect()
before = gc.mem_alloc()
falls = Falls(table, 50)
gc.collect()
ram = gc.mem_alloc() - before


def least(work, times):
    """The processor time of one `work` in us, the best of ten rounds: others use the desk too."""
    best = 1 << 30
    for _ in range(10):
        began = time.clock()
        for _ in range(times):
            work()
        best = min(best, 1000000 * (time.clock() - began))
    return best / times


second = Falls(table, 50)
gc.collect()
more = gc.mem_alloc() - before - ram
for _ in range(20):
    falls.feed(still, 0, BATCH)
batch_us = least(lambda: falls.feed(still, 0, BATCH), 400)
stream = Stream(50)
moments = Moments()
for _ in range(20):
    stream.feed(walk, 0, BATCH)
stream.feed(hit, 0, BATCH)
for _ in range(10):
    stream.feed(still, 0, BATCH)
moment = stream.due()
forest = Forest(table)
values = moments.measure(stream, moment)
measure_us = least(lambda: moments.measure(stream, moment), 20)
whole = bytes(table[:6]) + b"\x00\x80" + bytes(table[8:])  # never hopeless: the longest way
forest_us = least(lambda: Forest(whole).score(values), 20)
print(json.dumps({"ram": ram, "ram_second": more, "batch_us": batch_us, "moment_us": measure_us + forest_us}))
