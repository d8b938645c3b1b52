"""Live events to consoles: first what was missed, from the table, then each commit as it comes.

The stream subscribes before it reads, so nothing falls between; a console that is too slow, signed out or
away too long gets its stream closed and comes back. `reload` means: load the board anew.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from .. import events, guard
from ..access import rules as access_rules
from ..clock import now_ms
from ..database import Database
from ..guard import Person, SignedIn
from ..people import store as people_store
from ..services import ServicesOf

router = APIRouter(tags=["board"])
TICK_S = 5
RETRY_MS = 500


class EventStream(StreamingResponse):
    """An answer that goes on; `on_end` is called when it ends, however it ends."""

    media_type = "text/event-stream"

    def __init__(
        self, chunks: AsyncIterator[bytes], status_code: int = 200, on_end: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(chunks, status_code, {"X-Accel-Buffering": "no"})  # a proxy holds nothing back
        self._on_end = on_end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._on_end()


def _tick() -> bytes:
    return events.encoded("tick", None, orjson.dumps({"server_time_ms": now_ms()}))


def _communities(database: Database, person: Person) -> list[str]:
    """Whose events somebody hears: their community's; a district officer those of the whole district."""
    with database.read() as reader:
        return people_store.communities_seen(reader, person.community_id, person.role == access_rules.DISTRICT)


def _missed(database: Database, community_ids: list[str], event_id: int) -> list[events.Event] | None:
    with database.read() as reader:
        return events.since(reader, community_ids, event_id)


def _last_id(database: Database) -> int:
    with database.read() as reader:
        return events.last_id(reader)


def _resume_from(
    last_event_id: Annotated[int | None, Query(ge=0, le=1 << 62)] = None,
    header: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
) -> int | None:
    """Where to go on. The header wins: EventSource sends it on reconnect, with the page's first address."""
    if header is None or not header.strip():
        return last_event_id
    if not header.strip().isascii() or not header.strip().isdigit():
        raise HTTPException(422, "Last-Event-ID: not a number. Load the board again.")
    return min(int(header.strip()[:20]), 1 << 62)  # more digits are later than all that is kept, too


def _hearing(person: SignedIn) -> Person:
    """Who may hear what happens: refused before the stream begins."""
    guard.require(person, access_rules.BOARD)
    return person


@router.get("/api/events", response_class=EventStream)
async def stream(
    request: Request,
    person: Annotated[Person, Depends(_hearing)],
    services: ServicesOf,
    sent: Annotated[int | None, Depends(_resume_from)],
) -> EventStream:
    """Server-sent events of the community: alarm, dwelling, technical, tick, reload."""
    community_ids = await asyncio.to_thread(_communities, services.database, person)
    subscriber = services.broadcaster.subscribe(community_ids, person.session_id)
    chunks = _chunks(request, services.database, subscriber, community_ids, sent)
    return EventStream(chunks, on_end=lambda: services.broadcaster.unsubscribe(subscriber))


async def _chunks(
    request: Request, database: Database, subscriber: events.Subscriber, community_ids: list[str], sent: int | None
) -> AsyncIterator[bytes]:
    """What goes out, as bytes: events that wait together go out together."""
    yield b"retry: %d\n" % RETRY_MS + _tick()
    missed: list[events.Event] | None = []
    if sent is None:
        sent = await asyncio.to_thread(_last_id, database)
    else:
        missed = await asyncio.to_thread(_missed, database, community_ids, sent)
    if missed is None:
        sent = await asyncio.to_thread(_last_id, database)
        yield events.encoded("reload", str(sent), orjson.dumps({"last_event_id": sent}))
    if missed:
        sent = missed[-1].id
        yield b"".join(event.encoded for event in missed)
    while True:
        found = await subscriber.next(TICK_S)
        if not found:
            if await asyncio.to_thread(guard.person_of, request) is None:
                return  # signed out or too old
            yield _tick()
            continue
        fresh = [event for event in found if event is not None and event.id > sent]
        if fresh:
            sent = fresh[-1].id
            yield b"".join(event.encoded for event in fresh)
        if found[-1] is None:
            return
