"""All SQL about hubs that were made at the bench, and who has claimed them for which dwelling.

A made hub gets its row in `hubs` only when it is claimed: until then it belongs to no dwelling and may not speak to the
broker. Its password's hash waits here.
"""

import secrets
from typing import Any

from ..database import Migrations, Reader, Row, Tables, Transaction
from ..hubs import rules as hub_rules
from ..hubs import store as hub_store
from . import rules

MIGRATIONS = Migrations("claims")


@MIGRATIONS()
def m001_claims(db: Tables) -> None:
    db.execute(
        """CREATE TABLE made_hubs (
            hub_id TEXT PRIMARY KEY, secret_hash TEXT NOT NULL,
            password_salt TEXT NOT NULL, password_hash TEXT NOT NULL, made_at INTEGER NOT NULL,
            claimed_by INTEGER REFERENCES staff, claimed_at INTEGER,   -- NULL: free
            is_revoked INTEGER NOT NULL DEFAULT 0)"""
    )


def make(transaction: Transaction, hub_id: str, now: int) -> dict[str, Any]:
    """A new hub with all that it is given at the bench. Of its secrets only hashes are kept, but for the key that
    mosquitto must have, sealed."""
    psk_hex = hub_store.make_psk(transaction, hub_id)
    password, salt, secret = hub_rules.make_password(), hub_rules.make_salt(), secrets.token_bytes(16)
    transaction.insert(
        "made_hubs",
        {
            "hub_id": hub_id,
            "secret_hash": rules.hash_secret(secret),
            "password_salt": salt,
            "password_hash": hub_rules.hash_password(password, salt),
            "made_at": now,
        },
    )
    return {
        "hub_id": hub_id,
        "password": password,
        "psk_hex": psk_hex,
        "claim": secret.hex(),
    }


def is_made(reader: Reader, hub_id: str) -> bool:
    return reader.row("SELECT 1 AS one FROM made_hubs WHERE hub_id = ?", (hub_id,)) is not None


_CLAIM = (
    "SELECT made_hubs.hub_id, secret_hash, claimed_by, claimed_at, is_revoked, hubs.dwelling_id,"
    " dwellings.community_id, label, hubs.heard_at, hubs.is_active, hubs.is_online, display_name"
    " FROM made_hubs LEFT JOIN hubs ON hubs.hub_id = made_hubs.hub_id"
    " LEFT JOIN dwellings ON dwellings.dwelling_id = hubs.dwelling_id LEFT JOIN staff ON staff_id = claimed_by"
)


def _state(row: Row) -> str:
    if row["is_revoked"] or row["is_active"] == 0:
        return rules.REVOKED
    if row["dwelling_id"] is None:
        return rules.FREE
    return rules.CLAIMED if row["heard_at"] is None else rules.INSTALLED


def _claim(row: Row) -> rules.Claim:
    return rules.Claim(
        hub_id=row["hub_id"],
        secret_hash=row["secret_hash"],
        state=_state(row),
        dwelling_id=row["dwelling_id"],
        community_id=row["community_id"],
        label=row["label"],
        claimed_by=row["claimed_by"],
        claimed_by_name=row["display_name"],
        claimed_at=row["claimed_at"],
        is_online=bool(row["is_online"]),
    )


def claim(reader: Reader, hub_id: str) -> rules.Claim | None:
    """A made hub and its claim, or None."""
    row = reader.row(_CLAIM + " WHERE made_hubs.hub_id = ?", (hub_id,))
    return _claim(row) if row else None


def claims_of(reader: Reader, community_id: str) -> list[rules.Claim]:
    """What is claimed in a community, the newest first."""
    where = " WHERE dwellings.community_id = ? ORDER BY claimed_at DESC LIMIT 1000"
    rows = reader.rows(_CLAIM + where, (community_id,))
    return [_claim(row) for row in rows]


def take(transaction: Transaction, hub_id: str, dwelling_id: str, by: int, now: int) -> None:
    """Claim it: from now on it may speak for this dwelling. Errors: Conflict, when the dwelling has a hub."""
    row = transaction.row("SELECT password_salt, password_hash FROM made_hubs WHERE hub_id = ?", (hub_id,))
    assert row is not None  # its claim was read in this transaction
    transaction.insert("hubs", {"hub_id": hub_id, "dwelling_id": dwelling_id, "added_at": now, **row})
    transaction.execute("UPDATE made_hubs SET claimed_by = ?, claimed_at = ? WHERE hub_id = ?", (by, now, hub_id))


def release(transaction: Transaction, hub_id: str) -> None:
    """Give up the claim of a hub that was never heard."""
    transaction.execute("DELETE FROM devices WHERE hub_id = ?", (hub_id,))
    transaction.execute("DELETE FROM hubs WHERE hub_id = ? AND heard_at IS NULL", (hub_id,))
    transaction.execute("UPDATE made_hubs SET claimed_by = NULL, claimed_at = NULL WHERE hub_id = ?", (hub_id,))


def revoke(transaction: Transaction, hub_id: str) -> bool:
    """Never to be claimed again. True when it was made here."""
    return transaction.execute("UPDATE made_hubs SET is_revoked = 1 WHERE hub_id = ?", (hub_id,)) == 1


def set_devices(transaction: Transaction, hub_id: str, devices: list[dict[str, str]]) -> None:
    """The trigger devices that the installer enrolled, whole: what is not in the list is no more there."""
    transaction.execute("DELETE FROM devices WHERE hub_id = ?", (hub_id,))
    for device in devices:
        transaction.insert("devices", {"hub_id": hub_id, **device})


def devices(reader: Reader, hub_id: str) -> list[Row]:
    return reader.rows(
        "SELECT device_id, kind, room, label FROM devices WHERE hub_id = ? ORDER BY device_id", (hub_id,)
    )
