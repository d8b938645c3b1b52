"""Claims about the MQTT client core: every state, every packet, time, ids and bounds. Runs on both interpreters."""

from claims import IS_SLOW, Random, raises
from device.link import mqtt
from device.link import mqtt_packets as packets

CONNACK = b"\x20\x02\x00\x00"
PINGREQ = b"\xc0\x00"
# One good packet of each type a server may send, as a client in flight with id 1 and asking with id 2 may hear it.
GOOD = {
    packets.CONNACK: CONNACK,
    packets.PUBLISH: b"\x32\x07\x00\x01t\x00\x09ok",
    packets.PUBACK: b"\x40\x02\x00\x01",
    packets.SUBACK: b"\x90\x03\x00\x02\x01",
    packets.PINGRESP: b"\xd0\x00",
}
EVENTS = {
    packets.CONNACK: mqtt.Connected,
    packets.PUBLISH: mqtt.Message,
    packets.PUBACK: mqtt.Puback,
    packets.SUBACK: mqtt.Subscribed,
    packets.PINGRESP: mqtt.Pong,
}


def _connecting():
    client = mqtt.Client("hub-0001", "hub-0001", "word", "a/will", b"gone")
    client.connect(0)
    client.data_to_send()
    return client


def _connected(now_ms=0):
    client = _connecting()
    assert client.receive_data(CONNACK, now_ms) == [mqtt.Connected(False)]
    return client


def _busy():
    """Connected, with publish 1 and subscribe 2 under way."""
    client = _connected()
    assert client.publish("a/b", b"x", 1, 0) == 1
    assert client.subscribe("c/#", 1, 0) == 2
    client.data_to_send()
    return client


def _closed():
    client = _connected()
    client.disconnect()
    return client


STATES = {
    mqtt.IDLE: lambda: mqtt.Client("h"),
    mqtt.CONNECTING: _connecting,
    mqtt.CONNECTED: _busy,
    mqtt.CLOSED: _closed,
}


def test_every_packet_in_every_state_is_a_step_of_the_table_or_a_fault():
    for state, make in STATES.items():
        for kind in range(0x00, 0x100, 0x10):
            client = make()
            assert client.state == state
            heard = client.receive_data(GOOD.get(kind, bytes((kind, 0))), 1)
            is_step = (state == mqtt.CONNECTED and kind in GOOD and kind != packets.CONNACK) or (
                state == mqtt.CONNECTING and kind == packets.CONNACK
            )
            if state == mqtt.CLOSED:
                assert heard == []
            elif is_step:
                assert [type(event) for event in heard] == [EVENTS[kind]], (state, kind)
                assert client.state == mqtt.CONNECTED
            else:
                assert [type(event) for event in heard] == [mqtt.ProtocolFault], (state, kind)
                assert client.state == mqtt.CLOSED and client.next_wake_ms() is None


def test_calls_out_of_turn_are_the_callers_fault():
    for state, make in STATES.items():
        if state != mqtt.IDLE:
            raises(RuntimeError, make().connect, 0)
        if state != mqtt.CONNECTED:
            raises(RuntimeError, make().publish, "t", b"", 1, 0)
            raises(RuntimeError, make().subscribe, "t", 1, 0)


def test_connect_carries_will_name_and_password():
    client = mqtt.Client("hub-0001", "u", "p", "w", b"gone")
    client.connect(0)
    body = b"\x00\x04MQTT\x04\xce\x00\x1e\x00\x08hub-0001\x00\x01w\x00\x04gone\x00\x01u\x00\x01p"
    assert client.data_to_send() == bytes((0x10, len(body))) + body
    assert client.data_to_send() == b""
    bare = mqtt.Client("h")
    bare.connect(0)
    assert bare.data_to_send() == b"\x10\x0d\x00\x04MQTT\x04\x02\x00\x1e\x00\x01h"


def test_refusal_is_told_with_its_code():
    for code in range(1, 6):
        client = _connecting()
        assert client.receive_data(bytes((0x20, 2, 0, code)), 1) == [mqtt.Refused(code)]
        assert client.state == mqtt.CLOSED


def test_bytes_may_arrive_one_by_one_or_all_at_once():
    stream = CONNACK + GOOD[packets.PUBLISH] + b"\x30\x06\x00\x03a/bX" + b"\xd0\x00"
    whole = _connecting().receive_data(stream, 1)
    assert whole == [
        mqtt.Connected(False),
        mqtt.Message("t", b"ok", 9, 1),
        mqtt.Message("a/b", b"X", 0, 0),
        mqtt.Pong(),
    ]
    client = _connecting()
    single = []
    for i in range(len(stream)):
        single += client.receive_data(stream[i : i + 1], 1)
    assert single == whole


def test_message_at_qos_1_gets_its_puback_with_the_next_bytes():
    client = _connected()
    assert client.receive_data(GOOD[packets.PUBLISH], 1) == [mqtt.Message("t", b"ok", 9, 1)]
    assert client.data_to_send() == b"\x40\x02\x00\x09"
    client.receive_data(b"\x30\x03\x00\x01t", 1)
    assert client.data_to_send() == b""


