"""The relay's one reading of the wall clock: UTC, whole milliseconds."""

import time


def now_ms() -> int:
    """Now, in ms since 1970 UTC."""
    return time.time_ns() // 1_000_000
