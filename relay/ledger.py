"""One hash chain over everything that only grows: whoever changes, deletes or slips in a row breaks it.

A row is chained in the commit that writes it. Each entry's hash covers the one before it, so the newest hash (the
head) stands for the whole past; it is told outward with the relay's heartbeat and printed on exports, because whoever
can write the database could make the chain anew, but not what has left the house. This file must not know what the
rows mean: a `Source` says where they are.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from .database import Migrations, Reader, Row, Tables, Transaction, only_grows

MIGRATIONS = Migrations("ledger")
PAGE = 2000  # entries looked at together
FIRST = "0" * 64  # the hash before the first entry


@MIGRATIONS()
def m001_ledger(db: Tables) -> None:
    for statement in (
        """CREATE TABLE ledger (
            entry INTEGER PRIMARY KEY,            -- 1, 2, 3, …: no number is left out
            source TEXT NOT NULL, source_id INTEGER NOT NULL,
            community_id TEXT,                    -- NULL: the relay's own
            hash TEXT NOT NULL, UNIQUE (source, source_id))""",
        "CREATE INDEX ledger_community ON ledger (community_id, entry)",
        """CREATE TABLE ledger_head (
            one INTEGER PRIMARY KEY CHECK (one = 1), entry INTEGER NOT NULL, hash TEXT NOT NULL)""",
        f"INSERT INTO ledger_head (one, entry, hash) VALUES (1, 0, '{FIRST}')",
        "CREATE TABLE ledger_adopted (source TEXT PRIMARY KEY)",  # its rows of before the ledger are chained
    ):
        db.execute(statement)
    only_grows(db, "ledger", "the ledger")


@dataclass(frozen=True)
class Source:
    """A table that only grows. Shape: `columns` are hashed; `community` is SQL for the community of a row `t`."""

    name: str
    table: str
    key: str
    columns: tuple[str, ...]
    community: str


def _plain(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value  # as PostgreSQL keeps it


def digest(before: str, entry: int, source: str, source_id: int, community_id: str | None, values: Row) -> str:
    """The hash of one entry."""
    body = orjson.dumps(
        [before, entry, source, source_id, community_id, {name: _plain(value) for name, value in values.items()}],
        option=orjson.OPT_SORT_KEYS,
    )
    return hashlib.sha256(body).hexdigest()


def head(reader: Reader) -> tuple[int, str]:
    """How many entries there are, and the hash that stands for all of them."""
    row = reader.row("SELECT entry, hash FROM ledger_head")
    return (int(row["entry"]), str(row["hash"])) if row else (0, FIRST)


def chain(transaction: Transaction, source: str, source_id: int, community_id: str | None, values: Row) -> None:
    """Chain a row that this transaction has written. Shape: `values` has the source's columns."""
    last, before = head(transaction)
    made = digest(before, last + 1, source, source_id, community_id, values)
    transaction.execute(
        "INSERT INTO ledger (entry, source, source_id, community_id, hash) VALUES (?, ?, ?, ?, ?)",
        (last + 1, source, source_id, community_id, made),
    )
    transaction.execute("UPDATE ledger_head SET entry = ?, hash = ?", (last + 1, made))


def adopt(transaction: Transaction, sources: Sequence[Source]) -> int:
    """Chain the rows that were there before there was a ledger; once for each source. How many."""
    count = 0
    for source in sources:
        if not transaction.insert_new("ledger_adopted", {"source": source.name}):
            continue
        rows = transaction.rows(
            f"SELECT {source.community} AS community_of, {_selected(source)} FROM {source.table} AS t"
            f" WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE source = ? AND source_id = t.{source.key})"
            f" ORDER BY t.{source.key}",
            (source.name,),
        )
        for row in rows:
            community_id = row.pop("community_of")
            chain(transaction, source.name, row[source.key], community_id, _values(source, row))
        count += len(rows)
    return count


def _selected(source: Source) -> str:
    return ", ".join(f"t.{name}" for name in (source.key, *source.columns))


def _values(source: Source, row: Row) -> Row:
    return {name: row[name] for name in source.columns}


@dataclass(frozen=True)
class Verdict:
    """Shape: `broken_at` is the first entry that does not fit, `why` says how; `head` the newest hash."""

    is_whole: bool
    rows: int
    head: str
    broken_at: int | None = None
    why: str | None = None


def verify(reader: Reader, sources: Sequence[Source]) -> Verdict:
    """Make every hash anew from the rows as they are now."""
    by_name = {source.name: source for source in sources}
    last, head_hash = head(reader)
    before, entry = FIRST, 0
    while True:
        page = reader.rows("SELECT * FROM ledger WHERE entry > ? ORDER BY entry LIMIT ?", (entry, PAGE))
        if not page:
            break
        found = _rows_of(reader, page, by_name)
        for row in page:
            values = found.get((row["source"], row["source_id"]))
            if row["entry"] != entry + 1:
                return Verdict(False, last, head_hash, entry + 1, "an entry is missing")
            if values is None:
                return Verdict(False, last, head_hash, row["entry"], "the row behind it is gone")
            made = digest(before, row["entry"], row["source"], row["source_id"], row["community_id"], values)
            if made != row["hash"]:
                return Verdict(False, last, head_hash, row["entry"], "the row was changed")
            before, entry = made, row["entry"]
    if (entry, before) != (last, head_hash):
        return Verdict(False, last, head_hash, entry + 1, "entries at the end are missing")
    return _slipped_in(reader, sources) or Verdict(True, last, head_hash)


def _rows_of(reader: Reader, page: list[Row], by_name: dict[str, Source]) -> dict[tuple[str, int], Row]:
    found: dict[tuple[str, int], Row] = {}
    for name in {row["source"] for row in page} & set(by_name):
        source = by_name[name]
        ids = [row["source_id"] for row in page if row["source"] == name]
        rows = reader.rows(
            f"SELECT {_selected(source)} FROM {source.table} AS t WHERE t.{source.key} BETWEEN ? AND ?",
            (min(ids), max(ids)),
        )
        found |= {(name, row[source.key]): _values(source, row) for row in rows}
    return found


def _slipped_in(reader: Reader, sources: Sequence[Source]) -> Verdict | None:
    last, head_hash = head(reader)
    for source in sources:
        row = reader.row(
            f"SELECT t.{source.key} AS id FROM {source.table} AS t WHERE NOT EXISTS"
            f" (SELECT 1 FROM ledger WHERE source = ? AND source_id = t.{source.key})"
            " AND EXISTS (SELECT 1 FROM ledger_adopted WHERE source = ?) LIMIT 1",
            (source.name, source.name),
        )
        if row is not None:
            return Verdict(False, last, head_hash, last + 1, f"{source.name} {row['id']} was never chained")
    return None
