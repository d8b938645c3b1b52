"""One short story of every fault in a row, by amqtt, the default broker; ten seeds × 300 alarms by both brokers:
`make bench BENCH=mqtt_faults`. Each fault alone, by mosquitto: test_uplink_faults.py."""

import asyncio
import pathlib
import sys

from uplink_parts import amqtt

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))

import mqtt_faults


def test_amqtt_loses_no_alarm_through_every_fault_in_a_row():
    found = asyncio.run(mqtt_faults.play(amqtt, seed=100, count=60, each=1))
    assert (found["delivered"], found["missing"], found["invented"], found["open"]) == (60, 0, 0, 0), found
    assert found["tracebacks"] == 0 and found["connections"] >= 3, found
