"""All SQL about staff and their sessions. Passwords are argon2 hashes; session tokens are kept hashed.

Ref: OWASP session management: the token is random, 256 bits, and never stored in clear.
"""

import hashlib
import secrets

import argon2

from ..database import Migrations, Reader, Row, Tables, Transaction

MIGRATIONS = Migrations("access")
_HASHER = argon2.PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))  # an unknown name takes as long as a known one


@MIGRATIONS()
def m001_access(db: Tables) -> None:
    for statement in (
        """CREATE TABLE staff (
            staff_id INTEGER PRIMARY KEY, community_id TEXT NOT NULL REFERENCES communities,
            name TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL, display_name_en TEXT NOT NULL,
            role TEXT NOT NULL, language TEXT NOT NULL DEFAULT 'zh', password_hash TEXT NOT NULL,
            is_active INTEGER NOT NULL DEFAULT 1)""",
        """CREATE TABLE sessions (
            session_id TEXT PRIMARY KEY,          -- SHA-256 of the cookie's token
            staff_id INTEGER NOT NULL REFERENCES staff, csrf_token TEXT NOT NULL,
            created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL)""",
    ):
        db.execute(statement)


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """True when the password fits; takes as long for nobody (None)."""
    try:
        return _HASHER.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def add_staff(
    transaction: Transaction,
    community_id: str,
    name: str,
    display_name: str,
    display_name_en: str,
    role: str,
    password_hash: str,
    language: str = "zh",
) -> int:
    return transaction.insert(
        "staff",
        {
            "community_id": community_id,
            "name": name,
            "display_name": display_name,
            "display_name_en": display_name_en,
            "role": role,
            "language": language,
            "password_hash": password_hash,
        },
    )


def staff_by_name(reader: Reader, name: str) -> Row | None:
    return reader.row("SELECT * FROM staff WHERE name = ? AND is_active = 1", (name,))


def staff_of(reader: Reader, community_id: str, staff_id: int) -> Row | None:
    return reader.row(
        "SELECT * FROM staff WHERE staff_id = ? AND community_id = ? AND is_active = 1",
        (staff_id, community_id),
    )


def responders(reader: Reader, community_id: str) -> list[Row]:
    """Everybody who can be sent: responders first, then operators."""
    return reader.rows(
        "SELECT staff_id, display_name, display_name_en FROM staff"
        " WHERE community_id = ? AND is_active = 1 ORDER BY role = 'operator', staff_id",
        (community_id,),
    )


def session_id_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(transaction: Transaction, staff_id: int, now: int) -> str:
    """Begin a session; the token for the cookie."""
    token = secrets.token_urlsafe(32)
    transaction.insert(
        "sessions",
        {
            "session_id": session_id_of(token),
            "staff_id": staff_id,
            "csrf_token": secrets.token_urlsafe(24),
            "created_at": now,
            "seen_at": now,
        },
    )
    return token


def session(reader: Reader, session_id: str) -> Row | None:
    return reader.row(
        "SELECT session_id, csrf_token, created_at, seen_at, staff.staff_id, name, display_name,"
        " display_name_en, role, community_id, language"
        " FROM sessions JOIN staff USING (staff_id) WHERE session_id = ? AND is_active = 1",
        (session_id,),
    )


def touch_session(transaction: Transaction, session_id: str, now: int) -> None:
    transaction.execute("UPDATE sessions SET seen_at = ? WHERE session_id = ?", (now, session_id))


def close_session(transaction: Transaction, session_id: str) -> None:
    transaction.execute("DELETE FROM sessions WHERE session_id = ?", (session_id,))


def prune_sessions(transaction: Transaction, seen_before: int, created_before: int) -> int:
    return transaction.execute(
        "DELETE FROM sessions WHERE seen_at < ? OR created_at < ?", (seen_before, created_before)
    )
