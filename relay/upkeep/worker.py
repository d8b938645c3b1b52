"""Looks after the relay each minute: a full disk, an old backup, no console with sound on. Makes the day's backup.

Beside it, in every relay: a word outward each minute while this relay is well. Who listens there raises the alarm when
it does not come; a relay that is dead cannot.
"""

import asyncio
import logging
from functools import partial

import orjson

from .. import ledger
from ..access import rules as access_rules
from ..clock import now_ms
from ..database import Broken, Database, NotKept, Transaction
from ..notify.senders.base import NotSent
from ..notify.senders.http import call
from ..services import Services
from ..supervision import rules as supervision_rules
from ..supervision import store as supervision_store
from . import backup, look, rules, store

LOG = logging.getLogger("relay")
ROUND_S = 60
FIRST_LOOK_S = 10
HEARTBEAT_S = 60


def keep_facts(transaction: Transaction, facts: rules.Facts, now: int) -> None:
    """Raise or end the relay's own faults."""
    is_low = rules.is_disk_low(facts.disk_free_pct, facts.disk_free_bytes)
    _is(transaction, supervision_rules.DISK_LOW, is_low, now, f"{facts.disk_free_bytes >> 20} MB left")
    is_old = rules.is_backup_old(facts.backup_ms_ago, facts.up_ms)
    hours = "none" if facts.backup_ms_ago is None else f"{facts.backup_ms_ago // rules.HOUR_MS} h old"
    _is(transaction, supervision_rules.BACKUP_OLD, is_old, now, hours)


def _is(transaction: Transaction, kind: str, is_there: bool, now: int, detail: str) -> None:
    is_known = supervision_store.is_open(transaction, kind, None)
    if is_there and not is_known:
        supervision_store.raise_technical(transaction, kind, now, None, None, detail)
    elif is_known and not is_there:
        supervision_store.end(transaction, kind, now, None)


def keep_unarmed(transaction: Transaction, unarmed_since: dict[str, int], now: int) -> None:
    """A community in which nobody would hear an alarm, for longer than a shift takes to change hands. Shape:
    `unarmed_since` is carried from round to round."""
    found = store.unarmed_communities(transaction, now - access_rules.CONSOLE_SILENT_MS)
    present = {row["community_id"] for row in found}
    for community_id in set(unarmed_since) - present:
        del unarmed_since[community_id]
    for community_id in present:
        since = unarmed_since.setdefault(community_id, now)
        if now - since >= rules.ARMED_PATIENCE_MS and community_id not in store.told_unarmed(transaction):
            place = {"hub_id": None, "dwelling_id": None, "community_id": community_id}
            kind = supervision_rules.NO_ARMED_CONSOLE
            supervision_store.raise_technical(transaction, kind, now, place, community_id)
    for community_id in store.told_unarmed(transaction) - present:
        supervision_store.end(transaction, supervision_rules.NO_ARMED_CONSOLE, now, None, community_id)


def make_backup_when_due(services: Services, now: int) -> None:
    facts = look.facts(services, now)
    if facts.backup_ms_ago is not None and facts.backup_ms_ago < rules.BACKUP_EVERY_MS:
        return
    if facts.backup_ms_ago is None and facts.up_ms < rules.FIRST_BACKUP_MS:
        return  # set up a moment ago: a demo, or somebody who is still at it
    made = backup.now_into(services.database, services.data_dir)
    if made.why is not None:
        LOG.error("the backup %s cannot be restored: %s", made.path.name, made.why)


async def run(services: Services) -> None:
    unarmed_since: dict[str, int] = {}
    await asyncio.sleep(FIRST_LOOK_S)
    while True:
        now = now_ms()
        facts = await asyncio.to_thread(look.facts, services, now)
        await asyncio.wrap_future(services.database.write(partial(keep_facts, facts=facts, now=now)))
        work = partial(keep_unarmed, unarmed_since=unarmed_since, now=now)
        await asyncio.wrap_future(services.database.write(work))
        try:
            await asyncio.to_thread(make_backup_when_due, services, now)
        except (Broken, NotKept, OSError) as error:  # told by BACKUP_OLD when no other one comes in time
            LOG.error("the backup could not be made: %s", error)
        await asyncio.sleep(ROUND_S)


# --- outward ------------------------------------------------------------------------------------------


def say_well(services: Services, url: str) -> bool:
    """One word outward, if all is well here; the newest hash goes with it, so that it has left the house."""
    if not rules.may_say_well(rules.well(look.facts(services, now_ms()))):
        return False
    entries, head = _head(services.database)
    body = orjson.dumps({"is_well": True, "at": now_ms(), "ledger": {"entries": entries, "head": head}})
    try:
        status, _ = call(url, body, {"Content-Type": "application/json"})
    except NotSent as error:
        LOG.warning("the heartbeat outward was not taken: %s", error)
        return False
    return 200 <= status < 300


def _head(database: Database) -> tuple[int, str]:
    with database.read() as reader:
        return ledger.head(reader)


async def run_heartbeat(services: Services) -> None:
    if services.heartbeat_url is None:
        await asyncio.Event().wait()
        return
    while True:
        await asyncio.to_thread(say_well, services, services.heartbeat_url)
        await asyncio.sleep(HEARTBEAT_S)
