"""The watch over a home's signs of life, between the kernel and its silence. Decides what is said and raised, and kept.

What is known of a home's rhythm and its last sign stays in the hub; the heartbeat carries the hour of the last sign and
nothing else. A restart forgets neither: the rhythm is written once a day, the last sign at most once an hour.
"""

from protocol import bthome, vocabulary

from . import actions
from .keeping import memory
from .matters import Matters
from .saying import annunciator, prompts
from .senses import meanings

HOUR_MS = 3600000
STALE_MS = (
    48 * HOUR_MS
)  # a last sign from so long before the start says that the hub was off, not that somebody lies there
CLOCK_JUMP_MS = 600000
_SENSES = (
    vocabulary.MOTION,
    vocabulary.PRESENCE,
    vocabulary.DOOR,
    vocabulary.WINDOW,
    vocabulary.VIBRATION,
    vocabulary.WEARABLE,
    vocabulary.APPLIANCE,
)
FRONT, BED = "front", "bed"


class Watch(Matters):
    """Shape: `silence` a silence.Silence once `watch_silence` was called, else None."""

    def __init__(self, hub_id, epoch, devices, firmware):
        super().__init__(hub_id, epoch, devices, firmware)
        self.silence = None
        self.life_ms = None  # the last sign of life; it stays in the home
        self.life_utc_ms = None  # the same, as it was kept
        self.back_utc_ms = None  # when the residents, gone by the front door, said that they come back
        self.rhythm_data = None  # as it was kept
        self._rhythm_day = None

    def watch_silence(self, limits, now_ms):
        """Begin to watch, when there is anything to watch with. Shape: `limits` of silence.Silence."""
        if not any([device.kind in _SENSES for device in self.devices.values()]):
            return
        from .quiet.silence import Silence  # only a home that is watched needs it

        self.silence = Silence(now_ms, limits, self.rhythm_data)

    def _local_ms(self, now_ms):
        offset_ms = self.clock_offset_ms
        return None if offset_ms is None else now_ms + offset_ms + self.utc_offset_min * 60000

    def _life_hour(self):
        """Hours since 1970 of the last sign; None when it or the time is not known."""
        if self.life_ms is not None and self.clock_offset_ms is not None:
            return (self.life_ms + self.clock_offset_ms) // HOUR_MS
        return None if self.life_utc_ms is None else self.life_utc_ms // HOUR_MS

    # --- signs of life --------------------------------------------------------------------------------

    def _see(self, device, heard, now_ms):
        """What a trigger device's frame says of life."""
        if self.silence is not None and device.watch == BED:
            value = heard.frame.first(bthome.OCCUPANCY)
            value = heard.frame.first(bthome.PRESENCE) if value is None else value
            if value is not None:
                self.silence.lay(now_ms, bool(value))
        if meanings.is_life(device, heard.frame):
            is_help = heard.activation is not None and device.kind == vocabulary.BUTTON
            self._lived(now_ms, device, is_help)

    def _lived(self, now_ms, device=None, is_help=False):
        """Somebody has shown that they live; who is being asked has answered by that."""
        self.life_ms = now_ms
        if self.silence is None:
            return
        watch = None if device is None else device.watch
        is_door = device is not None and device.kind == vocabulary.DOOR and watch in (None, FRONT)
        was_asked = self.silence.lived(now_ms, self._local_ms(now_ms), is_door, watch)
        self._keep_life(self.silence, now_ms)
        if not was_asked or is_help:
            return
        alarm = self._find_open(vocabulary.INACTIVITY, None)
        if alarm is None:
            self._say(prompts.CANCELLED)
        elif alarm.state == vocabulary.PRE_ALARM:
            self._take_back(alarm, now_ms)
        else:
            self._restore_condition(vocabulary.INACTIVITY, None, now_ms, None)

    def _on_cancel(self, event, now_ms):
        super()._on_cancel(event, now_ms)
        self._lived(now_ms)

    def _keep_life(self, silence, now_ms):
        if self.clock_offset_ms is None:
            return
        utc_ms = now_ms + self.clock_offset_ms
        if self.life_utc_ms is None or utc_ms - self.life_utc_ms >= HOUR_MS or utc_ms < self.life_utc_ms:
            self.life_utc_ms = utc_ms
            self._write(memory.life(utc_ms))
        day = (utc_ms + self.utc_offset_min * 60000) // (24 * HOUR_MS)
        if day != self._rhythm_day:
            data = silence.rhythm.data()
            if self._rhythm_day is not None and data != self.rhythm_data:
                self.rhythm_data = data
                self._write(memory.rhythm(data))
            self._rhythm_day = day

    def _time_changed(self, old_offset_ms, now_ms):
        """The clock was set. Shape: `old_offset_ms` what it was before, or None."""
        if self.silence is None:
            return
        if self.back_utc_ms is not None:
            self.silence.back_ms = self.back_utc_ms - self.clock_offset_ms
        if old_offset_ms is None and self.life_utc_ms is not None:
            ago_ms = now_ms + self.clock_offset_ms - self.life_utc_ms
            if 0 <= ago_ms <= STALE_MS:
                self.silence.known_life(now_ms - ago_ms)
        elif old_offset_ms is not None and abs(self.clock_offset_ms - old_offset_ms) > CLOCK_JUMP_MS:
            self.silence.clock_changed()

    # --- what repeats ---------------------------------------------------------------------------------

    def _look_around(self, now_ms):
        super()._look_around(now_ms)
        silence = self.silence
        if silence is None:
            return
        senses = [device.is_overdue for device in self.devices.values() if device.kind in _SENSES]
        if any([device.is_overdue for device in self.devices.values() if device.watch == BED]):
            silence.lay(now_ms, False)  # a bed that says nothing does not say that somebody lies in it
        silence.blinded(any(senses), all(senses), now_ms)
        self._is(vocabulary.WATCH_BLIND, None, silence.is_blind, None, now_ms)
        if annunciator.foremost(self.alarms) is not None:
            return  # an alarm is open: whoever comes for it sees
        step = silence.tick(now_ms)
        if step == "suspect":
            self._warn(vocabulary.INACTIVITY, None, now_ms)
        elif step is not None:
            self._do.append(actions.Say(prompts.ARE_YOU_WELL, None, None, step == "ask"))

    def _next_matter_ms(self):
        times = super()._next_matter_ms()
        if self.silence is not None and annunciator.foremost(self.alarms) is None:
            times.append(self.silence.next_ms())
        return times
