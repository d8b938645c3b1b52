"""What is wrong with the system itself, as the hub knows it: begun, lasting, over. Decides what is told of it and when.

The kernel's upper half, under the events: it knows kinds of fault and who must hear of them, not which wire or frame
they came by. A matter is told when it begins and when it ends, each once, over restarts too: its record is written
behind its message, so that a power cut between the two tells it twice rather than never.
"""

from protocol import topics, vocabulary

from . import actions, supervision
from .calls import Calls
from .keeping import memory
from .outbox import CAPACITY, NEARLY_FULL, ROOM_AGAIN, Kept
from .saying import annunciator, prompts

BATTERY_LOW_PCT, BATTERY_GOOD_PCT = 20, 30
SELF_TEST_FIRST_MS, SELF_TEST_EVERY_MS = 600000, 86400000
DAY_MS = 86400000
WEEKLY = "weekly"  # the device that a test call of its own names
WEEKLY_WAIT_MS = 30000
LINK_PATIENCE_MS = 300000  # a router that starts anew is no matter for the home

# kind: (said in the home when it begins, when it ends)
_SAID = {
    vocabulary.MAINS_LOST: (prompts.MAINS_LOST, prompts.MAINS_RESTORED),
    vocabulary.BATTERY_LOW: (prompts.BATTERY_LOW, None),
    vocabulary.SENSOR_OVERDUE: (prompts.SENSOR_OVERDUE, prompts.SENSOR_RESTORED),
    vocabulary.WIRE_CUT: (prompts.WIRE_CUT, prompts.WIRE_MENDED),
    vocabulary.SELF_TEST_FAILED: (prompts.SELF_TEST_FAILED, None),
}


