"""A kernel on a desk: real kernel, real journal over flash in memory, and a hand that carries its messages.

Runs on both interpreters. `Flash` has the interface and the physics of esp32.Partition: erasing makes ones,
programming only clears bits. It can be told to fail after n operations, whole or torn.
"""

from claims import aes
from device.flash.journal import BLOCK, Journal
from hub import actions, events
from hub.keeping import memory
from hub.kernel import Kernel
from hub.senses.sensors import Device
from protocol import ccm, messages, topics

HUB = "hub-0001"
KEYED = "5448e68f80a5"
PLAIN = "a4c138000001"
DOOR = "a4c138000002"
KEY = bytes.fromhex("231d39c1d7cc1ab1aee224cd096db932")


class PowerCut(OSError):
    """The flash lost its supply."""


class Flash:
    """Shape: so many blocks of 4,096 bytes; `cut_after` operations the power goes, in the middle when `is_torn`."""

    def __init__(self, blocks=32, cut_after=None, is_torn=False):
        self.data = bytearray(b"\xff" * (blocks * BLOCK))
        self.cut_after = cut_after
        self.is_torn = is_torn
        self.operations = 0
        self.erases = 0
        self.overwritten = 0  # bytes programmed that were not as erased

    def copy(self):
        """Another flash with the same bytes: what a start would find now."""
        other = Flash(len(self.data) // BLOCK)
        other.data[:] = self.data
        return other

    def _may(self, size):
        """How many of these bytes get done; raises when the power is gone."""
        self.operations += 1
        if self.cut_after is None or self.operations <= self.cut_after:
            return size
        if self.operations == self.cut_after + 1 and self.is_torn:
            return size // 2
        raise PowerCut("power cut")

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK + offset
        buffer[:] = self.data[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=None):
        if offset is None:
            self.ioctl(6, block)
            offset = 0
        size = self._may(len(buffer))
        at = block * BLOCK + offset
        for i in range(size):
            self.overwritten += self.data[at + i] != 0xFF
            self.data[at + i] &= buffer[i]
        if size < len(buffer):
            raise PowerCut("power cut")

    def ioctl(self, operation, argument):
        if operation == 4:
            return len(self.data) // BLOCK
        if operation == 5:
            return BLOCK
        if operation == 6:
            size = self._may(BLOCK)
            at = argument * BLOCK
            self.data[at : at + size] = b"\xff" * size
            self.erases += 1
            if size < BLOCK:
                raise PowerCut("power cut")
            return 0
        return None


def devices():
    return {
        KEYED: Device(KEYED, "button", aes(KEY), "bedroom", "bed"),
        PLAIN: Device(PLAIN, "button", None, "bathroom", "cord"),
        DOOR: Device(DOOR, "door", None, "hall", "door"),
    }


def sealed(plain, counter, info=0x45, key=KEY, address=KEYED):
    """Service data of an encrypted frame."""
    count = bytes([counter >> shift & 0xFF for shift in (0, 8, 16, 24)])
    nonce = bytes.fromhex(address) + b"\xd2\xfc" + bytes([info]) + count
    cipher, tag = ccm.seal(aes(key), nonce, plain)
    return bytes([info]) + cipher + count + tag


def press(counter, event=1):
    """A press of the keyed button."""
    return sealed(bytes([0x00, counter & 255, 0x01, 95, 0x3A, event]), counter)


def beacon(counter):
    return sealed(bytes([0x00, counter & 255, 0x01, 95]), counter)


def plain_press(packet_id, event=1):
    return bytes([0x44, 0x00, packet_id, 0x3A, event])


class Sorted(dict):
    """A dict that is read by rising key: MicroPython's dicts have no order."""

    def __iter__(self):
        return iter(sorted(self.keys()))

    def values(self):
        return [self[key] for key in sorted(self.keys())]

    def items(self):
        return [(key, self[key]) for key in sorted(self.keys())]


class Desk:
    """One hub's kernel with its journal. `said`, `published`, `sounds`, `lights` collect what it ordered."""

    def __init__(self, flash=None, epoch="00000001"):
        self.flash = flash or Flash()
        self.kernel = Kernel(HUB, epoch, devices(), "0.1.0")
        self.journal = Journal(self.flash, lambda: memory.snapshot(self.kernel))
        self.kernel.restore(self.journal.open())
        self.journal.begin()
        self.now_ms = 0
        self.said = []
        self.quiet = []
        self.published = []
        self.sounds = []
        self.lights = []
        self.believed = []

    def give(self, event, now_ms=None):
        """Give an event; carry the actions out in order; returns the names of the actions."""
        if now_ms is not None:
            self.now_ms = now_ms
        ordered = self.kernel.receive(event, self.now_ms)
        for action in ordered:
            self._do(action)
        return [type(action).__name__ for action in ordered]

    def _do(self, action):
        if isinstance(action, actions.Journal):
            self.journal.append(action.kind, action.data, action.is_twice)
        elif isinstance(action, actions.Publish):
            place = topics.parse(action.topic)
            message = messages.check("up", place[2], messages.decode(action.payload))
            if place[2] != topics.HEARTBEAT or len(self.published) < 1000:  # weeks of them need no room
                self.published.append((place[2], message))
        elif isinstance(action, actions.Say):
            self.said.append(action.prompt)
            self.quiet.append(action.is_quiet)
        elif isinstance(action, actions.Sound):
            self.sounds.append(action.pattern)
        elif isinstance(action, actions.Light):
            self.lights.append(action.pattern)
        elif isinstance(action, actions.Believe):
            self.believed.append((action.address, action.mark))

    def hear(self, address, frame, now_ms=None, is_urgent=False):
        return self.give(events.AdvertHeard(address, frame, -60, is_urgent), now_ms)

    def down(self, word, message, now_ms=None):
        return self.give(events.MessageArrived(topics.down(HUB, word), messages.encode(message)), now_ms)

    def receipt(self, seq, now_ms=None):
        return self.down(topics.RECEIPT, messages.receipt(self.kernel.epoch, seq), now_ms)

    def step(self, alarm_seq, step, who=None, minutes=None, now_ms=None):
        return self.down(topics.ALARM, messages.step(self.kernel.epoch, alarm_seq, step, who, minutes), now_ms)

    def wake_until(self, end_ms):
        """Let time pass: Wake exactly when the kernel asks for it."""
        while True:
            due_ms = self.kernel.next_wake_ms()
            if due_ms is None or due_ms > end_ms:
                break
            self.give(events.Wake(), max(due_ms, self.now_ms))
        self.now_ms = end_ms

    def restart(self):
        """The power goes and comes: a new kernel from what is on flash."""
        self.flash.cut_after = None
        return Desk(self.flash, epoch="0000000f")

    def alarms(self):
        """The alarm messages published, without repeats, by rising seq: {seq: message}."""
        return Sorted({message["seq"]: message for word, message in self.published if word == topics.ALARM})
