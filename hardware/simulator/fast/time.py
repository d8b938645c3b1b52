"""A clock that runs ANLING_TIME_SCALE times as fast, for soaks: the firmware and its asyncio live a day in minutes.

Stands before MicroPython's own `time`, which lets itself be extended. It starts where the real one is, because the C
part of asyncio reads that: a real time is never in the future of the fast one.
"""

import os

import utime as _real

_SCALE = int(os.getenv("ANLING_TIME_SCALE") or 1)
_began_us = _real.ticks_us()
_began_ms = _real.ticks_ms()
_began_s = _real.time()


def _us():
    """Microseconds of fast time since the start. Small integers on a desk: nothing is allocated."""
    return _real.ticks_diff(_real.ticks_us(), _began_us) * _SCALE


def ticks_us():
    return _real.ticks_add(_began_us, _us())


def ticks_ms():
    return _real.ticks_add(_began_ms, _us() // 1000)


def sleep_us(us):
    _real.sleep_us(us // _SCALE)


def sleep_ms(ms):
    _real.sleep_us(ms * 1000 // _SCALE)


def sleep(s):
    _real.sleep_us(int(s * 1000000) // _SCALE)


def time():
    return _began_s + _us() // 1000000


def time_ns():
    return (_began_s * 1000000 + _us()) * 1000


ticks_add = _real.ticks_add
ticks_diff = _real.ticks_diff
gmtime = _real.gmtime
localtime = _real.localtime
mktime = _real.mktime
ticks_cpu = _real.ticks_us
