"""What a hub does for its own future: vital signs for the fleet, new firmware and its trial. Of alarms it knows only
whether the home is quiet.

What fetches and tries is loaded when needed and dropped afterwards, as main.py does with settings: device/update/.
"""

import asyncio
import binascii
import gc
import sys

import machine
from protocol import messages, topics, vocabulary

from . import board, build

VITALS_MS = 600000  # counting free memory walks the whole heap
TO_SAY_MS = 2000  # between the last word to the relay and a restart
_LAZY = (
    "device.update.fetch",
    "device.update.slot",
    "device.update.trust",
    "device.update.trial",
    "device.update",
    "protocol.package",
    "protocol.signature",
)


def micropython():
    """The interpreter's version, as text."""
    numbers = sys.implementation.version
    return "%d.%d.%d" % numbers[:3] + ("-" + numbers[3] if len(numbers) > 3 and numbers[3] else "")


def _drop():
    """Give the heap back what only an update needs."""
    for name in _LAZY:
        if sys.modules.pop(name, None) is not None:
            parent, _, leaf = name.rpartition(".")
            if parent in sys.modules:
                delattr(sys.modules[parent], leaf)
    gc.collect()


class Upkeep:
    """Shape: `publish(word, message)` is False when there is no line; then the drivers, `power` and `uplink` perhaps
    None."""

    def __init__(self, kernel, publish, sounder, care, power, uplink):
        self._kernel = kernel
        self._publish = publish
        self._power = power
        self._uplink = uplink
        self._fetch = self._task = self._trial = None
        self._vitals_ms = 0
        loader = sys.modules.get("loader")
        self._boot = boot = loader.boot if loader else None  # None: this hub runs from files
        if boot is not None and boot.trial == boot.running:
            from .update.trial import Trial

            self._trial = Trial(boot, sounder.obeys, lambda: care.self_test(True, {}).failed, lambda: kernel.receipts)

    def tick(self, now_ms):
        """Call every ten seconds or so."""
        if now_ms >= self._vitals_ms:
            self._vitals_ms = now_ms + VITALS_MS
            self._kernel.vitals = self.vitals()
        if self._trial is None:
            return
        outcome = self._trial.step(now_ms)
        if outcome is None:
            return
        self._trial = None
        _drop()
        if outcome is True:
            print("update: build", build.NUMBER, "stays")
            self._tell(vocabulary.CONFIRMED, build.NUMBER)
        else:
            print("update: build", build.NUMBER, "goes:", outcome)
            machine.reset()

    def vitals(self):
        """What the heartbeat carries for the fleet's page."""
        return {
            "build": build.NUMBER,
            "micropython": micropython(),
            "heap_free": gc.mem_free(),
            "runtime_min": self._kernel.runtime_min,
            "battery_mv": self._power.mv if self._power else None,
            "rssi_dbm": self._uplink.rssi_dbm() if self._uplink else None,
        }

    def on_link_up(self):
        """Say what runs here, and what became of the last try."""
        boot = self._boot
        if self._trial is not None:
            self._tell(vocabulary.TRYING, build.NUMBER)
        elif boot is not None and boot.failed:
            from protocol.package import WHY

            self._tell(vocabulary.ROLLED_BACK, boot.failed, WHY[boot.why])
        elif self._task is None:
            self._tell(vocabulary.RUNNING, 0)

    def on_message(self, payload):
        """What the relay says of updates."""
        try:
            message = messages.check("down", topics.UPDATE, messages.decode(payload))
        except messages.BadMessage:
            self._kernel.bad_messages += 1
            return
        what, number = message["what"], message["build"]
        if what == vocabulary.OFFER:
            self._on_offer(number, message["data"])
        elif self._fetch is None or self._task is None or number != self._fetch.build:
            return
        elif what == vocabulary.PIECE:
            self._fetch.take(message["at"], message["data"])
        elif what == vocabulary.STOP:
            self._task.cancel()

    def _on_offer(self, number, text):
        if self._boot is None:
            self._tell(vocabulary.REFUSED, number, "no_slots")
        elif self._task is None and self._trial is None:
            try:
                letter = binascii.a2b_base64(text)
            except ValueError:
                letter = b""
            self._task = asyncio.create_task(self._take(letter))

    async def _take(self, letter):
        try:
            from esp32 import Partition

            from .update.fetch import Fetch

            gc.collect()
            slots = Partition.find(Partition.TYPE_DATA, label=board.ROMFS_LABEL)[0]
            here = (board.NAME, sys.implementation.version[:2])
            self._fetch = Fetch(self._boot, slots, here, self._tell, self._kernel.is_quiet)
            if await self._fetch.run(letter):
                await asyncio.sleep_ms(TO_SAY_MS)
                while not self._kernel.is_quiet():
                    await asyncio.sleep_ms(TO_SAY_MS)
                print("update: starting anew with build", self._fetch.build)
                machine.reset()
        except Exception as fault:  # an update that stumbles may not take the hub with it
            sys.print_exception(fault)
        finally:
            self._task = self._fetch = None
            _drop()

    def _tell(self, state, number, reason=None, at=0, count=0):
        return self._publish(topics.UPDATE, messages.update_state(build.NUMBER, number, state, reason, at, count))
