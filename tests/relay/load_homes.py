"""Thousands of homes in one process: raw MQTT 3.1.1 over a few connections, and consoles that read the live events.

Started by load.py as a process of its own, so that what is measured is the relay and not its load. Reads orders as JSON
lines on stdin, answers with one JSON line each. A connection speaks for many homes: the broker of the bench allows it.
"""

import asyncio
import json
import random
import sys
import time
from collections import deque
from contextlib import suppress
from typing import Any

sys.path.insert(0, __file__.rsplit("/", 3)[0] + "/firmware")

from protocol import messages, topics

EPOCH = "0a1b2c3d"
CONNECTIONS = 16
WAIT_S = 30.0


def length(size: int) -> bytes:
    """The remaining length of a packet."""
    found = bytearray()
    while True:
        size, digit = divmod(size, 128)
        found.append(digit | (0x80 if size else 0))
        if not size:
            return bytes(found)


def text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data


def packet(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + length(len(body)) + body


class Line(asyncio.Protocol):
    """One connection to the broker. Shape: `on_message(topic, payload)` for what comes down."""

    def __init__(self, client_id: str, on_message: Any) -> None:
        self._client_id = client_id
        self._on_message = on_message
        self._data = bytearray()
        self._mid = 0
        self.transport: Any = None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.is_lost = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        body = text("MQTT") + bytes([4, 2, 0, 0]) + text(self._client_id)
        transport.write(packet(0x10, body))

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("the broker closed the line"))

    def data_received(self, data: bytes) -> None:
        self._data += data
        while True:
            size, at, shift = 0, 1, 0
            while True:
                if at >= len(self._data):
                    return
                digit = self._data[at]
                size |= (digit & 0x7F) << shift
                shift, at = shift + 7, at + 1
                if not digit & 0x80:
                    break
            if len(self._data) < at + size:
                return
            kind, body = self._data[0], bytes(self._data[at : at + size])
            del self._data[: at + size]
            self._take(kind, body)

    def _take(self, kind: int, body: bytes) -> None:
        if kind & 0xF0 == 0x20 and not self.ready.done():
            if body[1]:
                self.ready.set_exception(ConnectionError(f"the broker refuses: {body[1]}"))
            else:
                self.ready.set_result(None)
        elif kind & 0xF0 == 0x30:
            size = int.from_bytes(body[:2], "big")
            topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
            if kind & 0x06:
                self.transport.write(packet(0x40, rest[:2]))
                rest = rest[2:]
            self._on_message(topic, rest)

    def _next_mid(self) -> bytes:
        self._mid = self._mid % 65535 + 1
        return self._mid.to_bytes(2, "big")

    def subscribe(self, topic: str) -> None:
        self.transport.write(packet(0x82, self._next_mid() + text(topic) + b"\x00"))

    def publish(self, topic: str, payload: bytes, qos: int) -> None:
        middle = self._next_mid() if qos else b""
        if not self.is_lost:  # what is not sent is sent again, as a hub's outbox does
            self.transport.write(packet(0x32 if qos else 0x30, text(topic) + middle + payload))


class Console:
    """A console's stream of events, read raw. Shape: `on_alarm(view)` for each `alarm` event; `seen` counts events by
    their id, `raised` how often each alarm was new."""

    def __init__(self, url: str, cookie: str, on_alarm: Any) -> None:
        self._host, _, port = url.removeprefix("http://").partition(":")
        self._port, self._cookie, self._on_alarm = int(port), cookie, on_alarm
        self.last_id = "0"  # from the beginning: nothing that comes before the first answer is missed
        self._id = ""
        self._cut_at = float("inf")
        self.seen: dict[str, int] = {}
        self.raised: dict[int, int] = {}
        self.cuts = self.reloads = 0
        self.alive_s: tuple[float, float] | None = None  # cut at random after so long

    async def run(self) -> None:
        while True:
            self.plan_cut()
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._read()
            self.cuts += 1
            await asyncio.sleep(random.uniform(0.05, 0.4))

    def plan_cut(self) -> None:
        """When this line is cut, if lines are cut at all: in the middle of an event or between two."""
        self._cut_at = time.monotonic() + random.uniform(*self.alive_s) if self.alive_s else float("inf")

    async def _read(self) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port, limit=1 << 20)
        since = f"Last-Event-ID: {self.last_id}\r\n"
        head = f"GET /api/events HTTP/1.1\r\nHost: bench\r\nCookie: {self._cookie}\r\n{since}\r\n"
        writer.write(head.encode())
        name, data = "", b""
        try:
            while (line := await reader.readline()) and time.monotonic() < self._cut_at:
                if line.startswith(b"event:"):
                    name = line[6:].strip().decode()
                elif line.startswith(b"id:"):
                    self._id = line[3:].strip().decode()
                elif line.startswith(b"data:"):
                    data = line[5:]
                elif not line.strip() and name:  # an event counts when it is whole
                    self._take(name, data)
                    name = ""
        finally:
            writer.close()

    def _take(self, name: str, data: bytes) -> None:
        if name == "tick":
            return
        self.last_id = self._id
        self.reloads += name == "reload"
        self.seen[self._id] = self.seen.get(self._id, 0) + 1
        if name == "alarm":
            view = json.loads(data)
            if view["revision"] == 0:
                self.raised[view["alarm_id"]] = self.raised.get(view["alarm_id"], 0) + 1
            self._on_alarm(view)


