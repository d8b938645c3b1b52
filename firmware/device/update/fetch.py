"""Takes one offered package: is it ours, is all of it there, is it whole; then it is the loader's. Loaded when needed.

Rule 1. Nothing is written before the signature over the letter is proven and the package may follow what runs here.
Rule 2. Flash is touched only while the home is quiet: an erase stops the chip for 80 ms. An alarm makes it wait.
Rule 3. What is started is what was signed: the digest is taken from flash, after the last block, before it is staged.
"""

import asyncio
import binascii
import hashlib

from protocol import package, signature, vocabulary
from protocol.messages import BadMessage

from .slot import Slot
from .trust import KEYS

AGAIN_MS = (4000, 8000, 15000, 30000, 60000)  # without an answer so long, it is asked for again
QUIET_LOOK_MS = 500
_HASH_AT_ONCE = 8  # chunks between two looks at the rest of the hub


class Refused(Exception):
    """This package is not taken; `args[0]` is a word of protocol.package.REFUSALS."""


class Fetch:
    """Shape: `boot` the loader's; `partition` of the slots; `here` (variant, (major, minor) of MicroPython);
    `tell(state, build, reason, at, count)` is False when nobody heard; `is_quiet()`."""

    def __init__(self, boot, partition, here, tell, is_quiet):
        self._boot = boot
        self._slot = Slot(partition, 1 - boot.running)
        self._here = here
        self._tell = tell
        self._is_quiet = is_quiet
        self._buffer = bytearray(package.BLOCK)
        self._missing = set()  # offsets in the image that the block in hand waits for
        self._flag = asyncio.Event()
        self._begin = self._end = 0
        self.build = 0

    async def run(self, letter):
        """Fetch the package of this letter. True: the loader starts it next. Never raises but CancelledError."""
        try:
            await self._run(letter)
            self._tell(vocabulary.STAGED, self.build, None, 0, 0)
            return True
        except Refused as fault:
            self._tell(vocabulary.REFUSED, self.build, fault.args[0], 0, 0)
        except OSError as fault:
            print("update:", fault)
            self._tell(vocabulary.REFUSED, self.build, package.FLASH, 0, 0)
        return False

    async def _run(self, letter):
        head = await self._prove(letter)
        await self._quiet()
        done = self._slot.begin(letter)
        for number in range(done, package.blocks_of(head.length)):
            begin = number * package.BLOCK
            size = min(package.BLOCK, head.length - begin)
            await self._gather(begin, size)
            await self._quiet()
            self._slot.write(number, memoryview(self._buffer)[:size])
        digest = hashlib.sha256()
        for count, chunk in enumerate(self._slot.image(head.length)):
            digest.update(chunk)
            if count % _HASH_AT_ONCE == 0:
                await asyncio.sleep_ms(0)
        await self._quiet()
        if digest.digest() != head.digest:
            self._slot.clear()
            raise Refused(package.DAMAGED)
        self._boot.stage(head.build)

    async def _prove(self, letter):
        """The head, when it is signed by one of our keys and may follow what runs here."""
        if len(letter) != package.LETTER_SIZE:
            raise Refused(package.BROKEN)
        try:
            head = package.read(letter)
        except BadMessage as fault:
            print("update:", fault)
            raise Refused(package.BROKEN)
        self.build = head.build
        digest = hashlib.sha256(letter[: package.HEAD_SIZE]).digest()
        for key in KEYS:
            answer = None
            for answer in signature.steps(digest, letter[package.HEAD_SIZE :], key):
                await asyncio.sleep_ms(0)
            if answer:
                break
        else:
            raise Refused(package.FORGED)
        boot = self._boot
        running = boot.letter(boot.running)[0]
        why = package.refusal(head, max(boot.floor, running), boot.failed, package.WHY[boot.why], *self._here)
        if why is not None:
            raise Refused(why)
        return head

    async def _quiet(self):
        while not self._is_quiet():
            await asyncio.sleep_ms(QUIET_LOOK_MS)

    # --- pieces ----------------------------------------------------------------------------------------

    async def _gather(self, begin, size):
        """Ask for the bytes of one block until all are there."""
        self._begin, self._end = begin, begin + size
        self._missing = set(range(begin, begin + size, package.PIECE))
        tries = 0
        while self._missing:
            first = min(self._missing)
            self._flag.clear()
            self._tell(vocabulary.FETCHING, self.build, None, first, begin + size - first)
            try:
                await asyncio.wait_for_ms(self._all_there(), AGAIN_MS[min(tries, len(AGAIN_MS) - 1)])
            except asyncio.TimeoutError:
                tries += 1

    async def _all_there(self):
        while self._missing:
            self._flag.clear()
            await self._flag.wait()

    def take(self, at, text):
        """A piece has come. What was not asked for is passed over: the digest judges the rest."""
        if at not in self._missing:
            return
        try:
            data = binascii.a2b_base64(text)
        except ValueError:
            return
        if len(data) != min(package.PIECE, self._end - at):
            return
        offset = at - self._begin
        self._buffer[offset : offset + len(data)] = data
        self._missing.discard(at)
        self._flag.set()
