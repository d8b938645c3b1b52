"""Envelopes that a neighbour's hub carried: opened with the key of the hub that sealed them, and answered the same way.

Each hub has a carry key of its own in the register: the relay keeps no other secret of a hub that one could be derived
from (its password is a hash, its pre-shared key is the broker's), and it can be changed alone. Carrier and sender must
live in one stairwell. The way back is kept in memory for an hour; a relay that restarts learns it from the next try.
This file must not know what a message does.

Ref: firmware/protocol/envelope.py.
"""

import json
import secrets
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from protocol import ccm, envelope, messages, topics

from ..database import Reader
from ..hubs import store as hub_store
from . import rules

ROUTE_MS = 3_600_000
ROUTES_MAX = 10_000


def block_cipher(key_hex: str) -> Callable[[bytes], bytes]:
    """AES of one block, as protocol.ccm wants it."""
    encryptor = Cipher(algorithms.AES(bytes.fromhex(key_hex)), modes.ECB()).encryptor()
    return lambda block: encryptor.update(block)


def read(reader: Reader, heard: rules.Heard) -> tuple[rules.Heard, str] | rules.Refusal:
    """(the message in the envelope, its hub's key), or why it cannot be used."""
    sealed = bytes.fromhex(heard.message["envelope"])
    found = envelope.address(sealed)
    if found is None:
        return rules.Refusal(heard.hub_id, "envelope: none")
    hub_id: str = found[1]
    key = hub_store.carry_key(reader, hub_id)
    if key is None or not hub_store.are_neighbours(reader, heard.hub_id, hub_id):
        return rules.Refusal(heard.hub_id, "envelope: not of a neighbour")
    try:
        word, message = envelope.unseal(block_cipher(key), envelope.UP, sealed)
    except messages.BadMessage as error:
        return rules.Refusal(heard.hub_id, str(error))
    except RecursionError:
        return rules.Refusal(heard.hub_id, "envelope: nested too deep")
    if word != topics.ALARM:
        return rules.Refusal(heard.hub_id, "envelope: only alarms are carried")
    return rules.Heard(hub_id, word, message), key


class Routes:
    """Which hub reaches which. Safe from any thread: each step is one operation on a dict."""

    def __init__(self) -> None:
        self._routes: dict[str, tuple[str, str, int]] = {}  # hub_id: carrier, key, until

    def keep(self, hub_id: str, carrier: str, key: str, now: int) -> None:
        if len(self._routes) >= ROUTES_MAX:
            self._routes.pop(next(iter(self._routes)), None)
        self._routes[hub_id] = (carrier, key, now + ROUTE_MS)

    def forget(self, hub_id: str) -> None:
        """The hub is on the line itself."""
        self._routes.pop(hub_id, None)

    def wrap(self, hub_id: str, word: str, message: dict[str, Any], now: int) -> tuple[str, dict[str, Any]] | None:
        """(carrier, envelope as a message) for a hub that is reached by a neighbour only; else None."""
        found = self._routes.get(hub_id)
        if found is None or now >= found[2]:
            return None
        carrier, key, _ = found
        nonce = secrets.token_bytes(ccm.NONCE_LENGTH)
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            sealed = envelope.seal(block_cipher(key), nonce, envelope.DOWN, hub_id, word, body)
        except messages.BadMessage:
            return None  # a name of 64 characters: the home hears it when it is on the line again
        return carrier, messages.carried(sealed)
