"""Offers again what a hub on the line has not answered to: its try may have ended without a word."""

import asyncio

from ..clock import now_ms
from ..services import Services
from . import rules, store

ROUND_S = 60


def offer_again(services: Services, said_before: int) -> int:
    """Send each such offer once; how many."""
    with services.database.read() as reader:
        found = store.offers(reader, said_before)
    for hub_id, (word, message) in found:
        services.send(hub_id, word, message)
    return len(found)


async def run(services: Services) -> None:
    while True:
        await asyncio.sleep(ROUND_S)
        await asyncio.to_thread(offer_again, services, now_ms() - rules.AGAIN_MS)
