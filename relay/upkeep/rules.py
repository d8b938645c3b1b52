"""When the relay is well, when a disk is nearly full, when a backup is old. Pure: the time is an argument.

Rule 1: the relay says outward that it is well only while its ticker, its line to the broker and its database are.
Rule 2: a backup counts from when it was verified by restoring it; one that was not counts as none.
"""

from dataclasses import dataclass

HOUR_MS = 3600 * 1000
TICKER_LATE_MS = 10_000
LINE_DOWN_S = 10.0
BACKUP_EVERY_MS = 24 * HOUR_MS
BACKUP_OLD_MS = 30 * HOUR_MS
FIRST_BACKUP_MS = HOUR_MS
BACKUPS_KEPT = 14
DISK_FREE_MIN_PCT = 10.0
DISK_FREE_MIN_BYTES = 500 << 20  # on a large disk this much is room enough
ARMED_PATIENCE_MS = 2 * 60_000  # a shift that changes hands is no fault yet

DATABASE, BROKER, TICKER, SENDERS, BACKUP, DISK = "database", "broker", "ticker", "senders", "backup", "disk"
CHECKS = (DATABASE, BROKER, TICKER, SENDERS, BACKUP, DISK)
VITAL = (DATABASE, BROKER, TICKER)  # without these no alarm arrives, or none is seen to


@dataclass(frozen=True)
class Facts:
    """What the relay knows of itself. Shape: ages in ms, None where there is none."""

    is_database_there: bool
    line_down_s: float | None  # None: it is up
    is_leading: bool
    ticked_ms_ago: int
    is_gateway_down: bool
    backup_ms_ago: int | None
    up_ms: int
    disk_free_pct: float
    disk_free_bytes: int


def is_disk_low(free_pct: float, free_bytes: int) -> bool:
    return free_pct < DISK_FREE_MIN_PCT and free_bytes < max(DISK_FREE_MIN_BYTES, 1)


def is_backup_old(ms_ago: int | None, up_ms: int) -> bool:
    """A relay that has just been set up has a day to make its first one."""
    return up_ms > BACKUP_OLD_MS if ms_ago is None else ms_ago > BACKUP_OLD_MS


def well(facts: Facts) -> dict[str, bool]:
    """Each check, and whether it is well."""
    is_up_for_a_while = facts.up_ms > TICKER_LATE_MS
    return {
        DATABASE: facts.is_database_there,
        BROKER: facts.line_down_s is None or facts.line_down_s < LINE_DOWN_S,
        TICKER: not facts.is_leading or not is_up_for_a_while or facts.ticked_ms_ago < TICKER_LATE_MS,
        SENDERS: not facts.is_gateway_down,
        BACKUP: not is_backup_old(facts.backup_ms_ago, facts.up_ms),
        DISK: not is_disk_low(facts.disk_free_pct, facts.disk_free_bytes),
    }


def may_say_well(checks: dict[str, bool]) -> bool:
    return all(checks[name] for name in VITAL)
