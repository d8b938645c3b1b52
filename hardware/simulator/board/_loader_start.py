"""Starts the hub by its loader, from the slots in its own flash: what /main.py does on a board.

The hub's folder plays the flash's file system, where the loader lies; romfs.bin is the partition with the slots.
"""

import os
import sys

import _flash_memory

_folder = os.getenv("ANLING_HUB_DIR") or "."
_flash_memory.mount(os.getenv("ANLING_STAND_INS"), "/standins")
_memory = _flash_memory.load(_folder + "/romfs.bin")
sys.path[:] = [".frozen", "/standins"]
sys.path.append(_folder)
if os.getenv("ANLING_HEAP_EVERY_MS"):
    __import__("_heap_watch")
__import__("loader").start(_memory)
