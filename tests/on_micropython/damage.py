"""A flash with five open alarms on it, one byte of which goes bad: what does the next start know?"""

from desk import Desk, Flash
from hub import events
from hub.senses.sensors import Device
from protocol import vocabulary as v

ALARMS = 5


def home():
    """A home's flash, the places of its alarms' records on it [(from, to, alarm)], and the alarms' seqs."""
    flash = Flash(16)
    desk = Desk(flash)
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
        places.append((min(changed), max(changed) + 16, desk.kernel.alarms[-1].seq))
    return flash, places, [alarm.seq for alarm in desk.kernel.alarms]


def judge(flash, at, bit, places, wanted):
    """Flip one bit and start. Returns (alarms missing though their record was not hit, is a needed record hit,
    places told as damaged, the epoch held). Raises what the start raises."""
    flash.data[at] ^= 1 << bit
    try:
        copy = flash.copy()
        again = Desk(copy, epoch="0000000f")
    finally:
        flash.data[at] ^= 1 << bit
    known = [alarm.seq for alarm in again.kernel.alarms]
    hit = [seq for start, end, seq in places if start <= at < end]
    missing = [seq for seq in wanted if seq not in known and seq not in hit]
    waiting = [m.seq for m in again.kernel.outbox.messages if m.is_alarm]
    missing += [seq for seq in wanted if seq not in waiting and seq not in hit]
    return missing, bool(hit), again.journal.damaged, again.kernel.epoch
