"""The commands for who keeps a relay: backup, backup-verify, verify, counts, broker-files, people-import and -export.
They may run beside `serve`.

Exit code 0 when all is well, 1 when what was looked at is not, 2 when it could not be looked at.
"""

import argparse
import re
import sys
from collections.abc import Callable

from . import vault
from .app import SECRETS, open_database
from .clock import now_ms
from .database import Broken, Database
from .deploy import broker_files, follow
from .exchange import columns
from .exchange import rules as table_rules
from .exchange import store as exchange_store
from .history import store as history_store
from .history import worker as history_worker
from .homes import store as home_store
from .people import store as people_store
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


def _table(database: Database, arguments: argparse.Namespace) -> bytes:
    """The table to take in: a file, or a table of this database (made by `sqlite-utils insert`). Errors: BadTable."""
    if arguments.file is not None:
        return arguments.file.read_bytes()
    if not re.fullmatch(r"[A-Za-z_]\w{0,62}", arguments.table):
        raise table_rules.BadTable(f"{arguments.table} is no table's name. Use letters, digits and _.")
    try:
        with database.read() as reader:
            found = reader.rows(f'SELECT * FROM "{arguments.table}"')
    except Exception:  # each engine has an error of its own for a table that is not there
        raise table_rules.BadTable(
            f"There is no table {arguments.table}. Make it with `sqlite-utils insert`."
        ) from None
    names = list(found[0]) if found else []
    return table_rules.write(names, [[row[name] for name in names] for row in found])


def _need_community(database: Database, community_id: str) -> None:
    with database.read() as reader:
        if people_store.community(reader, community_id) is None:
            raise table_rules.BadTable(
                f"There is no community {community_id}. Add it with `relay community-add` first."
            )


def _people_import(database: Database, arguments: argparse.Namespace) -> int:
    _need_community(database, arguments.community)
    data = _table(database, arguments)
    with database.read() as reader:
        plan = exchange_store.plan(reader, arguments.community, data)
    for one in plan.bad:
        place = f"line {one.line}" + (f", {one.column}" if one.column else "")
        print(f"{place}: {one.problem} {one.remedy}", file=sys.stderr)
    is_kept = not plan.bad and not arguments.dry_run
    if is_kept:
        exchange_store.keep(database, arguments.community, plan.writes)
    print(f"{plan.rows} lines, {plan.new} new homes, {plan.changed} changed, {len(plan.bad)} wrong: ", end="")
    print("kept" if is_kept else "nothing was changed")
    return 1 if plan.bad else 0


def _people_export(database: Database, arguments: argparse.Namespace) -> int:
    _need_community(database, arguments.community)
    with database.read() as reader:
        homes = home_store.all_with_health(reader, arguments.community)
    lines = [line for home in homes for line in columns.lines_of(home, has_health=False)]
    arguments.file.write_bytes(table_rules.write(columns.names_out(has_health=False), lines))
    print(f"{arguments.file}: {len(homes)} homes, without notes on health")
    return 0


def _broker_files(database: Database, arguments: argparse.Namespace) -> int:
    listeners = broker_files.Listeners(
        arguments.host, arguments.port, arguments.relay_port, arguments.state, arguments.pid_file
    )
    if arguments.watch:
        follow.run(database, arguments.to, listeners)
        return 0
    written = broker_files.write(database, arguments.to, listeners)
    if written.is_changed:
        broker_files.reload(arguments.pid_file)
    print(f"{arguments.to}: {written.hubs} hubs; the relay's address: {written.relay_url}")
    return 0


def _secrets_rotate(database: Database, arguments: argparse.Namespace) -> int:
    count = vault.rotate(database, SECRETS, arguments.keep_old)
    assert database.keys is not None  # without it the line above is refused
    old = "the old one still opens them, too" if arguments.keep_old else "the old one opens none"
    print(f"{count} secrets sealed with a new key, {old}; keep a copy of {database.keys.path} apart from the backups")
    return 0


COMMANDS: dict[str, Callable[[Database, argparse.Namespace], int]] = {
    "backup": _backup,
    "backup-verify": _backup_verify,
    "verify": _verify,
    "counts": _counts,
    "broker-files": _broker_files,
    "secrets-rotate": _secrets_rotate,
    "people-import": _people_import,
    "people-export": _people_export,
}


def run(arguments: argparse.Namespace) -> int:
    """Carry out one command; its exit code."""
    if not arguments.database and not (arguments.data / "relay.db").exists():
        print(f"relay: there is no database in {arguments.data}. Name the folder with --data.", file=sys.stderr)
        return 2
    try:
        database = open_database(arguments.data, arguments.database, arguments.secrets_key)
        try:
            return COMMANDS[arguments.command](database, arguments)
        finally:
            database.close()
    except (Broken, OSError, vault.Locked, broker_files.CannotWrite, table_rules.BadTable) as error:
        print(f"relay: {error}", file=sys.stderr)
        return 2
