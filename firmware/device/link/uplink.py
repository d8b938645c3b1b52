"""The hub's line to the relay, for ever: decides when to connect again, and says how the line is.

How it is plugged in:
    uplink = Uplink(settings, on_event, now_ms)    never raises on settings that device.flash.settings has checked
    asyncio.create_task(uplink.run())              never ends; a fault inside is reported and the task goes on
    uplink.publish(token, topic, payload, qos, is_urgent)   never waits; False: not connected, or no room
    uplink.hurry()                                 an alarm waits for the line: do not sit out the back-off
`on_event` is called from the loop with one tuple and must not wait:
    ("connected",)               subscribed to everything down: receipts will arrive from now on
    ("disconnected", reason)     the line is gone, or a try failed for another reason than the last one did
    ("message", topic, payload)  payload: bytes. The broker gets its puback after this call has returned
    ("puback", token)            the broker has that message. A receipt it is not
    ("fault", word)              something to report, while the line goes on
Tokens are opaque; None or 0 names nothing. Nothing outlives a connection: the kernel's outbox owns the retries.

Ref: design, "Messages" and "Parts".
"""

import asyncio
import os
import sys

from protocol import messages

from . import tls
from .dial import Dialer, LineFault
from .session import Session
from .wifi import Wifi

BACK_OFF_MS = (1000, 2000, 4000, 8000, 15000, 30000)
HURRY_MS = 1000  # the longest pause while an alarm waits
STABLE_MS = 10000  # a connection that lived so long starts the back-off anew
WIFI_LOOK_MS = 250
OTHER_AFTER_MS = 20000  # without a line for so long: the other way is tried in turn with Wi-Fi
LEAVE_AFTER_MS = 120000  # without a line, though there is Wi-Fi, for so long: another of the networks is tried
HOME_AGAIN_MS = 300000  # on the other way: how often it is tried whether Wi-Fi leads to the broker again


