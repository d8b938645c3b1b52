"""Byte streams for the MQTT core, the same on every interpreter: seeded, hostile, and made smaller when one breaks it.

A stream is a list of chunks, as a socket might hand them over. `check` gives one to a client and returns what is
wrong, as a sentence, or None; it looks at what the caller may rely on, not at how the core is made.
"""

from claims import Random
from device.link import mqtt
from device.link import mqtt_packets as packets

CONNACK = b"\x20\x02\x00\x00"
# What a server may say, and near misses of it. Ids 1 and 2 are under way in a connected client.
PARTS = (
    CONNACK,
    b"\x20\x02\x01\x00",
    b"\x20\x02\x00\x05",
    b"\x32\x07\x00\x01t\x00\x09ok",
    b"\x30\x06\x00\x03a/bX",
    b"\x3a\x07\x00\x01t\x00\x09ok",
    b"\x40\x02\x00\x01",
    b"\x40\x02\x00\x07",
    b"\x40\x01\x00",
    b"\x90\x02\x00\x02",
    b"\x20\x01\x00",
    b"\x30\x01\x00",
    b"\x32\x03\x00\x01t",
    b"\x90\x03\x00\x02\x01",
    b"\x90\x03\x00\x02\x80",
    b"\xd0\x00",
    b"\x30\xff\xff\xff\x7f",
    b"\x30\xff\xff\xff\xff",
    b"\x30\x80\x20\x00\x01t",
    b"\x30\x81\x20",
    b"\x30\x04\x00\x02\xff\xfe",
    b"\x34\x05\x00\x01t\x00\x01",
    b"\xe0\x00",
    b"\x10\x00",
)
EVENTS = (
    mqtt.Connected,
    mqtt.Refused,
    mqtt.Puback,
    mqtt.Message,
    mqtt.Subscribed,
    mqtt.Pong,
    mqtt.ProtocolFault,
)
LAST = (mqtt.Refused, mqtt.ProtocolFault)


def make(seed):
    """(state to begin in, list of chunks) of this seed."""
    random = Random(seed * 2654435761 + 97)
    data = b""
    for _ in range(1 + random.below(7)):
        if random.below(4):
            part = bytearray(PARTS[random.below(len(PARTS))])
            if not random.below(3):
                part[random.below(len(part))] ^= 1 << random.below(8)
            if not random.below(4):
                part = part[: random.below(len(part) + 1)]
        elif random.below(12):
            part = random.data(random.below(24))
        else:
            part = bytes((0x30 | random.below(16),)) + packets._length(random.below(5000)) + random.data(200)
        data += bytes(part)
    chunks = []
    while data:
        size = 1 + (random.below(len(data)) if random.below(2) else random.below(4))
        chunks.append(data[:size])
        data = data[size:]
    return (mqtt.IDLE, mqtt.CONNECTING, mqtt.CONNECTED, mqtt.CONNECTED)[random.below(4)], chunks


def client_in(state):
    """A client in this state; a connected one has publish 1 and subscribe 2 under way."""
    client = mqtt.Client("hub-0001", "u", "p", "w", b"gone")
    if state != mqtt.IDLE:
        client.connect(0)
    if state == mqtt.CONNECTED:
        client.receive_data(CONNACK, 0)
        client.publish("t", b"x", 1, 0)
        client.subscribe("t/#", 1, 0)
    client.data_to_send()
    return client


def check(state, chunks):
    """What is wrong with the core's answer to this stream; None when nothing is."""
    client, whole = client_in(state), client_in(state)
    heard = []
    try:
        for chunk in chunks:
            was_closed = client.state == mqtt.CLOSED
            found = client.receive_data(chunk, 1)
            if was_closed and found:
                return "events after the end"
            heard += found
        at_once = whole.receive_data(b"".join(chunks), 1)
    except Exception as fault:  # the claim is that none comes, of any kind
        return "%s escaped" % type(fault).__name__
    if at_once != heard or whole.state != client.state:
        return "the cuts between chunks changed what was heard"
    for event in heard:
        if not isinstance(event, EVENTS):
            return "no event of the contract"
    for event in heard[:-1]:
        if isinstance(event, LAST):
            return "something came after the last event"
    if heard and isinstance(heard[-1], LAST) and client.state != mqtt.CLOSED:
        return "open after a fault"
    if len(client.data_to_send()) > mqtt.OUT_MAX + 4:
        return "more to send than allowed"
    return _silence(client)


def _silence(client):
    """After any stream: a line that says nothing more is found dead."""
    now_ms = 1
    for _ in range(10):
        due_ms = client.next_wake_ms()
        if due_ms is None:
            return None if client.state in (mqtt.CLOSED, mqtt.IDLE) else "waits for nothing"
        now_ms = max(now_ms, due_ms)
        client.tick(now_ms)
        client.data_to_send()
    return "silence was not found" if now_ms > 90000 else "wakes without end"


def smallest(state, chunks):
    """The smallest stream that is still wrong, by leaving out chunks and then bytes."""
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for shorter in _shorter(chunks):
            if check(state, shorter) is not None:
                chunks, is_smaller = shorter, True
                break
    return chunks


def _shorter(chunks):
    for i in range(len(chunks)):
        yield chunks[:i] + chunks[i + 1 :]
    for i in range(len(chunks)):
        for k in range(len(chunks[i])):
            less = chunks[i][:k] + chunks[i][k + 1 :]
            yield chunks[:i] + ([less] if less else []) + chunks[i + 1 :]


def run(first, count):
    """Check so many seeds. Errors: AssertionError with the smallest stream of the first one that is wrong."""
    for seed in range(first, first + count):
        state, chunks = make(seed)
        wrong = check(state, chunks)
        if wrong is not None:
            chunks = smallest(state, chunks)
            raise AssertionError("seed %d, %s: %s, by %r" % (seed, state, check(state, chunks), chunks))
