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

from . import actions, prompts, sensors
from . import events as ev
from .calls import Calls

REFUSAL_QUIET_MS = 3600000  # a sensor's refused frames: one technical alarm an hour
WIRED = "wired"
WIRED_DEBOUNCE_MS = 500


class Kernel(Calls):
    """One hub. Shape: `devices` {address: sensors.Device}; `epoch` 8 hex digits; times in ms."""

    def __init__(self, hub_id, epoch, devices, firmware):
        super().__init__(hub_id, epoch, firmware)
        self.devices = devices
        self.unknown_heard = 0
        self.bad_messages = 0
        self._refused_ms = {}
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
        times = self._next_delivery_ms() + self._next_call_ms()
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

    # --- what repeats --------------------------------------------------------------------------------

    def _on_wake(self, event, now_ms):
        self._beat(now_ms)
        self._remind(now_ms)

    # --- helpers -------------------------------------------------------------------------------------


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