class Uplink:
    """Shape: `settings` of device.flash.settings; `now_ms` a function: monotonic ms."""

    def __init__(self, settings, on_event, now_ms):
        self._hub_id = settings["hub_id"]
        self._broker = settings["broker"]
        self._on_event = on_event
        self._now_ms = now_ms
        self._wifi = Wifi(settings.get("wifi") or [])
        self._dialer = Dialer(self._broker["host"], self._broker["port"])
        self._context = None
        self._session = None
        self._wake = asyncio.Event()
        self._tries = 0
        self._is_hurried = False
        self._is_up = False  # as the hub was told
        self._said_reason = None
        self.other = None  # another way out: device.modem.tcp.Way
        self._is_by_other = False  # the present line
        self._down_ms = now_ms()  # since when there is no line
        self._left_ms = 0  # when a network was last left because it leads nowhere
        self._is_home_back = False
        self._has_tried_home = False
        self.alive_ms = now_ms()  # when this task was last seen to work, connected or not

    # --- what the hub calls --------------------------------------------------------------------------

    @property
    def is_connected(self):
        return self._session is not None and self._session.is_connected

    def publish(self, token, topic, payload, qos, is_urgent):
        """Queue a message for this connection. False: not taken, the outbox keeps it and tries again.

        Errors: ValueError for a payload over messages.LENGTH_MAX, which is the caller's own fault.
        """
        if len(payload) > messages.LENGTH_MAX:
            raise ValueError("publish: %d bytes, more than %d" % (len(payload), messages.LENGTH_MAX))
        session = self._session
        if session is not None and session.is_connected:
            return session.publish(token, topic, payload, qos, is_urgent)
        if is_urgent:
            self.hurry()
        return False

    def hurry(self):
        """An alarm waits for the line: the pauses between tries are short until it is up."""
        if not self.is_connected and not self._is_hurried:
            self._is_hurried = True
            self._wake.set()

    def rssi_dbm(self):
        """How well the access point is heard; None without Wi-Fi."""
        return self._wifi.rssi_dbm()

    # --- for ever ------------------------------------------------------------------------------------

    async def run(self):
        """Keep the line up. Never ends."""
        while True:
            try:
                await self._live()
            except Exception as fault:
                sys.print_exception(fault)
                self._session = None
                self._tell(("fault", type(fault).__name__))
                self._say_down("uplink_restarted")
                await asyncio.sleep_ms(BACK_OFF_MS[0])

    async def _live(self):
        while True:
            while not self._has_network() and not self._may_use_other():
                self._say_down(self._wifi.reason)
                await asyncio.sleep_ms(WIFI_LOOK_MS)
            began_ms = self._now_ms()
            self._is_by_other = self._may_use_other() and (self._has_tried_home or not self._has_network())
            self._has_tried_home = not self._is_by_other
            reason = await self._connect()
            if self._session is not None and self._is_up:
                self._down_ms = self._now_ms()
            self._session = None
            if self._is_up and self._now_ms() - began_ms >= STABLE_MS:
                self._tries = 0
            self._say_down(reason)
            self._leave_network()
            await self._pause()

    def _has_network(self):
        self.alive_ms = self._now_ms()
        return self._wifi.step(self.alive_ms)

    def _leave_network(self):
        """The router answers and its line is dead: another network may lead out. Not while the other way carries."""
        now_ms = self._now_ms()
        since_ms = max(self._down_ms, self._left_ms)
        if not self._is_by_other and now_ms - since_ms >= LEAVE_AFTER_MS and self._wifi.leave(now_ms):
            self._left_ms = now_ms

    def _may_use_other(self):
        other = self.other
        return other is not None and other.is_ready() and self._now_ms() - self._down_ms >= OTHER_AFTER_MS

    def _has_other(self):
        """Has the present line, by the other way, still its network? It ends when home leads out again."""
        self._has_network()
        return self.other.is_open() and not self._is_home_back

    async def _try_home(self):
        """While the other way carries: is the broker in reach by Wi-Fi again?"""
        while True:
            await asyncio.sleep_ms(HOME_AGAIN_MS)
            if not self._has_network():
                continue
            try:
                (await self._dialer.open(None, None)).close()
                self._is_home_back = True
                return
            except LineFault:
                continue

    async def _connect(self):
        """One connection from its first step to its end. Returns the reason of the end."""
        broker = self._broker
        try:
            if self._context is None:
                self._context = tls.make_context(broker, self._hub_id)
            name = broker.get("server_name") or broker["host"]
            if self._is_by_other:
                return await self._connect_by_other(name)
            line = await self._dialer.open(self._context, name)
        except tls.BadSecurity as fault:
            print("uplink:", fault)
            return "bad_security_settings"
        except LineFault as fault:
            return fault.reason
        self._session = Session(line, self._hub_id, broker, self._tell, self._now_ms)
        return await self._session.run(self._has_network)

    async def _connect_by_other(self, name):
        broker = self._broker
        line = await self.other.open(broker["host"], broker["port"], self._context, name)
        print("uplink: by the modem")
        self._is_home_back = False
        scout = asyncio.create_task(self._try_home())
        self._session = Session(line, self._hub_id, broker, self._tell, self._now_ms)
        try:
            return await self._session.run(self._has_other)
        finally:
            scout.cancel()

    async def _pause(self):
        """Wait before the next try: longer each time, with jitter, short while an alarm waits."""
        pause_ms = BACK_OFF_MS[min(self._tries, len(BACK_OFF_MS) - 1)]
        self._tries += 1
        pause_ms += pause_ms * (os.urandom(1)[0] - 128) // 512  # a quarter less to a quarter more
        began_ms = self._now_ms()
        while True:
            whole_ms = min(pause_ms, HURRY_MS) if self._is_hurried else pause_ms
            left_ms = whole_ms - (self._now_ms() - began_ms)
            if left_ms <= 0:
                return
            self._wake.clear()
            try:
                await asyncio.wait_for_ms(self._wake.wait(), left_ms)
            except asyncio.TimeoutError:
                return

    # --- telling -------------------------------------------------------------------------------------

    def _say_down(self, reason):
        if self._is_up or reason != self._said_reason:
            self._is_up = False
            self._said_reason = reason
            self._tell(("disconnected", reason))

    def _tell(self, event):
        if event[0] == "connected":
            self._is_up = True
            self._is_hurried = False
            if not self._is_by_other:
                self._dialer.worked()
        try:
            self._on_event(event)
        except Exception as fault:  # the hub's fault must not cost it its line
            sys.print_exception(fault)
