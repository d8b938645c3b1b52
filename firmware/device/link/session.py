"""One connection to the broker, from CONNECT to its end: decides which message goes first. Outlives nothing.

Alarms pass everything that is not yet in the socket's own buffer, and find room when lesser messages do not. A
message whose token waits or is in flight already is not sent twice (its newer text replaces one that still waits):
on one connection a second copy brings nothing sooner. Two tasks share the line: one reads, one writes.

Ref: device/link/mqtt.py for what may be said when; device/link/uplink.py for the events.
"""

import asyncio
import sys

from protocol import messages, topics

from . import mqtt
from .dial import LineFault

LOOK_MS = 1000  # how often the network is looked after
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


class Session:
    """Shape: `line` a dial.Line; `tell` takes one event and never raises; `now_ms` a function."""

    def __init__(self, line, hub_id, broker, tell, now_ms):
        self._line = line
        self._hub_id = hub_id
        self._tell = tell
        self._now_ms = now_ms
        self._client = mqtt.Client(
            hub_id,
            broker.get("user"),
            broker.get("password"),
            topics.up(hub_id, topics.STATE),
            messages.encode(messages.offline()),
        )
        self._wake = asyncio.Event()
        self._urgent = []
        self._waiting = []
        self._sent = {}  # packet id: token, until the puback
        self._end = None  # why this connection ends
        self.is_connected = False

    # --- in ------------------------------------------------------------------------------------------

    def publish(self, token, topic, payload, qos, is_urgent):
        """Queue a message. False: no room."""
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

    # --- the connection ------------------------------------------------------------------------------

    async def run(self, has_network):
        """Hold the connection until it ends; returns the reason. `has_network()`: is there still Wi-Fi?"""
        self._client.connect(self._now_ms())
        reader = asyncio.create_task(self._listen())
        try:
            return await self._speak(has_network)
        except LineFault as fault:
            return self._end or fault.reason
        finally:
            self.is_connected = False
            reader.cancel()
            self._line.close()

    async def _speak(self, has_network):
        client = self._client
        while self._end is None:
            now_ms = self._now_ms()
            if not has_network():
                return "wifi_lost"
            self._act(client.tick(now_ms))
            self._feed(now_ms)
            data = client.data_to_send()
            if data:
                await self._line.write(data)
            elif self._end is None:
                await self._nap(client.next_wake_ms() - now_ms)
        return self._end

    async def _nap(self, due_ms):
        """Sleep until woken, or until something is due. No await lies between the feed and the clearing."""
        self._wake.clear()
        try:
            await asyncio.wait_for_ms(self._wake.wait(), max(1, min(LOOK_MS, due_ms)))
        except asyncio.TimeoutError:
            return

    async def _listen(self):
        """The reading half; ends by setting `_end`, so that the writing half hears of it."""
        try:
            while self._end is None:
                data = await self._line.read()
                self._act(self._client.receive_data(data, self._now_ms()))
                self._wake.set()
        except LineFault as fault:
            self._end = self._end or fault.reason
        except Exception as fault:
            sys.print_exception(fault)
            self._end = self._end or "uplink_fault"
        self._wake.set()

    def _feed(self, now_ms):
        """Hand the next messages to the client, alarms first, a chunk at a time."""
        client = self._client
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

    def _act(self, events):
        for event in events:
            _STEPS[type(event)](self, event)

    def _on_connected(self, event):
        self._client.subscribe(topics.all_down(self._hub_id), 1, self._now_ms())

    def _on_subscribed(self, event):
        if event.codes[0] > 2:
            # Alarms can go out all the same; that no receipt will come back must be known.
            self._tell(("fault", "subscription_refused"))
        self.is_connected = True
        self._tell(("connected",))

    def _on_message(self, event):
        self._tell(("message", event.topic, event.payload))

    def _on_puback(self, event):
        self._tell(("puback", self._sent.pop(event.packet_id, None)))

    def _on_pong(self, event):
        """The link lives; there is nothing to do."""

    def _on_refused(self, event):
        self._end = REFUSALS.get(event.code, "refused")

    def _on_fault(self, event):
        print("uplink: broken packet:", event.reason)
        self._end = "protocol_fault"

    def _on_stale(self, event):
        self._end = event.reason


_STEPS = {
    mqtt.Connected: Session._on_connected,
    mqtt.Subscribed: Session._on_subscribed,
    mqtt.Message: Session._on_message,
    mqtt.Puback: Session._on_puback,
    mqtt.Pong: Session._on_pong,
    mqtt.Refused: Session._on_refused,
    mqtt.ProtocolFault: Session._on_fault,
    mqtt.Stale: Session._on_stale,
}
