"""What a busy home's days cost the flash: erases and bytes, counted on the real journal under the real kernel."""

from claims import aes
from desk import KEY, KEYED, Desk, Flash, press, sealed
from hub import events
from hub.senses.sensors import Device
from protocol import vocabulary as v

PRESSES, OUTAGES, FAULTS = 40, 12, 30  # a day's
SENSORS = ["a4c13800004%d" % n for n in range(9)]  # sealed, each heard all day long


def blocks_per_day(days):
    """A day of 40 presses, each received, taken, answered and closed; 12 mains failures; 30 faults; nine sealed sensors
    whose counters are kept. Averages."""
    desk = _home(Desk(Flash(32)))
    counter = 1
    desk.give(events.LinkUp(), 0)
    for day in range(days):
        for n in range(PRESSES):
            counter += 1
            at_ms = day * 86400000 + n * 2000000
            desk.hear(KEYED, press(counter), at_ms)
            alarm = desk.kernel.alarms[0]
            _receipts(desk)
            for step in (v.ACKNOWLEDGED, v.ON_THE_WAY, v.ARRIVED, v.CLEARED):
                desk.step(alarm.seq, step, "Li", 6)
            if n < OUTAGES:
                desk.give(events.MainsLost(), at_ms + 1000)
                desk.give(events.MainsRestored(), at_ms + 2000)
            if n < FAULTS:
                desk.give(events.Faulted(v.TASK_RESTARTED, "TypeError"), at_ms + 3000)
            _receipts(desk)
            for address in SENSORS:
                desk.hear(address, sealed(b"\x00\x01\x01\x5f", counter, address=address), at_ms + 4000)
            while desk.kernel.is_quiet() and desk.journal.prepare():
                pass
        desk = _home(desk.restart())  # and one restart
        desk.give(events.LinkUp(), (day + 1) * 86400000)
    return {"erases": desk.flash.erases / days, "late": desk.journal.erased_late}


def _home(desk):
    for address in SENSORS:
        desk.kernel.devices[address] = Device(address, "motion", aes(KEY), None, None)
    return desk


def _receipts(desk):
    for message in list(desk.kernel.outbox.messages):
        desk.receipt(message.seq)
    desk.published = []
