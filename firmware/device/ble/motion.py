"""A wearable's stream of motion into the detector of falls. Decides nothing: a fall is the kernel's to ask about.

One of these for each wearable that has the motion service. Between the pieces of a batch the loop goes on.
"""

import asyncio
import gc

from hub import events
from hub.falls.detector import Falls
from protocol import infinitime, motion, vocabulary

PIECE = 13  # samples taken in at once
FOLDERS = ("/rom/hub/falls/", __file__.rsplit("/", 3)[0] + "/hub/falls/", "hub/falls/")


def table(worn):
    """The forest for what is worn there, from flash where it can lie there. Errors: OSError when there is none."""
    for folder in FOLDERS:
        try:
            file = open(folder + worn + ".bin", "rb")
        except OSError:
            continue
        try:
            return memoryview(file)  # a file of the romfs is memory: nothing is copied
        except TypeError:
            with file:  # a desk's file: one piece of the right size, since read() asks for more and more
                size = file.seek(0, 2)
                file.seek(0)
                gc.collect()
                copy = bytearray(size)
                file.readinto(copy)
                return copy
    raise OSError("no table of falls for the " + worn)


class Motion:
    """Shape: `name` the wearable's address; `worn` "wrist" or "torso"; `tell` takes Suspected and AllWell."""

    def __init__(self, name, worn, tell):
        self._name = name
        self._table = table(worn)
        self._tell = tell
        self._rate = 0
        self._falls = None
        self._has_fallen = False
        self._batches = motion.Batches()
        self._line = infinitime.Line()

    def begin(self):
        """A new connection: its numbers begin anew."""
        self.end()
        self._batches = motion.Batches()
        self._line = infinitime.Line()

    def end(self):
        """Nothing more comes, it may be crushed or out of reach: what hit last is judged by what there is of it."""
        if self._falls is not None and self._falls.end():
            self._fell()

    async def take(self, data):
        """Take in one notification of the motion service."""
        found = self._batches.read(data)
        if found is not None:
            rate, lost, first, count = found
            await self._feed(rate, lost, memoryview(data)[motion.HEAD :], first, count)

    async def take_values(self, data, now_ms):
        """Take in one notification of InfiniTime's own service."""
        lost, count = self._line.take(data, now_ms)
        await self._feed(infinitime.RATE_HZ, lost, self._line.data, 0, count)

    async def _feed(self, rate, lost, data, first, count):
        if self._falls is None or rate != self._rate:
            self._rate, self._falls = rate, Falls(self._table, rate)
            gc.collect()
        falls = self._falls
        if lost != 0 and falls.lost(motion.LOST_MAX if lost is None else lost):
            self._fell()
        while count:
            size = min(PIECE, count)
            if falls.feed(data, first, size):
                self._fell()
            first += size
            count -= size
            await asyncio.sleep_ms(0)
        if self._has_fallen and falls.is_walking():
            self._has_fallen = False
            self._tell(events.AllWell(vocabulary.FALL, self._name))

    def _fell(self):
        self._has_fallen = True
        self._tell(events.Suspected(vocabulary.FALL, self._name))
