"""A clock that stands in the wrong year: what a hub has after a power cut. Stands before MicroPython's own `time`."""

import utime as _real

OFFSET_S = -26 * 365 * 86400

for _name in dir(_real):
    globals()[_name] = getattr(_real, _name)


def time():
    return _real.time() + OFFSET_S


def time_ns():
    return _real.time_ns() + OFFSET_S * 1000000000


def gmtime(seconds=None):
    return _real.gmtime(time() if seconds is None else seconds)


def localtime(seconds=None):
    return _real.localtime(time() if seconds is None else seconds)
