"""Claims about the MQTT core and hostile byte streams, on every interpreter. 100,000 of them: `make bench
BENCH=mqtt_streams`."""

import gc

import streams
from claims import IS_SLOW, raises
from device.link import mqtt
from device.link import mqtt_packets as packets

COUNT = 1000 if IS_SLOW else 5000


def test_no_stream_breaks_the_contract():
    streams.run(0, COUNT)


def test_streams_reach_every_event_and_every_kind_of_end():
    seen = set()
    reasons = set()
    for seed in range(COUNT // 2):
        state, chunks = streams.make(seed)
        client = streams.client_in(state)
        for chunk in chunks:
            for event in client.receive_data(chunk, 1):
                seen.add(type(event))
                if isinstance(event, mqtt.ProtocolFault):
                    reasons.add(event.reason.split(":")[0])
    assert seen == set(streams.EVENTS), seen
    assert len(reasons) >= 8, reasons


def test_a_core_that_breaks_is_found_and_its_stream_made_small():
    """The negative control: a reader that lets an IndexError out on a short PUBACK."""
    kept = packets.read_id

    def careless(body):
        return body[0] << 8 | body[1]

    packets.read_id = careless
    try:
        fault = raises(AssertionError, streams.run, 0, COUNT)
    finally:
        packets.read_id = kept
    assert "IndexError escaped" in str(fault) and len(str(fault)) < 100, fault


def test_streams_leave_no_memory_behind():
    if IS_SLOW or not hasattr(gc, "mem_alloc"):
        return  # CPython's share is in the bench; the WebAssembly port collects only when Python has returned
    client = streams.client_in(mqtt.CONNECTED)
    streams.run(0, 50)
    gc.collect()
    before = gc.mem_alloc()
    streams.run(50, 300)
    gc.collect()
    assert gc.mem_alloc() - before < 1024, gc.mem_alloc() - before
    # One connection that is fed good messages for ever keeps nothing of them either.
    for n in range(2000):
        client.receive_data(streams.PARTS[3], 1)
        client.data_to_send()
        if n == 100:
            gc.collect()
            before = gc.mem_alloc()
    gc.collect()
    assert gc.mem_alloc() - before < 1024, gc.mem_alloc() - before
