"""The hub at work: carries events to the kernel and its actions to the drivers, in order. Decides nothing itself.

Three small tasks share the loop: `_listen` (radio → kernel), `_tend` (inputs, timers, patterns, journal ahead of
need), and the uplink's own. Each has one `except` at its top that reports and goes on: no fault of one driver may
end the hub.
"""

import asyncio
import binascii
import os
import sys

import cryptolib
import micropython
from hub import actions, events
from hub.keeping import memory
from hub.kernel import Kernel
from hub.senses.reflex import RECORD, Ears, Reflex
from hub.senses.sensors import Device
from protocol import messages, topics, vocabulary

from . import board, build, clock
from .ble.radio import Radio
from .care import Care, cause
from .flash.journal import Journal
from .installer import Installer
from .panel.inputs import Inputs
from .panel.lamp import Lamp
from .panel.power import Power
from .panel.sounder import Sounder
from .upkeep import Upkeep
from .voice.speaker import Voice

_RING = RECORD * 64
_URGENT_RING = RECORD * 16
_TICK_MS = 20
_QUIET_MS = 10000  # between two blocks erased ahead


def _new_epoch():
    return binascii.hexlify(os.urandom(4)).decode()


def _devices(settings):
    """{address: Device} of the settings."""
    found = {}
    for entry in settings["devices"]:
        key = entry.get("key")
        encrypt = cryptolib.aes(binascii.unhexlify(key), 1).encrypt if key else None
        address = entry["id"].lower()
        device = Device(address, entry["kind"], encrypt, entry.get("room"), entry.get("label"))
        device.watch = entry.get("watch")
        device.overdue_ms = entry["overdue_s"] * 1000 if entry.get("overdue_s") else None
        found[address] = device
    return found


def _own_cipher(settings, address):
    """A cipher for the reflex alone: the radio's callback may come while the kernel uses its own."""
    for entry in settings["devices"]:
        if entry["id"].lower() == address and entry.get("key"):
            encrypt = cryptolib.aes(binascii.unhexlify(entry["key"]), 1).encrypt
            encrypt(bytes(16), bytearray(16))  # the first use sets the key up, which may allocate
            return encrypt
    return None


def _driver(make):
    """One driver, or None when it cannot start: its fault is said, and the hub lives without it."""
    try:
        return make()
    except Exception as fault:
        sys.print_exception(fault)
        return None


