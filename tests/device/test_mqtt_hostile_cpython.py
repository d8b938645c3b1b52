"""The MQTT core against hostile bytes: hypothesis looks for a stream that raises, hangs, or fills memory."""

from device.link import mqtt
from device.link import mqtt_packets as packets
from hypothesis import given, settings
from hypothesis import strategies as st

_SHORT = st.integers(0, 0xFFFF).map(lambda n: n.to_bytes(2, "big"))


def _framed(first: int, body: bytes, extra: int) -> bytes:
    """A packet whose length field may lie by `extra`."""
    return bytes((first,)) + packets._length(max(0, len(body) + extra)) + body


_PACKET = st.builds(
    _framed,
    st.one_of(st.sampled_from([0x20, 0x30, 0x32, 0x40, 0x90, 0xD0]), st.integers(0, 255)),
    st.one_of(
        st.binary(max_size=30),
        st.sampled_from([b"\x00\x00", b"\x00\x01", b"\x00\x02\x01"]),
        st.builds(lambda t, i, p: len(t).to_bytes(2, "big") + t + i + p, st.binary(max_size=8), _SHORT, st.binary()),
    ),
    st.sampled_from([0, 0, 0, 0, 1, -1, 5000, 1 << 20]),
)
_STREAM = st.lists(st.one_of(_PACKET, _PACKET, st.binary(max_size=20)), max_size=8).map(b"".join)


@settings(max_examples=2500, deadline=None, database=None)
@given(stream=_STREAM, cuts=st.lists(st.integers(0, 200), max_size=6), is_connected=st.booleans())
def test_no_stream_raises_or_changes_with_its_cuts(stream: bytes, cuts: list[int], is_connected: bool):
    def make() -> mqtt.Client:
        client = mqtt.Client("h", "u", "p", "w", b"gone")
        client.connect(0)
        if is_connected:
            client.receive_data(b"\x20\x02\x00\x00", 0)
            client.publish("t", b"x", 1, 0)
            client.subscribe("t/#", 1, 0)
        return client

    whole, pieces = make(), make()
    heard = whole.receive_data(stream, 1)
    places = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    parts = [pieces.receive_data(stream[a:b], 1) for a, b in zip(places, places[1:], strict=False)]
    assert [event for part in parts for event in part] == heard
    assert whole.state == pieces.state
    for event in heard[:-1]:
        assert not isinstance(event, (mqtt.ProtocolFault, mqtt.Refused))
    assert len(whole.data_to_send()) <= mqtt.OUT_MAX + 4 + len(stream)
    body = whole._inlet._body
    assert body is None or len(body) <= packets.PACKET_MAX
    assert len(whole._inlet._head) <= 5
    for now_ms in range(0, 100_000, 5_000):
        whole.tick(now_ms)
    assert whole.state == mqtt.CLOSED, "silence was not found"
