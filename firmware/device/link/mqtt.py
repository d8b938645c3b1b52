"""An MQTT 3.1.1 client without socket or clock: decides what may be said when, and when silence is a fault.

Rule 1. Give `receive_data` every byte that arrives, in order; act on the events it returns. It never raises.
Rule 2. After each call of any method send what `data_to_send()` returns; call `tick(now_ms)` no later than
        `next_wake_ms()`. After Refused, ProtocolFault or Stale the client is CLOSED: drop the connection,
        make a new client. One client lives for one connection, so packet ids never outlive it.

    state       answer heard       event                 next state
    IDLE        (none may come)    ProtocolFault         CLOSED        `connect` → CONNECTING
    CONNECTING  CONNACK code 0     Connected             CONNECTED
    CONNECTING  CONNACK code > 0   Refused               CLOSED
    CONNECTED   PUBLISH            Message (+ puback)    CONNECTED
    CONNECTED   PUBACK             Puback                CONNECTED
    CONNECTED   SUBACK             Subscribed            CONNECTED
    CONNECTED   PINGRESP           Pong                  CONNECTED
    CLOSED      anything           none, dropped         CLOSED
A pair that is missing is the illegal step: ProtocolFault. Calls out of turn are RuntimeError.

A half-open link shows within KEEPALIVE_S + ANSWER_MS = 45 s: a ping goes out when nothing was heard or said
for KEEPALIVE_S; ANSWER_MS of silence after it is Stale. So is a CONNACK that is not whole after ANSWER_MS, however
much else is heard, and a publish or subscribe without its answer for PUBACK_MS.
Memory is bounded: one arriving packet of PACKET_MAX, OUT_MAX bytes to send, IN_FLIGHT_MAX publishes.

Ref: MQTT Version 3.1.1, OASIS Standard, chapters 3 and 4.
"""

from collections import namedtuple

from . import mqtt_packets as packets

KEEPALIVE_S = 30
ANSWER_MS = 15000
PUBACK_MS = 30000
IN_FLIGHT_MAX = 16
OUT_MAX = 16384

IDLE, CONNECTING, CONNECTED, CLOSED = "idle", "connecting", "connected", "closed"

Connected = namedtuple("Connected", ("session_present",))
Refused = namedtuple("Refused", ("code",))  # 1 to 5, as CONNACK gives it
Puback = namedtuple("Puback", ("packet_id",))
Message = namedtuple("Message", ("topic", "payload", "packet_id", "qos"))
Subscribed = namedtuple("Subscribed", ("packet_id", "codes"))
Pong = namedtuple("Pong", ())
ProtocolFault = namedtuple("ProtocolFault", ("reason",))
Stale = namedtuple("Stale", ("reason",))  # the word says which answer did not come


