"""Heartbeats of thousands of homes: kept together, and none of them less true for it; small packets in one read."""

import socket
import time

import pytest
from database_parts import alarm_message, beat, rows, say
from protocol import messages, topics
from relay_parts import until

from relay.clock import now_ms
from relay.intake import beats, reading, rules


def heard(hub="hub-0001", alarms=(), battery=90, at=None):
    message = messages.heartbeat("0a1b2c3d", 9, 60, 0, list(alarms), True, battery, "0.1", False)
    topic, payload = topics.up(hub, topics.HEARTBEAT), messages.encode(message)
    found = rules.read(topic, payload)
    assert isinstance(found, rules.Heard)
    return found, topic, payload, at if at is not None else now_ms()


def keep(database, *found):
    database.write(lambda tx: beats.keep(tx, list(found))).result()


def test_heartbeats_of_hubs_on_the_line_are_kept_together(database):
    for number in (1, 2):
        say(database, topics.HEARTBEAT, beat([]), hub=f"hub-000{number}")
    before = rows(database, "SELECT count(*) AS n FROM events")
    keep(database, heard("hub-0001", battery=70, at=5_000), heard("hub-0002", battery=60, at=6_000))
    found = rows(database, "SELECT battery_pct, heard_at FROM hubs WHERE hub_id < 'hub-0003' ORDER BY hub_id")
    assert found == [{"battery_pct": 70, "heard_at": 5_000}, {"battery_pct": 60, "heard_at": 6_000}]
    assert rows(database, "SELECT count(*) AS n FROM events") == before


def test_a_hub_that_was_off_the_line_is_back_and_shown(database):
    say(database, topics.HEARTBEAT, beat([]), hub="hub-0001")
    keep(database, heard("hub-0001"), heard("hub-0002"))
    assert [row["is_online"] for row in rows(database, "SELECT is_online FROM hubs ORDER BY hub_id")] == [1, 1, 0]
    assert len(rows(database, "SELECT 1 AS one FROM events WHERE name = 'dwelling'")) == 2


def test_a_hub_that_nobody_registered_is_a_dead_letter_and_hinders_nobody(database):
    say(database, topics.HEARTBEAT, beat([]), hub="hub-0001")
    keep(database, heard("hub-none"), heard("hub-0001", battery=11))
    assert [row["hub_id"] for row in rows(database, "SELECT hub_id FROM dead_letters")] == ["hub-none"]
    assert rows(database, "SELECT battery_pct FROM hubs WHERE hub_id = 'hub-0001'") == [{"battery_pct": 11}]


def test_a_heartbeat_with_an_open_alarm_is_not_gathered():
    assert beats.Beats.is_plain(heard()[0]) and not beats.Beats.is_plain(heard(alarms=[[1, "raised"]])[0])


def test_the_newest_of_a_hub_counts_and_is_kept_without_anybody_waiting(database):
    say(database, topics.ALARM, alarm_message(1))
    gathered = beats.Beats(database)
    for battery in (50, 40, 30):
        gathered.add(*heard(battery=battery))
    until(lambda: rows(database, "SELECT 1 AS one FROM hubs WHERE battery_pct = 30"), "the newest one")


@pytest.mark.parametrize("sizes", [[1] * 40, [7, 3, 30], [40]])
def test_a_socket_that_reads_ahead_gives_the_same_bytes_in_any_pieces(sizes):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        ahead = reading.ReadAhead(ours)
        with pytest.raises(BlockingIOError):
            ahead.recv(1)
        data = bytes(range(40))
        at = 0
        for size in sizes:
            theirs.sendall(data[at : at + size])
            at += size
        time.sleep(0.01)
        found = ahead.recv(1)
        assert ahead.pending() == 39
        while ahead.pending():
            found += ahead.recv(3)
        assert found == data and ahead.fileno() == ours.fileno()
        theirs.close()
        assert ahead.recv(5) == b""
