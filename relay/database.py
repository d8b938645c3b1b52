"""The narrow waist between the relay and its database: one writer thread, group commit, snapshot reads.

Every write is a job, `work(transaction) -> result`, run by the one writer thread in a transaction that no other
writer shares; jobs that wait together are committed together, each in its own savepoint, so that a job that fails
rolls back alone. A future resolves only after COMMIT. This file must not know any table of ours, nor which
database it is: the store.py files see nothing but `Reader` and `Transaction`, engines/ has the two that stand behind.

Ref: facts.md "Relay": group commit.
"""

import queue
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from .engines.base import Broken, Conflict, Connection, Engine, Lead, Migrations, Row, Tables, may_repeat, only_grows
from .engines.sqlite import Sqlite
from .keys import Keys

__all__ = (
    "Broken",
    "Conflict",
    "Database",
    "DatabaseClosed",
    "Lead",
    "Migrations",
    "NotKept",
    "Reader",
    "Row",
    "Tables",
    "Transaction",
    "Work",
    "may_repeat",
    "only_grows",
)
Result = TypeVar("Result")

BATCH_MAX = 500  # jobs in one commit; more would delay the first receipt
IDLE_S = 0.3  # lazy jobs wait this long for a commit to ride on
READERS_KEPT = 16  # connections that wait for the next reader
LOST_WAIT_S = 1.0  # before the next try to reach a database that is gone


def engine_of(where: Path | str) -> Engine:
    """The database at this path or `postgresql://` address. Errors: Broken."""
    if isinstance(where, str) and where.startswith(
        ("postgresql://", "postgres://", "host=", "dbname=", "user=", "port=")
    ):
        from .engines.postgres import Postgres  # psycopg is loaded only where it is used

        return Postgres(where)
    return Sqlite(Path(where))