class Client:
    """One connection's client. Shape: the will and the credentials may be None; payloads are bytes."""

    def __init__(self, client_id, user=None, password=None, will_topic=None, will_payload=b""):
        self._hello = packets.write_connect(client_id, KEEPALIVE_S, user, password, will_topic, will_payload)
        self.state = IDLE
        self._out = bytearray()
        self._inlet = packets.Inlet()
        self._next_id = 1
        self._in_flight = {}  # packet id: when it was given to `data_to_send`
        self._subscribing = {}
        self._heard_ms = 0
        self._said_ms = 0
        self._asked_ms = None  # since when CONNACK, SUBACK or PINGRESP is owed

    # --- three verbs ---------------------------------------------------------------------------------

    def connect(self, now_ms):
        """Ask for the connection. Wait for Connected before anything else."""
        self._must_be(IDLE, "connect")
        self.state = CONNECTING
        self._heard_ms = now_ms
        self._asked_ms = now_ms
        self._say(self._hello, now_ms)
        self._hello = None

    def publish(self, topic, payload, qos, now_ms):
        """Send a message; returns its packet id, which a Puback names later (0 at QoS 0: none will).

        Errors: RuntimeError when not connected or IN_FLIGHT_MAX wait already (see `in_flight`);
        ValueError for a topic or a size that cannot be sent.
        """
        self._must_be(CONNECTED, "publish")
        if qos not in (0, 1) or not packets.is_topic_name(topic):
            raise ValueError("publish: topic or quality of service")
        if not qos:
            self._say(packets.write_publish(topic, payload, 0, 0), now_ms)
            return 0
        if len(self._in_flight) >= IN_FLIGHT_MAX:
            raise RuntimeError("publish: too many without a puback")
        packet_id = self._free_id()
        self._say(packets.write_publish(topic, payload, 1, packet_id), now_ms)
        self._in_flight[packet_id] = now_ms
        return packet_id

    def subscribe(self, topic, qos, now_ms):
        """Ask for messages; returns the packet id that Subscribed will name."""
        self._must_be(CONNECTED, "subscribe")
        packet_id = self._free_id()
        self._say(packets.write_subscribe(packet_id, topic, qos), now_ms)
        self._subscribing[packet_id] = now_ms
        if self._asked_ms is None:
            self._asked_ms = now_ms
        return packet_id

    def disconnect(self):
        """Say goodbye, so that the broker keeps the last will to itself."""
        if self.state == CONNECTED:
            self._out += packets.write_disconnect()
        self.state = CLOSED

    # --- bytes in, events out ------------------------------------------------------------------------

    def receive_data(self, data, now_ms):
        """Take in any bytes; returns a list of events, ProtocolFault last if there is one. Never raises."""
        events = []
        position = 0
        if data and self.state != CLOSED:
            self._heard_ms = now_ms
        try:
            while position < len(data) and self.state != CLOSED:
                position = self._inlet.take(data, position)
                packet = self._inlet.whole()
                if packet is not None:
                    events.append(self._step(packet[0], packet[1]))
        except packets.BadPacket as fault:
            self._close()
            events.append(ProtocolFault(str(fault)))
        return events

    def _step(self, first, body):
        step = _STEPS.get((self.state, first & 0xF0))
        if step is None:
            raise packets.BadPacket("packet %d is not allowed when %s" % (first >> 4, self.state))
        return step(self, first, body)

    # --- one step for each answer --------------------------------------------------------------------

    def _on_connack(self, first, body):
        session_present, code = packets.read_connack(body)
        self._asked_ms = None
        if code:
            self._close()
            return Refused(code)
        self.state = CONNECTED
        return Connected(session_present)

    def _on_publish(self, first, body):
        topic, payload, packet_id, qos = packets.read_publish(first, body)
        if qos:
            # Queued only: it leaves after the caller has acted on the event, with the next data_to_send().
            if len(self._out) > OUT_MAX:
                raise packets.BadPacket("peer sends and does not read")
            self._out += packets.write_puback(packet_id)
        return Message(topic, payload, packet_id, qos)

    def _on_puback(self, first, body):
        packet_id = packets.read_id(body)
        if self._in_flight.pop(packet_id, None) is None:
            raise packets.BadPacket("puback: for nothing in flight")
        return Puback(packet_id)

    def _on_suback(self, first, body):
        packet_id, codes = packets.read_suback(body)
        if len(codes) != 1 or self._subscribing.pop(packet_id, None) is None:
            raise packets.BadPacket("suback: for nothing asked")
        if not self._subscribing:
            self._asked_ms = None
        return Subscribed(packet_id, codes)

    def _on_pingresp(self, first, body):
        if body:
            raise packets.BadPacket("pingresp: length")
        if not self._subscribing:
            self._asked_ms = None
        return Pong()

    # --- time ----------------------------------------------------------------------------------------

    def tick(self, now_ms):
        """What time alone brings about: a ping to send, or [Stale] when an answer is overdue."""
        if self.state not in (CONNECTING, CONNECTED):
            return []
        if self._asked_ms is not None and now_ms >= self._answer_due_ms():
            reason = "no_connack" if self.state == CONNECTING else "no_answer"
            self._close()
            return [Stale(reason)]
        if self._in_flight and now_ms >= min(self._in_flight.values()) + PUBACK_MS:
            self._close()
            return [Stale("no_puback")]
        if self.state == CONNECTED and self._asked_ms is None and now_ms >= self._ping_due_ms():
            self._asked_ms = now_ms
            self._say(packets.write_pingreq(), now_ms)
        return []

    def next_wake_ms(self):
        """When `tick` has work again; None when it has none."""
        if self.state not in (CONNECTING, CONNECTED):
            return None
        due_ms = self._ping_due_ms() if self._asked_ms is None else self._answer_due_ms()
        if self._in_flight:
            due_ms = min(due_ms, min(self._in_flight.values()) + PUBACK_MS)
        return due_ms

    def _answer_due_ms(self):
        """Bytes of any kind prove the link: on a slow one the answer may stand behind other packets. Not so before the
        line is of use: a server that lets its CONNACK or SUBACK drip would hold an alarm up for as long as it likes."""
        if self.state == CONNECTING:
            return (self._asked_ms or 0) + ANSWER_MS
        due_ms = max(self._asked_ms or 0, self._heard_ms) + ANSWER_MS
        return min([due_ms] + [asked_ms + PUBACK_MS for asked_ms in self._subscribing.values()])

    def _ping_due_ms(self):
        return min(self._said_ms, self._heard_ms) + KEEPALIVE_S * 1000

    # --- bytes out -----------------------------------------------------------------------------------

    def data_to_send(self):
        """The bytes to write to the socket now; may be empty."""
        data = bytes(self._out)
        self._out = bytearray()
        return data

    def in_flight(self):
        """How many publishes wait for their puback."""
        return len(self._in_flight)

    def _say(self, data, now_ms):
        if len(self._out) + len(data) > OUT_MAX:
            raise RuntimeError("send: the bytes before this were not taken")
        self._out += data
        self._said_ms = now_ms

    def _free_id(self):
        """An id that nothing waits for; with IN_FLIGHT_MAX far below ID_MAX there always is one."""
        packet_id = self._next_id
        while packet_id in self._in_flight or packet_id in self._subscribing:
            packet_id = packet_id % packets.ID_MAX + 1
        self._next_id = packet_id % packets.ID_MAX + 1
        return packet_id

    def _must_be(self, state, verb):
        if self.state != state:
            raise RuntimeError("%s: %s, not %s" % (verb, self.state, state))

    def _close(self):
        self.state = CLOSED
        self._inlet = packets.Inlet()
        self._out = bytearray()
        self._in_flight = {}


_STEPS = {
    (CONNECTING, packets.CONNACK): Client._on_connack,
    (CONNECTED, packets.PUBLISH): Client._on_publish,
    (CONNECTED, packets.PUBACK): Client._on_puback,
    (CONNECTED, packets.SUBACK): Client._on_suback,
    (CONNECTED, packets.PINGRESP): Client._on_pingresp,
}
