"""The hub's line to the relay, for ever: decides when to connect again and which message goes first.

How it is plugged in:
    uplink = Uplink(settings, on_event, now_ms)      never raises on settings that device.settings has checked
    asyncio.create_task(uplink.run())                never ends; a fault inside is reported and the task goes on
    uplink.publish(token, topic, payload, qos, is_urgent)   → False when not connected or full; never waits
    uplink.hurry()                                   an alarm waits for the link: do not sit out the back-off
`on_event` is called from the loop with one tuple and must not wait:
    ("connected",)               subscribed to everything down: receipts will arrive from now on
    ("disconnected", reason)     the link is gone, or a try failed for another reason than the last one
    ("message", topic, payload)  payload: bytes. The broker gets its puback after this call has returned
    ("puback", token)            the broker has that message. A receipt it is not
    ("fault", word)              something to report, while the line goes on
Tokens are opaque; a token that is None or 0 names nothing. A message whose token waits or is in flight already is
not sent twice on one connection (its newer text replaces one that still waits). Nothing outlives a connection: the
kernel's outbox owns the retries. Alarms (is_urgent) pass everything that is not yet in the socket's own buffer, and
find room when lesser messages do not.

Ref: design, "Messages"; device/mqtt.py for what may be said when.
"""

import asyncio
import os
import sys

from protocol import messages, topics

from . import mqtt, tls
from .dial import Dialer, DialFault, reason_of
from .wifi import Wifi

BACK_OFF_MS = (1000, 2000, 4000, 8000, 15000, 30000)
HURRY_MS = 1000  # the longest pause while an alarm waits
STABLE_MS = 10000  # a connection that lived so long starts the back-off anew
LOOK_MS = 1000  # how often Wi-Fi is looked after
WRITE_MS = 15000
READ_BYTES = 512
CHUNK_BYTES = 1024  # handed to the socket at once, so that an alarm waits for little
WINDOW = 8  # lesser messages without a puback; alarms may use all of mqtt.IN_FLIGHT_MAX
WAITING_MAX = 48
URGENT_MAX = 64

REFUSALS = {
    1: "broker_version",
    2: "hub_id_refused",
    3: "broker_unavailable",
    4: "password_refused",
    5: "not_authorised",
}


