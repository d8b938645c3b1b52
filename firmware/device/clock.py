"""Milliseconds since start, as one number that never goes back. The only file that knows `ticks_ms` wraps."""

import time

_last = time.ticks_ms()
_now = 0


def now_ms():
    """Milliseconds since this module was imported. Call at least once in 6 days: the kernel's heartbeat does."""
    global _last, _now
    ticks = time.ticks_ms()
    _now += time.ticks_diff(ticks, _last)
    _last = ticks
    return _now
