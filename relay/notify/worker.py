"""Sends what lies in the outbox, and tells those who were called what became of it.

Each message is sent in a thread of its own, a few at once of each channel: one gateway that hangs holds nobody else up,
neither other channels nor the relay's own threads.
"""

import asyncio
import logging
from functools import partial
from typing import Any

from .. import outside
from ..clock import now_ms
from ..database import Row, Transaction
from ..people import store as people_store
from ..services import Services
from ..supervision import store as supervision_store
from . import rules, store
from .senders.base import Message, NotSent, Sender

LOG = logging.getLogger("relay")
ROUND_S = 0.25
FOLLOW_ROUNDS = 8
GATEWAY_DOWN = "gateway_down"
FOLLOWED_MS = 24 * 3600 * 1000


def message_of(row: Row) -> Message:
    return Message(
        row["outgoing_id"],
        row["channel"],
        row["address"],
        row["body"],
        name=row["resident"] or "",
        kind=rules.kind_in(row["language"], row["kind"] or ""),
        place=row["place"] or "",
        purpose=row["purpose"],
    )


def keep(
    transaction: Transaction, row: Row, sender: Sender, reference: str | None, fault: NotSent | None, now: int
) -> None:
    """What became of one try. A message that is given up is told to staff; so is a gateway that fails."""
    if fault is None:
        store.keep_sent(transaction, row["outgoing_id"], sender.name, reference, now)
        supervision_store.end(transaction, GATEWAY_DOWN, now, None, sender.name)
        return
    store.keep_failure(transaction, row, sender.name, str(fault), fault.is_final, now)
    if not fault.is_final:
        told = f"{sender.name}: {fault}"[:64]
        supervision_store.raise_technical(transaction, GATEWAY_DOWN, now, None, sender.name, told)


async def send_one(services: Services, row: Row, sender: Sender) -> None:
    reference: str | None = None
    fault: NotSent | None = None
    try:
        reference = await outside.ask(sender.send, message_of(row))
    except NotSent as error:
        fault = error
    except asyncio.TimeoutError:
        fault = NotSent("the sender does not end")
    except Exception as error:  # a fault of ours or of a library: the message is tried again, the worker lives on
        LOG.exception("the sender %s stumbled", sender.name)
        fault = NotSent(f"the sender stumbled: {type(error).__name__}")
    work = partial(keep, row=row, sender=sender, reference=reference, fault=fault, now=now_ms())
    await asyncio.wrap_future(services.database.write(work))


def follow_up(transaction: Transaction, now: int) -> int:
    """Lay out what those who were called should hear: somebody has it, it is over; how many."""
    rows = store.to_follow_up(transaction, store.newest_before(transaction, now - FOLLOWED_MS))
    for row in rows:
        purpose = rules.TAKEN if row["is_open"] else rules.CLOSED
        name = people_store.resident_names(transaction, alarm_id=row["alarm_id"])
        facts = rules.Facts(name, row["label"], row["kind"], row["raised_at"], row["who"])
        body = rules.text(purpose, rules.CONTACT, row["language"], facts)
        to: dict[str, Any] = {
            "kind": row["to_kind"],
            "id": row["to_id"],
            "name": row["to_name"],
            "language": row["language"],
        }
        store.add(
            transaction,
            row["alarm_id"],
            row["community_id"],
            purpose,
            0,
            to,
            row["channel"],
            row["address"],
            body,
            now,
        )
    return len(rows)


async def run(services: Services, senders: dict[str, Sender]) -> None:
    under_way: dict[str, set[asyncio.Task[None]]] = {channel: set() for channel in senders}
    rounds = 0
    try:
        while True:
            now = now_ms()
            with services.database.read() as reader:
                has_work = reader.row(
                    "SELECT 1 AS one FROM outgoing WHERE state IN ('waiting', 'sending') AND next_at <= ?", (now,)
                )
                if not has_work and rounds % FOLLOW_ROUNDS == 0:
                    has_work = store.to_follow_up(reader, store.newest_before(reader, now - FOLLOWED_MS))
            rounds += 1
            if has_work:
                await asyncio.wrap_future(services.database.write(lambda tx: follow_up(tx, now)))  # noqa: B023
                for channel, sender in senders.items():
                    await _send_due(services, channel, sender, under_way[channel], now)
            await asyncio.sleep(ROUND_S)
    finally:
        for task in set().union(*under_way.values()):
            task.cancel()


async def _send_due(
    services: Services, channel: str, sender: Sender, under_way: set[asyncio.Task[None]], now: int
) -> None:
    """Begin to send what is due of one channel, as far as its sender takes more at once."""
    free = sender.at_once - len(under_way)
    if free <= 0:
        return
    take = partial(store.take_due, now=now, channel=channel, count=free)
    for row in await asyncio.wrap_future(services.database.write(take)):
        task = asyncio.create_task(send_one(services, row, sender))
        under_way.add(task)
        task.add_done_callback(under_way.discard)
