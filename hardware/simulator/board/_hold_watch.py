"""Measures, for every task of the hub, the longest time that one of its steps keeps the loop. For benches.

With ANLING_HOLDS=1 it stands between asyncio and every task made after it; each second it prints one line:
`holds: {name: [longest us, steps], …}`. The collector runs in a task of its own before it would have to by itself, so
that its pause (`collector`) is not taken for a call.
"""

import asyncio
import gc
import json
import time

_make = asyncio.core.create_task
_holds = {}


def _note(name, began):
    entry = _holds.get(name)
    if entry is None:
        entry = _holds[name] = [0, 0]
    entry[0] = max(entry[0], time.ticks_diff(time.ticks_us(), began))
    entry[1] += 1


def _timed(coro, name):
    thrown = None
    while True:
        began = time.ticks_us()
        try:
            if thrown is None:
                coro.send(None)
            else:
                coro.throw(thrown)
        except StopIteration as end:
            _note(name, began)
            return end.value
        _note(name, began)
        thrown = None
        try:
            yield
        except BaseException as fault:
            thrown = fault


def _create_task(coro):
    # <generator object '_listen' at 7f…>: the name between the quotes
    text = repr(coro)
    name = text.split("'")[1] if "'" in text else text
    return _make(_timed(coro, name))


async def _report():
    while True:
        for _ in range(100):
            await asyncio.sleep_ms(10)
            if gc.mem_alloc() > gc.mem_free():
                began = time.ticks_us()
                gc.collect()
                _note("collector", began)
        print("holds: " + json.dumps(_holds))


_make(_report())
asyncio.core.create_task = asyncio.create_task = _create_task
