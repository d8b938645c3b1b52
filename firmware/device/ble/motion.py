"""A wearable's stream of motion into the detector of falls. Decides nothing: a fall is the kernel's to ask about.

One of these for each wearable that has the motion service. Between the pieces of a batch the loop goes on.
"""

import asyncio
import gc

from hub import events
from hub.falls.detector import Falls
from protocol import motion, vocabulary

PIECE = 13  # samples taken in at once
FOLDERS = ("/rom/hub/falls/", __file__.rsplit("/", 2)[0] + "/hub/falls/", "hub/falls/")


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
            with file:
                return file.read()
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

    def begin(self):
        """A new connection: its numbers begin anew."""
        self._batches = motion.Batches()
        if self._falls is not None:
            self._falls.lost(motion.LOST_MAX)

    async def take(self, data):
        """Take in one notification."""
        found = self._batches.read(data)
        if found is None:
            return
        rate, lost, first, count = found
        if self._falls is None or rate != self._rate:
            self._rate, self._falls = rate, Falls(self._table, rate)
            gc.collect()
        falls = self._falls
        if lost != 0 and falls.lost(motion.LOST_MAX if lost is None else lost):
            self._fell()
        data = memoryview(data)[motion.HEAD :]
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
