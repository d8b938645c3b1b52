"""What `relay/database.py` asks of a database: connections that speak our SQL, and what only that database knows.

Our SQL is what SQLite and PostgreSQL both speak, with `?` for a parameter, INTEGER for whole numbers (64 bits, also
for claims: 0 and 1), `string_agg(x, ',')`, and `coalesce(a, '') = ?` where SQLite alone would say `a IS ?`. A table's
first column is its key when it has a number of its own.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sqlite_utils.migrations import Migrations as SqliteMigrations

Row = dict[str, Any]


class Broken(Exception):
    """The database could not do it (disk full, locked too long, connection lost): nothing of the batch is kept."""


class Conflict(Exception):
    """The data does not allow this row: a key is there already, a reference leads nowhere, a history only grows."""


class Connection(Protocol):
    """One connection. Errors: Broken, Conflict; an error of the SQL itself comes as the driver's own."""

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Carry out one statement; the number of rows it changed."""
        ...

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Carry out one statement for each row; the number of rows changed in all."""
        ...

    def fetch(self, sql: str, parameters: Sequence[Any] = (), is_one: bool = False) -> list[Row]: ...

    def insert(self, table: str, values: Row) -> int:
        """Insert one row; its number."""
        ...

    def begin(self, is_writing: bool) -> None:
        """Open a transaction: the only writer there is, or a snapshot to read."""
        ...

    def end(self, is_kept: bool) -> None: ...

    @property
    def is_in_transaction(self) -> bool: ...

    def close(self) -> None: ...


class Tables(Protocol):
    """What a migration is given."""

    def execute(self, sql: str) -> Any: ...


class Engine(Protocol):
    """One database. `is_shared`: several relays may work on it at once."""

    is_shared: bool

    def connect(self) -> Connection: ...

    def migrate(self, sets: "Sequence[Migrations]") -> None: ...

    def lead(self) -> "Lead":
        """The right to do what only one relay may do at a time."""
        ...

    def backup(self, to: Path) -> None:
        """A copy of the present state in one file, while others write. Errors: Broken."""
        ...

    def restored(self, file: Path) -> AbstractContextManager[str | Path]:
        """Restore a copy into a place of its own, for as long as it is looked at; where. Errors: Broken."""
        ...

    def listen(self, on_wake: Callable[[], None]) -> Callable[[], None]:
        """Call back whenever another relay may have committed; what ends it."""
        ...


class Lead(Protocol):
    """Who holds it does what happens by itself: escalation, supervision, outbox."""

    def is_mine(self) -> bool:
        """True while this process holds it; tries to take it when nobody does. From one thread only."""
        ...

    def give_up(self) -> None: ...


class Migrations(SqliteMigrations):
    """Named steps of a capability's tables, in the order written; sqlite-utils keeps which ones SQLite has."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.steps: list[tuple[str, Callable[[Any], None]]] = []

    def __call__(self, *, name: str | None = None, transactional: bool = True) -> Any:
        register = super().__call__(name=name, transactional=transactional)

        def inner(step: Any) -> Any:
            self.steps.append((name or step.__name__, step))
            return register(step)

        return inner


def only_grows(db: Tables, table: str, what: str) -> None:
    """Let the database itself refuse to change or delete this table's rows."""
    if isinstance(db, PostgresTables):
        db.execute(
            f"CREATE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{what} only grows' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        db.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows()"
        )
        return
    for deed, name in (("UPDATE", "changed"), ("DELETE", "deleted")):
        db.execute(
            f"CREATE TRIGGER {table}_is_not_{name} BEFORE {deed} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{what} only grows'); END"
        )


def may_repeat(db: Tables, table: str, column: str) -> None:
    """Let a column's values, unique until now, be there several times. On SQLite a table is made anew for that, with
    its rows and indexes; what refers to it goes on doing so (`migrate` has references unchecked until its end)."""
    if isinstance(db, PostgresTables):
        db.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_key")
        return
    made, others = "", list[str]()
    for kind, sql in db.execute(f"SELECT type, sql FROM sqlite_master WHERE tbl_name = '{table}' AND sql IS NOT NULL"):
        if kind == "table":
            made = sql
        else:
            others.append(sql)
    named = rf"\b{table}\b"
    db.execute(re.sub(named, f"{table}_anew", re.sub(rf"(\b{column}\b[^,]*?) UNIQUE\b", r"\1", made), count=1))
    db.execute(f"INSERT INTO {table}_anew SELECT * FROM {table}")
    db.execute(f"DROP TABLE {table}")
    db.execute(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for sql in others:
        db.execute(sql)


class PostgresTables:
    """What a migration is given on PostgreSQL; `execute` translates our types."""

    def __init__(self, run: Callable[[str], Any]) -> None:
        self.execute = run
