"""A hub's flash with two slots, on which the power goes at every operation of an update. Runs under MicroPython.

What is real: loader, device/update, the romfs images, their mounting, the kernel in them. The chip is memory with the
physics of flash (desk.Flash), both partitions on one supply. A cut is an exception that nothing may catch.
"""

import asyncio
import binascii
import sys

import loader
import vfs
from desk import Flash
from device.update import fetch
from device.update.slot import Slot
from protocol import package, vocabulary

HERE = ("simulator", (1, 29))
OLD, NEW, BAD = 1, 2, 3


class Gone(BaseException):
    """The power. No `except Exception` of ours catches it."""


class Power:
    """Counts the operations of all flash of one chip; takes the supply away after so many."""

    def __init__(self):
        self.operations = 0
        self.cut_after = None
        self.is_torn = False


class Part(Flash):
    """A partition on a supply that others share."""

    def __init__(self, blocks, power):
        super().__init__(blocks)
        self.power = power

    def _may(self, size):
        power = self.power
        power.operations += 1
        if power.cut_after is None or power.operations <= power.cut_after:
            return size
        if power.operations == power.cut_after + 1 and power.is_torn:
            return size // 2
        raise Gone()

    def writeblocks(self, block, buffer, offset=None):
        size = self._may(len(buffer))
        at = block * package.BLOCK + offset
        if self.data[at : at + size] == b"\xff" * size:
            self.data[at : at + size] = buffer[:size]
        else:
            for i in range(size):
                self.data[at + i] &= buffer[i]
        if size < len(buffer):
            raise Gone()

    def ioctl(self, operation, argument):
        if operation != 6:
            return super().ioctl(operation, argument)
        size = self._may(package.BLOCK)
        at = argument * package.BLOCK
        self.data[at : at + size] = b"\xff" * size
        if size < package.BLOCK:
            raise Gone()
        return 0


class Chip:
    """Shape: `packages` {build: bytes}; the old one lies in slot 0, proven."""

    def __init__(self, packages):
        self.packages = packages
        self.power = Power()
        self.boot = Part(2, self.power)
        self.slots = Part(2 * package.SLOT // package.BLOCK, self.power)
        self.served = 0  # bytes of image

    def put(self, build, slot):
        data = self.packages[build]
        at = slot * package.SLOT
        self.slots.data[at : at + package.LETTER_SIZE] = data[: package.LETTER_SIZE]
        image = data[package.LETTER_SIZE :]
        self.slots.data[at + package.BLOCK : at + package.BLOCK + len(image)] = image

    def take_from(self, other):
        """Become what the other one is: cheaper than a new megabyte for each cut."""
        self.boot.data[:] = other.boot.data
        self.slots.data[:] = other.slots.data
        self.power.operations, self.power.cut_after, self.power.is_torn = 0, None, False
        self.served = 0

    def start(self):
        """What the loader makes of this flash now."""
        boot = loader.Boot(self.boot, memoryview(self.slots.data))
        boot.running = boot.choose()
        return boot

    def fetch(self, boot, letter=None, build=NEW, make=fetch.Fetch):
        """Offer this package to what runs, and serve what it asks for; its last words."""
        data = self.packages[build]
        said = []

        def tell(state, number, reason, at, count):
            if state != vocabulary.FETCHING:
                said.append((state, reason))
                return True
            image = memoryview(data)[package.LETTER_SIZE :]
            for place in range(at, at + count, package.PIECE):
                piece = bytes(image[place : place + package.PIECE])
                self.served += len(piece)
                one.take(place, binascii.b2a_base64(piece))
            return True

        one = make(boot, self.slots, HERE, tell, lambda: True)
        asyncio.new_event_loop()
        asyncio.run(one.run(letter or data[: package.LETTER_SIZE]))
        return said[-1]


class InPlace(fetch.Fetch):
    """The negative control: an updater with one slot, which writes over what runs."""

    def __init__(self, boot, partition, here, tell, is_quiet):
        super().__init__(boot, partition, here, tell, is_quiet)
        self._slot = Slot(partition, boot.running)
        self._boot.stage = lambda build: None


def can_alarm(image):
    """Does a press sound the siren in this image? Its own kernel, mounted and run as on a board."""
    ours = [name for name in sys.modules if name.split(".")[0] in ("hub", "protocol", "device")]
    kept = [(name, sys.modules.pop(name)) for name in ours]
    vfs.mount(vfs.VfsRom(image), "/rom")
    sys.path.insert(0, "/rom")
    try:
        from hub import actions, events
        from hub.kernel import Kernel

        done = Kernel("hub-0001", "0a0a0a0a", {}, "x").receive(events.WiredPressed(), 1000)
        return any([type(one) is actions.Sound and one.pattern == actions.SIREN for one in done])
    except Exception:
        return False
    finally:
        sys.path.pop(0)
        vfs.umount("/rom")
        for name in list(sys.modules):
            if name.split(".")[0] in ("hub", "protocol", "device"):
                del sys.modules[name]
        sys.modules.update(dict(kept))


def live(chip, build=NEW, starts_most=12, make=fetch.Fetch):
    """Starts until nothing more happens: fetches what is offered, tries it, proves it or crashes. The build that runs
    at the end, and how often it started without being able to alarm."""
    deaf = 0
    for _ in range(starts_most):
        boot = chip.start()
        if boot.running == loader.NONE:
            return None, deaf
        running = boot.letter(boot.running)[0]
        if not can_alarm(boot.image(boot.running)):
            deaf += 1
            continue  # it crashed: the next start
        if boot.running == boot.trial:
            boot.confirm()
        if running == build or boot.failed == build:
            return running, deaf
        chip.fetch(boot, build=build, make=make)
    return None, deaf


def first(packages):
    """The flash of a hub that runs the old build."""
    chip = Chip(packages)
    chip.put(OLD, 0)
    return chip


def nearly_full(packages):
    """The same, with so many records in `boot` that the next update turns to its other block."""
    chip = first(packages)
    boot = chip.start()
    while boot._end() < package.BLOCK - 2 * loader.RECORD:
        boot.confirm()
    return chip


def walk(scene, packages, build=NEW, make=fetch.Fetch, step=1, deaf_most=0):
    """Cut at each operation of a life, whole and torn: (operations, cuts, dead, ill, again). `dead`: afterwards no slot
    could be started, or more starts than `deaf_most` could not alarm; `ill`: not where a life without a cut ends;
    `again`: the most bytes that had to be fetched a second time."""
    start = scene(packages)
    chip = Chip(packages)
    chip.take_from(start)
    wanted = live(chip, build, make=make)[0]
    operations = chip.power.operations
    cuts = dead = ill = again = 0
    whole = len(packages[build]) - package.LETTER_SIZE
    for is_torn in (False, True):
        for cut_after in range(0, operations + 1, step):
            chip.take_from(start)
            chip.power.cut_after, chip.power.is_torn = cut_after, is_torn
            try:
                live(chip, build, make=make)
            except Gone:
                pass
            chip.power.cut_after = None
            end, deaf = live(chip, build, make=make)
            cuts += 1
            dead += end is None or deaf > deaf_most
            ill += end != wanted
            again = max(again, chip.served - whole)
    return operations, cuts, dead, ill, again


def use_keys(keys):
    """Whose packages count in this process."""
    fetch.KEYS = keys
