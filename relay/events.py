"""What consoles are told, kept: an events table whose row id is the id of the server-sent event.

An event is written in the same commit as the change it tells of and is handed out only after that commit,
so a console that lost its stream replays from the table by the last id it saw. This file must not know
what the events mean.

Ref: facts.md "Relay": in-memory broadcast lost 75 % of alerts; on overflow close the stream.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson

from .clock import now_ms
from .database import Broken, Database, Migrations, Reader, Tables, Transaction

MIGRATIONS = Migrations("events")
KEPT_MS = 3 * 24 * 3600 * 1000  # a console away for longer loads the board anew
WAITING_MAX = 500  # events a slow console may be behind before its stream is closed


@MIGRATIONS()
def m001_events(db: Tables) -> None:
    db.execute(
        """CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT, -- never reused: consoles resume by it
            at INTEGER NOT NULL,
            community_id TEXT,                    -- NULL: for every community
            name TEXT NOT NULL,
            data TEXT NOT NULL)"""
    )
    db.execute("CREATE INDEX events_at ON events (at)")


@MIGRATIONS()
def m002_last(db: Tables) -> None:
    db.execute("CREATE TABLE events_last (one INTEGER PRIMARY KEY CHECK (one = 1), last_id INTEGER NOT NULL)")
    db.execute("INSERT INTO events_last (one, last_id) SELECT 1, coalesce(max(id), 0) FROM events")


def encoded(name: str, event_id: str | None, data: bytes) -> bytes:
    """A server-sent event. Ref: WHATWG HTML, 9.2 Server-sent events."""
    line = b"" if event_id is None else b"id: " + event_id.encode() + b"\n"
    return b"event: " + name.encode() + b"\n" + line + b"data: " + data + b"\n\n"


@dataclass(frozen=True)
class Event:
    """One committed event. Shape: `data` is JSON text."""

    id: int
    community_id: str | None
    name: str
    data: str

    @cached_property
    def encoded(self) -> bytes:
        """As it goes out to every console: made once."""
        return encoded(self.name, str(self.id), self.data.encode())

    def is_for(self, community_ids: Collection[str]) -> bool:
        return self.community_id is None or self.community_id in community_ids


def append(transaction: Transaction, community_id: str | None, name: str, data: dict[str, Any]) -> None:
    """Keep an event; consoles get it after the commit. Whose it is stands in it: a district hears many."""
    text = orjson.dumps({"community_id": community_id, **data} if community_id is not None else data).decode()
    row = {"at": now_ms(), "community_id": community_id, "name": name, "data": text}
    event_id = transaction.insert("events", row)
    transaction.execute("UPDATE events_last SET last_id = ?", (event_id,))
    transaction.announce(Event(event_id, community_id, name, text))


def last_id(reader: Reader) -> int:
    """The newest id ever given out, pruned rows included."""
    row = reader.row("SELECT last_id FROM events_last")
    return int(row["last_id"]) if row else 0


def since(reader: Reader, community_ids: Sequence[str], event_id: int) -> list[Event] | None:
    """The communities' events after this id; None when the id is not (or no longer) in the table's reach."""
    first = reader.row("SELECT min(id) AS id FROM events")
    last = last_id(reader)
    oldest = first["id"] if first and first["id"] is not None else last + 1
    if event_id > last or event_id < oldest - 1:
        return None
    marks = ", ".join("?" * len(community_ids))
    rows = reader.rows(
        "SELECT id, community_id, name, data FROM events"
        f" WHERE id > ? AND (community_id IN ({marks}) OR community_id IS NULL) ORDER BY id",
        (event_id, *community_ids),
    )
    return [Event(**row) for row in rows]


def after(reader: Reader, event_id: int) -> list[Event]:
    """All events after this one, of every community."""
    rows = reader.rows("SELECT id, community_id, name, data FROM events WHERE id > ? ORDER BY id", (event_id,))
    return [Event(**row) for row in rows]


def prune(transaction: Transaction, now: int) -> int:
    return transaction.execute("DELETE FROM events WHERE at < ?", (now - KEPT_MS,))


class Subscriber:
    """One console's stream: a bounded queue that ends with None."""

    def __init__(self, community_ids: Collection[str], session_id: str) -> None:
        self.community_ids = frozenset(community_ids)
        self.session_id = session_id
        self.queue: asyncio.Queue[Event | None] = asyncio.Queue(WAITING_MAX + 1)
        self.is_closed = False

    def offer(self, event: Event) -> None:
        if self.is_closed:
            return
        if self.queue.qsize() >= WAITING_MAX:  # too slow: it comes back and replays from the table
            self.close()
        else:
            self.queue.put_nowait(event)

    async def next(self, wait_s: float) -> list[Event | None]:
        """All that waits, in order; nothing after so long. None at the end: the stream is over."""
        if self.queue.empty():
            try:
                found = [await asyncio.wait_for(self.queue.get(), wait_s)]
            except asyncio.TimeoutError:
                return []
        else:
            found = []
        while not self.queue.empty():
            found.append(self.queue.get_nowait())
        return found

    def close(self) -> None:
        if not self.is_closed:
            self.is_closed = True
            self.queue.put_nowait(None)


class Broadcaster:
    """Hands committed events to the streams of this process."""

    def __init__(self) -> None:
        self._subscribers: set[Subscriber] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.is_closed = False

    @property
    def count(self) -> int:
        """How many streams are open."""
        return len(self._subscribers)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def receive(self, events: list[Event]) -> None:
        """From the writer thread, after a commit."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hand_out, events)

    def _hand_out(self, events: list[Event]) -> None:
        for subscriber in self._subscribers:
            for event in events:
                if event.is_for(subscriber.community_ids):
                    subscriber.offer(event)

    def subscribe(self, community_ids: Collection[str], session_id: str) -> Subscriber:
        subscriber = Subscriber(community_ids, session_id)
        if self.is_closed:
            subscriber.close()
        self._subscribers.add(subscriber)
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        self._subscribers.discard(subscriber)

    def close_session(self, session_id: str) -> None:
        """End the streams of a session that signed out; from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._close_where, session_id)

    def _close_where(self, session_id: str) -> None:
        for subscriber in self._subscribers:
            if subscriber.session_id == session_id:
                subscriber.close()

    def close(self) -> None:
        """The relay is ending: end every stream, so that the server can stop."""
        self.is_closed = True
        for subscriber in self._subscribers:
            subscriber.close()


class Follower:
    """Where several relays share a database: hands out what any of them committed, in the order of the commits."""

    def __init__(self, database: Database, broadcaster: Broadcaster) -> None:
        self._database = database
        self._broadcaster = broadcaster
        with database.read() as reader:
            self._last_id = last_id(reader)
        self.stop = database.listen(self._look)

    def _look(self) -> None:
        try:
            with self._database.read() as reader:
                found = after(reader, self._last_id)
        except Broken:
            return  # looked for again within a second
        if found:
            self._last_id = found[-1].id
            self._broadcaster.receive(found)
