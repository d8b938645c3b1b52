"""What a busy home's days cost the flash: erases and bytes, counted on the real journal under the real kernel."""

from desk import KEYED, Desk, Flash, press
from hub import events
from protocol import vocabulary as v

PRESSES, OUTAGES, FAULTS = 40, 12, 30  # a day's


def blocks_per_day(days):
    """A day of 40 presses, each received, taken, answered and closed; 12 mains failures; 30 faults. Averages."""
    desk = Desk(Flash(32))
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
            while desk.kernel.is_quiet() and desk.journal.prepare():
                pass
        desk = desk.restart()  # and one restart
        desk.give(events.LinkUp(), (day + 1) * 86400000)
    return {"erases": desk.flash.erases / days, "late": desk.journal.erased_late}


def _receipts(desk):
    for message in list(desk.kernel.outbox.messages):
        desk.receipt(message.seq)
    desk.published = []
