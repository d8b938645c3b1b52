"""Looks every few seconds whether each hub still lives; a silent one becomes a technical alarm.

A hub that was never heard is not installed yet: it is shown offline, but is nobody's fault.
"""

import asyncio
from functools import partial

from protocol import vocabulary as words

from .. import events
from ..access import rules as access_rules
from ..access import store as access_store
from ..alarms import views
from ..clock import now_ms
from ..database import Transaction
from ..hubs import rules as hub_rules
from ..hubs import store as hub_store
from ..services import Services
from . import rules, store

ROUND_S = 5
TIDY_ROUNDS = 720  # once an hour


def look(transaction: Transaction, now: int, relay_started_at: int) -> list[str]:
    """Declare the silent hubs offline; those that are newly so."""
    if now - relay_started_at < hub_rules.OFFLINE_MS:
        return []
    found: list[str] = []
    for hub in hub_store.silent_since(transaction, now - hub_rules.OFFLINE_MS):
        if not hub_rules.is_overdue(hub["heard_at"], relay_started_at, now):
            continue
        if hub_store.lost(transaction, hub["hub_id"]):
            views.announce_dwelling(transaction, hub["dwelling_id"], hub["community_id"])
        if not store.is_open(transaction, words.HUB_OFFLINE, hub["hub_id"]):
            store.raise_technical(transaction, words.HUB_OFFLINE, now, hub)
            found.append(hub["hub_id"])
    if found:
        fold(transaction, now)
    return found


def fold(transaction: Transaction, now: int) -> int:
    """Put homes that fell silent together behind one area event each; how many events."""
    silent = store.silent_homes(transaction, now - rules.AREA_TOGETHER_MS)
    if not silent:
        return 0
    open_areas = store.open_areas(transaction)
    joined: dict[rules.Place, list[int]] = {}
    left: list[rules.Silent] = []
    for one in silent:
        places = [rules.Place(one.community_id, None, one.provider), rules.Place(one.community_id, one.building, None)]
        place = next((place for place in places if place in open_areas), None)
        if place is None:
            left.append(one)
        else:
            joined.setdefault(place, []).append(one.technical_id)
    homes = store.homes_of_places(transaction, {one.community_id for one in left}) if left else {}
    for place, members in rules.areas(left, homes).items():
        joined[place] = [one.technical_id for one in members]
    for place, technical_ids in joined.items():
        store.fold(transaction, place, technical_ids, open_areas.get(place), now)
    return len(joined)


def tidy(transaction: Transaction, now: int) -> None:
    """Let go of what is past its time: old events, ended sessions, momentary faults of yesterday."""
    events.prune(transaction, now)
    access_store.prune_sessions(transaction, now - access_rules.SESSION_IDLE_MS, now - access_rules.SESSION_MAX_MS)
    store.close_old_momentary(transaction, now)


def heard_since(services: Services, before: int, now: int) -> int:
    """Since when hubs could be heard without a break: while the line to the broker is down, none of them can. Shape:
    `before` is what was found the last time."""
    return now if services.line_down_since() is not None else max(before, services.started_at)


async def run(services: Services) -> None:
    rounds, since = 0, services.started_at
    while True:
        write = services.database.write
        since = heard_since(services, since, now_ms())
        with services.database.read() as reader:
            is_any_silent = bool(hub_store.silent_since(reader, now_ms() - hub_rules.OFFLINE_MS))
        if is_any_silent:
            await asyncio.wrap_future(write(partial(look, now=now_ms(), relay_started_at=since)))
        if rounds % TIDY_ROUNDS == 0:
            await asyncio.wrap_future(write(lambda tx: tidy(tx, now_ms())))
        rounds += 1
        await asyncio.sleep(ROUND_S)
