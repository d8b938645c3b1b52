"""A table as people send it: bytes in, rows by column out; and back. Pure.

Spreadsheets in China save GBK, others UTF-8 with or without a mark; separators are commas, semicolons or tabs. All are
read. Each problem names the line of the file, the column, and the remedy; nothing of a bad line is guessed.

Rule 1: an empty cell leaves what is there as it is; a single "-" empties it.
Rule 2: a cell that a spreadsheet would take for a formula goes out with a ' before it, and comes in without.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BYTES_MAX = 20 * 1024 * 1024
ROWS_MAX = 50_000
CELL_MAX = 2000
EMPTY = "-"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell, line or file. Shape: lines from 1, the header's; `column` "" for a whole line."""

    line: int
    column: str
    problem: str
    remedy: str


class BadTable(ValueError):
    """The whole table cannot be read; the text names the remedy."""


@dataclass(frozen=True)
class Row:
    """One line. Shape: `cells` by column name, those that are empty left out."""

    line: int
    cells: dict[str, str]


def _text(data: bytes) -> str:
    if len(data) > BYTES_MAX:
        raise BadTable("The file is larger than 20 MB. Send it in parts.")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadTable("The file is neither UTF-8 nor GBK text. Save it as CSV and send that.")


def _separator(text: str) -> str:
    head = text.lstrip().split("\n", 1)[0]
    return max(",;\t", key=head.count)


def read(data: bytes, columns: dict[str, Sequence[str]], needed: Iterable[str]) -> tuple[list[Row], list[Problem]]:
    """The rows of a file. Shape: `columns` name → how else it may be called. Errors: BadTable."""
    text = _text(data)
    if "\0" in text:
        raise BadTable("The file is not text: it holds zero bytes. Save it as CSV and send that.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    rows: list[Row] = []
    problems: list[Problem] = []
    header: list[str | None] = []
    known = {other.lower(): name for name, others in columns.items() for other in (name, *others)}
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header, problems = _header(cells, known, needed)
                continue
            if len(rows) >= ROWS_MAX:
                raise BadTable(f"The file has more than {ROWS_MAX} lines. Send it in parts.")
            row, wrong = _row(reader.line_num, cells, header)
            rows.append(row)
            problems += wrong
    except csv.Error as error:
        raise BadTable(f"Line {reader.line_num} is no CSV ({error}). Save the table again as CSV.") from None
    if not header:
        raise BadTable("The file is empty. Its first line names the columns; the export shows which there are.")
    return rows, problems


def _header(cells: list[str], known: dict[str, str], needed: Iterable[str]) -> tuple[list[str | None], list[Problem]]:
    names = [known.get(cell.strip().lower()) for cell in cells]
    problems = [
        Problem(1, cell.strip()[:64], "There is no such column.", "Name it as the export does, or take it out.")
        for cell, name in zip(cells, names, strict=True)
        if name is None and cell.strip()
    ]
    for name in {name for name in names if name is not None and names.count(name) > 1}:
        problems.append(Problem(1, name, "This column is there twice.", "Take one of them out."))
    for name in needed:
        if name not in names:
            problems.append(Problem(1, name, "This column is missing.", "Add it; the export has it."))
    return names, problems


def _row(line: int, cells: list[str], header: list[str | None]) -> tuple[Row, list[Problem]]:
    problems: list[Problem] = []
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        text = "The line has more cells than the header."
        problems.append(Problem(line, "", text, 'Put text that holds a separator into "quotes".'))
    found: dict[str, str] = {}
    for name, cell in zip(header, cells, strict=False):
        value = _plain(cell)
        if len(value) > CELL_MAX:
            problems.append(Problem(line, name or "", "The text is too long.", f"Use at most {CELL_MAX} characters."))
        elif name is not None and value:
            found[name] = value
    return Row(line, found), problems


def _plain(cell: str) -> str:
    value = cell.strip()
    return value[1:].strip() if value.startswith("'") and value[1:2] in _FORMULA else value


def _safe(value: object) -> str:
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return not text.startswith("+")  # a telephone number is no number


def write(names: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as bytes: UTF-8 with a mark, so that spreadsheets read it as what it is."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([[_safe(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")