class Matters(Calls):
    """Shape: `devices` {address: sensors.Device}."""

    def __init__(self, hub_id, epoch, devices, firmware):
        super().__init__(hub_id, epoch, firmware)
        self.devices = devices
        self._untold = []  # kinds that began while an alarm was open
        self._link_down_ms = 0  # since when; None while it is up
        self._is_link_loss_told = False
        self._is_full_told = False  # that the outbox is nearly full
        self._self_test_ms = SELF_TEST_FIRST_MS
        self.weekly = []  # [weekday from Monday = 0, hour] of the audible test, or none
        self._weekly_ms = None  # when it is due
        self._weekly_done_ms = None  # when it was last
        self._weekly_end_ms = None  # when it is taken back, received or not

    def _technical(self, kind, device_id, detail, now_ms):
        fields = {"kind": kind, "device": device_id, "detail": detail}
        self._keep(Kept(self._take_seq(), topics.TECHNICAL, False, fields, now_ms), now_ms)

    def _begin(self, kind, device_id, detail, now_ms):
        """A lasting fault is there: told once."""
        if (kind, device_id) in self.matters:
            return
        self.matters.append((kind, device_id))
        self._tell_home(kind, 0, now_ms)
        self._technical(kind, device_id, detail, now_ms)
        self._write(memory.matter(kind, device_id, True))

    def _end(self, kind, device_id, now_ms):
        """It is over: told once, and only if it had begun."""
        if (kind, device_id) not in self.matters:
            return
        self.matters.remove((kind, device_id))
        self._tell_home(kind, 1, now_ms)
        self._technical(vocabulary.RESTORED_BY[kind], device_id, None, now_ms)
        self._write(memory.matter(kind, device_id, False))

    def _is(self, kind, device_id, is_there, detail, now_ms):
        """A fault as it stands now: begun, ended, or nothing new."""
        if is_there:
            self._begin(kind, device_id, detail, now_ms)
        else:
            self._end(kind, device_id, now_ms)

    def _tell_home(self, kind, which, now_ms):
        """Nobody is told of a battery while an alarm is open: the voice belongs to the alarm then."""
        prompt = _SAID[kind][which] if kind in _SAID else None
        if prompt is None:
            return
        if annunciator.foremost(self.alarms) is None:
            self._say_quietly(prompt, now_ms)
        elif which == 0 and kind not in self._untold:
            self._untold.append(kind)

    def _tell_full(self, now_ms):
        """The relay hears that the outbox is nearly full; and, when there is room again, what had to make room."""
        waiting = len(self.outbox.messages)
        if waiting >= NEARLY_FULL and not self._is_full_told:
            self._is_full_told = True
            if any([message.fields["kind"] == vocabulary.JOURNAL_FULL for message in self.outbox.messages]):
                return  # said before a restart, and not received yet
            self._technical(vocabulary.JOURNAL_FULL, None, "%d of %d waiting" % (waiting, CAPACITY), now_ms)
        elif waiting <= ROOM_AGAIN:
            self._is_full_told = False
            if self.outbox.lost:
                self._technical(vocabulary.JOURNAL_FULL, None, "%d lesser lost" % self.outbox.lost, now_ms)
                self.outbox.lost = 0
                self._write(memory.lost(0))

    def _tell_late(self, now_ms):
        """The alarm is over: what began meanwhile and still lasts is told now."""
        self._tell_full(now_ms)
        if not self._untold or annunciator.foremost(self.alarms) is not None:
            return
        untold, self._untold = self._untold, []
        for kind in untold:
            if any([matter[0] == kind for matter in self.matters]):
                self._say_quietly(_SAID[kind][0], now_ms)

    # --- power and link -----------------------------------------------------------------------------

    def _on_mains_lost(self, event, now_ms):
        self.is_mains_on = False
        self._begin(vocabulary.MAINS_LOST, None, self._cells(), now_ms)

    def _on_mains_restored(self, event, now_ms):
        self.is_mains_on = True
        self._end(vocabulary.MAINS_LOST, None, now_ms)

    def _on_power(self, event, now_ms):
        self.battery_pct, self.runtime_min = event.battery_pct, event.runtime_min
        if event.battery_pct is None:
            return
        is_low = (vocabulary.BATTERY_LOW, None) in self.matters
        limit = BATTERY_GOOD_PCT if is_low else BATTERY_LOW_PCT
        self._is(vocabulary.BATTERY_LOW, None, event.battery_pct < limit, self._cells(), now_ms)

    def _cells(self):
        """How full the hub's cells are and how long they last, for whoever is told; None when it is not known."""
        if self.battery_pct is None:
            return None
        return "%d%%" % self.battery_pct + (", %d min" % self.runtime_min if self.runtime_min is not None else "")

    def _on_modem(self, event, now_ms):
        self._is(vocabulary.MODEM_LOST, None, event.fault is not None, event.fault, now_ms)

    def _on_wire_cut(self, event, now_ms):
        self._begin(vocabulary.WIRE_CUT, None, event.detail, now_ms)

    def _on_wire_mended(self, event, now_ms):
        self._end(vocabulary.WIRE_CUT, None, now_ms)

    def _on_self_test(self, event, now_ms):
        failed = ",".join(sorted(event.failed))[:64]
        if failed:
            self._end(vocabulary.SELF_TEST_FAILED, None, now_ms)  # what fails may have changed: told anew
            self._begin(vocabulary.SELF_TEST_FAILED, None, failed, now_ms)
        elif (vocabulary.SELF_TEST_FAILED, None) in self.matters:
            self._end(vocabulary.SELF_TEST_FAILED, None, now_ms)
        else:
            self._technical(vocabulary.SELF_TEST_PASSED, None, None, now_ms)  # its receipt proves the way out

    def _on_safe_mode(self, event, now_ms):
        self._is(vocabulary.SAFE_MODE, None, event.is_safe, event.detail, now_ms)

    def _on_link_up(self, event, now_ms):
        super()._on_link_up(event, now_ms)
        self._link_down_ms = None
        if self._is_link_loss_told:
            self._is_link_loss_told = False
            if annunciator.foremost(self.alarms) is None:
                self._say_quietly(prompts.LINK_RESTORED, now_ms)

    def _on_link_down(self, event, now_ms):
        super()._on_link_down(event, now_ms)
        if self._link_down_ms is None:
            self._link_down_ms = now_ms

    # --- the weekly audible test ---------------------------------------------------------------------

    def _plan_weekly(self, now_ms):
        """The next time that it is this hour of this weekday in the home; only a trusted clock can say."""
        if not self.weekly or self.clock_offset_ms is None:
            return
        weekday, hour = self.weekly[0], self.weekly[1]
        local_ms = now_ms + self.clock_offset_ms + self.utc_offset_min * 60000
        week_ms = (local_ms + 3 * DAY_MS) % (7 * DAY_MS)  # since Monday, 0:00; 1970 began on a Thursday
        wait_ms = (weekday * DAY_MS + hour * 3600000 - week_ms - 1) % (7 * DAY_MS) + 1
        due_ms = self._weekly_ms
        if due_ms is not None and due_ms - now_ms <= 3600000 and wait_ms > 6 * DAY_MS:
            wait_ms = 0  # the clock was put forward over it
        elif self._weekly_done_ms is not None and now_ms + wait_ms - self._weekly_done_ms < DAY_MS:
            wait_ms += 7 * DAY_MS  # or back
        self._weekly_ms = now_ms + wait_ms

    def _test_aloud(self, now_ms):
        """A test call of its own: heard in the home, taken back when the relay has it."""
        if self._weekly_end_ms is not None:
            alarm = self._find_open(vocabulary.TEST, WEEKLY)
            if alarm is None or alarm.state != vocabulary.RAISED or now_ms >= self._weekly_end_ms:
                self._weekly_end_ms = None
                if alarm is not None:
                    self._take_back(alarm, now_ms)
        if self._weekly_ms is not None and now_ms >= self._weekly_ms:
            self._weekly_ms, self._weekly_done_ms = None, now_ms
            self._plan_weekly(now_ms)
            if annunciator.foremost(self.alarms) is None:  # a home with an alarm needs no test
                self._weekly_end_ms = now_ms + WEEKLY_WAIT_MS
                self._open(vocabulary.TEST, WEEKLY, vocabulary.TRIPPED, now_ms)

    def _say_quietly(self, prompt, now_ms):
        """Say it, at night volume when it is night."""
        self._do.append(actions.Say(prompt, None, None, self._is_night(now_ms)))

    def _link_due_ms(self):
        if self._link_down_ms is None or self._is_link_loss_told:
            return None
        return self._link_down_ms + LINK_PATIENCE_MS

    # --- what repeats --------------------------------------------------------------------------------

    def _look_around(self, now_ms):
        """Who is overdue, and is there still no link?"""
        for device in supervision.overdue_now(self.devices, now_ms):
            self._begin(vocabulary.SENSOR_OVERDUE, device.address, None, now_ms)
        if now_ms >= self._self_test_ms:
            self._self_test_ms = now_ms + SELF_TEST_EVERY_MS
            self._do.append(actions.SelfTest())
        self._test_aloud(now_ms)
        due_ms = self._link_due_ms()
        if due_ms is not None and now_ms >= due_ms:
            self._is_link_loss_told = True
            if annunciator.foremost(self.alarms) is None:  # else the home hears "not delivered yet"
                self._say_quietly(prompts.LINK_LOST, now_ms)

    def _next_matter_ms(self):
        return [supervision.next_ms(self.devices), self._link_due_ms(), self._self_test_ms] + [
            self._weekly_ms,
            self._weekly_end_ms,
        ]

    def _has_matter(self):
        """Is there a technical matter that the lamp should show?"""
        return bool(self.matters) or self._is_link_loss_told
