"""The open alarms of the home. Decides how an alarm is raised, goes on and ends, and what the home hears of it.

The kernel's middle: it knows the table of an alarm's life and the annunciator, not what set the alarm off.
"""

from protocol import topics, vocabulary

from . import actions
from . import alarm as alarms_
from .delivery import Delivery
from .keeping import memory
from .outbox import Kept
from .saying import annunciator, prompts

PRE_ALARM_MS = 20000


class Calls(Delivery):
    """Shape: `alarms` is the list of open alarm.Alarm; `pre_alarm_ms` and `utc_offset_min` may be set before use."""

    def __init__(self, hub_id, epoch, firmware):
        super().__init__(hub_id, epoch, firmware)
        self.alarms = []
        self.matters = []  # (kind, device id or None) of the faults that last
        self._undelivered = {}  # alarm seq: how often the home was told
        self._sound = self._light = None
        self._change_ms = None
        self.pre_alarm_ms = PRE_ALARM_MS
        self.utc_offset_min = 480  # the home's wall clock, for the night

    def _find_open(self, kind, device_id):
        for alarm in self.alarms:
            if alarm.kind == kind and alarm.device_id == device_id and alarm.is_open():
                return alarm
        return None

    def _open(self, kind, device_id, activation, now_ms, mark=None):
        """Raise an alarm, or raise the open one of the same kind and device again."""
        alarm = self._find_open(kind, device_id)
        seq = self._take_seq()
        if alarm is None:
            alarm = alarms_.Alarm(seq, kind, device_id)
            alarm.step(alarms_.RAISE, now_ms)
            self.alarms.append(alarm)
        elif alarm.state == vocabulary.PRE_ALARM:
            alarm.step(alarms_.RAISE, now_ms)
        else:
            alarm.step(alarms_.AGAIN, now_ms)
        alarm.last_seq = seq
        self._raised(alarm, activation, now_ms, mark)
        if kind == vocabulary.HELP:  # who presses for help is not well: a question that is open is answered
            self._raise_warned(now_ms, True)

    def _raised(self, alarm, activation, now_ms, mark=None):
        """An alarm is newly raised under `last_seq`: sound and light, then flash, then voice, then network."""
        self._undelivered.pop(alarm.seq, None)
        self._annunciate(now_ms)
        # The press and the counter that it used up are one record: a power cut cannot come between them.
        self._keep_step(alarm, alarm.last_seq, vocabulary.RAISED, activation, now_ms, mark)
        # "I heard you" is a promise: it is made when no power cut can break it any more.
        self._say(annunciator.PROMPT_OF_KIND[alarm.kind])

    def _keep_step(self, alarm, seq, step, activation, now_ms, mark=None):
        fields = {
            "alarm": alarm.seq,
            "kind": alarm.kind,
            "step": step,
            "device": alarm.device_id,
            "activation": activation,
        }
        self._keep(Kept(seq, topics.ALARM, True, fields, now_ms), now_ms, mark)

    # --- pre-alarms and test calls: what the resident may take back -------------------------------------

    def _warn(self, kind, device_id, now_ms):
        """Begin a pre-alarm. What is open already needs no question."""
        if self._find_open(kind, device_id) is not None:
            return
        alarm = alarms_.Alarm(self._take_seq(), kind, device_id)
        alarm.step(alarms_.WARN, now_ms)
        alarm.raise_at_ms = now_ms + self.pre_alarm_ms
        self.alarms.append(alarm)
        self._annunciate(now_ms)
        self._keep_step(alarm, alarm.seq, vocabulary.PRE_ALARM, vocabulary.TRIPPED, now_ms)
        self._say(prompts.ARE_YOU_WELL)

    def _raise_warned(self, now_ms, at_once=False):
        """Pre-alarms whose time is up become alarms."""
        for alarm in list(self.alarms):
            if alarm.state != vocabulary.PRE_ALARM:
                continue
            if alarm.raise_at_ms is None:  # it began before a restart: ask once more, and count anew
                alarm.raise_at_ms = now_ms + self.pre_alarm_ms
                self._say(prompts.ARE_YOU_WELL)
            if at_once or now_ms >= alarm.raise_at_ms:
                self._open(alarm.kind, alarm.device_id, vocabulary.TRIPPED, now_ms)

    def _on_cancel(self, event, now_ms):
        """The resident takes back what may be taken back, and hears it when nothing may."""
        mine = [alarm for alarm in self.alarms if alarm.may_cancel()]
        for alarm in mine:
            self._take_back(alarm, now_ms)
        if not mine and annunciator.foremost(self.alarms) is not None:
            self._say(prompts.CANNOT_CANCEL)

    def _on_all_well(self, event, now_ms):
        alarm = self._find_open(event.kind, event.address)
        if alarm is not None and alarm.state == vocabulary.PRE_ALARM:
            self._take_back(alarm, now_ms)

    def _take_back(self, alarm, now_ms):
        alarm.step(alarms_.CANCEL, now_ms)
        alarm.last_seq = self._take_seq()
        self._announce(alarm, now_ms)
        self._keep_step(alarm, alarm.last_seq, vocabulary.CANCELLED, vocabulary.TRIPPED, now_ms)

    def _restore_condition(self, kind, device_id, now_ms, mark):
        """The condition behind an open alarm is gone: the relay is told, and a person still looks and closes it."""
        alarm = self._find_open(kind, device_id)
        if alarm is not None:
            self._keep_step(alarm, self._take_seq(), vocabulary.RESTORED, vocabulary.TRIPPED, now_ms, mark)

    def _on_receipt(self, seq, now_ms):
        kept = self.outbox.let_go(seq)
        if kept is None:
            return
        self.receipts += 1
        self._write(memory.receipt(seq))
        for alarm in self.alarms:
            if kept.is_alarm and alarm.last_seq == seq:
                before = alarm.state
                if alarm.step(alarms_.RECEIPT, now_ms) and alarm.state != before:
                    self._announce(alarm, now_ms)

    def _on_step(self, message, now_ms):
        for alarm in self.alarms:
            if alarm.seq == message["alarm"]:
                break
        else:
            # Cleared here already, or never known: tell the relay so, lest it repeats itself for ever.
            self._tell(message["alarm"], vocabulary.CLEARED)
            return
        same = (alarm.state, alarm.who, alarm.minutes) == (
            message["step"],
            message["who"],
            message["minutes"],
        )
        if same:
            self._tell(alarm.seq, alarm.state)
            return
        is_newer = alarm.last_seq != alarm.seq
        if message["step"] == vocabulary.CLEARED and is_newer and self.outbox.holds(alarm.last_seq):
            return  # it was said before the relay knew of the newest press: that one is not dealt with
        if not alarm.step(message["step"], now_ms):
            return
        alarm.who, alarm.minutes = message["who"], message["minutes"]
        self._announce(alarm, now_ms)
        self._tell(alarm.seq, alarm.state)

    def _announce(self, alarm, now_ms):
        if not alarm.is_open():
            self.alarms.remove(alarm)
        self._annunciate(now_ms)
        self._write(memory.alarm(alarm))
        self._say(annunciator.PROMPT_OF_STEP[alarm.state], alarm.who, alarm.minutes)

    def _remind(self, now_ms):
        """Tell the home again of what is not delivered yet."""
        for alarm in self.alarms:
            told = self._undelivered.get(alarm.seq, 0)
            if annunciator.is_undelivered(alarm) and now_ms >= annunciator.undelivered_due_ms(alarm, told):
                self._undelivered[alarm.seq] = told + 1
                self._say(prompts.NOT_DELIVERED)

    def _next_call_ms(self):
        """When sound, light or a reminder is due, as a list of times."""
        times = [self._change_ms]
        for alarm in self.alarms:
            if alarm.state == vocabulary.PRE_ALARM:
                times.append(alarm.raise_at_ms or 0)
            if annunciator.is_undelivered(alarm):
                times.append(annunciator.undelivered_due_ms(alarm, self._undelivered.get(alarm.seq, 0)))
        return times

    def _say(self, prompt, who=None, minutes=None):
        self._do.append(actions.Say(prompt, who, minutes, False))

    def _is_night(self, now_ms):
        offset = self.clock_offset_ms
        return annunciator.is_night(None if offset is None else now_ms + offset, self.utc_offset_min)

    def _has_matter(self):
        """Is something wrong that the lamp should show when nothing else is? The layer above knows."""
        return bool(self.matters)

    def _annunciate(self, now_ms):
        """Order the one sound and the one light that are right now, when they are not there yet."""
        sound, light, self._change_ms = annunciator.present(
            self.alarms, now_ms, self._has_matter(), self._is_night(now_ms)
        )
        if sound != self._sound:
            self._sound = sound
            self._do.append(actions.Sound(sound))
        if light != self._light:
            self._light = light
            self._do.append(actions.Light(light))
        if self._change_ms is None and light == actions.DIM and self.clock_offset_ms is not None:
            utc_ms = now_ms + self.clock_offset_ms
            self._change_ms = now_ms + annunciator.night_change_ms(utc_ms, self.utc_offset_min)
