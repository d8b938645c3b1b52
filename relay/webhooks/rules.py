"""How an event is signed and when it is tried again. Pure.

Rule 1: the events table is the outbox: an event is kept in the commit of what it tells, and each webhook has a place in
it. The place moves on only when the receiver has answered 2xx: at least once, in order, over restarts.
Rule 2: a receiver that fails is tried again with back-off for as long as events are kept; after that it is told `gap`.
Rule 3: the signature covers the time, so that an old request cannot be played again: receivers refuse what is older
than five minutes, and know an event by its id.
"""

import hashlib
import hmac
import secrets

NAMES = ("alarm", "technical", "dwelling", "dwelling_gone", "duty", "call")
GAP = "gap"  # events were lost to this receiver: it asks the API anew
BACKOFF_MS = (2_000, 5_000, 15_000, 60_000, 300_000, 900_000)
FAILING_MS = 10 * 60_000  # told to staff after this
FAILING = "webhook_failing"
AT_ONCE = 50  # events of one webhook in one go
PER_COMMUNITY = 20
SIGNATURE = "Anling-Signature"


def make_secret() -> str:
    return "anlw_" + secrets.token_urlsafe(32)


def signature(secret: str, body: bytes, at: int) -> str:
    """The header's value. Shape: `at` UTC ms; t is seconds, v1 the HMAC-SHA256 of "t.body" in hex."""
    second = at // 1000
    mac = hmac.new(secret.encode(), f"{second}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={second},v1={mac}"


def next_try_at(failures: int, now: int) -> int:
    """When to try again after this many failures in a row."""
    return now + BACKOFF_MS[min(failures, len(BACKOFF_MS)) - 1]
