"""All SQL about tries: at passwords, at secrets in links. Kept in the database, so that neither a restart nor a second
relay gives anybody a fresh start. What was tried is kept as a hash: people type passwords into the wrong field.
"""

import hashlib

from ..database import Reader, Tables, Transaction
from . import rules


def make_tables(db: Tables) -> None:
    db.execute("CREATE TABLE tries (try_id INTEGER PRIMARY KEY AUTOINCREMENT, who TEXT NOT NULL, at INTEGER NOT NULL)")
    db.execute("CREATE INDEX tries_who ON tries (who, at)")
    db.execute("CREATE INDEX tries_at ON tries (at)")


def _key(kind: str, who: str) -> str:
    return kind + ":" + hashlib.sha256(who.encode(errors="replace")).hexdigest()


def _wait_ms(reader: Reader, key: str, allowed: int, now: int) -> int:
    rows = reader.rows("SELECT at FROM tries WHERE who = ? AND at > ?", (key, now - rules.WINDOW_MS))
    return rules.wait_ms([row["at"] for row in rows], allowed, now)


def begin(transaction: Transaction, kind: str, who: str, allowed: int, now: int) -> int:
    """Count a try; 0, or how long to wait, and then it is not counted."""
    key = _key(kind, who)
    wait = _wait_ms(transaction, key, allowed, now)
    if not wait:
        transaction.insert("tries", {"who": key, "at": now})
        transaction.execute("DELETE FROM tries WHERE at <= ?", (now - rules.WINDOW_MS,))
    return wait


def begin_sign_in(transaction: Transaction, name: str, address: str, now: int) -> int:
    """Count a try at a password before it is looked at: those at the same time count, too. 0, or how long to wait."""
    wait = _wait_ms(transaction, _key("name", name), rules.TRIES_PER_NAME, now)
    return (
        wait
        or begin(transaction, "address", address, rules.TRIES_PER_ADDRESS, now)
        or begin(transaction, "name", name, rules.TRIES_PER_NAME, now)
    )


def succeeded(transaction: Transaction, name: str, address: str) -> None:
    """The last try was right: forget the name's wrong ones and take back the address's last."""
    forget(transaction, "name", name)
    take_back(transaction, "address", address)


def forget(transaction: Transaction, kind: str, who: str) -> None:
    transaction.execute("DELETE FROM tries WHERE who = ?", (_key(kind, who),))


def take_back(transaction: Transaction, kind: str, who: str) -> None:
    key = _key(kind, who)
    transaction.execute("DELETE FROM tries WHERE try_id = (SELECT max(try_id) FROM tries WHERE who = ?)", (key,))
