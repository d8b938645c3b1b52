"""What the relay finds when it looks at itself. Reads the disk and the database; decides nothing."""

import shutil
import time
from typing import Any

from ..database import Broken
from ..services import Services
from ..supervision import rules as supervision_rules
from ..supervision import store as supervision_store
from . import rules, store


def facts(services: Services, now: int) -> rules.Facts:
    """How it stands now. Never raises: a database that does not answer is a fact, too."""
    is_there, is_gateway_down, backup_at, since = True, False, None, None
    try:
        with services.database.read() as reader:
            is_gateway_down = supervision_store.is_open(reader, supervision_rules.GATEWAY_DOWN, None)
            backup_at = store.last_good_backup(reader)
            since = store.first_seen_at(reader)
    except Broken:
        is_there = False
    down_since = services.line_down_since()
    free_pct, free_bytes = disk(services)
    return rules.Facts(
        is_database_there=is_there,
        line_down_s=None if down_since is None else time.monotonic() - down_since,
        is_leading=services.is_leading,
        ticked_ms_ago=max(0, now - services.ticked_at),
        is_gateway_down=is_gateway_down,
        backup_ms_ago=None if backup_at is None else max(0, now - backup_at),
        up_ms=max(0, now - min(services.started_at, since or now)),
        disk_free_pct=free_pct,
        disk_free_bytes=free_bytes,
    )


def disk(services: Services) -> tuple[float, int]:
    """Room left where the data folder is: percent, bytes."""
    try:
        usage = shutil.disk_usage(services.data_dir)
    except OSError:
        return 0.0, 0
    return 100 * usage.free / usage.total, usage.free


def described(facts: rules.Facts, checks: dict[str, bool], services: Services) -> dict[str, dict[str, Any]]:
    """Each check with what was found."""
    found: dict[str, dict[str, Any]] = {
        rules.DATABASE: {"jobs": services.database.jobs, "commits": services.database.commits},
        rules.BROKER: {"down_s": None if facts.line_down_s is None else round(facts.line_down_s, 1)},
        rules.TICKER: {"is_leading": facts.is_leading, "ticked_ms_ago": facts.ticked_ms_ago},
        rules.SENDERS: {},
        rules.BACKUP: {"ms_ago": facts.backup_ms_ago},
        rules.DISK: {"free_pct": round(facts.disk_free_pct, 1), "free_bytes": facts.disk_free_bytes},
    }
    return {name: {"ok": checks[name], **found[name]} for name in rules.CHECKS}
