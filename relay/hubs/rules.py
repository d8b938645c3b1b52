"""What makes a hub's word good: its secret, its name, its last sign of life. Pure.

Hub passwords are made by us with 256 random bits, so a salted HMAC is as strong as argon2 and answers in
microseconds: after a broker restart ten thousand hubs come back at once.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from protocol import topics

CHARGED_S, FULL_PCT = 12 * 3600, 90
OFFLINE_MS = 180_000  # design.md 3: offline is declared at 180 s without a sign of life
BROKER_NAME_OF_RELAY = "relay"  # the relay's own broker user; never a hub's


def make_password() -> str:
    return secrets.token_urlsafe(32)


def make_key() -> str:
    """A key of 128 bits for the frames of a stairwell or the envelopes of a hub."""
    return secrets.token_hex(16)


def make_salt() -> str:
    return secrets.token_hex(16)


def hash_password(password: str, salt: str) -> str:
    return hmac.new(bytes.fromhex(salt), password.encode(), hashlib.sha256).hexdigest()


def is_password(password: str, salt: str, password_hash: str) -> bool:
    return hmac.compare_digest(hash_password(password, salt), password_hash)


def is_name_free_for_hub(hub_id: str) -> bool:
    """May a hub be called so? It must be safe in a topic and must not be the relay's own name."""
    return topics.is_hub_id(hub_id) and hub_id != BROKER_NAME_OF_RELAY


def is_battery_aged(hub: Mapping[str, Any]) -> bool | None:
    """Do its cells hold less than they did? Half a day on the mains and still not full; None: not to be judged now."""
    if hub["battery_pct"] is None or not hub["is_mains_on"] or (hub["uptime_s"] or 0) < CHARGED_S:
        return None
    return hub["battery_pct"] < FULL_PCT


def is_overdue(heard_at: int, relay_started_at: int, now: int) -> bool:
    """No sign of life for too long. A relay that was down itself gives each hub the full time again."""
    return now - max(heard_at, relay_started_at) >= OFFLINE_MS
