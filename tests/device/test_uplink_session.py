"""Claims about one connection over a scripted line: what goes first, what is sent once, what ends it."""

from __future__ import annotations

import asyncio

import pytest
from device.link import dial, mqtt, session

CONNACK, SUBACK = b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x01"


class ScriptedLine:
    """The far end in the test's hands: `hear` gives bytes to the hub, `packets` is what the hub wrote."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self.is_closed = False
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()

    def hear(self, data: bytes) -> None:
        self._inbox.put_nowait(data)

    async def read(self) -> bytes:
        data = await self._inbox.get()
        if not data:
            raise dial.LineFault(dial.CLOSED)
        return data

    async def write(self, data: bytes) -> None:
        position = 0
        while position < len(data):
            length, shift, place = 0, 0, position + 1
            while True:
                length |= (data[place] & 0x7F) << shift
                shift += 7
                place += 1
                if not data[place - 1] & 0x80:
                    break
            self.packets.append(data[position : place + length])
            position = place + length
        await asyncio.sleep(0)

    def close(self) -> None:
        self.is_closed = True

    def texts(self) -> list[str]:
        """The last two characters of each publish, in the order in which they were written."""
        return [packet[-2:].decode() for packet in self.packets if packet[0] & 0xF0 == 0x30]

    def puback(self, text: str) -> None:
        packet = next(p for p in self.packets if p[0] == 0x32 and p[-2:] == text.encode())
        start = 4 + packet[3]
        self.hear(b"\x40\x02" + packet[start : start + 2])


@pytest.fixture(autouse=True)
def micropython_wait(monkeypatch: pytest.MonkeyPatch):
    """The one name that MicroPython's asyncio has and CPython's has not."""
    monkeypatch.setattr(asyncio, "wait_for_ms", lambda what, ms: asyncio.wait_for(what, ms / 1000), raising=False)


async def _settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0.001)


def _run(play, on_connected=None) -> tuple[ScriptedLine, list[tuple], str]:
    """Connect, call `on_connected(session)` within the event, run `play(line, session)`, close; (line, events, end)."""
    events: list[tuple] = []

    async def run():
        line = ScriptedLine()

        def tell(event):
            events.append(event)
            if event[0] == "connected" and on_connected is not None:
                on_connected(talk)

        talk = session.Session(line, "hub-0001", {"user": "u", "password": "p"}, tell, lambda: 0)
        task = asyncio.create_task(talk.run(lambda: True))
        line.hear(CONNACK)
        await _settle()
        line.hear(SUBACK)
        await _settle()
        await play(line, talk)
        line.hear(b"")
        return line, await asyncio.wait_for(task, 5)

    line, end = asyncio.run(run())
    assert line.is_closed
    return line, events, end


async def _nothing(line, talk):
    await _settle()


def _publish(talk, name: str, is_urgent: bool = False, token: object = None, text: str | None = None) -> bool:
    return talk.publish(token or name, "anling/1/hub-0001/up/alarm", (text or name).encode(), 1, is_urgent)


def test_alarm_passes_lesser_messages_that_wait():
    def load(talk):
        for i in range(10, 30):
            assert _publish(talk, str(i))
        assert _publish(talk, "AA", is_urgent=True)

    line, _, _ = _run(_nothing, load)
    assert line.texts()[0] == "AA"
    assert line.texts()[1:] == [str(i) for i in range(10, 10 + session.WINDOW - 1)]


def test_alarm_finds_room_when_lesser_messages_have_none():
    async def play(line, talk):
        for i in range(10, 30):
            _publish(talk, str(i))
        await _settle()
        assert len(line.texts()) == session.WINDOW
        _publish(talk, "AA", is_urgent=True)
        await _settle()
        assert line.texts()[-1] == "AA"
        line.puback("10")
        line.puback("AA")
        await _settle()
        assert line.texts()[-1] == "18"

    _, events, _ = _run(play)
    assert ("puback", "10") in events and ("puback", "AA") in events


def test_message_under_way_is_sent_once():
    async def play(line, talk):
        assert _publish(talk, "AA", is_urgent=True, token=7)
        await _settle()
        assert _publish(talk, "AB", is_urgent=True, token=7)
        await _settle()
        assert line.texts() == ["AA"]
        line.puback("AA")
        await _settle()
        assert _publish(talk, "AC", is_urgent=True, token=7)
        await _settle()
        assert line.texts() == ["AA", "AC"]

    _run(play)


def test_newer_text_replaces_one_that_still_waits():
    def load(talk):
        assert _publish(talk, "AA", is_urgent=True, token=7)
        assert _publish(talk, "AB", is_urgent=True, token=7)

    line, _, _ = _run(_nothing, load)
    assert line.texts() == ["AB"]


def test_messages_without_a_name_are_all_sent():
    def load(talk):
        for name in ("AA", "AB"):
            assert talk.publish(0, "t", name.encode(), 1, False)

    line, _, _ = _run(_nothing, load)
    assert line.texts() == ["AA", "AB"]


def test_full_queue_says_no_and_leaves_room_for_alarms():
    def load(talk):
        for i in range(session.WAITING_MAX):
            assert _publish(talk, "x%02d" % i)
        assert not _publish(talk, "no")
        for i in range(session.URGENT_MAX):
            assert _publish(talk, "a%02d" % i, is_urgent=True)
        assert not _publish(talk, "no", is_urgent=True)

    _run(_nothing, load)


def test_connected_is_said_when_receipts_can_arrive_and_not_before():
    async def run():
        line, events = ScriptedLine(), []
        talk = session.Session(line, "hub-0001", {}, events.append, lambda: 0)
        task = asyncio.create_task(talk.run(lambda: True))
        line.hear(CONNACK)
        await _settle()
        assert events == [] and not talk.is_connected
        assert line.packets[1][0] == 0x82 and b"anling/1/hub-0001/down/#" in line.packets[1]
        line.hear(SUBACK)
        await _settle()
        assert events == [("connected",)] and talk.is_connected
        line.hear(b"")
        assert await task == dial.CLOSED
        assert not talk.is_connected

    asyncio.run(run())


def test_refused_subscription_is_reported_and_alarms_still_go():
    async def run():
        line, events = ScriptedLine(), []
        talk = session.Session(line, "hub-0001", {}, events.append, lambda: 0)
        task = asyncio.create_task(talk.run(lambda: True))
        line.hear(CONNACK)
        await _settle()
        line.hear(b"\x90\x03\x00\x01\x80")
        await _settle()
        assert events == [("fault", "subscription_refused"), ("connected",)]
        assert _publish(talk, "AA", is_urgent=True)
        await _settle()
        assert line.texts() == ["AA"]
        line.hear(b"")
        await task

    asyncio.run(run())


def test_message_gets_its_puback_after_the_hub_has_seen_it():
    async def play(line, talk):
        line.hear(b"\x32\x07\x00\x01t\x00\x09ok")
        await _settle()
        assert line.packets[-1] == b"\x40\x02\x00\x09"

    _, events, _ = _run(play)
    assert ("message", "t", b"ok") in events


def test_each_end_has_its_word():
    for data, word in (
        (b"\x20\x02\x00\x04", "password_refused"),
        (b"\x20\x02\x00\x05", "not_authorised"),
        (b"\x00\x00", "protocol_fault"),
        (b"", dial.CLOSED),
    ):

        async def run(data=data):
            line = ScriptedLine()
            talk = session.Session(line, "hub-0001", {}, lambda event: None, lambda: 0)
            line.hear(data)
            return await asyncio.wait_for(talk.run(lambda: True), 5)

        assert asyncio.run(run()) == word


def test_lost_wifi_and_silence_end_the_connection():
    async def run(has_network, now_ms):
        talk = session.Session(ScriptedLine(), "hub-0001", {}, lambda event: None, now_ms)
        return await asyncio.wait_for(talk.run(has_network), 5)

    assert asyncio.run(run(lambda: False, lambda: 0)) == "wifi_lost"
    ticks = iter(range(0, 10_000_000, mqtt.ANSWER_MS + 1))
    assert asyncio.run(run(lambda: True, lambda: next(ticks))) == "no_connack"
