"""Who may do what, and how often one may try a password. Pure: the time is an argument.

Rule 1: a role may do what the table says and nothing else; a missing entry is a refusal.
Rule 2: wrong passwords are counted per name and per address; past the limit even a right one waits.
"""

from collections.abc import Sequence

OPERATOR = "operator"  # works the queue, keeps the picture
RESPONDER = "responder"  # goes to the dwelling
SUPERVISOR = "supervisor"  # answers for the community: its people, its plan, its numbers
INSTALLER = "installer"  # brings hubs into homes
DISTRICT = "district"  # district officer: sees every community of the district, works no alarm
AUDITOR = "auditor"  # proves what happened; changes nothing
ROLES = (OPERATOR, RESPONDER, SUPERVISOR, INSTALLER, DISTRICT, AUDITOR)
CALL_GATEWAY = "call_gateway"  # a telephone system's token: says who rings, sees nothing
# A district officer sees other communities: that is granted on the relay itself, not by a community's supervisor.
GRANTED = (OPERATOR, RESPONDER, SUPERVISOR, INSTALLER, AUDITOR)
TOKEN_ROLES = (*GRANTED, CALL_GATEWAY)

ACKNOWLEDGE, ASSIGN, ARRIVED, CLEAR = "acknowledge", "assign", "arrived", "clear"
ACCEPT, DECLINE, RESOLVE, MERGE, RELEASE, REOPEN = "accept", "decline", "resolve", "merge", "release", "reopen"
PLACE, PICTURE, CLOSE_TECHNICAL = "place", "picture", "close_technical"
BOARD, CARD, PEOPLE, NUMBERS, AUDIT = "board", "card", "people", "numbers", "audit"  # to see them
SEARCH, HOTLINE, HEALTH, ASSIGNMENTS, OVERVIEW = "search", "hotline", "health", "assignments", "overview"
DUTY, HANDOVER, FAMILY, EDIT_PEOPLE, CALL = "duty", "handover", "family", "edit_people", "call"
UPDATES, REVOKE = "updates", "revoke"  # new firmware; a hub that is lost or stolen
INSTALL = "install"  # to claim hubs for dwellings and walk through them
IMPORT, PLAN, SHIFTS, STAFF, TOKENS, WEBHOOKS, COMMUNITY = (
    "import",
    "plan",
    "shifts",
    "staff",
    "tokens",
    "webhooks",
    "community",
)  # to change them

_ALARM = frozenset({ACKNOWLEDGE, ASSIGN, ACCEPT, DECLINE, ARRIVED, RESOLVE, CLEAR})
_FIELD = _ALARM | {BOARD, CARD, HEALTH, DUTY, ASSIGNMENTS}
_DESK = _FIELD | {MERGE, RELEASE, REOPEN, PLACE, PICTURE, CLOSE_TECHNICAL, PEOPLE, NUMBERS}
_DESK |= {SEARCH, HOTLINE, HANDOVER, FAMILY, EDIT_PEOPLE}
MAY: dict[str, frozenset[str]] = {
    OPERATOR: _DESK,
    RESPONDER: _FIELD,
    SUPERVISOR: _DESK | {AUDIT, INSTALL, IMPORT, PLAN, SHIFTS, STAFF, TOKENS, WEBHOOKS, COMMUNITY, UPDATES, REVOKE},
    INSTALLER: frozenset({INSTALL, BOARD, CLOSE_TECHNICAL, PLACE, PEOPLE, SEARCH}),
    DISTRICT: frozenset({BOARD, NUMBERS, AUDIT, OVERVIEW}),
    AUDITOR: frozenset({NUMBERS, AUDIT}),
    CALL_GATEWAY: frozenset({CALL}),
}

SESSION_IDLE_MS = 12 * 3600 * 1000  # one shift
SESSION_MAX_MS = 7 * 24 * 3600 * 1000
SESSION_TOUCH_MS = 60_000  # do not write more often than this to say "still here"

PASSWORD_LENGTH_MIN, PASSWORD_LENGTH_MAX = 10, 256
WINDOW_MS = 5 * 60_000
TRIES_PER_NAME = 5
TRIES_PER_ADDRESS = 30


def may(role: str, order: str) -> bool:
    return order in MAY.get(role, frozenset())


def is_session_good(created_at: int, seen_at: int, now: int) -> bool:
    return now - seen_at <= SESSION_IDLE_MS and now - created_at <= SESSION_MAX_MS


CONSOLE_SILENT_MS = 45_000  # a console that said nothing for so long is not armed any more


def local_path(path: str | None) -> str:
    """Where to go after signing in: only a path of our own, never another site."""
    is_ours = path and path.startswith("/") and not path.startswith("//") and "\\" not in path
    has_controls = path is not None and any(ord(character) < 0x20 for character in path)
    return path if path and is_ours and not has_controls else "/"


def wait_ms(tries_at: Sequence[int], allowed: int, now: int) -> int:
    """0 when one more try is allowed, else how long to wait. A try "in the future" was written by a wrong clock."""
    recent = sorted(at for at in tries_at if now - WINDOW_MS < at <= now)
    return recent[-allowed] + WINDOW_MS - now if len(recent) >= allowed else 0
