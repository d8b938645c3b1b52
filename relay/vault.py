"""Secrets at rest. What must be known again in clear (hubs' keys, what webhooks are signed with) lies in the database
sealed; passwords are no such secrets, of them only hashes are kept.

Rule 1: the key file is made with the first secret. From then on the database holds a proof of which key it is: with
another one, or none, nothing is sealed and nothing opened, and whoever asks is told what to do.
Rule 2: a sealed value says whose it is: put into another row, it does not open.
Rule 3: a new key seals all anew in one transaction; until that is committed the file has both, so that a crash between
leaves nothing that cannot be opened.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import InvalidToken, MultiFernet

from . import keys as key_files
from .database import Database, Migrations, Reader, Tables, Transaction

MIGRATIONS = Migrations("vault")
MARK = "sealed:"  # what does not begin so was kept before there was a vault
PROOF = b"anling"


@MIGRATIONS()
def m001_vault(db: Tables) -> None:
    db.execute("CREATE TABLE vault (one INTEGER PRIMARY KEY CHECK (one = 1), proof TEXT NOT NULL)")


@dataclass(frozen=True)
class Secret:
    """Where secrets of one kind lie. Shape: `key` is the column that says whose it is."""

    table: str
    key: str
    column: str

    def name(self, whose: object) -> str:
        return f"{self.table}.{self.column} {whose}\0"


class Locked(Exception):
    """The database's secrets cannot be opened; the text names the remedy, never a secret."""


def _locked(reader: Reader) -> Locked:
    where = "its key file" if reader.keys is None else str(reader.keys.path)
    return Locked(
        f"The secrets in this database are sealed, and {where} is missing or another key. Put it back from where you"
        " keep its copy, or name it with --secrets-key. Relays that share a database need the same one."
    )


def _opens(cipher: MultiFernet, proof: str) -> bool:
    try:
        return cipher.decrypt(proof) == PROOF
    except InvalidToken:
        return False


def _cipher(reader: Reader) -> MultiFernet | None:
    """The cipher that this database is sealed with; None when nothing is sealed yet. Errors: Locked."""
    row = reader.row("SELECT proof FROM vault")
    if row is None:
        return None
    cipher = reader.keys.cipher() if reader.keys is not None else None
    if cipher is None or not _opens(cipher, row["proof"]):
        raise _locked(reader)
    return cipher


def check(reader: Reader) -> None:
    """Errors: Locked, when secrets are there that cannot be opened."""
    _cipher(reader)


def _begin(transaction: Transaction) -> MultiFernet:
    """The first secret: the key is made, unless there is one."""
    keys = transaction.keys
    if keys is None:
        raise _locked(transaction)
    cipher = keys.cipher()
    if cipher is None:
        if keys.path.exists():
            raise Locked(f"{keys.path} holds no key. Put it back from its copy, or take it away for a new one.")
        keys.write([key_files.new_key()])
        cipher = keys.cipher()
        assert cipher is not None  # it was written by the line above
    transaction.insert("vault", {"one": 1, "proof": cipher.encrypt(PROOF).decode()})
    return cipher


def seal(transaction: Transaction, secret: Secret, whose: object, text: str) -> str:
    """How to keep this secret. Errors: Locked, OSError."""
    cipher = _cipher(transaction) or _begin(transaction)
    return MARK + cipher.encrypt((secret.name(whose) + text).encode()).decode()


def unseal(reader: Reader, secret: Secret, whose: object, kept: str) -> str:
    """The secret in clear. Errors: Locked, also for one that is another's."""
    if not kept.startswith(MARK):
        return kept
    cipher = _cipher(reader)
    try:
        text = cipher.decrypt(kept.removeprefix(MARK)).decode() if cipher is not None else ""
    except InvalidToken:
        text = ""
    if not text.startswith(secret.name(whose)):
        raise _locked(reader)
    return text.removeprefix(secret.name(whose))


# --- all of them ------------------------------------------------------------------------------------


def is_any_clear(reader: Reader, secrets: Sequence[Secret]) -> bool:
    """Are there secrets from before there was a vault?"""
    return any(
        reader.row(f"SELECT 1 AS one FROM {one.table} WHERE {one.column} NOT LIKE ? LIMIT 1", (MARK + "%",))
        for one in secrets
    )


def seal_all(transaction: Transaction, secrets: Sequence[Secret]) -> int:
    """Seal every secret anew with the newest key, those in clear, too; how many. Errors: Locked."""
    count = 0
    for one in secrets:
        rows = transaction.rows(f"SELECT {one.key} AS whose, {one.column} AS kept FROM {one.table}"
                                f" WHERE {one.column} IS NOT NULL")  # fmt: skip
        for row in rows:
            sealed = seal(transaction, one, row["whose"], unseal(transaction, one, row["whose"], row["kept"]))
            transaction.execute(f"UPDATE {one.table} SET {one.column} = ? WHERE {one.key} = ?", (sealed, row["whose"]))
        count += len(rows)
    cipher = _cipher(transaction)
    if cipher is not None:
        transaction.execute("UPDATE vault SET proof = ?", (cipher.encrypt(PROOF).decode(),))
    return count


def rotate(database: Database, secrets: Sequence[Secret], has_old: bool = False) -> int:
    """A new key for all secrets; how many. Shape: `has_old` leaves the old keys in the file behind the new one, until
    the other relays have the file, too. Errors: Locked, OSError."""
    keys = database.keys
    with database.read() as reader:
        check(reader)
        if keys is None:
            raise _locked(reader)
    fresh = key_files.new_key()
    keys.write([fresh, *keys.lines()])
    count = database.write(lambda tx: seal_all(tx, secrets)).result()
    if not has_old:
        keys.write([fresh])
    return count
