"""All SQL of signing in with an office's account: who is on the way to the provider, whose account is whose."""

import hashlib
from dataclasses import dataclass

from ..access import store as access_store
from ..database import Migrations, Reader, Row, Tables, Transaction
from . import rules

MIGRATIONS = Migrations("oidc")


@MIGRATIONS()
def m001_oidc(db: Tables) -> None:
    for statement in (
        """CREATE TABLE oidc_tries (
            state_hash TEXT PRIMARY KEY, nonce TEXT NOT NULL, verifier TEXT NOT NULL, goes_to TEXT NOT NULL,
            at INTEGER NOT NULL)""",
        """CREATE TABLE staff_identities (
            issuer TEXT NOT NULL, subject TEXT NOT NULL, staff_id INTEGER NOT NULL REFERENCES staff,
            tied_at INTEGER NOT NULL, PRIMARY KEY (issuer, subject), UNIQUE (issuer, staff_id))""",
    ):
        db.execute(statement)


@dataclass(frozen=True)
class Try:
    """What we keep of somebody who went to the provider."""

    nonce: str
    verifier: str
    goes_to: str


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode(errors="replace")).hexdigest()


def begin(transaction: Transaction, state: str, one: Try, now: int) -> None:
    transaction.execute("DELETE FROM oidc_tries WHERE at < ? OR at > ?", (now - rules.TRY_MS, now))
    values = {"state_hash": _hash(state), "nonce": one.nonce, "verifier": one.verifier, "goes_to": one.goes_to}
    transaction.insert_new("oidc_tries", values | {"at": now})


def take(transaction: Transaction, state: str, now: int) -> Try | None:
    """The try that comes back, once."""
    row = transaction.row(
        "SELECT nonce, verifier, goes_to FROM oidc_tries WHERE state_hash = ? AND at >= ?",
        (_hash(state), now - rules.TRY_MS),
    )
    transaction.execute("DELETE FROM oidc_tries WHERE state_hash = ?", (_hash(state),))
    return Try(**row) if row else None


def _tied(reader: Reader, issuer: str, column: str, value: object) -> Row | None:
    return reader.row(
        f"SELECT subject, staff.staff_id, is_active FROM staff_identities JOIN staff USING (staff_id)"
        f" WHERE issuer = ? AND {column} = ?",
        (issuer, value),
    )


def colleague(transaction: Transaction, issuer: str, subject: str, name: str, now: int) -> int | None:
    """Whose account this is; at the first time it is tied to the colleague of this name. None: nobody's."""
    known = _tied(transaction, issuer, "subject", subject)
    if known is not None:
        return known["staff_id"] if known["is_active"] else None
    row = access_store.staff_by_name(transaction, name)
    if row is None or _tied(transaction, issuer, "staff_identities.staff_id", row["staff_id"]) is not None:
        return None
    values = {"issuer": issuer, "subject": subject, "staff_id": row["staff_id"], "tied_at": now}
    transaction.insert_new("staff_identities", values)
    return row["staff_id"]