def test_publish_is_written_as_the_standard_says():
    client = _connected()
    assert client.publish("a/b", b"hi", 0, 0) == 0
    assert client.data_to_send() == b"\x30\x07\x00\x03a/bhi"
    packet_id = client.publish("a/b", b"hi", 1, 0)
    assert client.data_to_send() == b"\x32\x09\x00\x03a/b" + bytes((0, packet_id)) + b"hi"
    client.publish("t", b"x" * 200, 0, 0)
    assert client.data_to_send()[:3] == b"\x30\xcb\x01"


def test_what_cannot_be_sent_is_refused_and_costs_nothing():
    client = _connected()
    for topic, payload, qos in (("", b"", 1), ("a/#", b"", 1), ("+", b"", 0), ("a\x00", b"", 0), ("a", b"", 2)):
        raises(ValueError, client.publish, topic, payload, qos, 0)
    raises(ValueError, client.publish, "a", b"x" * packets.PACKET_MAX, 1, 0)
    assert client.data_to_send() == b"" and client.in_flight() == 0 and client.state == mqtt.CONNECTED


def test_packet_id_in_flight_is_never_given_twice():
    client = _connected()
    kept = client.publish("t", b"", 1, 0)
    seen = set()
    skipped = 60000 if IS_SLOW else 0
    client._next_id += skipped
    rounds = packets.ID_MAX + 100 - skipped  # over the end of the numbers and on
    for _ in range(rounds):
        packet_id = client.publish("t", b"", 1, 0)
        assert packet_id != kept and 1 <= packet_id <= packets.ID_MAX
        seen.add(packet_id)
        client.data_to_send()
        assert client.receive_data(bytes((0x40, 2, packet_id >> 8, packet_id & 255)), 0) == [mqtt.Puback(packet_id)]
    assert len(seen) == min(rounds, packets.ID_MAX - 1) and 2 in seen


def test_publishes_without_a_puback_are_bounded():
    client = _connected()
    for _ in range(mqtt.IN_FLIGHT_MAX):
        client.publish("t", b"", 1, 0)
        client.data_to_send()
    raises(RuntimeError, client.publish, "t", b"", 1, 0)
    assert client.publish("t", b"", 0, 0) == 0
    client.receive_data(GOOD[packets.PUBACK], 0)
    client.publish("t", b"", 1, 0)


def test_second_puback_of_one_publish_is_a_fault():
    client = _busy()
    assert client.receive_data(GOOD[packets.PUBACK], 0) == [mqtt.Puback(1)]
    assert type(client.receive_data(GOOD[packets.PUBACK], 0)[0]) is mqtt.ProtocolFault


def test_oversized_packet_is_refused_before_it_is_stored():
    for length in (b"\x81\x20", b"\xff\x7f", b"\xff\xff\xff\x7f"):
        client = _connected()
        heard = client.receive_data(b"\x30" + length, 1)
        assert len(heard) == 1 and "larger" in heard[0].reason
        assert client.receive_data(b"x" * 10000, 1) == []
    client = _connected()
    topic = b"\x00\x01t"
    assert client.receive_data(b"\x30\x80\x20" + topic + b"x" * (packets.PACKET_MAX - 3), 1)[0].topic == "t"


def test_malformed_packets_are_faults():
    for bad in (
        b"\x30\x00",  # no topic
        b"\x30\x02\x00\x00",  # empty topic
        b"\x30\x03\x00\x02a",  # topic longer than the packet
        b"\x30\x03\x00\x01+",  # a wildcard in a name
        b"\x30\x03\x00\x01\x00",  # NUL
        b"\x30\x04\x00\x02\xff\xfe",  # not UTF-8
        b"\x32\x03\x00\x01t",  # QoS 1 without an id
        b"\x32\x05\x00\x01t\x00\x00",  # id 0
        b"\x34\x05\x00\x01t\x00\x01",  # QoS 2, which was not asked for
        b"\x36\x05\x00\x01t\x00\x01",  # QoS 3
        b"\x38\x03\x00\x01t",  # duplicate at QoS 0
        b"\x41\x02\x00\x01",  # flags
        b"\x40\x01\x00",
        b"\x40\x03\x00\x01\x00",
        b"\x90\x02\x00\x02",  # no code
        b"\x90\x03\x00\x02\x03",  # no such code
        b"\x90\x04\x00\x02\x01\x01",  # one answer too many
        b"\x90\x03\x00\x07\x01",  # never asked
        b"\xd0\x01\x00",
        b"\x30\xff\xff\xff\xff",  # a length of five bytes
    ):
        client = _busy()
        heard = client.receive_data(bad, 1)
        assert [type(event) for event in heard] == [mqtt.ProtocolFault], bad
        assert client.state == mqtt.CLOSED
    for bad in (b"\x20\x01\x00", b"\x20\x02\x02\x00", b"\x20\x02\x01\x05"):
        assert type(_connecting().receive_data(bad, 1)[0]) is mqtt.ProtocolFault, bad


