"""A file as some program saved it: what it is, by its content, and its records with the program's own names.

CSV in any encoding and separator, with text around the table; NDJSON, JSON documents and saved API answers; xlsx, xls, xlsb
and ods; each of them in gzip or zip.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from rich.console import Console
from rich.progress import open as open_with_progress

from collector.contacts.guess import spelled

SAMPLE = 64 * 1024
"""Bytes that the encoding and the separator are judged by."""

HEADER_WITHIN = 40
"""Lines in which the header of a table is looked for."""

SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
SEPARATORS = ",;\t|"


class Unreadable(ValueError):
    """What a file is cannot be told, or it is damaged; says what was found."""


class Row(NamedTuple):
    """A record with the names of its file, and its line (of a document: its place in it), from 1."""

    line: int
    record: dict[str, Any]
    odd: str = ""
    """What is wrong with the line, if it is not a record."""


class Export(NamedTuple):
    """An opened file."""

    kind: str
    """Such as `CSV, windows-1252, separated by ;`."""
    rows: Iterator[Row]


@contextmanager
def opened(path: Path, form: str = "") -> Iterator[Export]:
    """Open a file and tell what it is; `form` is "csv" or "ndjson" where somebody said so.

    Raises Unreadable and OSError.
    """
    with _unpacked(path) as (name, content):
        start = content.peek(SAMPLE)[:SAMPLE]
        if (
            start[:4] == b"PK\x03\x04"
            or start[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            or _suffix(name) in SPREADSHEETS
        ):
            yield _spreadsheet(content.read(), name)
            return
        if start[:5] == b"%PDF-":
            raise Unreadable(f"{name} is a PDF; expected a table, such as CSV or xlsx")
        encoding = _encoding(start, content, name)
        text = io.TextIOWrapper(content, encoding=encoding, errors="replace", newline="")
        head = text.read(SAMPLE)
        if form != "csv" and head.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
            yield Export(f"JSON, {encoding}", _objects(head, text))
            return
        if form == "ndjson":
            raise Unreadable(f"{name} is not JSON: it begins with {head.strip()[:20]!r}")
        yield _table(chain(_lines(head, text)), encoding)


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[str, io.BufferedReader]]:
    """The bytes of a file, or of the one that it packs, with progress on the terminal."""
    with open_with_progress(path, "rb", description=f"Reading {path.name}", console=Console(stderr=True)) as file:
        raw: IO[bytes] = file
        head = raw.read(4)
        raw.seek(0)
        if head[:2] == b"\x1f\x8b":
            yield path.stem, _buffered(gzip.GzipFile(fileobj=raw))
            return
        if head == b"PK\x03\x04" and path.suffix.lower() not in SPREADSHEETS:
            with zipfile.ZipFile(path) as archive:
                names = {one.filename for one in archive.infolist()}
                if not {"[Content_Types].xml", "mimetype"} & names:
                    files = [
                        one
                        for one in archive.infolist()
                        if not one.is_dir() and not one.filename.startswith("__MACOSX")
                    ]
                    if not files:
                        raise Unreadable(f"{path.name} is an empty zip archive")
                    largest = max(files, key=lambda one: one.file_size)
                    with archive.open(largest) as member:
                        yield largest.filename, _buffered(member)
                        return
        yield path.name, _buffered(raw)


def _buffered(raw: Any) -> io.BufferedReader:
    return io.BufferedReader(raw, 2 * SAMPLE)


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()


def _encoding(start: bytes, content: io.BufferedReader, name: str) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return encoding
    if b"\0" in start[:1000]:
        zeros = [start[i:1000:2].count(0) for i in (0, 1)]
        if max(zeros) * 3 < len(start[:1000]):
            raise Unreadable(f"{name} is neither text nor a spreadsheet: it holds zero bytes")
        return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return _guessed(start)
    return "utf-8"


def _guessed(start: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(
        start, cp_isolation=["cp1252", "cp1250", "cp1251", "iso8859_15", "mac_roman", "shift_jis", "gb18030"]
    ).best()
    return best.encoding if best else "cp1252"


# tables


def _lines(head: str, text: IO[str]) -> Iterator[str]:
    """Lines with their ends: of what was read already, then of the rest."""
    rest = text.readline() if head and not head.endswith("\n") else ""
    yield from (head + rest).splitlines(keepends=True)
    yield from text


def _table(lines: Iterator[str], encoding: str) -> Export:
    sample = list(islice(lines, HEADER_WITHIN))
    separator = _separator(sample)
    reader = csv.reader(chain(sample, lines), delimiter=separator)
    rows = _numbered(reader)
    first = list(islice(rows, HEADER_WITHIN))
    at = _header([cells for _, cells in first])
    shown = {"\t": "tab"}.get(separator, separator)
    return Export(f"CSV, {encoding}, separated by {shown}", _records(first[at][1], chain(first[at + 1 :], rows)))


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, [f"not CSV: {error}"]
            continue
        yield reader.line_num, cells


def _separator(lines: Sequence[str]) -> str:
    """The one that most lines hold equally often; a first line `sep=;` says it."""
    if lines and lines[0].lower().lstrip("\ufeff").startswith("sep="):
        return lines[0].strip()[-1]

    def rank(sign: str) -> tuple[int, int]:
        counts = [len(next(csv.reader([line], delimiter=sign), [])) for line in lines if line.strip()]
        widths = [n for n in counts if n > 1]
        usual = max(set(widths), key=widths.count, default=0)
        return widths.count(usual), usual

    return max(SEPARATORS, key=rank)


def _header(rows: Sequence[Sequence[str]]) -> int:
    """The index of the row that names columns: the first with two names that we know, else the first of the usual width."""
    if not any(any(cell.strip() for cell in row) for row in rows):
        raise Unreadable("the file is empty; expected a header and a line for each contact")
    for index, row in enumerate(rows):
        if sum(spelled(cell) is not None for cell in row) >= 2:
            return index
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    return next(i for i, width in enumerate(widths) if width == max(widths))


def _records(header: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[Row]:
    names = _unique([name.strip().lstrip("\ufeff") for name in header])
    width = len(names)
    for line, cells in rows:
        filled = [cell for cell in cells if cell not in ("", None)]
        if not filled:
            continue
        if len(filled) == 1 and width > 2:
            yield Row(line, {}, f"one cell where the table has {width} columns: {str(filled[0])[:40]!r}")
            continue
        if len(cells) > width and any(cell not in ("", None) for cell in cells[width:]):
            yield Row(line, {}, f"{len(cells)} cells where the header has {width}")
            continue
        yield Row(
            line, {name: cell for name, cell in zip(names, cells, strict=False) if name and cell not in ("", None)}
        )


def _unique(names: Sequence[str]) -> list[str]:
    """Names that stand twice get a number, so that the first one keeps its own."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 or not name else f"{name} ({seen[name]})")
    return out


