"""What the detector of falls costs: bytes of heap, time of a batch, time of a moment. Prints one JSON line."""

import gc
import json
import sys
import time

from hub.falls.detector import Falls
from hub.falls.features import Moments
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
for _ in range(20):
    falls.feed(still, 0, BATCH)
began = time.ticks_us()
for _ in range(400):
    falls.feed(walk, 0, BATCH)
batch_us = time.ticks_diff(time.ticks_us(), began) / 400
stream = Stream(50)
moments = Moments(stream)
for _ in range(20):
    stream.feed(still, 0, BATCH)
stream.feed(hit, 0, BATCH)
for _ in range(10):
    stream.feed(still, 0, BATCH)
moment = stream.due()
began = time.ticks_us()
for _ in range(50):
    falls._forest.score(moments.measure(moment))
moment_us = time.ticks_diff(time.ticks_us(), began) / 50
print(json.dumps({"ram": ram, "batch_us": batch_us, "moment_us": moment_us}))
