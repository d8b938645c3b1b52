"""The open alarms of the home. Decides how an alarm is raised, goes on and ends, and what the home hears of it.

The kernel's middle: it knows the table of an alarm's life and the annunciator, not what set the alarm off.
"""

from protocol import topics, vocabulary

from . import actions, annunciator, memory, prompts
from . import alarm as alarms_
from .delivery import Delivery
from .outbox import Kept


class Calls(Delivery):
    """Shape: `alarms` is the list of open alarm.Alarm."""

    def __init__(self, hub_id, epoch, firmware):
        super().__init__(hub_id, epoch, firmware)
        self.alarms = []
        self._undelivered = {}  # alarm seq: how often the home was told
        self._sound = self._light = None
        self._change_ms = None

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
        else:
            alarm.step(alarms_.AGAIN, now_ms)
            alarm.last_seq = seq
        self._undelivered.pop(alarm.seq, None)
        self._annunciate(now_ms)  # sound and light first: before flash, before network
        self._say(prompts.BUTTON_UNVERIFIED if kind == vocabulary.UNVERIFIED else prompts.HEARD)
        fields = {
            "alarm": alarm.seq,
            "kind": kind,
            "step": vocabulary.RAISED,
            "device": device_id,
            "activation": activation,
        }
        # The press and the counter that it used up are one record: a power cut cannot come between them.
        self._keep(Kept(seq, topics.ALARM, True, fields, now_ms), now_ms, mark)

    def _technical(self, kind, device_id, detail, now_ms):
        fields = {"kind": kind, "device": device_id, "detail": detail}
        self._keep(Kept(self._take_seq(), topics.TECHNICAL, False, fields, now_ms), now_ms)

    def _on_receipt(self, seq, now_ms):
        kept = self.outbox.let_go(seq)
        if kept is None:
            return
        self._do.append(actions.Journal(*memory.receipt(seq)))
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
        if message["step"] == vocabulary.CLEARED and alarm.again and self.outbox.holds(alarm.last_seq):
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
        self._do.append(actions.Journal(*memory.alarm(alarm)))
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
            if annunciator.is_undelivered(alarm):
                times.append(annunciator.undelivered_due_ms(alarm, self._undelivered.get(alarm.seq, 0)))
        return times

    def _say(self, prompt, who=None, minutes=None):
        self._do.append(actions.Say(prompt, who, minutes))

    def _annunciate(self, now_ms):
        sound, light, self._change_ms = annunciator.present(self.alarms, now_ms)
        if sound != self._sound:
            self._sound = sound
            self._do.append(actions.Sound(sound))
        if light != self._light:
            self._light = light
            self._do.append(actions.Light(light))
