"""Starts the hub from a romfs image, as a board does; the stand-ins from an image of their own (ANLING_STAND_INS)."""

import os
import sys

import _flash_memory

_flash_memory.mount(os.getenv("ANLING_STAND_INS"), "/standins")
_flash_memory.mount(os.getenv("ANLING_ROM"), "/rom")
sys.path[:] = [".frozen", "/standins", "/rom"]
if os.getenv("ANLING_HOLDS"):
    __import__("_hold_watch")
if os.getenv("ANLING_HEAP_EVERY_MS"):
    __import__("_heap_watch")
__import__("anling_start")
