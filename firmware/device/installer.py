"""Opens the installation window when somebody presses for it, runs a walk test when the relay orders one, and takes the
code of either out of the memory when it is over.

Alone, so that a hub in its home carries nothing of an installation but this.
"""

import asyncio
import gc
import sys

from hub import events
from protocol import messages, topics

from . import build
from .clock import now_ms
from .panel.gesture import Gesture

_GONE = (
    "device.install",
    "protocol.improv",
    "protocol.pairing",
    "protocol.cable",
    "device.flash.settings",
    "device.flash.slots",
)


class Installer:
    """Shape: `hub` device.app.Hub, for its kernel, `receive` and `on_uplink`; `uplink` None for a hub without settings;
    `send(word, message)` publishes what nobody keeps. It runs the uplink, because an installation that tries another
    network must be able to stop it."""

    def __init__(self, hub, settings, radio, voice, uplink, send):
        self.hub = hub
        self.settings = settings
        self.radio = radio
        self.firmware = build.VERSION
        self._send = send
        self._walk = None
        self._voice = voice
        self._uplink = uplink
        self._line = None  # its task
        self._gesture = Gesture(uplink is None)
        self._window = None
        self._before = 0  # bytes alive before the window opened

    @property
    def is_new(self):
        """Has this hub no settings yet?"""
        return self._uplink is None

    def say(self, prompt):
        self._voice.say(prompt, None, None, False)

    def pause_uplink(self):
        """Another network is tried: the line's own tries would be in the way. Alarms wait in the outbox."""
        line, self._line = self._line, None
        if line is not None:
            line.cancel()
            self.hub.on_uplink(("disconnected", "installation"))

    def resume_uplink(self):
        if self._uplink is not None and self._line is None:
            self._line = asyncio.create_task(self._uplink.run())

    def show_life(self):
        """A line that was stopped on purpose does not hang."""
        if self._uplink is not None and self._line is None:
            self._uplink.alive_ms = now_ms()

    def on_event(self, event):
        """An event of the hub's own buttons."""
        if type(event) is events.CancelPressed and self._gesture.pressed(now_ms()):
            self._open()

    def hear(self, address, frame, rssi_dbm):
        """A frame of a trigger device, enrolled or not."""
        if self._window is not None:
            self._window.sniffer.hear(address, frame, rssi_dbm)
        if self._walk is not None:
            if now_ms() >= self._walk.until_ms:
                self._end_walk()
            else:
                self._walk.hear(address, frame, rssi_dbm)

    def on_walk(self, payload):
        """An order of the relay's about a walk test."""
        try:
            order = messages.check("down", topics.WALK, messages.decode(payload))
        except messages.BadMessage as bad:
            print("walk:", bad)
            return
        if order["heard"] is not None and self._walk is not None:
            self._walk.received(order["heard"])
        if order["seconds"]:
            from .walk import Walk

            self._walk = Walk(self.hub.kernel.devices, self._send, now_ms, order["seconds"])
        elif order["seconds"] == 0:
            self._end_walk()

    def _end_walk(self):
        self._walk = None
        sys.modules.pop("device.walk", None)
        import device

        if hasattr(device, "walk"):
            del device.walk

    def _open(self):
        if self._window is not None:
            self._window.press()
            return
        from .flash import identity  # only somebody who installs needs it

        found = identity.load()
        if found is None:
            print("install: this hub was never at the bench: it has no label to prove")
            return
        gc.collect()
        self._before = gc.mem_alloc()
        from .install.window import Window

        self._window = Window(self, found, now_ms)
        self._window.press()
        asyncio.create_task(self._serve())

    async def _serve(self):
        """Until the window closes; then its code goes, and what that did not give back is said."""
        from .install import window

        await window.serve(self._window)
        self._window = window = None
        for name in list(sys.modules):
            if name.startswith(_GONE):
                del sys.modules[name]
        import protocol

        import device
        import device.flash

        for package, name in ((device, "install"), (device.flash, "settings"), (device.flash, "slots")):
            if hasattr(package, name):
                delattr(package, name)
        for name in ("improv", "pairing", "cable"):
            if hasattr(protocol, name):
                delattr(protocol, name)
        gc.collect()
        print("install: closed; bytes that it left behind:", max(0, gc.mem_alloc() - self._before))
