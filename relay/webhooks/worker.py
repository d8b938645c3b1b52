"""Tells the receivers: each on its own, in order, from the events table. One relay does it at a time."""

import asyncio
import json
from functools import partial

from .. import events, outside
from ..clock import now_ms
from ..database import Row
from ..notify.senders.base import NotSent
from ..notify.senders.http import call
from ..services import Services
from . import rules, store

ROUND_S = 0.5


def _body(webhook: Row, event_id: int, name: str, data: str) -> bytes:
    told = {"event_id": event_id, "name": name, "community_id": webhook["community_id"], "data": json.loads(data)}
    return json.dumps(told, ensure_ascii=False).encode()


def post(webhook: Row, event_id: int, name: str, data: str) -> str | None:
    """Send one event; why it was not taken, None when it was. Waits: not on the loop."""
    body = _body(webhook, event_id, name, data)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Anling",
        rules.SIGNATURE: rules.signature(webhook["secret"], body, now_ms()),
        "Anling-Event": name,
        "Anling-Event-Id": str(event_id),
    }
    try:
        status, _ = call(webhook["url"], body, headers)
    except NotSent as error:
        return str(error).replace("gateway", "receiver")
    return None if 200 <= status < 300 else f"the receiver answered {status}"


async def tell(services: Services, webhook: Row) -> None:
    """Bring one receiver up to date, as far as it takes what it is told."""
    write, number = services.database.write, webhook["webhook_id"]
    with services.database.read() as reader:
        last_id = events.last_id(reader)
        found = store.waiting(reader, webhook)
        webhook = {**webhook, "secret": store.secret_of(reader, webhook)}
    if found is None:
        gap = events.Event(last_id, webhook["community_id"], rules.GAP, json.dumps({"after": webhook["sent_event_id"]}))
        found = [gap]
    elif not found:
        await asyncio.wrap_future(write(partial(store.passed, webhook_id=number, event_id=last_id)))
    for event in found:
        try:
            error = await outside.ask(post, webhook, event.id, event.name, event.data)
        except asyncio.TimeoutError:
            error = "the receiver does not end its answer"
        now = now_ms()
        if error is not None:
            await asyncio.wrap_future(write(partial(store.failed, webhook=webhook, error=error, now=now)))
            return
        await asyncio.wrap_future(write(partial(store.moved, webhook_id=number, event_id=event.id, now=now)))


async def run(services: Services) -> None:
    under_way: dict[int, asyncio.Task[None]] = {}
    try:
        while True:
            with services.database.read() as reader:
                due = store.due(reader, now_ms())
            for task in [task for task in under_way.values() if task.done()]:
                task.result()  # a fault of ours ends the worker, which is started again
            under_way = {number: task for number, task in under_way.items() if not task.done()}
            for webhook in due:
                if webhook["webhook_id"] not in under_way:
                    under_way[webhook["webhook_id"]] = asyncio.create_task(tell(services, webhook))
            await asyncio.sleep(ROUND_S)
    finally:
        for task in under_way.values():
            task.cancel()