class Uplink:
    """Shape: `settings` of device.settings; `now_ms` a function: monotonic ms."""

    def __init__(self, settings, on_event, now_ms):
        self._settings = settings
        self._hub_id = settings["hub_id"]
        self._on_event = on_event
        self._now_ms = now_ms
        self._wifi = Wifi(settings.get("wifi") or [])
        self._dialer = Dialer(settings["broker"]["host"], settings["broker"]["port"])
        self._context = None
        self._wake = asyncio.Event()
        self._tries = 0
        self._is_hurried = False
        self._said_reason = None
        self._clear()

    def _clear(self):
        self.is_connected = False
        self._urgent = []
        self._waiting = []
        self._sent = {}  # packet id: token, until the puback
        self._end = None  # why this connection ends

    # --- what the hub calls --------------------------------------------------------------------------

    def publish(self, token, topic, payload, qos, is_urgent):
        """Queue a message for this connection. False: not taken, try again when connected."""
        if not self.is_connected:
            if is_urgent:
                self.hurry()
            return False
        if len(payload) > messages.LENGTH_MAX:
            raise ValueError("publish: %d bytes, more than %d" % (len(payload), messages.LENGTH_MAX))
        letter = (token, topic, payload, qos)
        queue, limit = (self._urgent, URGENT_MAX) if is_urgent else (self._waiting, WAITING_MAX)
        if token and qos and self._is_under_way(letter, queue):
            return True
        if len(queue) >= limit:
            return False
        queue.append(letter)
        self._wake.set()
        return True

    def _is_under_way(self, letter, queue):
        for i in range(len(queue)):
            if queue[i][0] == letter[0]:
                queue[i] = letter
                return True
        return letter[0] in self._sent.values()

    def hurry(self):
        """An alarm waits for the link: the pause between two tries is short until it is up."""
        if not self.is_connected and not self._is_hurried:
            self._is_hurried = True
            self._wake.set()

    # --- for ever ------------------------------------------------------------------------------------

    async def run(self):
        """Keep the line up. Never ends."""
        while True:
            try:
                await self._live()
            except Exception as fault:
                sys.print_exception(fault)
                self._tell(("fault", type(fault).__name__))
                self._hang_up("uplink_restarted")
                await asyncio.sleep_ms(BACK_OFF_MS[0])

    async def _live(self):
        while True:
            while not self._wifi.step(self._now_ms()):
                self._hang_up(self._wifi.reason)
                await asyncio.sleep_ms(LOOK_MS // 4)
            began_ms = self._now_ms()
            reason = await self._try()
            if self.is_connected and self._now_ms() - began_ms >= STABLE_MS:
                self._tries = 0
            self._hang_up(reason)
            await self._pause()

    async def _try(self):
        """One connection from its first step to its end. Returns the reason of the end."""
        broker = self._settings["broker"]
        try:
            if self._context is None:
                self._context = tls.make_context(broker, self._hub_id)
            stream = await self._dialer.open(self._context, broker.get("server_name") or broker["host"])
        except tls.BadSecurity as fault:
            print("uplink:", fault)
            return "bad_security_settings"
        except DialFault as fault:
            return fault.reason
        except OSError as fault:
            return reason_of(fault)
        return await self._converse(stream)

    async def _pause(self):
        """Wait before the next try: longer each time, with jitter, short while an alarm waits."""
        pause_ms = BACK_OFF_MS[min(self._tries, len(BACK_OFF_MS) - 1)]
        self._tries += 1
        pause_ms += pause_ms * (os.urandom(1)[0] - 128) // 512
        began_ms = self._now_ms()
        while True:
            left_ms = (min(pause_ms, HURRY_MS) if self._is_hurried else pause_ms) - (self._now_ms() - began_ms)
            if left_ms <= 0:
                return
            await self._nap(left_ms)

    async def _nap(self, duration_ms):
        """Sleep until woken, or for so long."""
        self._wake.clear()
        try:
            await asyncio.wait_for_ms(self._wake.wait(), duration_ms)
        except asyncio.TimeoutError:
            return

    # --- one connection ------------------------------------------------------------------------------

    async def _converse(self, stream):
        broker = self._settings["broker"]
        client = mqtt.Client(
            self._hub_id,
            broker.get("user"),
            broker.get("password"),
            topics.up(self._hub_id, topics.STATE),
            messages.encode(messages.offline()),
        )
        client.connect(self._now_ms())
        reader = asyncio.create_task(self._listen(stream, client))
        try:
            return await self._speak(stream, client)
        except OSError as fault:
            return self._end or reason_of(fault)
        finally:
            reader.cancel()
            stream.s.close()

    async def _speak(self, stream, client):
        while self._end is None:
            now_ms = self._now_ms()
            if not self._wifi.step(now_ms):
                return self._wifi.reason or "wifi_lost"
            self._act(client, client.tick(now_ms))
            self._feed(client, now_ms)
            data = client.data_to_send()
            if data:
                stream.write(data)
                try:
                    await asyncio.wait_for_ms(stream.drain(), WRITE_MS)
                except asyncio.TimeoutError:
                    return "write_stalled"
            elif self._end is None:
                due_ms = client.next_wake_ms()
                await self._nap(max(1, min(LOOK_MS, due_ms - now_ms)) if due_ms is not None else LOOK_MS)
        return self._end

    async def _listen(self, stream, client):
        """The reading half; ends by setting `_end`, so that the speaking half hears of it."""
        try:
            while self._end is None:
                data = await stream.read(READ_BYTES)
                if not data:
                    self._end = self._end or "closed_by_broker"
                self._act(client, client.receive_data(data, self._now_ms()))
                self._wake.set()
        except OSError as fault:
            self._end = self._end or reason_of(fault)
        except Exception as fault:
            sys.print_exception(fault)
            self._end = self._end or "uplink_fault"
        self._wake.set()

    def _feed(self, client, now_ms):
        """Hand the next messages to the client, alarms first, a chunk at a time."""
        size = 0
        while size < CHUNK_BYTES and client.state == mqtt.CONNECTED:
            if self._urgent and client.in_flight() < mqtt.IN_FLIGHT_MAX:
                queue = self._urgent
            elif self._waiting and client.in_flight() < WINDOW:
                queue = self._waiting
            else:
                return
            token, topic, payload, qos = queue.pop(0)
            packet_id = client.publish(topic, payload, qos, now_ms)
            if packet_id:
                self._sent[packet_id] = token
            size += len(payload)

    # --- what the client reports ---------------------------------------------------------------------

    def _act(self, client, events):
        for event in events:
            _STEPS[type(event)](self, client, event)

    def _on_connected(self, client, event):
        client.subscribe(topics.all_down(self._hub_id), 1, self._now_ms())

    def _on_subscribed(self, client, event):
        if event.codes[0] > 2:
            # Alarms can go out all the same; that no receipt comes back must be known.
            self._tell(("fault", "subscription_refused"))
        self.is_connected = True
        self._is_hurried = False
        self._said_reason = None
        self._tell(("connected",))

    def _on_message(self, client, event):
        self._tell(("message", event.topic, event.payload))

    def _on_puback(self, client, event):
        self._tell(("puback", self._sent.pop(event.packet_id, None)))

    def _on_pong(self, client, event):
        """The link lives; nothing to do."""

    def _on_refused(self, client, event):
        self._end = REFUSALS.get(event.code, "refused")

    def _on_fault(self, client, event):
        print("uplink: broken packet:", event.reason)
        self._end = "protocol_fault"

    def _on_stale(self, client, event):
        self._end = event.reason

    # --- telling -------------------------------------------------------------------------------------

    def _hang_up(self, reason):
        was_connected = self.is_connected
        self._clear()
        if was_connected or reason != self._said_reason:
            self._said_reason = reason
            self._tell(("disconnected", reason))

    def _tell(self, event):
        try:
            self._on_event(event)
        except Exception as fault:  # the hub's fault must not cost it its line
            sys.print_exception(fault)


_STEPS = {
    mqtt.Connected: Uplink._on_connected,
    mqtt.Subscribed: Uplink._on_subscribed,
    mqtt.Message: Uplink._on_message,
    mqtt.Puback: Uplink._on_puback,
    mqtt.Pong: Uplink._on_pong,
    mqtt.Refused: Uplink._on_refused,
    mqtt.ProtocolFault: Uplink._on_fault,
    mqtt.Stale: Uplink._on_stale,
}