def test_peer_that_sends_and_never_reads_is_left():
    client = _connected()
    heard = client.receive_data(GOOD[packets.PUBLISH] * (mqtt.OUT_MAX // 4 + 10), 1)
    assert type(heard[-1]) is mqtt.ProtocolFault and client.state == mqtt.CLOSED


def _run_silent(client, now_ms, end_ms):
    """Tick at each wake with nothing heard; returns ([(when, what was sent or told)], …)."""
    told = []
    while now_ms < end_ms:
        due_ms = client.next_wake_ms()
        if due_ms is None:
            break
        now_ms = max(now_ms, due_ms)
        told += [(now_ms, event) for event in client.tick(now_ms)]
        sent = client.data_to_send()
        if sent:
            told.append((now_ms, sent))
    return told


def test_idle_half_open_line_is_found_within_90_seconds():
    told = _run_silent(_connected(1000), 1000, 200000)
    assert told == [(30000, PINGREQ), (45000, mqtt.Stale("no_answer"))]


def test_half_open_line_with_a_publish_is_found_within_90_seconds():
    client = _connected(1000)
    client.publish("t", b"", 1, 2000)
    client.data_to_send()
    told = _run_silent(client, 2000, 200000)
    assert told[-1][1] == mqtt.Stale("no_puback") and told[-1][0] <= 92000
    # Heartbeats that go out do not hide that nothing comes back.
    client = _connected(0)
    now_ms = 0
    while client.state == mqtt.CONNECTED:
        now_ms += 1000
        if now_ms % 10000 == 0:
            client.publish("t", b"", 0, now_ms)
        client.tick(now_ms)
        client.data_to_send()
    assert now_ms <= 90000


def test_answered_pings_keep_the_line():
    client = _connected(0)
    pings = 0
    for now_ms in range(0, 3600000, 500):
        assert client.tick(now_ms) == []
        if client.data_to_send() == PINGREQ:
            pings += 1
            assert client.receive_data(b"\xd0\x00", now_ms + 400) == [mqtt.Pong()]
    assert 115 <= pings <= 121


def test_broker_hears_from_us_within_each_keepalive():
    """Also when it talks all the time: MQTT wants the client's own voice."""
    client = _connected(0)
    said_ms = 0
    for now_ms in range(0, 600000, 1000):
        client.receive_data(b"\x30\x03\x00\x01t", now_ms)
        client.tick(now_ms)
        if client.data_to_send():
            assert now_ms - said_ms <= mqtt.KEEPALIVE_S * 1000
            said_ms = now_ms
            client.receive_data(b"\xd0\x00", now_ms)
    assert said_ms > 500000


def test_slow_answers_behind_other_bytes_are_waited_for():
    client = _connected(0)
    client.tick(30000)
    for now_ms in range(31000, 90000, 1000):
        client.receive_data(b"\x30\x03\x00\x01t", now_ms)
        assert client.tick(now_ms) == []
    assert client.state == mqtt.CONNECTED


def test_missing_connack_and_suback_are_found():
    assert _run_silent(_connecting(), 0, 100000) == [(15000, mqtt.Stale("no_connack"))]
    client = _connected(0)
    client.subscribe("c/#", 1, 1000)
    client.data_to_send()
    assert _run_silent(client, 1000, 100000) == [(16000, mqtt.Stale("no_answer"))]


def test_a_server_that_lets_its_answers_drip_holds_nobody_up():
    """Each byte alone is a sign of life; before the line is of use that counts for nothing."""
    client = _connecting()
    client.receive_data(b"\x20\xff", 1000)  # a CONNACK that says it is long
    now_ms = 1000
    while client.state == mqtt.CONNECTING:
        now_ms += 1000
        client.receive_data(b"\x80", now_ms) if now_ms == 2000 else None
        told = client.tick(now_ms)
    assert told == [mqtt.Stale("no_connack")] and now_ms == mqtt.ANSWER_MS
    client = _connected(0)
    client.subscribe("c/#", 1, 0)
    for now_ms in range(1000, 100000, 1000):
        client.receive_data(b"\x30\x03\x00\x01t", now_ms)
        told = client.tick(now_ms)
        client.data_to_send()
        if told:
            break
    assert told == [mqtt.Stale("no_answer")] and now_ms == mqtt.PUBACK_MS


def test_random_bytes_raise_nothing_and_store_little():
    random = Random(20)
    for _ in range(400):
        client = STATES[(mqtt.CONNECTING, mqtt.CONNECTED)[random.below(2)]]()
        for _ in range(1 + random.below(6)):
            data = random.data(random.below(40))
            if random.below(2):
                data = list(GOOD.values())[random.below(5)] + data
            heard = client.receive_data(data, 1)
            assert isinstance(heard, list) and len(heard) <= len(data)
            client.tick(random.below(60000))
            client.data_to_send()
        due_ms = client.next_wake_ms()
        assert (due_ms is None) == (client.state == mqtt.CLOSED)
