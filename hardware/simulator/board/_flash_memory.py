"""The part of flash that a program is run from, on a desk: memory of the process that the heap knows nothing of.

It is the stack of a thread that sleeps for ever. Where that cannot be found (no /proc) the bytes lie in the heap, and
the start says so.
"""

import _thread
import os

import uctypes
import vfs

_ROOM = 131072  # left free for the thread that sleeps on top of it
_end = _thread.allocate_lock()
_end.acquire()


def _places():
    """[(start, end)] of this process's private writable memory."""
    found = []
    with open("/proc/self/maps") as file:
        for line in file:
            where, rights = line.split(" ", 2)[:2]
            if rights == "rw-p":
                start, end = where.split("-")
                found.append((int(start, 16), int(end, 16)))
    return found


def _sleep():
    _end.acquire()


def _flash(size):
    """Memory outside the heap. Errors: OSError when there is none to be found."""
    before = _places()
    _thread.stack_size(size + 2 * _ROOM)
    _thread.start_new_thread(_sleep, ())
    _thread.stack_size(0)
    for start, end in _places():
        for old_start, old_end in before:
            if start < old_end and old_start < end:  # grown by this: the new part is below or above the old one
                if end > old_end and end - old_end >= size + _ROOM:
                    return uctypes.bytearray_at(old_end, size)
                if start < old_start and old_start - start >= size + _ROOM:
                    return uctypes.bytearray_at(start, size)
                break
        else:
            if end - start >= size + _ROOM:
                return uctypes.bytearray_at(start, size)
    raise OSError("no new memory is to be seen")


def load(path):
    """The bytes of this file as memory outside the heap."""
    size = os.stat(path)[6]
    try:
        memory = _flash(size)
    except OSError as fault:
        print("rom: in the heap,", fault)
        memory = bytearray(size)
    with open(path, "rb") as file:
        file.readinto(memory)
    return memoryview(memory)


def mount(path, place):
    """A romfs image, mounted there."""
    vfs.mount(vfs.VfsRom(load(path)), place)
