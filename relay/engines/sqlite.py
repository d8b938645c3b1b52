"""SQLite by sqlite-utils: one file, one writer, snapshots for readers by its write-ahead log.

Ref: facts.md "Relay": a deferred BEGIN is refused under load, BEGIN IMMEDIATE is not.
"""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlite_utils

from .base import Broken, Conflict, Migrations, Row

BUSY_TIMEOUT_S = 10  # another process (hub-add, a backup) may hold the lock this long


class _StringAgg:
    """`string_agg`, which SQLite itself knows from 3.44 on."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._between = ""

    def step(self, value: Any, between: str) -> None:
        if value is not None:
            self._parts.append(str(value))
            self._between = between

    def finalize(self) -> str | None:
        return self._between.join(self._parts) if self._parts else None


def _for_its_owner_alone(path: Path) -> None:
    """Keys of hubs and what residents trust us with lie in this file: nobody else on the machine reads it. SQLite gives
    its log the same rights. A file of somebody else's is left as it is. One that is there is never opened here: closing
    it would end the locks of every other connection of this process."""
    with contextlib.suppress(OSError):  # what is really wrong with the place, SQLite says better
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        elif path.stat().st_mode & 0o077:
            path.chmod(0o600)


class SqliteConnection:
    def __init__(self, path: Path) -> None:
        _for_its_owner_alone(path)
        try:
            raw = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
            raw.execute("PRAGMA synchronous=FULL")
            raw.execute("PRAGMA foreign_keys=ON")
        except sqlite3.Error as error:
            raise Broken(str(error)) from error
        raw.create_aggregate("string_agg", 2, _StringAgg)  # type: ignore[arg-type]
        self.raw = raw
        self._is_reading = False

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        return self._execute(sql, parameters).rowcount

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        try:
            return self.raw.executemany(sql, rows).rowcount
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error

    def fetch(self, sql: str, parameters: Sequence[Any] = (), is_one: bool = False) -> list[Row]:
        cursor = self._execute(sql, parameters)
        if is_one:
            values = cursor.fetchone()
            found = [values] if values is not None else []
        else:
            found = cursor.fetchall()
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in found]

    def insert(self, table: str, values: Row) -> int:
        marks = ", ".join("?" * len(values))
        cursor = self._execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))
        return int(cursor.lastrowid or 0)

    def _execute(self, sql: str, parameters: Sequence[Any]) -> sqlite3.Cursor:
        try:
            return self.raw.execute(sql, parameters)
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error

    def begin(self, is_writing: bool) -> None:
        try:
            if self._is_reading == is_writing:  # a snapshot is for reading only: SQLite itself refuses more
                self._is_reading = not is_writing
                self.raw.execute(f"PRAGMA query_only={'OFF' if is_writing else 'ON'}")
            self.raw.execute("BEGIN IMMEDIATE" if is_writing else "BEGIN")
        except sqlite3.Error as error:
            raise Broken(str(error)) from error

    def end(self, is_kept: bool) -> None:
        if not is_kept:
            if self.raw.in_transaction:
                self.raw.execute("ROLLBACK")
            return
        try:
            self.raw.execute("COMMIT")
        except sqlite3.Error as error:
            raise Broken(str(error)) from error

    @property
    def is_in_transaction(self) -> bool:
        return self.raw.in_transaction

    def close(self) -> None:
        self.raw.close()


class _AlwaysMine:
    """One relay for one file: nobody else can lead."""

    def is_mine(self) -> bool:
        return True

    def give_up(self) -> None:
        pass


class Sqlite:
    is_shared = False

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            connection = self.connect()
            connection.raw.execute("PRAGMA journal_mode=WAL")
            connection.close()
        except sqlite3.Error as error:
            raise Broken(str(error)) from error

    def connect(self) -> SqliteConnection:
        return SqliteConnection(self.path)

    def migrate(self, sets: Sequence[Migrations]) -> None:
        connection = self.connect()
        try:
            connection.raw.execute("PRAGMA foreign_keys=OFF")  # a table may be made anew; SQLite: outside a transaction
            connection.begin(True)
            wrapped = sqlite_utils.Database(connection.raw)
            is_changed = any(migrations.pending(wrapped) for migrations in sets)
            for migrations in sets:
                migrations.apply(wrapped)
            if is_changed and (lost := connection.fetch("PRAGMA foreign_key_check", is_one=True)):
                raise Broken(f"rows of {lost[0]['table']} lead nowhere; nothing was changed")
            connection.end(True)
        except sqlite3.Error as error:
            raise Broken(str(error)) from error
        finally:
            connection.end(False)
            connection.close()

    def lead(self) -> _AlwaysMine:
        return _AlwaysMine()

    def backup(self, to: Path) -> None:
        source = self.connect()
        try:
            target = sqlite3.connect(to)
            try:
                source.raw.backup(target)  # one snapshot; the write-ahead log lets others write meanwhile
                target.execute("PRAGMA journal_mode=DELETE")  # the copy is one file
            finally:
                target.close()
        except sqlite3.Error as error:
            raise Broken(str(error)) from error
        finally:
            source.close()

    @contextmanager
    def restored(self, file: Path) -> Generator[Path, None, None]:
        with tempfile.TemporaryDirectory(prefix="anling-restored-") as folder:
            path = Path(folder) / "relay.db"
            shutil.copyfile(file, path)
            try:
                looked = sqlite3.connect(path)
                try:
                    found = looked.execute("PRAGMA integrity_check").fetchall()
                finally:
                    looked.close()
            except sqlite3.Error as error:
                raise Broken(str(error)) from error
            if found != [("ok",)]:
                raise Broken(f"the copy is damaged: {found[0][0]}")
            yield path

    def listen(self, on_wake: Callable[[], None]) -> Callable[[], None]:
        return lambda: None  # this process's own commits are handed out directly