class Reader:
    """Reads inside one snapshot."""

    def __init__(self, connection: Connection, keys: Keys | None = None) -> None:
        self._connection = connection
        self.keys = keys  # of what is sealed in the rows: vault.py's alone

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row as a dict, or None."""
        found = self._connection.fetch(sql, parameters, True)
        return found[0] if found else None

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """All rows as dicts."""
        return self._connection.fetch(sql, parameters)


class Transaction(Reader):
    """Reads and writes of one job. `announce`d things are handed out after the commit, in order.

    Errors: Conflict, when the data does not allow it; the job must then end.
    """

    def __init__(self, connection: Connection, keys: Keys | None = None) -> None:
        super().__init__(connection, keys)
        self.announced: list[Any] = []
        self.changes = 0  # rows changed so far: a job that changed none did nothing

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Carry out one statement; the number of rows it changed."""
        return self._counted(self._connection.run(sql, parameters))

    def execute_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Carry out one statement for each row; the number of rows changed in all."""
        return self._counted(self._connection.run_many(sql, rows))

    def _counted(self, changed: int) -> int:
        self.changes += max(0, changed)
        return changed

    def insert(self, table: str, values: Row) -> int:
        """Insert one row; its number. Not for rows that may be there already: see `insert_new`."""
        self.changes += 1
        return self._connection.insert(table, values)

    def insert_new(self, table: str, values: Row) -> bool:
        """Insert one row unless its key is there already; True when it is new."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        return self.execute(sql, list(values.values())) == 1

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
    """One database. `write` from any thread; `read` gives each thread its own connection."""

    def __init__(self, where: Path | str, keys: Keys | None = None) -> None:
        self.where = where
        self.keys = keys
        self.on_commit: Callable[[list[Any]], None] = lambda announced: None
        self.accompany: Callable[[Work], Work] = lambda work: work  # adds to a job what must be kept with it
        self.commits = 0  # with `jobs`: how many ride on one commit
        self.jobs = 0
        self._engine = engine_of(where)
        self.is_shared = self._engine.is_shared
        self._jobs: queue.SimpleQueue[Job | _Signal] = queue.SimpleQueue()
        self._lazy: list[Work] = []
        self._lazy_lock = threading.Lock()
        self._idle: list[Connection] = []
        self._readers_lock = threading.Lock()
        self._is_closed = False
        self._pause = threading.Event()  # never set: only waited for
        self._connection = self._engine.connect()
        self._writer = threading.Thread(target=self._run, name="database-writer", daemon=True)

    @property
    def path(self) -> Path:
        """The file, where there is one."""
        return Path(self.where)

    def migrate(self, sets: Sequence[Migrations]) -> None:
        """Bring the tables up to date; once, before `start`."""
        self._engine.migrate(sets)

    def lead(self) -> Lead:
        """The right to do what only one relay on this database may do at a time."""
        return self._engine.lead()

    def backup(self, to: Path) -> None:
        """A copy of the present state in one file, while others read and write. Errors: Broken."""
        self._engine.backup(to)

    @contextmanager
    def restored(self, file: Path) -> "Generator[Database, None, None]":
        """Restore a copy into a place of its own and look at it; nothing of it stays. Errors: Broken."""
        with self._engine.restored(file) as where:
            one = Database(where)
            try:
                yield one
            finally:
                one.close()

    def listen(self, on_wake: Callable[[], None]) -> Callable[[], None]:
        """Be called whenever another relay may have committed; what ends it."""
        return self._engine.listen(on_wake)

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
            for reader in self._idle:
                reader.close()
            self._idle.clear()
        self._connection.close()

    # --- reading ----------------------------------------------------------------------------------

    @contextmanager
    def read(self) -> Generator[Reader, None, None]:
        """One snapshot: every read inside sees the same commits. Errors: Broken."""
        with self._readers_lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = self._engine.connect()
        try:
            try:
                connection.begin(False)
            except Broken:  # it was cut while it lay idle
                connection.close()
                connection = self._engine.connect()
                connection.begin(False)
            yield Reader(connection, self.keys)
        finally:
            with suppress(Broken):
                connection.end(False)
            with self._readers_lock:
                if self._is_closed or len(self._idle) >= READERS_KEPT or _is_lost(connection):
                    connection.close()
                else:
                    self._idle.append(connection)

    # --- writing ----------------------------------------------------------------------------------

    def write(self, work: Callable[[Transaction], Result], is_accompanied: bool = True) -> "Future[Result]":
        """Hand a job to the writer. The future resolves after COMMIT, or with the job's exception."""
        future: Future[Result] = Future()
        if self._is_closed:
            future.set_exception(DatabaseClosed("the database is closed"))
            return future
        self._jobs.put((self.accompany(work) if is_accompanied else work, future))
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
            self._connection.begin(True)
            for work, future in batch:
                self._carry_out(work, future, done, failed)
            self._connection.end(True)
        except Exception as error:  # disk full, locked by another process, connection lost: nothing was kept
            self._start_again()
            for _, future in batch:
                future.set_exception(NotKept(f"the database could not commit: {error}"))
            return
        self.commits += 1
        self.jobs += len(batch)
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

    def _start_again(self) -> None:
        """Out of the transaction that failed, with a fresh connection where the old one is lost."""
        with suppress(Broken):
            self._connection.end(False)
        if _is_lost(self._connection):
            try:
                self._connection = self._engine.connect()
            except Broken:
                self._pause.wait(LOST_WAIT_S)  # jobs that come meanwhile are told NotKept in their turn

    def _carry_out(
        self,
        work: Work,
        future: "Future[Any]",
        done: list[tuple["Future[Any]", Any, list[Any]]],
        failed: list[tuple["Future[Any]", BaseException]],
    ) -> None:
        transaction = Transaction(self._connection, self.keys)
        self._connection.run("SAVEPOINT job")
        try:
            result = work(transaction)
        except Exception as error:
            if isinstance(error, Broken) or not self._connection.is_in_transaction:  # all was rolled back
                raise Broken(f"the transaction was lost: {error}") from error
            self._connection.run("ROLLBACK TO SAVEPOINT job")
            self._connection.run("RELEASE SAVEPOINT job")
            failed.append((future, error))
        else:
            self._connection.run("RELEASE SAVEPOINT job")
            done.append((future, result, transaction.announced))


def _is_lost(connection: Connection) -> bool:
    return bool(getattr(connection, "is_lost", False))
