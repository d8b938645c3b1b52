"""Who may do what, and how often one may try a password. Pure: the time is an argument.

Rule 1: a role may do what the table says and nothing else; a missing entry is a refusal.
Rule 2: wrong passwords are counted per name and per address; past the limit even a right one waits.
"""

from dataclasses import dataclass, field

OPERATOR = "operator"  # works the queue, keeps the picture
RESPONDER = "responder"  # goes to the dwelling
SUPERVISOR = "supervisor"  # answers for the community: its people, its plan, its numbers
INSTALLER = "installer"  # brings hubs into homes
DISTRICT = "district"  # district officer: sees every community of the district, works no alarm
AUDITOR = "auditor"  # proves what happened; changes nothing
ROLES = (OPERATOR, RESPONDER, SUPERVISOR, INSTALLER, DISTRICT, AUDITOR)

ACKNOWLEDGE, ASSIGN, ARRIVED, CLEAR = "acknowledge", "assign", "arrived", "clear"
ACCEPT, DECLINE, RESOLVE, MERGE, RELEASE, REOPEN = "accept", "decline", "resolve", "merge", "release", "reopen"
PLACE, PICTURE, CLOSE_TECHNICAL = "place", "picture", "close_technical"
BOARD, CARD, PEOPLE, NUMBERS, AUDIT = "board", "card", "people", "numbers", "audit"  # to see them
IMPORT, PLAN, SHIFTS, STAFF, TOKENS, WEBHOOKS = (
    "import",
    "plan",
    "shifts",
    "staff",
    "tokens",
    "webhooks",
)  # to change them

_ALARM = frozenset({ACKNOWLEDGE, ASSIGN, ACCEPT, DECLINE, ARRIVED, RESOLVE, CLEAR})
_DESK = _ALARM | {MERGE, RELEASE, REOPEN, PLACE, PICTURE, CLOSE_TECHNICAL, BOARD, CARD, PEOPLE, NUMBERS}
MAY: dict[str, frozenset[str]] = {
    OPERATOR: _DESK,
    RESPONDER: _ALARM | {BOARD, CARD},
    SUPERVISOR: _DESK | {AUDIT, IMPORT, PLAN, SHIFTS, STAFF, TOKENS, WEBHOOKS},
    INSTALLER: frozenset({BOARD, CLOSE_TECHNICAL, PLACE, PEOPLE}),
    DISTRICT: frozenset({BOARD, NUMBERS, AUDIT}),
    AUDITOR: frozenset({NUMBERS, AUDIT}),
}

SESSION_IDLE_MS = 12 * 3600 * 1000  # one shift
SESSION_MAX_MS = 7 * 24 * 3600 * 1000
SESSION_TOUCH_MS = 60_000  # do not write more often than this to say "still here"

PASSWORD_LENGTH_MAX = 256
WINDOW_MS = 5 * 60_000
TRIES_PER_NAME = 5
TRIES_PER_ADDRESS = 30
REMEMBERED_MAX = 10_000


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


@dataclass
class TryLimit:
    """Counts wrong passwords in a sliding window. Shape: keys are ("name", …) or ("address", …)."""

    _failed_at: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def wait_ms(self, name: str, address: str, now: int) -> int:
        """0 when a try is allowed, else how long to wait."""
        return max(
            self._wait(("name", name), TRIES_PER_NAME, now),
            self._wait(("address", address), TRIES_PER_ADDRESS, now),
        )

    def _wait(self, key: tuple[str, str], tries: int, now: int) -> int:
        recent = [at for at in self._failed_at.get(key, []) if now - at < WINDOW_MS]
        return recent[-tries] + WINDOW_MS - now if len(recent) >= tries else 0

    def failed(self, name: str, address: str, now: int) -> None:
        for key, tries in ((("name", name), TRIES_PER_NAME), (("address", address), TRIES_PER_ADDRESS)):
            recent = [at for at in self._failed_at.pop(key, []) if now - at < WINDOW_MS]
            self._failed_at[key] = [*recent, now][-tries:]
        while len(self._failed_at) > REMEMBERED_MAX:  # the oldest first: dicts keep their order
            del self._failed_at[next(iter(self._failed_at))]

    def succeeded(self, name: str, address: str) -> None:
        """The last try was right: forget the name's wrong ones and take back the address's last."""
        self._failed_at.pop(("name", name), None)
        tries = self._failed_at.get(("address", address))
        if tries:
            tries.pop()
