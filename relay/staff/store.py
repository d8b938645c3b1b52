"""All SQL by which a supervisor keeps the staff and the tokens of a community.

Somebody is at home in one community (their own row) and may work in others as a guest (staff_roles). What is theirs,
name, password, telephone, is kept at home only.
"""

from typing import Any

from ..access import store as access_store
from ..database import Conflict, Reader, Row, Transaction

_OWN = ("display_name", "display_name_en", "role", "phone", "notify_url", "language", "is_active")
_LISTED = """
SELECT staff_id, name, display_name, display_name_en, role, phone, notify_url, language, is_active, 1 AS is_home
    FROM staff WHERE community_id = ?
UNION ALL
SELECT staff.staff_id, name, display_name, display_name_en, staff_roles.role, phone, NULL AS notify_url, language,
    is_active, 0 AS is_home
    FROM staff_roles JOIN staff ON staff.staff_id = staff_roles.staff_id WHERE staff_roles.community_id = ?
"""


def _shown(row: Row) -> Row:
    return row | {"is_active": bool(row["is_active"]), "is_home": bool(row["is_home"])}


def everybody(reader: Reader, community_id: str) -> list[Row]:
    """All who work or worked here, those of today first."""
    rows = reader.rows(
        f"SELECT * FROM ({_LISTED}) AS listed ORDER BY is_active DESC, staff_id", (community_id, community_id)
    )
    return [_shown(row) for row in rows]


def somebody(reader: Reader, community_id: str, staff_id: int) -> Row | None:
    row = reader.row(f"SELECT * FROM ({_LISTED}) AS listed WHERE staff_id = ?", (community_id, community_id, staff_id))
    return _shown(row) if row else None


def add(transaction: Transaction, community_id: str, values: dict[str, Any], password_hash: str) -> int | None:
    """A new colleague's number; None when the name to sign in with is taken."""
    try:
        return access_store.add_staff(transaction, community_id, password_hash=password_hash, **values)
    except Conflict:
        return None


def is_name_taken(reader: Reader, name: str) -> bool:
    return reader.row("SELECT 1 AS one FROM staff WHERE name = ?", (name,)) is not None


def change(transaction: Transaction, community_id: str, staff_id: int, values: dict[str, Any]) -> None:
    """Change somebody who is at home here. Who lost their role or left is signed out at once."""
    before = somebody(transaction, community_id, staff_id)
    marks = ", ".join(f"{name} = ?" for name in _OWN)
    transaction.execute(
        f"UPDATE staff SET {marks} WHERE staff_id = ? AND community_id = ?",
        [*(values[name] for name in _OWN), staff_id, community_id],
    )
    if before and (before["role"] != values["role"] or not values["is_active"]):
        end_access(transaction, staff_id, community_id)


def change_guest(transaction: Transaction, community_id: str, staff_id: int, role: str, is_active: bool) -> None:
    """Change what a guest is here, or end their work here."""
    transaction.execute("DELETE FROM staff_roles WHERE staff_id = ? AND community_id = ?", (staff_id, community_id))
    if is_active:
        access_store.add_role(transaction, staff_id, community_id, role)
    end_access(transaction, staff_id, community_id)


def end_access(transaction: Transaction, staff_id: int, community_id: str) -> None:
    """End the person's sessions, and their tokens for this community."""
    transaction.execute("DELETE FROM sessions WHERE staff_id = ?", (staff_id,))
    transaction.execute(
        "UPDATE tokens SET ends_at = 0 WHERE staff_id = ? AND community_id = ?", (staff_id, community_id)
    )


def set_password(transaction: Transaction, staff_id: int, password_hash: str, but_session: str = "") -> None:
    """A new password ends every session, but for the one that asked for it."""
    transaction.execute("UPDATE staff SET password_hash = ? WHERE staff_id = ?", (password_hash, staff_id))
    transaction.execute("DELETE FROM sessions WHERE staff_id = ? AND session_id != ?", (staff_id, but_session))


def password_hash(reader: Reader, staff_id: int) -> str | None:
    row = reader.row("SELECT password_hash FROM staff WHERE staff_id = ?", (staff_id,))
    return row["password_hash"] if row else None


def sessions_of(reader: Reader, staff_id: int) -> list[str]:
    return [row["session_id"] for row in reader.rows("SELECT session_id FROM sessions WHERE staff_id = ?", (staff_id,))]
