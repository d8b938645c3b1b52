"""The time in which an installer may do something: opened by a press, a minute long; longer only for who has proven
that they hold the label. Decides who may what, and when it is over.

Rule 1. Improv, which is in clear and asks nobody for anything, works within a minute of a press, and no longer.
Rule 2. Orders are taken through the sealed channel only. Whoever fails to prove themselves TRIES times is put out.
Rule 3. A connection that breaks after the proof leaves the window open for a minute: the installer comes back.
Rule 4. The air and the cable have a conversation each; the air takes one installer at a time.
"""

import asyncio
import select
import sys

import machine
import network
from protocol import improv, pairing

from . import net
from .draft import Draft
from .improv_talk import ImprovTalk
from .server import CABLE, CONNECTED, DISCONNECTED, IMPROV, INBOX, STRANGER, Server
from .sniffer import Sniffer
from .talk import Talk

OPEN_MS = 60000
TALK_MS = 300000  # between two orders of an installer who has proven themselves
TRIES = 5
_LAST_WORDS_MS = 1500  # for the answer to reach the installer before the restart


class Window:
    """Shape: `host` device.installer.Installer; `identity` of device.flash.identity; `now_ms` a function."""

    def __init__(self, host, identity, now_ms):
        self._host = host
        self.identity = identity
        self.is_new = host.is_new
        self.now_ms = now_ms
        self.draft = Draft(identity, host.settings, host.is_new)
        self.sniffer = Sniffer(self._kind_of)
        self._server = Server(host.radio, "Anling " + identity["hub_id"])
        self._improv = ImprovTalk(self._server, self)
        self._air = Talk(self, self._server.tell)
        self._cable = None  # a Talk, as soon as somebody types
        self._line = None  # what listens to it
        self._typed = select.poll()  # None, when it was looked at
        self._typed.register(sys.stdin, select.POLLIN)
        self._pieces = pairing.Pieces()
        self._until_ms = self._authorized_ms = 0
        self._wrong = 0
        self.is_finished = False
        self.wifi_fault = None  # the word of the last try

    def _kind_of(self, device_id):
        for one in self.draft.devices():
            if one["id"] == device_id:
                return one["kind"]
        return None

    # --- what the steps ask of the hub ---------------------------------------------------------------

    def say(self, prompt):
        self._host.say(prompt)

    def receive(self, event):
        self._host.hub.receive(event)

    def is_mains_on(self):
        return self._host.hub.kernel.is_mains_on

    def about(self):
        """Firmware, version, chip, name."""
        return ("Anling", self._host.firmware, "ESP32-S3", "Anling " + self.identity["hub_id"])

    def is_authorized(self):
        """May Improv set something?"""
        return self._air.is_open or self.now_ms() < self._authorized_ms

    def pause_uplink(self):
        self._host.pause_uplink()

    def networks(self):
        """[(name, rssi in dBm, needs a password)], the strongest first, each name once."""
        wlan = network.WLAN(network.STA_IF)
        wlan.active(True)
        best = {}
        try:
            for found in wlan.scan():
                if found[0] and (found[0] not in best or best[found[0]][1] < found[3]):
                    best[found[0]] = (found[0], found[3], bool(found[4]))
        except OSError as fault:
            print("install: no list of networks:", fault)
        return sorted(best.values(), key=lambda one: -one[1])

    async def join(self, found):
        """Join this network and keep it. None, or the word why not; the home hears it, too."""
        self._host.pause_uplink()
        fault = await net.join(found, self.now_ms)
        if fault is None and await net.is_captive(self.identity.get("relay")):
            fault = net.CAPTIVE
        if fault is None:
            self.draft.keep(wifi=[found])
        self.wifi_fault = fault
        self.say(_SAID.get(fault, "wifi_not_found"))
        return fault

    # --- the window ----------------------------------------------------------------------------------

    def press(self):
        """Somebody pressed for it: a minute from now."""
        self._authorized_ms = self.now_ms() + OPEN_MS
        self._until_ms = max(self._until_ms, self._authorized_ms)
        self._wrong = 0

    async def run(self):
        """Until the window closes. True when the hub is to start anew with what it was told."""
        self._server.open()
        self._server.show(improv.AUTHORIZED)
        self.say("install_open")
        was_authorized = True
        try:
            while not self.is_finished and self.now_ms() < self._until_ms:
                event = await self._server.next(min(1000, self._until_ms - self.now_ms()))
                self._host.show_life()
                self._look_at_cable()
                if event is not None:
                    await self._take(event[0], event[1])
                elif was_authorized and not self.is_authorized():
                    self._server.show(improv.AUTHORIZATION_REQUIRED)
                was_authorized = self.is_authorized()
            if self.is_finished:
                await asyncio.sleep_ms(_LAST_WORDS_MS)
            return self.is_finished
        finally:
            if self._line is not None:
                self._line.cancel()
            self._server.close()
            self._host.resume_uplink()

    def _look_at_cable(self):
        """The code for cables comes into the memory, of which there is little here, with the first key that is hit."""
        if self._typed is None or not self._typed.poll(0):
            return
        self._typed = None
        first = sys.stdin.buffer.read(1)
        if first:
            from . import cable

            self._cable = Talk(self, cable.tell)
            self._line = asyncio.create_task(cable.listen(first, self._server.put_cable))

    async def _take(self, word, data):
        if word == IMPROV:
            await self._improv.take(data, self.now_ms())
        elif word == INBOX:
            try:
                message = self._pieces.take(data)
            except pairing.Refused as refused:
                self._air.refuse(refused)
                return
            if message is not None:
                await self._air.take(message)
        elif word == CABLE and self._cable is not None:
            await self._cable.take(data)
        elif word == STRANGER:
            self._server.part(data)
        elif word == CONNECTED:
            self._begin_air()
            self._improv.pieces = improv.Pieces()
        elif word == DISCONNECTED:
            if self._air.is_open:
                self._until_ms = self.now_ms() + OPEN_MS
                self._authorized_ms = self._until_ms
            self._begin_air()
            self._server.show(improv.AUTHORIZED if self.is_authorized() else improv.AUTHORIZATION_REQUIRED)

    def _begin_air(self):
        self._air.begin()
        self._pieces = pairing.Pieces()

    # --- what the conversations tell -----------------------------------------------------------------

    def proven(self):
        """Somebody holds the label."""
        self._wrong = 0
        self._until_ms = max(self._until_ms, self.now_ms() + TALK_MS)

    def spoken(self):
        """They gave an order."""
        self._until_ms = max(self._until_ms, self.now_ms() + TALK_MS)

    def guessed(self):
        """A proof was wrong; whoever goes on guessing is put out, and nobody else with them."""
        self._wrong += 1
        if self._wrong >= TRIES:
            self._authorized_ms = 0
            self._server.part()
            if self._cable is None or not self._cable.is_open:
                self._until_ms = 0


_SAID = {
    None: "wifi_joined",
    "wifi_wrong_password": "wifi_password",
    "wifi_not_found": "wifi_not_found",
    net.CAPTIVE: "wifi_portal",
}


async def serve(window):
    """For device.app: run the window; a restart when it ends with an installation. Its fault is the hub's no more."""
    try:
        if await window.run():
            print("install: done, starting anew")
            machine.reset()
    except Exception as fault:
        sys.print_exception(fault)
