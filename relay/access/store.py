"""All SQL about staff and their sessions. Passwords are argon2 hashes; session tokens are kept hashed.

Ref: OWASP session management: the token is random, 256 bits, and never stored in clear.
"""

import hashlib
import secrets
from functools import lru_cache

import argon2

from ..database import Migrations, Reader, Row, Tables, Transaction
from . import tries

MIGRATIONS = Migrations("access")
_HASHER = argon2.PasswordHasher()


@lru_cache(maxsize=1)
def _nobody() -> str:
    """An unknown name takes as long as a known one. Made when it is first needed: a start need not wait for it."""
    return _HASHER.hash(secrets.token_urlsafe(16))


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


@MIGRATIONS()
def m002_duty(db: Tables) -> None:
    for statement in (
        "ALTER TABLE staff ADD COLUMN phone TEXT",
        "ALTER TABLE staff ADD COLUMN notify_url TEXT",  # an apprise address: chat, mail, push
        """CREATE TABLE staff_roles (                -- further communities somebody works in
            staff_id INTEGER NOT NULL REFERENCES staff, community_id TEXT NOT NULL REFERENCES communities,
            role TEXT NOT NULL, PRIMARY KEY (staff_id, community_id))""",
        "ALTER TABLE sessions ADD COLUMN community_id TEXT",  # NULL: the community of the staff row
        """CREATE TABLE shifts (
            shift_id INTEGER PRIMARY KEY AUTOINCREMENT, community_id TEXT NOT NULL REFERENCES communities,
            staff_id INTEGER NOT NULL REFERENCES staff, duty TEXT NOT NULL,
            begins_at INTEGER NOT NULL, ends_at INTEGER NOT NULL)""",
        "CREATE INDEX shifts_now ON shifts (community_id, ends_at)",
        """CREATE TABLE consoles (                   -- whose sound is on, as they said last
            console_id TEXT PRIMARY KEY, community_id TEXT NOT NULL, staff_id INTEGER NOT NULL REFERENCES staff,
            is_armed INTEGER NOT NULL, seen_at INTEGER NOT NULL)""",
        """CREATE TABLE tokens (                     -- for programs; kept as a hash
            token_id INTEGER PRIMARY KEY AUTOINCREMENT, secret_hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
            staff_id INTEGER NOT NULL REFERENCES staff, community_id TEXT NOT NULL REFERENCES communities,
            role TEXT NOT NULL, made_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, used_at INTEGER)""",
    ):
        db.execute(statement)


@MIGRATIONS()
def m003_tries(db: Tables) -> None:
    tries.make_tables(db)


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """True when the password fits; takes as long for nobody (None)."""
    try:
        return _HASHER.verify(password_hash or _nobody(), password) and password_hash is not None
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
    phone: str | None = None,
    notify_url: str | None = None,
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
            "phone": phone,
            "notify_url": notify_url,
        },
    )


_WORKS_IN = (
    "SELECT staff_id, display_name, display_name_en, phone, notify_url, language, role FROM staff"
    " WHERE community_id = ? AND is_active = 1 UNION ALL"
    " SELECT staff_id, display_name, display_name_en, phone, notify_url, language, staff_roles.role FROM staff_roles"
    " JOIN staff USING (staff_id) WHERE staff_roles.community_id = ? AND is_active = 1"
)


def staff_by_name(reader: Reader, name: str) -> Row | None:
    return reader.row("SELECT * FROM staff WHERE name = ? AND is_active = 1", (name,))


def staff_of(reader: Reader, community_id: str, staff_id: int) -> Row | None:
    """Somebody who works in this community, with the role they have there."""
    return reader.row(
        f"SELECT * FROM ({_WORKS_IN}) AS works WHERE staff_id = ?", (community_id, community_id, staff_id)
    )


def responders(reader: Reader, community_id: str) -> list[Row]:
    """Everybody who can be sent: responders first, then operators."""
    return reader.rows(
        f"SELECT staff_id, display_name, display_name_en FROM ({_WORKS_IN}) AS works"
        " WHERE role IN ('responder', 'operator', 'supervisor') ORDER BY role = 'responder' DESC, staff_id",
        (community_id, community_id),
    )


