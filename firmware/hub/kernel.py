"""The kernel of a hub: event → rule → action. Decides all that a hub does; knows no clock, radio, flash or network.

The contract:
1. Give every event to `receive(event, now_ms)` in order. It returns a list of actions.
2. Carry the actions out in the order given. A `Sound` or `Light` of an alarm comes first; its `Journal` is on flash
   before the `Say` that tells the home that it was heard, and before the `Publish`.
3. Call `receive(Wake(), now_ms)` no later than `next_wake_ms()`.
4. The kernel never waits, never reads a clock, and never raises on anything that came from outside.

Before the first event: `restore(records)` with what the journal holds.
"""

from protocol import messages, topics, vocabulary

from . import actions, supervision
from . import events as ev
from .keeping import memory
from .senses import meanings, sensors
from .watch import Watch

REFUSAL_QUIET_MS = 3600000  # a sensor's refused frames: one technical alarm an hour
MARKS_EVERY_MS = 3600000  # counters that no press has taken to flash: what could be replayed after a restart
STILL_THERE_MS = 300000  # smoke that is still there so long after somebody has closed its alarm is raised anew
FAULT_QUIET_MS = 600000  # a driver that fails fifty times a second is told of, not fifty times a second
FAULTS_HELD = 16
WIRED = "wired"
WIRED_DEBOUNCE_MS = 500


