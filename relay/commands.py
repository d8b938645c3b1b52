"""The commands for who keeps a relay: backup, backup-verify, verify, counts, broker-files. They may run beside `serve`.

Exit code 0 when all is well, 1 when what was looked at is not, 2 when it could not be looked at.
"""

import argparse
import sys
from collections.abc import Callable

from .app import open_database
from .clock import now_ms
from .database import Broken, Database
from .deploy import broker_files
from .history import store as history_store
from .history import worker as history_worker
from .upkeep import backup


def _backup(database: Database, arguments: argparse.Namespace) -> int:
    made = backup.make(database, arguments.to or arguments.data / backup.FOLDER, now_ms())
    if made.why is not None:
        print(f"relay: the copy {made.path} cannot be used: {made.why}", file=sys.stderr)
        return 1
    print(f"{made.path}: {made.size} bytes, restored and whole, {made.entries} entries, sha256 {made.sha256}")
    return 0


def _backup_verify(database: Database, arguments: argparse.Namespace) -> int:
    why = backup.verify(database, arguments.file)
    print(f"{arguments.file}: " + ("restored and whole" if why is None else why))
    return 0 if why is None else 1


def _verify(database: Database, arguments: argparse.Namespace) -> int:
    with database.read() as reader:
        verdict = history_store.verify(reader)
    if verdict.is_whole:
        print(f"whole: {verdict.rows} entries, head {verdict.head}")
        return 0
    print(f"BROKEN at entry {verdict.broken_at} of {verdict.rows}: {verdict.why}")
    return 1


def _counts(database: Database, arguments: argparse.Namespace) -> int:
    with database.read() as reader:
        differing, compared = history_worker.compare(reader)
        tallies = history_store.compare_all(reader)
    for tally in differing:
        print(f"{tally.hub_id}: raised {tally.made}, stored {tally.stored}, waiting {tally.waiting}")
    raised, stored = sum(tally.made for tally in tallies), sum(tally.stored for tally in tallies)
    print(f"{compared} hubs, {raised} raised, {stored} stored, {len(differing)} differ")
    return 1 if differing else 0


def _broker_files(database: Database, arguments: argparse.Namespace) -> int:
    listeners = broker_files.Listeners(arguments.host, arguments.port, arguments.relay_port, arguments.state)
    written = broker_files.write(database, arguments.to, listeners)
    if arguments.pid_file is not None and written.is_changed:
        broker_files.reload(arguments.pid_file)
    print(f"{arguments.to}: {written.hubs} hubs; the relay's address: {written.relay_url}")
    return 0


COMMANDS: dict[str, Callable[[Database, argparse.Namespace], int]] = {
    "backup": _backup,
    "backup-verify": _backup_verify,
    "verify": _verify,
    "counts": _counts,
    "broker-files": _broker_files,
}


def run(arguments: argparse.Namespace) -> int:
    """Carry out one command; its exit code."""
    if not arguments.database and not (arguments.data / "relay.db").exists():
        print(f"relay: there is no database in {arguments.data}. Name the folder with --data.", file=sys.stderr)
        return 2
    try:
        database = open_database(arguments.data, arguments.database)
        try:
            return COMMANDS[arguments.command](database, arguments)
        finally:
            database.close()
    except (Broken, OSError, broker_files.CannotWrite) as error:
        print(f"relay: {error}", file=sys.stderr)
        return 2