class Homes:
    """Shape: `homes` are hub-00001 to hub-NNNNN, each with its own seq; seqs come from the caller's first."""

    def __init__(self, orders: dict[str, Any]) -> None:
        self.orders = orders
        self.homes: int = orders["homes"]
        self.lines: list[Line] = []
        self.sent_at: dict[tuple[str, int], float] = {}
        self.stored: dict[tuple[str, int], float] = {}
        self.seen: dict[tuple[str, int], float] = {}
        self.seqs: dict[str, int] = {}
        self._beats = [(topics.up(self.hub(n), topics.HEARTBEAT), self._beat(n)) for n in range(self.homes)]
        self._next_beat = 0
        self._next_alarm = 0

    @staticmethod
    def hub(number: int) -> str:
        return f"hub-{number + 1:05}"

    @staticmethod
    def _beat(number: int) -> bytes:
        return messages.encode(messages.heartbeat(EPOCH, 9, 60 + number, 0, [], True, 90, "0.1", False))

    async def connect(self) -> None:
        """Open all lines; the old ones stay in place until the new ones are ready."""
        loop = asyncio.get_running_loop()
        lines: list[Line] = []
        for number in range(CONNECTIONS):
            line = Line(f"bench-{number}", self._heard)
            await loop.create_connection(lambda line=line: line, "127.0.0.1", self.orders["broker_port"])
            await asyncio.wait_for(line.ready, WAIT_S)
            lines.append(line)
        lines[0].subscribe("anling/1/+/down/receipt")
        self.lines = lines

    async def keep_connected(self) -> None:
        while True:
            await asyncio.sleep(0.2)
            if any(line.is_lost for line in self.lines):
                with suppress(OSError, asyncio.TimeoutError):
                    await self.connect()

    def _heard(self, topic: str, payload: bytes) -> None:
        hub_id = topic.split("/")[2]
        self.stored.setdefault((hub_id, json.loads(payload)["seq"]), time.monotonic())

    def saw(self, view: dict[str, Any]) -> None:
        seq = self.seqs.get(view["hub_id"])
        if seq is not None:
            self.seen.setdefault((view["hub_id"], seq), time.monotonic())

    def _line(self, number: int) -> Line:
        return self.lines[number % len(self.lines)]

    def beat(self) -> None:
        """The next home's heartbeat."""
        number = self._next_beat
        self._next_beat = (number + 1) % self.homes
        topic, payload = self._beats[number]
        self._line(number).publish(topic, payload, 0)

    def press(self) -> tuple[str, int]:
        """The next home's alarm."""
        number = self._next_alarm
        self._next_alarm = (number + 1) % self.homes
        hub_id = self.hub(number)
        seq = self.seqs[hub_id] = self.seqs.get(hub_id, self.orders["first_seq"] - 1) + 1
        self.sent_at[(hub_id, seq)] = time.monotonic()
        self.send_alarm(hub_id, seq)
        return hub_id, seq

    def send_alarm(self, hub_id: str, seq: int) -> None:
        message = messages.alarm(EPOCH, seq, seq, "help", "raised", None, "press", 10, None)
        self._line(int(hub_id[4:]) - 1).publish(topics.up(hub_id, topics.ALARM), messages.encode(message), 1)

    def tell_counts(self, number: int) -> None:
        """What this home counted, as its hub does each night."""
        hub_id = self.hub(number)
        made = self.seqs.get(hub_id, 0)
        message = messages.tally(EPOCH, made, made, 0, 0)
        self._line(number).publish(topics.up(hub_id, topics.TALLY), messages.encode(message), 1)

    async def run(self, beats_per_s: float, alarms_per_min: float, seconds: float, retry_s: float = 0.0) -> None:
        """Send at an even pace, in steps of 10 ms."""
        started = time.monotonic()
        beats = alarms = 0
        waiting: deque[tuple[float, str, int]] = deque()
        while (passed := time.monotonic() - started) < seconds:
            due = int(passed * beats_per_s)
            for _ in range(due - beats):
                self.beat()
            beats = due
            if alarms < int(passed * alarms_per_min / 60) + 1:
                alarms += 1
                hub_id, seq = self.press()
                waiting.append((time.monotonic() + retry_s, hub_id, seq))
            if retry_s:
                self._send_again(waiting, retry_s)
            await asyncio.sleep(0.002 if beats_per_s < 2000 else 0.01)
        end = time.monotonic() + 3 * WAIT_S
        while self.sent_at.keys() - self.stored.keys() and time.monotonic() < end:
            if retry_s:
                self._send_again(waiting, retry_s)
            await asyncio.sleep(0.01)

    def _send_again(self, waiting: "deque[tuple[float, str, int]]", retry_s: float) -> None:
        """As a hub's outbox does: until the receipt."""
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, hub_id, seq = waiting.popleft()
            if (hub_id, seq) not in self.stored:
                self.send_alarm(hub_id, seq)
                waiting.append((now + retry_s, hub_id, seq))

    async def lag(self, seconds: float = WAIT_S) -> float:
        """How long a press takes to be stored now, behind all that was sent before it on any line."""
        presses = [self.press() for _ in range(CONNECTIONS)]
        end = time.monotonic() + seconds
        while any(key not in self.stored for key in presses) and time.monotonic() < end:
            await asyncio.sleep(0.005)
        return max(self.stored.get(key, end) - self.sent_at[key] for key in presses)

    def figures(self) -> dict[str, Any]:
        """Shape: ms from publish to receipt and to the console, of every press since the last call."""
        keys = list(self.sent_at)
        found = {
            "pressed": len(keys),
            "stored": sum(key in self.stored for key in keys),
            "receipt_ms": [1000 * (self.stored[key] - self.sent_at[key]) for key in keys if key in self.stored],
            "console_ms": [1000 * (self.seen[key] - self.sent_at[key]) for key in keys if key in self.seen],
        }
        self.sent_at.clear()
        self.stored.clear()
        self.seen.clear()
        return found


