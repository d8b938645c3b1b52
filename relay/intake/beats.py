"""Heartbeats that say nothing new, gathered and kept together: one statement for hundreds of homes.

A heartbeat of a hub that is on the line and has no open alarm changes its hub's row and nothing else, and nobody waits
for it. Thousands a second would otherwise each cost a transaction's worth of statements. The newest of each hub counts;
what a crash loses comes again within a minute. Any other heartbeat goes the way of every message.
"""

import logging
import threading
from typing import Any

from protocol import topics

from ..database import Database, Transaction
from ..hubs import store as hub_store
from . import rules, worker

LOG = logging.getLogger("relay")
Beat = tuple[rules.Heard, str, bytes, int]


class Beats:
    """Shape: `add` from the network thread; kept by the database's writer, within its idle time."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[str, Beat] = {}
        self._lock = threading.Lock()

    @staticmethod
    def is_plain(heard: rules.Heard) -> bool:
        return heard.word == topics.HEARTBEAT and not heard.message["alarms"]

    def add(self, heard: rules.Heard, topic: str, payload: bytes, received_at: int) -> None:
        with self._lock:
            is_first = not self._waiting
            self._waiting[heard.hub_id] = (heard, topic, payload, received_at)
        if is_first:
            self._database.write_lazily(self._keep)

    def _keep(self, transaction: Transaction) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        keep(transaction, list(waiting.values()))


def keep(transaction: Transaction, beats: list[Beat]) -> None:
    """Keep them; those of a hub that was off the line, or is not registered, each as a message of its own."""
    rows: list[tuple[dict[str, Any], str, int]] = [(heard.message, heard.hub_id, at) for heard, _, _, at in beats]
    if hub_store.keep_plain_heartbeats(transaction, rows) == len(rows):
        return
    known = hub_store.on_the_line(transaction, [hub_id for _, hub_id, _ in rows])
    for heard, topic, payload, received_at in beats:
        if heard.hub_id not in known:
            worker.take(transaction, heard, topic, payload, received_at)
