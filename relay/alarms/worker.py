"""What alarms do by themselves: tell a home again what it has not confirmed.

Steps go down after their commit; a relay that dies in between, or a broker that loses them, is made good
here and on the hub's next heartbeat. Telling twice does no harm.
"""

import asyncio

from protocol import topics

from ..clock import now_ms
from ..services import Services
from . import rules, store, views

ROUND_S = 5
TOLD_AGAIN_MS = 2 * 60_000  # later the hub's heartbeats and hello say where the home is behind


def tell_again(services: Services) -> int:
    """Send each unconfirmed step once; how many."""
    with services.database.read() as reader:
        behind = store.untold(reader, now_ms() - TOLD_AGAIN_MS)
        down = [(alarm.hub_id, views.down_message(reader, alarm, rules.step_of(alarm))) for alarm in behind]
    for hub_id, message in down:
        services.send(hub_id, topics.ALARM, message)
    return len(down)


async def run(services: Services) -> None:
    while True:
        await asyncio.sleep(ROUND_S)
        await asyncio.to_thread(tell_again, services)