class Kernel(Watch):
    """One hub. Shape: `devices` {address: sensors.Device}; `epoch` 8 hex digits; times in ms."""

    def __init__(self, hub_id, epoch, devices, firmware):
        super().__init__(hub_id, epoch, devices, firmware)
        self.unknown_heard = 0
        self.bad_messages = 0
        self._refused_ms = {}
        self._faulted = []  # (kind, detail, when last told)
        self._wired_ms = None
        self._marks_ms = 0  # when the counters were last written
        self._closed = {}  # (kind, address): when an alarm was closed whose condition was still there

    # --- the contract ------------------------------------------------------------------------------

    def restore(self, records):
        """Take up where the journal ends. Shape: list of (kind, data), oldest first."""
        from .keeping import restore  # needed once: its bytecode may go again

        restore.apply(self, records)

    def receive(self, event, now_ms):
        """Take one event in; returns the actions, in the order to carry them out."""
        self._do = []
        handler = _HANDLERS.get(type(event))
        if handler is not None:
            handler(self, event, now_ms)
        self._tell_late(now_ms)
        self._publish_due(now_ms)
        self._annunciate(now_ms)
        done, self._do = self._do, []
        return done

    def next_wake_ms(self):
        """When `receive(Wake(), …)` is due next; None for not by itself."""
        times = self._next_delivery_ms() + self._next_call_ms() + self._next_matter_ms()
        times += [closed_ms + STILL_THERE_MS for closed_ms in self._closed.values()]
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
            return
        is_alive = not heard.is_repeat or device.encrypt_block is None  # a sealed frame can be replayed, not made
        if is_alive and supervision.is_back(device, now_ms):
            self._end(vocabulary.SENSOR_OVERDUE, device.address, now_ms)
        if heard.is_repeat:
            return
        if heard.activation is not None and device.kind == vocabulary.BUTTON:
            self._open(vocabulary.HELP, device.address, heard.activation, now_ms, device.mark)
        elif heard.activation is not None and device.kind == vocabulary.CANCEL_BUTTON:
            self._keep_mark(device)  # or a recording could take back the next call after a restart
            self._on_cancel(event, now_ms)
        self._see(device, heard, now_ms)
        for kind, is_there in meanings.conditions(device, heard.frame):
            self._closed.pop((kind, device.address), None)
            if is_there:
                self._open(kind, device.address, vocabulary.TRIPPED, now_ms, device.mark)
            else:
                self._restore_condition(kind, device.address, now_ms, device.mark)
        was_low = (vocabulary.BATTERY_LOW, device.address) in self.matters
        found = meanings.faults(device, heard.frame, was_low)
        for kind in sorted(found):
            self._is(kind, device.address, found[kind], None, now_ms)
        self._keep_marks(now_ms)

    def _keep_mark(self, device):
        device.kept_mark = device.mark
        self._write(memory.mark(device))

    def _keep_marks(self, now_ms):
        """The counters of sealed frames, once an hour and while it is quiet: flash would not bear each beacon."""
        if now_ms - self._marks_ms < MARKS_EVERY_MS or not self.is_quiet():
            return
        self._marks_ms = now_ms
        for device in self.devices.values():
            if device.encrypt_block is not None and device.mark != device.kept_mark:
                self._keep_mark(device)

    # --- a condition that outlives its alarm -------------------------------------------------------

    def _announce(self, alarm, now_ms):
        super()._announce(alarm, now_ms)
        device = self.devices.get(alarm.device_id)
        if alarm.state == vocabulary.CLEARED and device is not None and meanings.is_there(device, alarm.kind):
            self._closed[alarm.kind, alarm.device_id] = now_ms

    def _raise_what_is_still_there(self, now_ms):
        """Somebody has closed an alarm, and its detector has said since then that it still smokes."""
        for kind, address in list(self._closed):
            closed_ms = self._closed[kind, address]
            if now_ms - closed_ms < STILL_THERE_MS:
                continue
            device = self.devices[address]
            if (device.heard_ms or 0) > closed_ms:
                del self._closed[kind, address]
                self._open(kind, address, vocabulary.TRIPPED, now_ms, device.mark)
            else:
                self._closed[kind, address] = now_ms  # not heard since: it has so long again

    def _on_reading(self, event, now_ms):
        """A wearable's values: a sign that it is there; its battery as any other's."""
        device = self.devices.get(event.address)
        if device is None:
            self.unknown_heard += 1
            return
        if supervision.is_back(device, now_ms):
            self._end(vocabulary.SENSOR_OVERDUE, device.address, now_ms)
        if event.heart_rate_bpm:  # nobody's heart beats in a drawer
            device.heart_rate_bpm = event.heart_rate_bpm
            self._lived(now_ms, device)
        if event.battery_pct is not None:
            device.battery_pct = event.battery_pct
            was_low = (vocabulary.BATTERY_LOW, device.address) in self.matters
            limit = meanings.BATTERY_GOOD_PCT if was_low else meanings.BATTERY_LOW_PCT
            self._is(vocabulary.BATTERY_LOW, device.address, event.battery_pct < limit, None, now_ms)

    def _on_suspected(self, event, now_ms):
        if event.kind in vocabulary.PRE_ALARM_KINDS:
            self._warn(event.kind, event.address, now_ms)

    def _on_test_asked(self, event, now_ms):
        self._open(vocabulary.TEST, None, vocabulary.PRESS, now_ms)

    def _on_wired(self, event, now_ms):
        if self._wired_ms is not None and now_ms - self._wired_ms < WIRED_DEBOUNCE_MS:
            self._wired_ms = now_ms
            return
        self._wired_ms = now_ms
        self._open(vocabulary.HELP, WIRED, vocabulary.PRESS, now_ms)
        self._lived(now_ms, None, True)

    def _on_refusal(self, device, reason, now_ms):
        is_button = device.kind == vocabulary.BUTTON
        if is_button and self._find_open(vocabulary.UNVERIFIED, device.address) is None:
            self._open(vocabulary.UNVERIFIED, device.address, vocabulary.PRESS, now_ms)
        last_ms = self._refused_ms.get(device.address)
        if last_ms is None or now_ms - last_ms >= REFUSAL_QUIET_MS:
            self._refused_ms[device.address] = now_ms
            self._technical(vocabulary.FRAME_REFUSED, device.address, reason, now_ms)

    # --- clock, faults -----------------------------------------------------------------------------

    def _on_clock(self, event, now_ms):
        old_offset_ms, self.clock_offset_ms = self.clock_offset_ms, event.utc_ms - now_ms
        self._time_changed(old_offset_ms, now_ms)
        self._plan_weekly(now_ms)

    def _on_fault(self, event, now_ms):
        """A fault of the edge; the same one again only after a while, or its messages would wear out the flash."""
        self._faulted = [one for one in self._faulted if now_ms - one[2] < FAULT_QUIET_MS][-FAULTS_HELD + 1 :]
        if not any([one[:2] == (event.kind, event.detail) for one in self._faulted]):
            self._faulted.append((event.kind, event.detail, now_ms))
            self._technical(event.kind, None, event.detail, now_ms)

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
        if message.get("epoch") != self.epoch:
            return
        if place[2] == topics.RECEIPT:
            self._on_receipt(message["seq"], now_ms)
        elif place[2] == topics.ALARM:
            self._on_step(message, now_ms)

    # --- what repeats --------------------------------------------------------------------------------

    def _on_wake(self, event, now_ms):
        self._beat(now_ms)
        self._raise_warned(now_ms)
        self._raise_what_is_still_there(now_ms)
        self._remind(now_ms)
        self._look_around(now_ms)


_HANDLERS = {
    ev.AdvertHeard: Kernel._on_advert,
    ev.WiredPressed: Kernel._on_wired,
    ev.WireCut: Kernel._on_wire_cut,
    ev.WireMended: Kernel._on_wire_mended,
    ev.CancelPressed: Kernel._on_cancel,
    ev.TestAsked: Kernel._on_test_asked,
    ev.Suspected: Kernel._on_suspected,
    ev.AllWell: Kernel._on_all_well,
    ev.ReadingHeard: Kernel._on_reading,
    ev.LinkUp: Kernel._on_link_up,
    ev.LinkDown: Kernel._on_link_down,
    ev.ModemRead: Kernel._on_modem,
    ev.Texted: Kernel._on_texted,
    ev.MessageArrived: Kernel._on_message,
    ev.MainsLost: Kernel._on_mains_lost,
    ev.MainsRestored: Kernel._on_mains_restored,
    ev.PowerRead: Kernel._on_power,
    ev.SelfTested: Kernel._on_self_test,
    ev.SafeMode: Kernel._on_safe_mode,
    ev.ClockSet: Kernel._on_clock,
    ev.Faulted: Kernel._on_fault,
    ev.Wake: Kernel._on_wake,
}
