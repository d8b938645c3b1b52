"""Every week: what of a walk test can be checked without a person. It is kept that the home was looked at, when, and
how it stood. A check that fails is a technical alarm of its own, which lasts until one passes; it is tried again each
day.
"""

import asyncio
from functools import partial

from ..clock import now_ms
from ..database import Row, Transaction
from ..services import Services
from ..supervision import store as supervision_store
from . import rules, store

ROUND_S = 600
DETAIL_MAX = 64


def check_due(services: Services) -> int:
    """Look at each home whose week is over; how many."""

    def work(transaction: Transaction) -> int:
        now = now_ms()
        homes = store.weekly_due(transaction, now)
        for home in homes:
            faults = [
                f"{one['kind']}:{one['device_id']}" if one["device_id"] else one["kind"]
                for one in store.open_faults(transaction, home["hub_id"])
            ]
            if not home["is_online"]:
                faults.append("offline")
            if not home["is_mains_on"]:
                faults.append("mains")
            _keep(transaction, home, now, sorted(set(faults)))
        return len(homes)

    return services.database.write(work).result()


def _keep(transaction: Transaction, home: Row, now: int, faults: list[str]) -> None:
    store.keep_weekly(transaction, home, now, faults)
    if faults:
        detail = ", ".join(faults)[:DETAIL_MAX]
        supervision_store.raise_technical(transaction, rules.WEEKLY_FAILED, now, home, None, detail)
    else:
        supervision_store.end(transaction, rules.WEEKLY_FAILED, now, home["hub_id"])


async def run(services: Services) -> None:
    while True:
        await asyncio.to_thread(partial(check_due, services))
        await asyncio.sleep(ROUND_S)
