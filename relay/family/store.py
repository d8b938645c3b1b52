"""All SQL of links by which family sees one home: made for a contact, kept as a hash, ended with the contact."""

import hashlib
import secrets

from ..database import Migrations, Reader, Row, Tables, Transaction

MIGRATIONS = Migrations("family")


@MIGRATIONS()
def m001_links(db: Tables) -> None:
    for statement in (
        """CREATE TABLE family_links (
            link_id INTEGER PRIMARY KEY AUTOINCREMENT, dwelling_id TEXT NOT NULL, contact_id INTEGER NOT NULL,
            secret_hash TEXT NOT NULL UNIQUE, made_by INTEGER NOT NULL REFERENCES staff, made_at INTEGER NOT NULL,
            ended_at INTEGER, seen_at INTEGER)""",
        "CREATE INDEX family_links_dwelling ON family_links (dwelling_id)",
    ):
        db.execute(statement)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def add(transaction: Transaction, dwelling_id: str, contact_id: int, by: int, now: int) -> tuple[int, str]:
    """A new link's number and secret; an older one of this contact ends."""
    end_of_contact(transaction, contact_id, now)
    secret = secrets.token_urlsafe(24)
    link_id = transaction.insert(
        "family_links",
        {
            "dwelling_id": dwelling_id,
            "contact_id": contact_id,
            "secret_hash": _hash(secret),
            "made_by": by,
            "made_at": now,
        },
    )
    return link_id, secret


def end(transaction: Transaction, community_id: str, link_id: int, now: int) -> bool:
    return (
        transaction.execute(
            "UPDATE family_links SET ended_at = ? WHERE link_id = ? AND ended_at IS NULL"
            " AND dwelling_id IN (SELECT dwelling_id FROM dwellings WHERE community_id = ?)",
            (now, link_id, community_id),
        )
        == 1
    )


def end_of_contact(transaction: Transaction, contact_id: int, now: int) -> None:
    """Who is no contact any more sees nothing any more."""
    transaction.execute(
        "UPDATE family_links SET ended_at = ? WHERE contact_id = ? AND ended_at IS NULL", (now, contact_id)
    )


def forget_home(transaction: Transaction, dwelling_id: str) -> None:
    transaction.execute("DELETE FROM family_links WHERE dwelling_id = ?", (dwelling_id,))


def links(reader: Reader, dwelling_id: str) -> list[Row]:
    """The links of a home that still open it."""
    return reader.rows(
        "SELECT link_id, family_links.contact_id, name, relation, made_at, seen_at FROM family_links"
        " JOIN contacts ON contacts.contact_id = family_links.contact_id"
        " WHERE family_links.dwelling_id = ? AND ended_at IS NULL ORDER BY link_id",
        (dwelling_id,),
    )


def link(reader: Reader, secret: str) -> Row | None:
    """Which home a secret opens; looked up by its hash: how long that takes says nothing of the secret."""
    return reader.row(
        "SELECT link_id, family_links.dwelling_id, contacts.name, contacts.language FROM family_links"
        " JOIN contacts ON contacts.contact_id = family_links.contact_id"
        " AND contacts.dwelling_id = family_links.dwelling_id WHERE secret_hash = ? AND ended_at IS NULL",
        (_hash(secret),),
    )


def touch(transaction: Transaction, link_id: int, now: int) -> None:
    transaction.execute("UPDATE family_links SET seen_at = ? WHERE link_id = ?", (now, link_id))
