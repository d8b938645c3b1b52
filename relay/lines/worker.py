"""Watches this relay's line to the broker, in every relay; and lets one of them at a time do what happens by itself."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from ..clock import now_ms
from ..database import Broken, DatabaseClosed, NotKept, Transaction
from ..services import Services
from ..supervision import rules as supervision_rules
from ..supervision import store as supervision_store
from . import rules, store

LOG = logging.getLogger("relay")
ROUND_S = 1.0
LEAD_ROUND_S = 2  # another relay takes over this long after the leading one died
Work = dict[str, Callable[[], Coroutine[Any, Any, None]]]


def keep_faults(transaction: Transaction, broker: bool | None, line: bool, relay: str, now: int) -> None:
    """Raise and end what the line is at fault for. Shape: as `rules.faults`."""
    for kind, is_there, device_id in (
        (supervision_rules.BROKER_DOWN, broker, None),
        (rules.RELAY_LINE_DOWN, line, relay),
    ):
        is_known = supervision_store.is_open(transaction, kind, None, device_id)
        if is_there and not is_known:
            supervision_store.raise_technical(transaction, kind, now, None, device_id, device_id)
        elif is_there is False and is_known:
            supervision_store.end(transaction, kind, now, None, device_id)


def look(services: Services, others: rules.Others, now: float, at: int) -> None:
    """One round. Shape: `now` monotonic s, `at` UTC ms. Errors: Broken, NotKept, DatabaseClosed."""
    database, down_since = services.database, services.line_down_since()
    if database.is_shared:
        database.write(partial(store.beat, relay=others.me, is_hearing=down_since is None)).result()
    with database.read() as reader:
        others.look(store.beats(reader), now)
        services.is_another_hearing = others.is_hearing(now)
        broker, line = rules.faults(down_since, services.is_another_hearing, now)
        is_told = (
            supervision_store.is_open(reader, supervision_rules.BROKER_DOWN, None),
            supervision_store.is_open(reader, rules.RELAY_LINE_DOWN, None, others.me),
        )
    if down_since is not None and not services.is_another_hearing:
        services.hearing_since = at
    if (is_told[0] if broker is None else broker, line) != is_told:
        database.write(partial(keep_faults, broker=broker, line=line, relay=others.me, now=at)).result()
    for name in others.gone(now):
        database.write(partial(store.forget, relay=name, now=at)).result()


async def run(services: Services) -> None:
    others = rules.Others(services.name)
    services.hearing_since = max(services.hearing_since, services.started_at)
    while True:
        try:
            await asyncio.to_thread(look, services, others, time.monotonic(), now_ms())
        except (Broken, NotKept) as error:  # where the database is gone, nobody is told by it
            LOG.warning("the line to the broker could not be noted: %s", error)
        await asyncio.sleep(ROUND_S)


async def run_while_leading(services: Services, work: Work) -> None:
    """Where several relays share a database, one of them does what happens by itself; another takes over."""
    lead = services.database.lead()
    tasks: list[asyncio.Task[None]] = []
    try:
        while True:
            down_since, another = services.line_down_since(), services.is_another_hearing
            if rules.may_lead(down_since, another, time.monotonic()):
                services.is_leading = await asyncio.to_thread(lead.is_mine)
            else:
                services.is_leading = False
            if services.is_leading and not tasks:
                tasks = [asyncio.create_task(keep_running(name, run)) for name, run in work.items()]
            elif not services.is_leading and tasks:
                await end(tasks)
            if not services.is_leading:
                lead.give_up()  # only once nothing of ours runs any more
            await asyncio.sleep(LEAD_ROUND_S)
    finally:
        await end(tasks)
        lead.give_up()


async def end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    tasks.clear()


async def keep_running(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """A worker that stumbles is started again: supervision may not end by an accident."""
    while True:
        try:
            await work()
        except DatabaseClosed:
            return
        except Exception:
            LOG.exception("the worker %s stumbled: starting it again", name)
            await asyncio.sleep(1)
