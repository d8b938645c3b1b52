"""The narrow waist between the relay and its database: one writer thread, group commit, snapshot reads.

Every write is a job, `work(transaction) -> result`, run by the one writer thread inside BEGIN IMMEDIATE;
jobs that wait together are committed together, each in its own savepoint, so that a job that fails rolls
back alone. A future resolves only after COMMIT. This file must not know any table of ours; the store.py
files see nothing but `Reader` and `Transaction`, so that PostgreSQL can stand behind the same two classes.

Ref: facts.md "Relay": a deferred BEGIN is refused under load, BEGIN IMMEDIATE is not; group commit.
"""

import queue
import sqlite3
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import sqlite_utils
from sqlite_utils.migrations import Migrations

Row = dict[str, Any]
Result = TypeVar("Result")

BATCH_MAX = 500  # jobs in one commit; more would delay the first receipt
BUSY_TIMEOUT_S = 10  # another process (hub-add, a backup) may hold the lock this long
IDLE_S = 0.3  # lazy jobs wait this long for a commit to ride on


class Reader:
    """Reads inside one snapshot."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row as a dict, or None."""
        cursor = self._connection.execute(sql, parameters)
        values = cursor.fetchone()
        if values is None:
            return None
        return dict(zip([column[0] for column in cursor.description], values, strict=True))

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows as dicts."""
        cursor = self._connection.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


class Transaction(Reader):
    """Reads and writes of one job. `announce`d things are handed out after the commit, in order."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.announced: list[Any] = []

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Carry out one statement; the number of rows it changed."""
        return self._connection.execute(sql, parameters).rowcount

    def insert(self, table: str, values: Row) -> int:
        """Insert one row; its id. Not for INSERT OR IGNORE, whose last id lies about duplicates."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        cursor = self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))
        return int(cursor.lastrowid or 0)

    def insert_new(self, table: str, values: Row) -> bool:
        """Insert one row unless its key is there already; True when it is new."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        return self._connection.execute(sql, list(values.values())).rowcount == 1

    def announce(self, thing: Any) -> None:
        self.announced.append(thing)


Work = Callable[[Transaction], Any]
Job = tuple[Work, "Future[Any]"]


class _Signal(Enum):
    LOOK = "a lazy job has come"
    END = "carry out what waits, then end"


class NotKept(RuntimeError):
    """The whole batch could not be committed (disk full, locked too long): nothing of it was kept. Try again."""


class DatabaseClosed(RuntimeError):
    """A job came after `close`: it was not carried out."""


class Database:
    """One SQLite file. `write` from any thread; `read` gives each thread its own connection."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.on_commit: Callable[[list[Any]], None] = lambda announced: None
        self._jobs: queue.SimpleQueue[Job | _Signal] = queue.SimpleQueue()
        self._lazy: list[Work] = []
        self._lazy_lock = threading.Lock()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = threading.Lock()
        self._is_closed = False
        self._connection = self._connect()
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._writer = threading.Thread(target=self._run, name="database-writer", daemon=True)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        return connection

    def migrate(self, sets: Sequence[Migrations]) -> None:
        """Bring the tables up to date; once, before `start`."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            wrapped = sqlite_utils.Database(self._connection)
            for migrations in sets:
                migrations.apply(wrapped)
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def start(self) -> None:
        self._writer.start()

    def close(self) -> None:
        """Carry out what waits, then end. Safe to call twice."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._writer.is_alive():
            self._jobs.put(_Signal.END)
            self._writer.join()
        with self._readers_lock:
            for reader in self._readers:
                reader.close()
            self._readers.clear()
        self._connection.close()

    # --- reading ----------------------------------------------------------------------------------

    @contextmanager
    def read(self) -> Generator[Reader, None, None]:
        """One snapshot: every read inside sees the same commits."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            connection.execute("PRAGMA query_only=ON")
            self._local.connection = connection
            with self._readers_lock:
                self._readers.append(connection)
        connection.execute("BEGIN")
        try:
            yield Reader(connection)
        finally:
            connection.execute("ROLLBACK")

    # --- writing ----------------------------------------------------------------------------------

    def write(self, work: Callable[[Transaction], Result]) -> "Future[Result]":
        """Hand a job to the writer. The future resolves after COMMIT, or with the job's exception."""
        future: Future[Result] = Future()
        if self._is_closed:
            future.set_exception(DatabaseClosed("the database is closed"))
            return future
        self._jobs.put((work, future))
        return future

    def write_lazily(self, work: Work) -> None:
        """A job that nobody waits for: it rides on the next commit, or goes when the writer is idle."""
        with self._lazy_lock:
            self._lazy.append(work)
            is_first = len(self._lazy) == 1
        if is_first:
            self._jobs.put(_Signal.LOOK)  # the writer may be waiting without end

    def _gather(self) -> list["Job | _Signal"]:
        """What waits, at most BATCH_MAX; empty when only lazy jobs have waited for IDLE_S."""
        found: list[Job | _Signal] = []
        with suppress(queue.Empty):
            found.append(self._jobs.get(timeout=IDLE_S if self._lazy else None))
            while len(found) < BATCH_MAX:
                found.append(self._jobs.get_nowait())
        return found

    def _run(self) -> None:
        is_ending = False
        while not is_ending:
            found = self._gather()
            is_ending = _Signal.END in found
            # From "running" on nobody can cancel a job.
            batch = [job for job in found if isinstance(job, tuple) and job[1].set_running_or_notify_cancel()]
            if batch or not found or is_ending:
                with self._lazy_lock:
                    batch.extend((work, Future()) for work in self._lazy)
                    self._lazy.clear()
            if batch:
                self._commit(batch)

    def _commit(self, batch: list[Job]) -> None:
        done: list[tuple[Future[Any], Any, list[Any]]] = []
        failed: list[tuple[Future[Any], BaseException]] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for work, future in batch:
                self._carry_out(work, future, done, failed)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:  # disk full, locked by another process: nothing was kept
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            for _, future in batch:
                future.set_exception(NotKept(f"the database could not commit: {error}"))
            return
        for future, result, _ in done:  # receipts first …
            future.set_result(result)
        for future, error in failed:
            future.set_exception(error)
        announced = [thing for _, _, things in done for thing in things]
        if announced:  # … then the consoles
            try:
                self.on_commit(announced)
            except Exception as error:  # a console's fault may not end the writer
                print(f"relay: consoles were not told of a commit: {error!r}", file=sys.stderr)

    def _carry_out(
        self,
        work: Work,
        future: "Future[Any]",
        done: list[tuple["Future[Any]", Any, list[Any]]],
        failed: list[tuple["Future[Any]", BaseException]],
    ) -> None:
        transaction = Transaction(self._connection)
        self._connection.execute("SAVEPOINT job")
        try:
            result = work(transaction)
        except Exception as error:
            if not self._connection.in_transaction:  # SQLite itself rolled everything back
                raise sqlite3.OperationalError(f"the transaction was lost: {error}") from error
            self._connection.execute("ROLLBACK TO job")
            self._connection.execute("RELEASE job")
            failed.append((future, error))
        else:
            self._connection.execute("RELEASE job")
            done.append((future, result, transaction.announced))
