"""Each night: what hubs counted beside what is stored, and the whole chain made anew. A difference is a fault.

A hub's count is compared when it comes in, too; the night's round also sees the hubs whose count came before a loss.
"""

import asyncio
from datetime import datetime, timezone
from functools import partial

from .. import ledger
from ..clock import now_ms
from ..database import Reader, Transaction
from ..notify.rules import TIME_ZONE
from ..services import Services
from ..supervision import store as supervision_store
from . import rules, store

ROUND_S = 60
NIGHT_HOUR = 3  # the wall's clock
NIGHT_MS = 20 * 3600 * 1000  # one round in so long


def compare(reader: Reader) -> tuple[list[rules.Tally], int]:
    """The hubs whose count is not what is stored, and how many were compared."""
    tallies = store.compare_all(reader)
    return [tally for tally in tallies if not tally.agrees], len(tallies)


def keep_night(
    transaction: Transaction, differing: list[rules.Tally], compared: int, verdict: ledger.Verdict, now: int
) -> None:
    """Keep what the night's round found; the note itself is chained."""
    for tally in differing:
        store.tell_difference(transaction, tally, now)
        store.keep_missing(transaction, tally)
    if verdict.is_whole:
        supervision_store.end(transaction, rules.CHAIN_BROKEN, now, None)
    else:
        detail = f"entry {verdict.broken_at}: {verdict.why}"[:64]
        supervision_store.raise_technical(transaction, rules.CHAIN_BROKEN, now, None, None, detail)
    detail = f"{compared} hubs, {len(differing)} differ; {verdict.rows} entries, head {verdict.head[:16]}"
    store.note_deed(transaction, now, None, "counts_compared", None, detail)


def night(services: Services) -> None:
    """One round; reads first, so that the writer is held for its result only."""
    with services.database.read() as reader:
        verdict = store.verify(reader)
        differing, compared = compare(reader)
    work = partial(keep_night, differing=differing, compared=compared, verdict=verdict, now=now_ms())
    services.database.write(work).result()


def is_night(now: int, last: int | None) -> bool:
    hour = datetime.fromtimestamp(now / 1000, timezone.utc).astimezone(TIME_ZONE).hour
    return hour == NIGHT_HOUR and (last is None or now - last >= NIGHT_MS)


async def run(services: Services) -> None:
    await asyncio.wrap_future(services.database.write(lambda tx: ledger.adopt(tx, rules.SOURCES)))
    while True:
        with services.database.read() as reader:
            last = store.last_night(reader)
        if is_night(now_ms(), last):
            await asyncio.to_thread(night, services)
        await asyncio.sleep(ROUND_S)
