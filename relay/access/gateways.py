"""All SQL of the secrets of gateways for short messages. Their table is made by the intake, which needed it first."""

import hashlib
import secrets

from ..database import Reader, Transaction


def add_gateway(transaction: Transaction, name: str, now: int) -> str:
    """A gateway's new secret, which is kept as a hash; an older one of this name ends."""
    secret = secrets.token_urlsafe(32)
    transaction.execute("DELETE FROM sms_gateways WHERE name = ?", (name,))
    transaction.insert("sms_gateways", {"name": name, "secret_hash": _hash(secret), "added_at": now})
    return secret


def is_gateway(reader: Reader, secret: str) -> bool:
    """Has any gateway this secret? Looked up by its hash: how long that takes says nothing of the secret."""
    return reader.row("SELECT 1 AS one FROM sms_gateways WHERE secret_hash = ?", (_hash(secret),)) is not None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