class Hub:
    """Shape: `settings` as device.flash.settings checked them; `partition` like esp32.Partition for the journal, None
    when the flash has none: the hub then works without a memory, and says so. `crashes` is (count, reason) of
    device.crash; in safe mode a journal that cannot be read is left as it is, and alarms go out from memory. `notes`:
    what was wrong with the settings."""

    def __init__(self, settings, partition, crashes=(0, ""), is_safe=False, notes=()):
        self._settings = settings
        self._notes = notes
        self._flag = asyncio.ThreadSafeFlag()
        self._sounder = Sounder()
        self._lamp = Lamp()
        self._voice = Voice(settings["language"], settings.get("voice"), on_fault=self._on_voice_fault)
        self._devices = _devices(settings)
        self.kernel = Kernel(settings["hub_id"], _new_epoch(), self._devices, build.VERSION)
        self.kernel.pre_alarm_ms = settings.get("pre_alarm_s", 20) * 1000
        self.kernel.utc_offset_min = settings.get("utc_offset_min", 480)
        weekly = settings.get("weekly_test")
        self.kernel.weekly = [weekly["weekday"], weekly["hour"]] if weekly else []
        self._crashes = crashes
        self._is_safe = is_safe
        self._journal = None
        self._has_journal_failed = False
        self._restore(partition)
        told = settings.get("inactivity", {})
        if told is not False:
            told_min = [name for name in told if name.endswith("_min")]
            limits = {name[:-3] + "ms": told[name] * 60000 for name in told_min}  # day_min: day_ms
            if "back_s" in told:
                self.kernel.back_utc_ms = told["back_s"] * 1000
            self.kernel.watch_silence(limits, clock.now_ms())
        self._urgent = micropython.RingIO(_URGENT_RING + 1)
        self._ring = micropython.RingIO(_RING + 1)
        self._reflex = Reflex(
            [
                (binascii.unhexlify(d.address), _own_cipher(settings, d.address), d.mark)
                for d in self._devices.values()
                if d.kind == vocabulary.BUTTON
            ],
            self._sounder.siren_now,
            self._lamp.red_now,
        )
        self._ears = Ears(self._reflex, self._urgent, self._ring, _URGENT_RING, _RING)
        self._radio = Radio(self._ears, self._flag)
        self._inputs = _driver(Inputs)
        self._power = _driver(Power)
        self._care = None
        self._uplink = None
        self._neighbours = None
        self._quiet_ms = 0
        self._upkeep = None
        self._installer = None
        self._performers = {
            actions.Sound: self._sound,
            actions.Light: lambda a: self._lamp.show(a.pattern),
            actions.Say: lambda a: self._voice.say(a.prompt, a.who, a.minutes, a.is_quiet),
            actions.Journal: self._write,
            actions.Publish: self._publish,
            actions.SelfTest: lambda a: asyncio.create_task(self._self_test()),
            actions.Believe: lambda a: self._reflex.believe(binascii.unhexlify(a.address), a.mark),
        }

    # --- memory ------------------------------------------------------------------------------------

    def _restore(self, partition):
        try:
            if partition is None:
                raise OSError("no partition")
            self._journal = Journal(partition, self._snapshot)
            self.kernel.restore(self._journal.open())
            self._drop_restore()
            # A start writes a snapshot: the epoch is on flash before anything can be named by it.
            self._journal.begin()
        except (OSError, ValueError) as fault:
            self._journal_fault(fault)
        except Exception as fault:
            if not self._is_safe:
                raise
            self._journal = None  # what is on flash stays there for a start that can read it
            self._journal_fault(fault)
        self._was_restarted = self._journal is not None and not self._journal.is_new
        if self._journal is not None and self._journal.damaged:
            asyncio.create_task(self._report(vocabulary.JOURNAL_DAMAGED, "%d places" % self._journal.damaged))

    def _drop_restore(self):
        """What reads records back is needed once: its heap is free again."""
        import hub.keeping

        if sys.modules.pop("hub.keeping.restore", None) is not None:
            del hub.keeping.restore

    def _snapshot(self):
        return memory.snapshot(self.kernel)

    def _write(self, action):
        if self._journal is None:
            return
        try:
            self._journal.append(action.kind, action.data, action.is_twice)
        except OSError as fault:
            self._journal_fault(fault)
        if self._journal.left_out and not self._has_journal_failed:
            self._journal_fault("no room for %d records" % self._journal.left_out)

    def _journal_fault(self, fault):
        """The alarm still goes out from memory; the fault is reported once."""
        print("journal:", fault)
        if not self._has_journal_failed:
            self._has_journal_failed = True
            asyncio.create_task(self._report(vocabulary.JOURNAL_FULL, "flash"))

    async def _report(self, kind, detail):
        self.receive(events.Faulted(kind, detail))

    # --- events in, actions out ----------------------------------------------------------------------

    def receive(self, event):
        """Give one event to the kernel and carry out what it orders, in order."""
        for action in self.kernel.receive(event, clock.now_ms()):
            try:
                self._performers[type(action)](action)
            except Exception as fault:  # one driver's fault must not keep the next action from being done
                sys.print_exception(fault)

    def _sound(self, action):
        self._sounder.play(action.pattern, clock.now_ms())
        if action.pattern == actions.SIREN:
            self._voice.hush()

    def _on_voice_fault(self, word):
        self.receive(events.Faulted(vocabulary.TASK_RESTARTED, word))

    def _publish(self, action):
        if self._uplink is not None:
            self._uplink.publish(action.token, action.topic, action.payload, action.qos, action.is_urgent)

    def on_uplink(self, event):
        """What the uplink calls: ("connected",), ("disconnected", reason), ("message", topic, payload), …"""
        if event[0] == "message" and self._neighbours is not None and event[1].endswith("/" + topics.CARRIED):
            self._neighbours.on_envelope(event[2])
        elif event[0] == "message" and self._upkeep is not None and event[1].endswith("/" + topics.UPDATE):
            self._upkeep.on_message(event[2])
        elif event[0] == "message" and self._installer is not None and event[1].endswith("/" + topics.WALK):
            self._installer.on_walk(event[2])
        elif event[0] == "message":
            self.receive(events.MessageArrived(event[1], event[2]))
        elif event[0] == "connected":
            self.receive(events.LinkUp())
            if self._upkeep is not None:
                self._upkeep.on_link_up()
        elif event[0] == "disconnected":
            print("uplink:", event[1])
            self.receive(events.LinkDown(event[1]))
        elif event[0] == "fault":
            print("uplink:", event[1])
            self.receive(events.Faulted(vocabulary.TASK_RESTARTED, event[1]))

    # --- tasks -------------------------------------------------------------------------------------

    def _drain(self):
        """Give every frame in the rings to the kernel, those that the reflex has sounded for first."""
        for ring in (self._urgent, self._ring):
            while ring.any() >= RECORD:
                record = ring.read(RECORD)
                address = binascii.hexlify(record[:6]).decode()
                frame = record[9 : 9 + record[8]]
                self.receive(events.AdvertHeard(address, frame, record[6] - 128, bool(record[7])))
                if self._installer is not None:
                    self._installer.hear(address, frame, record[6] - 128)
                if ring is self._ring and self._urgent.any():
                    return True
        return False

    async def _listen(self):
        while True:
            try:
                await self._flag.wait()
                while self._drain():
                    pass
            except Exception as fault:
                self._report_task(fault)
                self._flag.set()  # what lies behind the frame that did this does not wait for the next advert

    async def _tend(self):
        while True:
            try:
                await asyncio.sleep_ms(_TICK_MS)
                now_ms = clock.now_ms()
                for part in self._care.tick(now_ms) if self._care else ():
                    self.receive(events.Faulted(vocabulary.TASK_RESTARTED, "silent " + part))
                due_ms = self.kernel.next_wake_ms()
                if due_ms is not None and due_ms <= now_ms:
                    self.receive(events.Wake())
                for event in self._polled(self._power, now_ms):
                    self.receive(event)
                for event in self._polled(self._inputs, now_ms):
                    if type(event) is events.WiredPressed:
                        self._sounder.siren_now()
                        self._lamp.red_now()
                    self.receive(event)
                    if self._installer is not None:
                        self._installer.on_event(event)
                self._sounder.tick(now_ms)
                if self._uplink is not None and self.kernel.is_urgent():
                    self._uplink.hurry()
                if now_ms - self._quiet_ms > _QUIET_MS:
                    self._quiet_ms = now_ms
                    self._tidy()
            except Exception as fault:
                self._report_task(fault)

    def _polled(self, driver, now_ms):
        """What a driver has to say. One that fails again and again may not cost the others their turn."""
        try:
            return driver.poll(now_ms) if driver else ()
        except Exception as fault:
            self._report_task(fault)
            return ()

    def _tidy(self):
        """What is done while nothing else is: radio looked after, flash erased ahead of need."""
        if self._radio.rearm():
            self.receive(events.Faulted(vocabulary.RADIO_REARMED, None))
        if self._journal is not None and self.kernel.is_quiet():
            self._journal.prepare()
        if self._upkeep is not None:
            self._upkeep.tick(self._quiet_ms)

    def _say_aside(self, word, message):
        """A message that nobody keeps. False: no line."""
        topic = topics.up(self._settings["hub_id"], word)
        return self._uplink is not None and self._uplink.publish(0, topic, messages.encode(message), 1, False)

    async def _self_test(self):
        """In a task of its own: the kernel's order may not answer while its event is still being carried out."""
        if self._care:
            others = {
                "inputs": self._inputs is not None,
                "power": self._power is not None,
                "voice": self._voice.is_well,
                "modem": (vocabulary.MODEM_LOST, None) not in self.kernel.matters,
            }
            self.receive(self._care.self_test(self.kernel.is_link_up, others))

    def _report_task(self, fault):
        sys.print_exception(fault)
        self.receive(events.Faulted(vocabulary.TASK_RESTARTED, type(fault).__name__))

    def _start_neighbours(self, uplink):
        from .link.neighbours import Neighbours  # only a hub that has some needs it

        self._neighbours = Neighbours(
            self._settings,
            self.kernel.stranded,
            lambda: self.kernel.is_link_up,
            uplink.publish,
            lambda topic, payload: self.receive(events.MessageArrived(topic, payload)),
            clock.now_ms,
        )
        return self._neighbours

    def _start_wearable(self, device):
        from .ble.wearable import Wearable  # only a hub that has one needs it

        told = [entry for entry in self._settings["devices"] if entry["id"] == device.address][0]
        worn, rate_hz = told.get("worn"), told.get("motion_hz", 50)
        wearable = Wearable(self._radio, device.address, self.receive, clock.now_ms, worn, rate_hz)
        self._radio.serve(wearable)
        return wearable

    def _start_modem(self, uplink):
        from .modem.modem import Modem  # only a hub that has one needs them
        from .modem.tcp import Way

        modem = Modem(self._settings, self.kernel.to_text, self.receive, clock.now_ms)
        uplink.other = Way(modem, clock.now_ms)
        return modem

    async def run(self, uplink):
        """Work for ever. Shape: `uplink` has `run()` and `publish(…)`, or is None for a hub without settings."""
        self._uplink = uplink
        self.receive(events.Wake())  # sound and light of what was open before the restart
        if self._was_restarted:
            reason = self._crashes[1]
            self.receive(events.Faulted(vocabulary.HUB_RESTARTED, (cause() + " " + reason).strip()[:64]))
        self.receive(events.SafeMode(self._is_safe, self._crashes[1][:64] or None))
        if uplink is None:  # the lamp shows it and the voice says that something wants to be looked at
            self.receive(events.SelfTested(["settings"]))
        elif self._notes:
            self.receive(events.Faulted(vocabulary.TASK_RESTARTED, self._notes[0][:64]))
        for name, driver in (("inputs", self._inputs), ("power", self._power)):
            if driver is None:
                self.receive(events.Faulted(vocabulary.TASK_RESTARTED, "no " + name))
        self._radio.start()
        self._care = Care(self._radio, self._journal, uplink, clock.now_ms())
        self._upkeep = Upkeep(self.kernel, self._say_aside, self._sounder, self._care, self._power, uplink)
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._tend())]
        tasks.append(asyncio.create_task(self._voice.run()))
        self._installer = Installer(self, self._settings, self._radio, self._voice, uplink, self._say_aside)
        self._installer.resume_uplink()
        if uplink is not None and self._settings.get("ntp") is not False:
            from .link.ntp import Timekeeper

            keeper = Timekeeper(
                self._settings,
                lambda utc_ms: self.receive(events.ClockSet(utc_ms)),
                lambda: self.kernel.is_link_up,
                clock.now_ms,
            )
            tasks.append(asyncio.create_task(keeper.run()))
        for device in self._devices.values():
            if device.kind == vocabulary.WEARABLE:
                tasks.append(asyncio.create_task(self._start_wearable(device).run()))
        if uplink is not None:
            if self._settings.get("neighbours"):
                tasks.append(asyncio.create_task(self._start_neighbours(uplink).run()))
        if uplink is not None and self._settings.get("modem"):
            if board.MODEM_TX_PIN is None:
                self.receive(events.ModemRead("no_modem"))  # settings and board do not agree: somebody must know
            else:
                tasks.append(asyncio.create_task(self._start_modem(uplink).run()))
        print("hub: ready")
        await asyncio.gather(*tasks)
