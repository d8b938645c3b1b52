"""The embedded broker: who gets in, what they may touch, and that nobody stops it."""

import os
import socket
import struct
import threading

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from protocol import messages, topics
from relay_parts import EPOCH, until

from relay.broker import gate


def raw(relay, *pieces: bytes) -> bytes:
    """Send these bytes to the broker; what it answers before it closes."""
    with socket.create_connection(("127.0.0.1", relay.broker_port), 20) as line:
        answer = b""
        try:
            for piece in pieces:
                line.sendall(piece)
            line.shutdown(socket.SHUT_WR)
            while piece := line.recv(4096):
                answer += piece
        except ConnectionError:
            pass  # the broker threw us out while we spoke
        return answer


def connect_packet(client_id: str, user: str, password: str, level: int = 4) -> bytes:
    def text(value: str) -> bytes:
        return struct.pack(">H", len(value.encode())) + value.encode()

    body = text("MQTT") + bytes((level, 0xC2, 0, 60)) + text(client_id) + text(user) + text(password)
    assert len(body) < 128
    return bytes((0x10, len(body))) + body


def refusal_of(relay, client_id: str, user: str | None, password: str | None, will: str | None = None) -> str:
    """Try to come in; the reason given, or "" for success."""
    answered = threading.Event()
    reasons: list[str] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id)

    def on_connect(client, data, flags, reason, properties):
        reasons.append(str(reason) if reason.is_failure else "")
        answered.set()

    client.on_connect = on_connect
    if user is not None:
        client.username_pw_set(user, password)
    if will is not None:
        client.will_set(will, b"x", 1)
    client.connect_async("127.0.0.1", relay.broker_port)
    client.loop_start()
    assert answered.wait(20)
    client.disconnect()
    client.loop_stop()
    return reasons[0]


def test_only_the_right_password_comes_in(shared_relay):
    secret = shared_relay.password_of_hub("hub-0003")
    assert refusal_of(shared_relay, "hub-0003", "hub-0003", secret) == ""
    assert refusal_of(shared_relay, "hub-0003", "hub-0003", "wrong")
    assert refusal_of(shared_relay, "x", "hub-9999", secret)
    assert refusal_of(shared_relay, "x", "relay", secret)
    assert refusal_of(shared_relay, "x", None, None)


def test_a_hub_cannot_take_the_session_of_another_or_of_the_relay(shared_relay, homes):
    victim = homes(shared_relay, "hub-0004")
    secret = shared_relay.password_of_hub("hub-0005")
    relay_id = (shared_relay.data / "broker-client-id").read_text().strip()
    for client_id in ("hub-0004", relay_id):
        assert refusal_of(shared_relay, client_id, "hub-0005", secret)
        assert refusal_of(shared_relay, client_id, "hub-0004", "wrong")  # not even for a moment
    victim.press(1)
    assert victim.next("receipt")["seq"] == 1


def test_a_hub_cannot_speak_or_listen_for_another(shared_relay, homes, staff):
    bad, victim = homes(shared_relay, "hub-0006"), homes(shared_relay, "hub-0007")
    granted: list[list] = []
    bad.client.on_subscribe = lambda client, data, mid, reasons, properties: granted.append(reasons)
    for topic in ("anling/1/hub-0007/down/#", "#", "anling/1/+/down/receipt", topics.ALL_UP):
        bad.client.subscribe(topic, 1)
    until(lambda: len(granted) == 4, "all answers")
    assert all(reason.is_failure for reasons in granted for reason in reasons)
    lie = messages.alarm(EPOCH, 50, 50, "help", "raised", None, "press", 0, None)
    bad.client.publish(topics.up("hub-0007", topics.ALARM), messages.encode(lie), 1).wait_for_publish(10)
    bad.client.publish(topics.down("hub-0007", topics.ALARM), b"{}", 1).wait_for_publish(10)
    bad.press(1)  # after the lies on the same line: once this is through, they would be, too
    bad.next("receipt")
    assert [one["hub_id"] for one in staff(shared_relay).alarms() if one["hub_id"] in ("hub-0006", "hub-0007")] == [
        "hub-0006"
    ]
    assert victim.down.empty()
    assert refusal_of(
        shared_relay, "hub-0006", "hub-0006", shared_relay.password_of_hub("hub-0006"), "anling/1/hub-0007/up/state"
    )


def test_no_packet_stops_the_broker(shared_relay, homes):
    pid = shared_relay.running()["broker_pid"]
    good = connect_packet("hub-0008", "hub-0008", shared_relay.password_of_hub("hub-0008"))
    raw(shared_relay, b"GET / HTTP/1.1\r\n\r\n")
    raw(shared_relay, b"\x10\xff\xff\xff\xff\x7f")
    raw(shared_relay, b"\x10\x05\x00\x04MQ")
    raw(shared_relay, b"\x10\xff\x7f" + bytes(16383))
    raw(shared_relay, b"")
    assert raw(shared_relay, connect_packet("x", "y", "z", level=3)) == bytes((0x20, 2, 0, gate.BAD_PROTOCOL))
    assert raw(shared_relay, connect_packet("x", "y", "z")) == bytes((0x20, 2, 0, gate.NOT_AUTHORIZED))
    raw(shared_relay, good, b"\x30\xff\xff\xff\x7f", bytes(70_000))  # says 256 MB
    raw(shared_relay, good, b"\xf0\x00")
    raw(shared_relay, good, b"\x32\x02\x00\x40")
    raw(shared_relay, good, good)
    raw(shared_relay, good, b"\x82\x03\x00\x01\xff")
    for _ in range(20):
        raw(shared_relay, good, os.urandom(200))
    home = homes(shared_relay, "hub-0008")
    home.press(1)
    assert home.next("receipt")["seq"] == 1
    assert shared_relay.running()["broker_pid"] == pid


def test_messages_that_cannot_be_read_are_dead_letters_and_the_next_alarm_passes(shared_relay, homes, staff):
    home, person = homes(shared_relay, "hub-0009"), staff(shared_relay)
    for payload in (b"", b"\xff\xfe", b"{}", b'{"v":2}', b"[" * 900, b"x" * 5000, b'{"v":1,"epoch":"0a1b2c3d"}'):
        home.say(topics.ALARM, payload).wait_for_publish(10)
    home.press(1)
    assert home.next("receipt")["seq"] == 1
    assert home.down.empty()  # no receipt for what was refused

    def mine():
        return [one for one in person.get("/api/board")["technical"] if one["hub_id"] == "hub-0009"]

    (entry,) = until(mine, "a technical alarm")
    assert entry["kind"] == "dead_letter" and entry["count"] == 7  # folded into one


@pytest.mark.parametrize("cut", range(2, 60, 3))
def test_a_connect_cut_short_is_refused_not_misread(cut):
    packet = connect_packet("hub-0001", "hub-0001", "secret-secret-secret-secret-secret")
    with pytest.raises(gate.Refused):
        gate.parse_connect(packet[:2], packet[2:cut])


def test_a_connect_is_read_in_full():
    packet = connect_packet("a", "b", "c")
    read = gate.parse_connect(packet[:2], packet[2:])
    assert (read.client_id, read.user, read.password, read.data) == ("a", "b", "c", packet)
