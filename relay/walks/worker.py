"""Every week: what of a walk test can be checked without a person. A fault is an open technical alarm anyway; here it
is kept that the home was looked at, when, and how it stood."""

import asyncio
from functools import partial

from ..clock import now_ms
from ..database import Transaction
from ..services import Services
from . import rules, store

ROUND_S = 600


def check_due(services: Services) -> int:
    """Look at each home whose week is over; how many."""

    def work(transaction: Transaction) -> int:
        now = now_ms()
        homes = store.weekly_due(transaction, now - rules.WEEK_MS)
        for home in homes:
            faults = [
                f"{one['kind']}:{one['device_id']}" if one["device_id"] else one["kind"]
                for one in store.open_faults(transaction, home["hub_id"])
            ]
            if not home["is_online"]:
                faults.append("offline")
            if not home["is_mains_on"]:
                faults.append("mains")
            store.keep_weekly(transaction, home, now, sorted(set(faults)))
        return len(homes)

    return services.database.write(work).result()


async def run(services: Services) -> None:
    while True:
        await asyncio.to_thread(partial(check_due, services))
        await asyncio.sleep(ROUND_S)
