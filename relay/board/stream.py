"""Live events to consoles: first what was missed, from the table, then each commit as it comes.

The stream subscribes before it reads, so nothing falls between; a console that is too slow, signed out or
away too long gets its stream closed and comes back. `reload` means: load the board anew.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

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


def _sse(event: events.Event) -> ServerSentEvent:
    return ServerSentEvent(raw_data=event.data, event=event.name, id=str(event.id))


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
    return min(int(header), 1 << 62)


def _hearing(person: SignedIn) -> Person:
    """Who may hear what happens: refused before the stream begins."""
    guard.require(person, access_rules.BOARD)
    return person


@router.get("/api/events", response_class=EventSourceResponse)
async def stream(
    request: Request,
    person: Annotated[Person, Depends(_hearing)],
    services: ServicesOf,
    sent: Annotated[int | None, Depends(_resume_from)],
) -> AsyncIterator[Any]:
    """Server-sent events of the community: alarm, dwelling, technical, tick, reload."""
    database = services.database
    community_ids = await asyncio.to_thread(_communities, database, person)
    subscriber = services.broadcaster.subscribe(community_ids, person.session_id)
    try:
        yield ServerSentEvent(data={"server_time_ms": now_ms()}, event="tick", retry=RETRY_MS)
        missed: list[events.Event] | None = []
        if sent is None:
            sent = await asyncio.to_thread(_last_id, database)
        else:
            missed = await asyncio.to_thread(_missed, database, community_ids, sent)
        if missed is None:
            sent = await asyncio.to_thread(_last_id, database)
            yield ServerSentEvent(data={"last_event_id": sent}, event="reload", id=str(sent))
        for event in missed or []:
            sent = event.id
            yield _sse(event)
        while True:
            try:
                event_or_end = await asyncio.wait_for(subscriber.queue.get(), TICK_S)
            except asyncio.TimeoutError:
                if await asyncio.to_thread(guard.person_of, request) is None:
                    return  # signed out or too old
                yield ServerSentEvent(data={"server_time_ms": now_ms()}, event="tick")
                continue
            if event_or_end is None:
                return
            if event_or_end.id > sent:
                sent = event_or_end.id
                yield _sse(event_or_end)
    finally:
        services.broadcaster.unsubscribe(subscriber)