# JSON


def _objects(head: str, text: IO[str]) -> Iterator[Row]:
    """Each object of a document, of a list in it, of lines, or of records that follow each other without a separator."""
    decoder = json.JSONDecoder()
    pending, number, alone = "", 0, 0
    for line in _lines(head.lstrip("\ufeff"), text):
        if alone > 1 and pending.strip():  # each line is an object of its own: a broken one spoils no other
            number += 1
            yield Row(number, {}, "not JSON")
            pending = ""
        pending += line
        values, rest = _values(pending, decoder)
        if values and pending == line and not rest.strip():
            alone += 1
        elif values:
            alone = 0
        for value in values:
            for record in _unwrapped(value):
                number += 1
                yield Row(number, record) if isinstance(record, dict) else Row(number, {}, "not a JSON object")
        pending = rest if rest.strip() else ""
    if pending.strip():
        yield Row(number + 1, {}, "not JSON" if alone > 1 else "not JSON: the document breaks off")


def _values(text: str, decoder: json.JSONDecoder) -> tuple[list[Any], str]:
    """The values that stand whole at the beginning of a text, and what follows them."""
    found = []
    while text := text.lstrip(" \t\r\n,"):
        try:
            value, end = decoder.raw_decode(text)
        except (ValueError, RecursionError):
            break
        found.append(value)
        text = text[end:]
    return found, text


def _unwrapped(value: Any) -> list[Any]:
    """The records of a saved answer: the longest list of objects in it, unless it is a record itself."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        lists = [
            part
            for part in value.values()
            if isinstance(part, list) and part and all(isinstance(x, dict) for x in part)
        ]
        if lists and sum(spelled(name) is not None for name in value) < 2:
            return max(lists, key=len)
        inner = [part for part in value.values() if isinstance(part, dict)]
        if len(value) <= 3 and len(inner) == 1 and sum(spelled(name) is not None for name in value) == 0:
            return _unwrapped(inner[0])
    return [value]


# spreadsheets


def _spreadsheet(content: bytes, name: str) -> Export:
    from python_calamine import CalamineError, load_workbook

    try:
        book = load_workbook(io.BytesIO(content))
        sheets = [(title, book.get_sheet_by_name(title).to_python(skip_empty_area=True)) for title in book.sheet_names]
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable(f"{name} is not a spreadsheet that can be read: {str(error)[:100]}") from None
    title, cells = max(sheets, key=lambda sheet: len(sheet[1]), default=("", []))
    rows = [(number, [_cell(cell) for cell in row]) for number, row in enumerate(cells, 1)]
    if not rows:
        raise Unreadable(f"{name} has no rows; expected a header and a line for each contact")
    at = _header([[str(cell) for cell in row] for _, row in rows[:HEADER_WITHIN]])
    return Export(f"spreadsheet, sheet {title!r}", _records([str(cell) for cell in rows[at][1]], iter(rows[at + 1 :])))


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return value
