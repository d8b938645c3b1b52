"""The kernel of a hub: event → rule → action. Decides all that a hub does; knows no clock, radio, flash or network.

The contract:
1. Give every event to `receive(event, now_ms)` in order. It returns a list of actions.
2. Carry the actions out in the order given. A `Journal` is on flash before the `Publish` after it; a `Sound` or
   `Light` of an alarm comes before both.
3. Call `receive(Wake(), now_ms)` no later than `next_wake_ms()`.
4. The kernel never waits, never reads a clock, and never raises on anything that came from outside.

Before the first event: `restore(records)` with what the journal holds.
"""

from protocol import messages, topics, vocabulary

from . import actions, annunciator, memory, prompts, sensors
from . import alarm as alarms_
from . import events as ev
from .delivery import Delivery
from .outbox import Kept

REFUSAL_QUIET_MS = 3600000  # a sensor's refused frames: one technical alarm an hour
WIRED = "wired"
WIRED_DEBOUNCE_MS = 500


class Kernel(Delivery):
    """One hub. Shape: `devices` {address: sensors.Device}; `epoch` 8 hex digits; times in ms."""

    def __init__(self, hub_id, epoch, devices, firmware):
        super().__init__(hub_id, epoch, firmware)
        self.devices = devices
        self.unknown_heard = 0
        self.bad_messages = 0
        self._refused_ms = {}
        self._undelivered = {}  # alarm seq: how often the home was told
        self._sound = self._light = None
        self._change_ms = None
        self._wired_ms = None

    # --- the contract ------------------------------------------------------------------------------

    def restore(self, records):
        """Take up where the journal ends. Shape: list of (kind, data), oldest first."""
        from . import restore  # needed once: its bytecode may go again

        restore.apply(self, records)

    def receive(self, event, now_ms):
        """Take one event in; returns the actions, in the order to carry them out."""
        self._do = []
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event, now_ms)
        self._publish_due(now_ms)
        self._annunciate(now_ms)
        done, self._do = self._do, []
        return done

    def next_wake_ms(self):
        """When `receive(Wake(), …)` is due next; None for not by itself."""
        times = [self._change_ms] + self._next_delivery_ms()
        for alarm in self.alarms:
            if annunciator.is_undelivered(alarm):
                times.append(annunciator.undelivered_due_ms(alarm, self._undelivered.get(alarm.seq, 0)))
        times = [t for t in times if t is not None]
        return min(times) if times else None

    # --- triggers ----------------------------------------------------------------------------------

    def _on_advert(self, event, now_ms):
        device = self.devices.get(event.address)
        if device is None:
            self.unknown_heard += 1
            return
        heard = sensors.hear(device, event.service_data, now_ms)
        if event.is_urgent:
            self._sound = self._light = None  # the reflex has changed them: say anew what is right
            if heard.activation is None:  # it took the frame for a press, and was wrong
                self._do.append(actions.Believe(device.address, device.mark))
        if heard.refusal is not None:
            self._on_refusal(device, heard.refusal, now_ms)
        elif heard.activation is not None and device.kind == vocabulary.BUTTON:
            self._open(vocabulary.HELP, device.address, heard.activation, now_ms, device.mark)

    def _on_wired(self, event, now_ms):
        if self._wired_ms is not None and now_ms - self._wired_ms < WIRED_DEBOUNCE_MS:
            self._wired_ms = now_ms
            return
        self._wired_ms = now_ms
        self._open(vocabulary.HELP, WIRED, vocabulary.PRESS, now_ms)

    def _on_refusal(self, device, reason, now_ms):
        is_button = device.kind == vocabulary.BUTTON
        if is_button and self._find_open(vocabulary.UNVERIFIED, device.address) is None:
            self._open(vocabulary.UNVERIFIED, device.address, vocabulary.PRESS, now_ms)
        last_ms = self._refused_ms.get(device.address)
        if last_ms is None or now_ms - last_ms >= REFUSAL_QUIET_MS:
            self._refused_ms[device.address] = now_ms
            self._technical(vocabulary.FRAME_REFUSED, device.address, reason, now_ms)

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

    # --- power, clock, faults ------------------------------------------------------------------------

    def _on_mains_lost(self, event, now_ms):
        if self.is_mains_on:
            self.is_mains_on = False
            self._say(prompts.MAINS_LOST)
            self._technical(vocabulary.MAINS_LOST, None, None, now_ms)

    def _on_mains_restored(self, event, now_ms):
        if not self.is_mains_on:
            self.is_mains_on = True
            self._say(prompts.MAINS_RESTORED)
            self._technical(vocabulary.MAINS_RESTORED, None, None, now_ms)

    def _on_clock(self, event, now_ms):
        self.clock_offset_ms = event.utc_ms - now_ms

    def _on_fault(self, event, now_ms):
        self._technical(event.kind, None, event.detail, now_ms)

    def _technical(self, kind, device_id, detail, now_ms):
        fields = {"kind": kind, "device": device_id, "detail": detail}
        self._keep(Kept(self._take_seq(), topics.TECHNICAL, False, fields, now_ms), now_ms)

    # --- from the relay ------------------------------------------------------------------------------

    def _on_message(self, event, now_ms):
        place = topics.parse(event.topic)
        try:
            if place is None or place[0] != self.hub_id or place[1] != "down":
                raise messages.BadMessage("topic: not ours")
            message = messages.check("down", place[2], messages.decode(event.payload))
        except messages.BadMessage:
            self.bad_messages += 1
            return
        if message["epoch"] != self.epoch:
            return
        if place[2] == topics.RECEIPT:
            self._on_receipt(message["seq"], now_ms)
        else:
            self._on_step(message, now_ms)

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

    # --- what repeats --------------------------------------------------------------------------------

    def _on_wake(self, event, now_ms):
        self._beat(now_ms)
        for alarm in self.alarms:
            told = self._undelivered.get(alarm.seq, 0)
            if annunciator.is_undelivered(alarm) and now_ms >= annunciator.undelivered_due_ms(alarm, told):
                self._undelivered[alarm.seq] = told + 1
                self._say(prompts.NOT_DELIVERED)

    # --- helpers -------------------------------------------------------------------------------------

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


_HANDLERS = {
    ev.AdvertHeard: Kernel._on_advert,
    ev.WiredPressed: Kernel._on_wired,
    ev.LinkUp: Kernel._on_link_up,
    ev.LinkDown: Kernel._on_link_down,
    ev.MessageArrived: Kernel._on_message,
    ev.MainsLost: Kernel._on_mains_lost,
    ev.MainsRestored: Kernel._on_mains_restored,
    ev.ClockSet: Kernel._on_clock,
    ev.Faulted: Kernel._on_fault,
    ev.Wake: Kernel._on_wake,
}