async def obey(homes: Homes, consoles: list[Console], order: dict[str, Any]) -> dict[str, Any]:
    if order["do"] == "run":
        await homes.run(order["beats_per_s"], order["alarms_per_min"], order["seconds"], order.get("retry_s", 0.0))
        await asyncio.sleep(0.3)
        return homes.figures()
    if order["do"] == "knee":
        await homes.run(order["beats_per_s"], 0, order["seconds"])
        lag_s = await homes.lag()
        homes.figures()
        return {"lag_s": lag_s}
    if order["do"] == "count":
        while any(line.is_lost for line in homes.lines):
            await asyncio.sleep(0.1)
        for number in range(homes.homes):
            if homes.hub(number) in homes.seqs:
                homes.tell_counts(number)
        return {"told": len(homes.seqs), "made": sum(homes.seqs.values())}
    if order["do"] == "cut":  # consoles lose their line at random from now on, or not any more
        for console in consoles:
            console.alive_s = tuple(order["alive_s"]) if order["alive_s"] else None  # type: ignore[assignment]
            console.plan_cut()
        return {"consoles": len(consoles)}
    if order["do"] == "consoles":  # wait until each has seen so many alarms, then say what they saw
        end = time.monotonic() + order["wait_s"]
        while any(len(one.raised) < order["alarms"] for one in consoles) and time.monotonic() < end:
            await asyncio.sleep(0.1)
        return {
            "consoles": len(consoles),
            "whole": sum(len(one.raised) == order["alarms"] for one in consoles),
            "alarms_twice": sum(count > 1 for one in consoles for count in one.raised.values()),
            "events_twice": sum(count > 1 for one in consoles for count in one.seen.values()),
            "reloads": sum(one.reloads for one in consoles),
            "cuts": sum(one.cuts for one in consoles),
        }
    return {"unknown": order["do"]}


async def main() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    homes = Homes(json.loads(await reader.readline()))
    await homes.connect()
    orders = homes.orders
    consoles = [Console(orders["url"], orders["cookie"], homes.saw) for _ in range(orders["consoles"])]
    tasks = [asyncio.create_task(homes.keep_connected())]
    tasks += [asyncio.create_task(console.run()) for console in consoles]
    await asyncio.sleep(1 + orders["consoles"] / 100)
    print(json.dumps({"ready": True}), flush=True)
    while line := await reader.readline():
        print(json.dumps(await obey(homes, consoles, json.loads(line))), flush=True)
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
