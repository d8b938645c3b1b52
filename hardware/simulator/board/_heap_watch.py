"""Tells the board, every ANLING_HEAP_EVERY_MS, how much of the heap lives after a collection. For soaks."""

import asyncio
import gc
import os
import struct
import time

import _wire


async def _watch(every_ms):
    began = time.time()
    while True:
        await asyncio.sleep_ms(every_ms)
        before = gc.mem_alloc()
        gc.collect()
        _wire.send(_wire.OUT_HEAP, struct.pack("<III", int(time.time() - began), gc.mem_alloc(), before))


asyncio.create_task(_watch(int(os.getenv("ANLING_HEAP_EVERY_MS"))))