def with_role(reader: Reader, community_id: str, role: str) -> list[Row]:
    return reader.rows(
        f"SELECT * FROM ({_WORKS_IN}) AS works WHERE role = ? ORDER BY staff_id", (community_id, community_id, role)
    )


# --- shifts -------------------------------------------------------------------------------------------


def add_shift(
    transaction: Transaction, community_id: str, staff_id: int, duty: str, begins_at: int, ends_at: int
) -> int:
    return transaction.insert(
        "shifts",
        {
            "community_id": community_id,
            "staff_id": staff_id,
            "duty": duty,
            "begins_at": begins_at,
            "ends_at": ends_at,
        },
    )


def end_shift(transaction: Transaction, community_id: str, shift_id: int, now: int) -> bool:
    """End a shift early, or take one back that has not begun."""
    return (
        transaction.execute(
            "UPDATE shifts SET ends_at = ? WHERE shift_id = ? AND community_id = ? AND ends_at > ?",
            (now, shift_id, community_id, now),
        )
        == 1
    )


def on_duty(reader: Reader, community_id: str, now: int) -> list[Row]:
    """Who is on duty now, with what they are there for."""
    return reader.rows(
        "SELECT shift_id, duty, begins_at, ends_at, staff.staff_id, display_name, display_name_en, phone, notify_url,"
        " language FROM shifts JOIN staff USING (staff_id) WHERE shifts.community_id = ? AND is_active = 1"
        " AND begins_at <= ? AND ends_at > ? ORDER BY begins_at DESC, shift_id DESC",
        (community_id, now, now),
    )


def shifts(reader: Reader, community_id: str, after: int) -> list[Row]:
    return reader.rows(
        "SELECT shift_id, duty, begins_at, ends_at, staff_id, display_name, display_name_en"
        " FROM shifts JOIN staff USING (staff_id) WHERE shifts.community_id = ? AND ends_at > ?"
        " ORDER BY begins_at, shift_id LIMIT 1000",
        (community_id, after),
    )


# --- consoles whose sound is on -----------------------------------------------------------------------


def keep_console(
    transaction: Transaction, console_id: str, community_id: str, staff_id: int, is_armed: bool, now: int
) -> None:
    transaction.execute(
        "INSERT INTO consoles (console_id, community_id, staff_id, is_armed, seen_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (console_id) DO UPDATE SET community_id = excluded.community_id, staff_id = excluded.staff_id,"
        " is_armed = excluded.is_armed, seen_at = excluded.seen_at",
        (console_id, community_id, staff_id, int(is_armed), now),
    )


def console_clock_set_back(transaction: Transaction, now: int) -> None:
    """What was seen "in the future" proves nothing: such a console is armed when it says so again."""
    transaction.execute("UPDATE consoles SET is_armed = 0 WHERE seen_at > ?", (now,))


def armed_consoles(reader: Reader, community_id: str, seen_after: int) -> int:
    row = reader.row(
        "SELECT count(*) AS n FROM consoles WHERE community_id = ? AND is_armed = 1 AND seen_at > ?",
        (community_id, seen_after),
    )
    return int(row["n"]) if row else 0


# --- tokens of programs -------------------------------------------------------------------------------


def add_token(
    transaction: Transaction, name: str, staff_id: int, community_id: str, role: str, now: int, ends_at: int
) -> str:
    """A new token's secret, which is kept as a hash."""
    secret = "anl_" + secrets.token_urlsafe(32)
    transaction.insert(
        "tokens",
        {
            "secret_hash": session_id_of(secret),
            "name": name,
            "staff_id": staff_id,
            "community_id": community_id,
            "role": role,
            "made_at": now,
            "ends_at": ends_at,
        },
    )
    return secret


def token(reader: Reader, secret: str, now: int) -> Row | None:
    """Who is behind a token. Shape: as of `session`, without a CSRF token."""
    return reader.row(
        "SELECT token_id, tokens.role, tokens.community_id, staff.staff_id, staff.name, display_name,"
        " display_name_en, language FROM tokens JOIN staff USING (staff_id)"
        " WHERE secret_hash = ? AND ends_at > ? AND is_active = 1",
        (session_id_of(secret), now),
    )


