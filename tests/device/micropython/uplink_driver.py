"""A hub that is all uplink, under the real MicroPython: sends numbered alarms until each is answered.

Told by one JSON object in the environment (ANLING_TEST_PLAN); answers in JSON lines on stdout. An alarm counts as
answered by its puback or, as in the real hub, by the relay's receipt; until then it is published again.
"""

import asyncio
import gc
import json
import os
import time

import network
from device import clock
from device.link import dial, mqtt, session, uplink
from protocol import messages, topics

plan = json.loads(os.getenv("ANLING_TEST_PLAN"))
for module, name, value in plan.get("patch", []):
    setattr({"mqtt": mqtt, "session": session, "dial": dial, "uplink": uplink}[module], name, value)

if plan.get("ill_threads"):
    import _thread
    import sys

    class IllThreads:
        """The first look-ups of a name: no memory for a thread; then one that ends in the middle."""

        tries = 0

        def start_new_thread(self, work, arguments):
            self.tries += 1
            if self.tries == 1:
                raise OSError(12)
            if self.tries == 2:
                found, socket.getaddrinfo = socket.getaddrinfo, None  # TypeError
                work(*arguments)
                socket.getaddrinfo = found
            else:
                _thread.start_new_thread(work, arguments)

    class IllSocket:
        """The real one, whose getaddrinfo can be taken away."""

        def __getattr__(self, name):
            return getattr(dial_socket, name)

    dial_socket, dial.socket = dial.socket, IllSocket()
    socket = dial.socket
    socket.getaddrinfo = dial_socket.getaddrinfo
    sys.modules["_thread"] = IllThreads()

RETRY_MS = 1000
HUB_ID = plan["settings"]["hub_id"]
EPOCH = "0a1b2c3d"


def say(**line):
    print(json.dumps(line))


class Holds:
    """Measures each step of the tasks made from now on: how long it keeps the loop to itself."""

    def __init__(self):
        self.longest_us = 0
        self.steps = 0
        self._make = asyncio.core.create_task
        asyncio.core.create_task = asyncio.create_task = lambda coro: self._make(self._timed(coro))

    def _timed(self, coro):
        thrown = None
        while True:
            began = time.ticks_us()
            try:
                if thrown is None:
                    coro.send(None)
                else:
                    coro.throw(thrown)
            except StopIteration as end:
                self._note(began)
                return end.value
            self._note(began)
            thrown = None
            try:
                yield
            except BaseException as fault:
                thrown = fault

    def _note(self, began):
        self.steps += 1
        self.longest_us = max(self.longest_us, time.ticks_diff(time.ticks_us(), began))


class Sender:
    def __init__(self):
        self.uplink = uplink.Uplink(plan["settings"], self.on_event, clock.now_ms)
        self.open = {}  # seq: when it is due again
        self.next_seq = 1
        self.stall_us = 0
        self.collect_us = 0
        self.duplicates = 0
        self.tries = 0

    def on_event(self, event):
        if event[0] == "puback" and plan["until"] == "puback":
            self.answered(event[1])
        elif event[0] == "message":
            message = messages.decode(event[2])
            if topics.parse(event[1])[2] == topics.RECEIPT and plan["until"] == "receipt":
                self.answered(message["seq"])
        elif event[0] in ("connected", "disconnected", "fault"):
            say(event=event[0], reason=event[-1], at_ms=clock.now_ms())

    def answered(self, seq):
        if self.open.pop(seq, None) is None:
            self.duplicates += 1

    def send(self, seq, now_ms):
        payload = messages.encode(messages.alarm(EPOCH, seq, seq, "help", "raised", "5448e68f80a5", "press", 5, None))
        if self.uplink.publish(seq, topics.up(HUB_ID, topics.ALARM), payload, 1, True):
            self.tries += 1
            self.open[seq] = now_ms + RETRY_MS

    async def work(self):
        while self.next_seq <= plan["count"] or self.open:
            now_ms = clock.now_ms()
            for seq in list(self.open):
                if self.open[seq] <= now_ms:
                    self.send(seq, now_ms)
            while self.next_seq <= plan["count"] and len(self.open) < 12 and self.uplink.is_connected:
                self.open[self.next_seq] = now_ms
                self.send(self.next_seq, now_ms)
                self.next_seq += 1
            if plan.get("measures_holds") and gc.mem_alloc() > gc.mem_free():
                began = time.ticks_us()  # here, so that the collector's pause is not taken for a call of the uplink
                gc.collect()
                self.collect_us = max(self.collect_us, time.ticks_diff(time.ticks_us(), began))
            if self.open and not self.uplink.is_connected:
                self.uplink.hurry()
            await asyncio.sleep_ms(plan.get("pace_ms", 5))

    async def watch_stalls(self):
        """The longest time that somebody kept the loop to himself."""
        while True:
            began = time.ticks_us()
            await asyncio.sleep_ms(1)
            self.stall_us = max(self.stall_us, time.ticks_diff(time.ticks_us(), began) - 1000)

    async def run(self):
        asyncio.create_task(self.watch_stalls())
        holds = Holds() if plan.get("measures_holds") else None
        asyncio.create_task(self.uplink.run())
        began_ms = clock.now_ms()
        say(event="started")
        try:
            await asyncio.wait_for(self.work(), plan.get("limit_s", 60))
            outcome = "done"
            say(event="answered")
        except asyncio.TimeoutError:
            outcome = "late"
        await asyncio.sleep_ms(plan.get("linger_ms", 0))
        gc.collect()
        say(
            event=outcome,
            open=len(self.open),
            sent=self.next_seq - 1,
            tries=self.tries,
            took_ms=clock.now_ms() - began_ms,
            stall_us=self.stall_us,
            live_bytes=gc.mem_alloc(),
            hold_us=holds.longest_us if holds else None,
            steps=holds.steps if holds else None,
            collect_us=self.collect_us,
            networks=network.WLAN.calls,
        )


asyncio.run(Sender().run())
