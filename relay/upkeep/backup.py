"""Makes a copy of the database while it is used, proves it by restoring it, and lets old copies go.

A copy is proved when it can be restored, its chain is whole and it has at least what was there when it was begun.
"""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from .. import ledger
from ..clock import now_ms
from ..database import Database
from ..history import store as history_store
from . import rules, store

FOLDER = "backups"
PREFIX = "anling-"


@dataclass(frozen=True)
class Made:
    """A copy. Shape: `why` is None when it is proved."""

    path: Path
    size: int
    sha256: str
    entries: int
    why: str | None


def make(database: Database, folder: Path, now: int) -> Made:
    """One copy, proved, written down in the database. Errors: Broken, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.fromtimestamp(now / 1000, timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    path = folder / f"{PREFIX}{stamp}.{'dump' if database.is_shared else 'db'}"
    part = path.with_suffix(path.suffix + ".part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    with database.read() as reader:
        entries, _ = ledger.head(reader)
    try:
        database.backup(part)
        os.chmod(part, 0o600)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    why = verify(database, path, entries)
    made = Made(path, path.stat().st_size, _sha256(path), entries, why)
    values = {
        "at": now,
        "file": path.name,
        "bytes": made.size,
        "sha256": made.sha256,
        "is_verified": int(why is None),
        "detail": why,
    }
    database.write(lambda tx: store.keep_backup(tx, values)).result()
    if why is None:
        _let_go(folder)
    return made


def verify(database: Database, path: Path, entries: int = 0) -> str | None:
    """Restore a copy into a place of its own and look at it; what is wrong with it, or None."""
    try:
        with database.restored(path) as restored, restored.read() as reader:
            verdict = history_store.verify(reader)
    except Exception as error:  # an empty or foreign file: whatever a database has to say of it
        return str(error)[:200] or type(error).__name__
    if not verdict.is_whole:
        return f"its chain is broken at entry {verdict.broken_at}: {verdict.why}"
    if verdict.rows < entries:
        return f"it has {verdict.rows} entries of the chain where {entries} were there"
    return None


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _let_go(folder: Path) -> None:
    """Keep the newest copies."""
    found = sorted(path for path in folder.glob(PREFIX + "*") if path.suffix in (".db", ".dump"))
    for path in found[: -rules.BACKUPS_KEPT]:
        path.unlink(missing_ok=True)


def now_into(database: Database, data_dir: Path) -> Made:
    return make(database, data_dir / FOLDER, now_ms())
