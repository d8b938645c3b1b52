"""Which technical alarms last, which ones end others, and when two are one. Pure.

Rule 1: a lasting fault (hub offline, mains lost, …) is open until its opposite is heard; hearing it again
while open only counts.
Rule 2: a momentary one (restart, refused frame, …) folds into the last one of its place and kind when
that was heard within 60 s. It stays on the board until somebody closes it or a day has passed.
"""

from protocol import vocabulary as words

BROKER_DOWN = "broker_down"  # the relay's own: no hub can say it
ALARM_UNKNOWN = "alarm_unknown"  # a home lives an alarm that the relay does not have
FOLD_MS = 60_000
SHOWN_MS = 24 * 3600 * 1000

# What is heard → the fault that it ends.
ENDS: dict[str, str] = {over: begun for begun, over in words.RESTORED_BY.items()}
LASTING = frozenset(
    {*words.RESTORED_BY, words.HUB_OFFLINE, words.JOURNAL_FULL, BROKER_DOWN, "escalation_late", "nobody_to_tell"}
)


def folds(kind: str, last_at: int, now: int) -> bool:
    """Does a new report fold into the open one heard last at `last_at`?"""
    return kind in LASTING or now - last_at < FOLD_MS
