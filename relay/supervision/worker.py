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
    raised: list[int] = []
    for hub in hub_store.silent_since(transaction, now - hub_rules.OFFLINE_MS):
        if not hub_rules.is_overdue(hub["heard_at"], relay_started_at, now):
            continue
        if hub_store.lost(transaction, hub["hub_id"]):
            views.announce_dwelling(transaction, hub["dwelling_id"], hub["community_id"])
        if not store.is_open(transaction, words.HUB_OFFLINE, hub["hub_id"]):
            raised.append(store.raise_technical(transaction, words.HUB_OFFLINE, now, hub, is_announced=False))
            found.append(hub["hub_id"])
    if raised:
        folded = fold(transaction, now, frozenset(raised))
        for technical_id in raised:
            if technical_id not in folded:
                store.announce(transaction, technical_id)
    return found


def fold(transaction: Transaction, now: int, untold: frozenset[int]) -> set[int]:
    """Put homes that fell silent together behind one area event each; the faults that stand behind one now."""
    silent = store.silent_homes(transaction, now - rules.AREA_TOGETHER_MS)
    open_areas = store.open_areas(transaction)
    joined: dict[rules.Place, list[int]] = {}
    left: list[rules.Silent] = []
    for one in silent:
        places = [rules.Place(one.community_id, None, one.provider), rules.Place(one.community_id, one.building, None)]
        place = next((place for place in places if place in open_areas), None)
        if place is None or one.technical_id is None:
            left.append(one)
        else:
            joined.setdefault(place, []).append(one.technical_id)
    communities = {one.community_id for one in left}
    if communities:
        left += store.suspected_homes(transaction, now - rules.SUSPECT_MS, communities)
        joined |= rules.areas(left, store.homes_of_places(transaction, communities))
    for place, technical_ids in joined.items():
        store.fold(transaction, place, technical_ids, open_areas.get(place), now, untold)
    return {technical_id for technical_ids in joined.values() for technical_id in technical_ids}


def settle(transaction: Transaction, now: int) -> int:
    """Take back area events of which too little came; how many."""
    thin = store.thin_areas(transaction, now - rules.AREA_SETTLES_MS)
    for area_id in thin:
        store.unfold(transaction, area_id, now)
    return len(thin)


def tidy(transaction: Transaction, now: int) -> None:
    """Let go of what is past its time: old events, ended sessions, momentary faults of yesterday."""
    events.prune(transaction, now)
    access_store.prune_sessions(transaction, now - access_rules.SESSION_IDLE_MS, now - access_rules.SESSION_MAX_MS)
    store.close_old_momentary(transaction, now)


async def run(services: Services) -> None:
    rounds = 0
    while True:
        write = services.database.write
        since = max(services.started_at, services.hearing_since)
        with services.database.read() as reader:
            is_any_silent = bool(hub_store.silent_since(reader, now_ms() - hub_rules.OFFLINE_MS))
            is_any_thin = bool(store.thin_areas(reader, now_ms() - rules.AREA_SETTLES_MS))
        if is_any_silent:
            await asyncio.wrap_future(write(partial(look, now=now_ms(), relay_started_at=since)))
        if is_any_thin:
            await asyncio.wrap_future(write(lambda tx: settle(tx, now_ms())))
        if rounds % TIDY_ROUNDS == 0:
            await asyncio.wrap_future(write(lambda tx: tidy(tx, now_ms())))
        rounds += 1
        await asyncio.sleep(ROUND_S)