def tokens(reader: Reader, community_id: str) -> list[Row]:
    return reader.rows(
        "SELECT token_id, name, role, made_at, ends_at, used_at FROM tokens WHERE community_id = ? ORDER BY token_id",
        (community_id,),
    )


def touch_token(transaction: Transaction, token_id: int, now: int) -> None:
    transaction.execute("UPDATE tokens SET used_at = ? WHERE token_id = ?", (now, token_id))


def end_token(transaction: Transaction, community_id: str, token_id: int, now: int) -> bool:
    return (
        transaction.execute(
            "UPDATE tokens SET ends_at = ? WHERE token_id = ? AND community_id = ? AND ends_at > ?",
            (now, token_id, community_id, now),
        )
        == 1
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
    """Who is behind a session, in which community and role; None when it is not there.

    A session may be in another community than the staff row's: where the person works, too, or, for a district
    officer, anywhere in the district. Where neither holds any more it falls back to their own.
    """
    return reader.row(
        "SELECT session_id, csrf_token, created_at, seen_at, staff.staff_id, staff.name, display_name,"
        " display_name_en, coalesce(staff_roles.role, staff.role) AS role, coalesce(staff_roles.community_id,"
        " CASE WHEN staff.role = 'district' AND there.district_id = own.district_id THEN there.community_id END,"
        " staff.community_id) AS community_id, language"
        " FROM sessions JOIN staff ON staff.staff_id = sessions.staff_id"
        " JOIN communities AS own ON own.community_id = staff.community_id"
        " LEFT JOIN communities AS there ON there.community_id = sessions.community_id"
        " LEFT JOIN staff_roles ON staff_roles.staff_id = sessions.staff_id"
        " AND staff_roles.community_id = sessions.community_id"
        " WHERE session_id = ? AND is_active = 1",
        (session_id,),
    )


_COMMUNITIES_OF = """
SELECT communities.community_id, communities.name, communities.name_en, works.role FROM (
    SELECT community_id, role FROM staff WHERE staff_id = ?
    UNION SELECT community_id, role FROM staff_roles WHERE staff_id = ?
    UNION SELECT others.community_id, 'district' AS role FROM staff
        JOIN communities AS own ON own.community_id = staff.community_id
        JOIN communities AS others ON others.district_id = own.district_id
        WHERE staff.role = 'district' AND staff_id = ? AND others.community_id NOT IN (
            SELECT community_id FROM staff_roles WHERE staff_roles.staff_id = staff.staff_id)
) AS works JOIN communities ON communities.community_id = works.community_id ORDER BY communities.community_id
"""


def communities_of(reader: Reader, staff_id: int) -> list[Row]:
    """Where somebody works, and as what. Shape: community_id, name, name_en, role."""
    return reader.rows(_COMMUNITIES_OF, (staff_id, staff_id, staff_id))


def add_role(transaction: Transaction, staff_id: int, community_id: str, role: str) -> None:
    transaction.execute("DELETE FROM staff_roles WHERE staff_id = ? AND community_id = ?", (staff_id, community_id))
    transaction.insert_new("staff_roles", {"staff_id": staff_id, "community_id": community_id, "role": role})


def go_to_community(transaction: Transaction, session_id: str, community_id: str) -> None:
    transaction.execute("UPDATE sessions SET community_id = ? WHERE session_id = ?", (community_id, session_id))


def touch_session(transaction: Transaction, session_id: str, now: int) -> None:
    transaction.execute("UPDATE sessions SET seen_at = ? WHERE session_id = ?", (now, session_id))


def close_session(transaction: Transaction, session_id: str) -> None:
    transaction.execute("DELETE FROM sessions WHERE session_id = ?", (session_id,))


def prune_sessions(transaction: Transaction, seen_before: int, created_before: int) -> int:
    return transaction.execute(
        "DELETE FROM sessions WHERE seen_at < ? OR created_at < ?", (seen_before, created_before)
    )
