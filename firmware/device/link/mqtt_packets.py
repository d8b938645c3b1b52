"""The bytes of MQTT 3.1.1 packets. Decides how packets are written and cut apart; never when one is allowed.

Writers return bytes; the inlet cuts arriving bytes into packets; readers open one whole packet. Both raise
BadPacket on what the standard forbids. This file must not know of connections, topics of ours, or time.

Ref: MQTT Version 3.1.1, OASIS Standard, chapters 2 (format), 3 (packets) and 4.7 (topic names).
"""

# The high four bits of the first byte; the low four are flags.
CONNECT, CONNACK, PUBLISH, PUBACK = 0x10, 0x20, 0x30, 0x40
SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 0x80, 0x90, 0xC0, 0xD0, 0xE0

PACKET_MAX = 4096  # body of one packet, in both directions: four times the largest message of ours
ID_MAX = 65535


class BadPacket(Exception):
    """A packet that breaks the standard or our limit; the text says how, without its content."""


# --- writing ---------------------------------------------------------------------------------------


def _length(length):
    """The "remaining length" field: seven bits a byte, lowest first."""
    data = bytearray()
    while True:
        digit, length = length & 0x7F, length >> 7
        data.append(digit | 0x80 if length else digit)
        if not length:
            return bytes(data)


def _short(number):
    return bytes((number >> 8, number & 0xFF))


def _field(data):
    """A string or bytes with its length before it. Errors: ValueError over 65,535 bytes."""
    if isinstance(data, str):
        data = data.encode()
    if len(data) > 0xFFFF:
        raise ValueError("field: longer than 65535 bytes")
    return _short(len(data)) + data


def _packet(first, body):
    if len(body) > PACKET_MAX:
        raise ValueError("packet: %d bytes, more than %d" % (len(body), PACKET_MAX))
    return bytes((first,)) + _length(len(body)) + body


def write_connect(client_id, keepalive_s, user, password, will_topic, will_payload):
    """CONNECT with a clean session. Shape: user, password and will_topic may be None; the will is QoS 1."""
    flags = 0x02
    body = _field(client_id)
    if will_topic is not None:
        flags |= 0x04 | 0x08
        body += _field(will_topic) + _field(will_payload)
    if user is not None:
        flags |= 0x80
        body += _field(user)
        if password is not None:
            flags |= 0x40
            body += _field(password)
    return _packet(CONNECT, _field("MQTT") + bytes((4, flags)) + _short(keepalive_s) + body)


def write_publish(topic, payload, qos, packet_id):
    """PUBLISH, not retained, never a duplicate: a new connection means a new session and a new packet."""
    body = _field(topic)
    if qos:
        body += _short(packet_id)
    return _packet(PUBLISH | qos << 1, body + payload)


def write_puback(packet_id):
    return _packet(PUBACK, _short(packet_id))


def write_subscribe(packet_id, topic, qos):
    return _packet(SUBSCRIBE | 0x02, _short(packet_id) + _field(topic) + bytes((qos,)))


def write_pingreq():
    return _packet(PINGREQ, b"")


def write_disconnect():
    return _packet(DISCONNECT, b"")


# --- reading ---------------------------------------------------------------------------------------


def _want(is_right, text):
    if not is_right:
        raise BadPacket(text)


class Inlet:
    """Where arriving bytes become packets. Holds one packet at most, and none larger than PACKET_MAX."""

    def __init__(self):
        self._head = bytearray()  # first byte and length of the packet that is arriving
        self._body = None
        self._filled = 0

    def take(self, data, position):
        """Take bytes from this position on; returns the position behind them. Call `whole` each time."""
        if self._body is not None:
            end = min(len(data), position + len(self._body) - self._filled)
            self._body[self._filled : self._filled + end - position] = data[position:end]
            self._filled += end - position
            return end
        self._head.append(data[position])
        if len(self._head) == 1:
            _check_first(self._head[0])
        elif not self._head[-1] & 0x80:
            self._begin_body()
        else:
            _want(len(self._head) < 5, "length: more than four bytes")
        return position + 1

    def _begin_body(self):
        length = 0
        for i in range(len(self._head) - 1, 0, -1):
            length = length << 7 | self._head[i] & 0x7F
        _want(length <= PACKET_MAX, "packet: larger than %d bytes" % PACKET_MAX)
        self._body = bytearray(length)
        self._filled = 0

    def whole(self):
        """(first byte, body) of the packet that is complete, once; None while it is not."""
        if self._body is None or self._filled < len(self._body):
            return None
        packet = self._head[0], self._body
        self._head, self._body = bytearray(), None
        return packet


def _check_first(first):
    """Only PUBLISH uses the flags of the first byte."""
    _want(first & 0xF0 == PUBLISH or first & 0x0F == 0, "flags of the first byte")
    _want(first & 0x06 != 0x06, "quality of service 3")


def read_connack(body):
    """(session_present, code)."""
    _want(len(body) == 2 and body[0] <= 1, "connack: shape")
    _want(body[1] == 0 or body[0] == 0, "connack: session with a refusal")
    return body[0] == 1, body[1]


def read_id(body):
    """The packet id of a PUBACK."""
    _want(len(body) == 2, "puback: length")
    return _read_short_id(body, 0)


def read_suback(body):
    """(packet_id, codes). Shape: a code is the granted QoS, or 0x80 for a refusal."""
    _want(3 <= len(body), "suback: length")
    codes = tuple(body[2:])
    for code in codes:
        _want(code in (0, 1, 2, 0x80), "suback: code")
    return _read_short_id(body, 0), codes


def read_publish(first, body):
    """(topic, payload, packet_id, qos). The packet id is 0 at QoS 0."""
    qos = first >> 1 & 3
    _want(qos < 2, "publish: quality of service not asked for")
    _want(qos or not first & 0x08, "publish: duplicate at quality of service 0")
    _want(len(body) >= 2, "publish: length")
    end = 2 + (body[0] << 8 | body[1])
    _want(end <= len(body), "publish: topic longer than the packet")
    topic = _read_topic(bytes(body[2:end]))
    packet_id = 0
    if qos:
        packet_id = _read_short_id(body, end)
        end += 2
    return topic, bytes(body[end:]), packet_id, qos


def _read_short_id(body, start):
    _want(start + 2 <= len(body), "packet id: cut short")
    packet_id = body[start] << 8 | body[start + 1]
    _want(packet_id, "packet id: 0")
    return packet_id


def _read_topic(data):
    try:
        topic = data.decode()
    except (UnicodeError, ValueError):
        raise BadPacket("topic: not UTF-8") from None
    _want(is_topic_name(topic), "topic: not a name")
    return topic


def is_topic_name(topic):
    """May a message carry this topic? Not empty, no wildcard, no NUL."""
    return bool(topic) and "+" not in topic and "#" not in topic and "\x00" not in topic
