"""Lines of a CSV or NDJSON file to records, and to contacts. No store here: lines in, rows or reasons out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from collector.contacts.mapping import Mapped
from collector.contacts.schema import CHANNELS, FIELDS, REQUIRED, Door, Refusal, contact, plain
from collector.store.support import Contact

__all__ = [
    "CHANNELS",
    "REQUIRED",
    "BadTable",
    "Refused",
    "contacts",
    "csv_records",
    "json_records",
    "rows",
]

R = TypeVar("R")


class BadTable(ValueError):
    """A file that cannot be read as what it should be at all."""


class Refused(NamedTuple):
    """One line that was not taken: its number in the file (from 1, a header is line 1) and why."""

    line: int
    reason: str
    message: str


class Numbered(NamedTuple):
    """A record and the line that it ends at."""

    line: int
    record: Mapping[str, Any]


def contacts(
    lines: Iterable[str],
    *,
    source: str,
    imported_ms: int,
    tz: ZoneInfo | None = None,
    columns: Mapping[str, str] | None = None,
    channels: Mapping[str, str] | None = None,
) -> Iterator[Contact | Refused]:
    """Read a CSV with a header; every line becomes a contact or says why not.

    `columns` maps our names to the file's, `channels` the file's channels to ours. Cells are separated by whichever of
    comma, semicolon and tab the header has most of. A contact's version is its `updated_ts`, else `imported_ms`.
    Raises BadTable: no header, a required column missing or there twice.
    """
    door = Door(source, imported_ms, tz, channels={plain(k): v for k, v in (channels or {}).items()})
    return rows(csv_records(lines, Mapped(columns or {}), FIELDS, REQUIRED), lambda record: contact(record, door))


def rows(records: Iterable[Numbered | Refused], read: Callable[[Mapping[str, Any]], R]) -> Iterator[R | Refused]:
    """Each record as a row, or why it is none."""
    for one in records:
        if isinstance(one, Refused):
            yield one
            continue
        try:
            yield read(one.record)
        except Refusal as error:
            yield Refused(one.line, error.reason, str(error))


def csv_records(
    lines: Iterable[str], mapped: Mapped, known: Mapping[str, Any], required: Sequence[str]
) -> Iterator[Numbered | Refused]:
    """The lines of a CSV as records of the fields that are `known`; other columns are never looked at.

    Raises BadTable.
    """
    lines = iter(lines)
    first = next(lines, "")
    names = {name: mapped.fields.get(name, name) for name in known if name not in mapped.constants}
    needed = [name for name in required if name not in mapped.constants]
    reader = csv.reader(chain([first], lines), strict=True, delimiter=max(",;\t", key=first.count))
    try:
        header = [name.strip().removeprefix("\ufeff") for name in next(reader)]
        if not any(header):
            raise StopIteration
    except csv.Error as error:
        raise BadTable(f"line 1 is not CSV: {error}") from None
    except StopIteration:
        raise BadTable(f"the file is empty; its first line must name its columns: {', '.join(required)}") from None
    missing = [name for name in needed if names[name] not in header]
    if missing:
        raise BadTable(
            f"line 1: no column {' and no column '.join(names[name] for name in missing)}; the file has "
            f"{', '.join(header)}. Needed are {', '.join(required)}; say --column {missing[0]}=NAME where the file calls "
            "one otherwise"
        )
    if gone := [theirs for theirs in mapped.fields.values() if theirs not in header]:
        raise BadTable(f"line 1: no column {gone[0]}, which the mapping names; the file has {', '.join(header)}")
    if twice := [theirs for theirs in names.values() if header.count(theirs) > 1]:
        raise BadTable(f"line 1: the column {twice[0]} is there {header.count(twice[0])} times; it must be there once")
    at = [(name, header.index(theirs)) for name, theirs in names.items() if theirs in header]
    constants, width, valued = dict(mapped.constants), len(header), bool(mapped.values)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Refused(reader.line_num, "not_csv", f"not CSV: {error}")
            continue
        if not any(cells):
            continue
        if len(cells) != width:
            yield Refused(reader.line_num, "cells", f"{len(cells)} cells where the header has {width}")
            continue
        record = {name: cells[i] for name, i in at if cells[i]}
        if valued:
            record = {name: mapped.value(name, cell) for name, cell in record.items()}
        yield Numbered(reader.line_num, {**constants, **record} if constants else record)


def json_records(lines: Iterable[str], mapped: Mapped) -> Iterator[Numbered | Refused]:
    """The lines of an NDJSON file as records, through the mapping if it has fields."""
    decode = msgspec.json.Decoder().decode
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            found = decode(text)
        except (msgspec.DecodeError, RecursionError) as error:
            yield Refused(number, "not_json", f"not JSON: {error}")
            continue
        if not isinstance(found, dict):
            yield Refused(number, "not_json", "not a JSON object; expected one contact on each line")
            continue
        yield Numbered(number, mapped.apply(found) if mapped.fields else _as_named(found, mapped))


def _as_named(found: dict[str, Any], mapped: Mapped) -> dict[str, Any]:
    return {**mapped.constants, **{name: mapped.value(name, value) for name, value in found.items()}}
