"""A flash with five open alarms on it, one byte of which goes bad: what does the next start know?"""

from desk import Desk, Flash
from hub import actions, events
from hub.senses.sensors import Device
from protocol import vocabulary as v

ALARMS = 5


class OnceDesk(Desk):
    """The negative control: each alarm's record is written once."""

    def _do(self, action):
        if isinstance(action, actions.Journal):
            action = actions.Journal(action.kind, action.data, False)
        super()._do(action)


def home(make=Desk):
    """A home's flash, the places of its alarms' own records and copies on it [(from, to)], and the alarms' seqs."""
    flash = Flash(16)
    desk = make(flash)
    for n in range(ALARMS):
        address = "a4c1380000%02x" % (0x10 + n)
        desk.kernel.devices[address] = Device(address, "button", None, None, None)
    for n in range(40):  # what a home has on flash besides
        desk.give(events.Faulted(v.TASK_RESTARTED, "old %d" % n), n)
        desk.give(events.LinkUp(), n)
        desk.receipt(desk.kernel.next_seq - 1)
        desk.give(events.LinkDown("cut"), n)
    places = []
    for n in range(ALARMS):
        address = "a4c1380000%02x" % (0x10 + n)
        before = bytes(flash.data)
        desk.hear(address, bytes([0x44, 0x00, n + 1, 0x3A, 1]), 1000 + n)
        changed = [i for i in range(0, len(before), 16) if before[i : i + 16] != flash.data[i : i + 16]]
        for i in changed:
            if not places or places[-1][1] != i:
                places.append((i, i))
            places[-1] = (places[-1][0], i + 16)
    return flash, places, [alarm.seq for alarm in desk.kernel.alarms]


def used(flash):
    """Where anything was ever programmed."""
    return [at for at in range(len(flash.data)) if flash.data[at] != 0xFF]


def flip(flash, at, bit, wanted):
    """Flip one bit and start: as `judge`."""
    copy = flash.copy()
    copy.data[at] ^= 1 << bit
    return judge(copy, wanted)


def judge(flash, wanted):
    """Start. Returns (alarms missing in the home or in the outbox, places told as damaged, the epoch held). Raises what
    the start raises."""
    again = Desk(flash, epoch="0000000f")
    known = [alarm.seq for alarm in again.kernel.alarms]
    waiting = [m.seq for m in again.kernel.outbox.messages if m.is_alarm]
    missing = [seq for seq in wanted if seq not in known or seq not in waiting]
    return missing, again.journal.damaged, again.kernel.epoch
