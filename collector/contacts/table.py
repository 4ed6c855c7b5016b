"""Rows of a CSV file to contacts. No store here: lines in, contacts or reasons out."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

from collector.store.store import Contact
from collector.when import BadTime, moment

REQUIRED = ("source_contact_id", "created_ts", "channel")
OPTIONAL = ("updated_ts", "is_deleted", "contact_reason", "language", "country", "product")

CHANNELS = (
    "phone", "email", "chat", "messaging", "sms", "web_form", "in_app", "social", "review", "community",
    "in_person", "bot", "other",
)  # fmt: skip
_SAME = {
    "call": "phone", "telephone": "phone", "voice": "phone", "mail": "email", "e-mail": "email", "live_chat": "chat",
    "webchat": "chat", "web": "web_form", "form": "web_form", "text": "sms",
}  # fmt: skip

_TRUE, _FALSE = ("1", "true", "yes"), ("0", "false", "no", "")


class BadTable(ValueError):
    """A file that cannot be read as contacts at all."""


class Refused(NamedTuple):
    """One line that is no contact: its number in the file (from 1, the header is line 1) and why."""

    line: int
    reason: str
    message: str


def contacts(
    lines: Iterable[str],
    *,
    source: str,
    imported_ms: int,
    tz: ZoneInfo | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[Contact | Refused]:
    """Read a CSV with a header; every line becomes a contact or says why not.

    `columns` maps our names to the file's. A contact's version is its `updated_ts`, else `imported_ms`.
    Raises BadTable: no header, a required column missing.
    """
    names = {name: (columns or {}).get(name, name) for name in (*REQUIRED, *OPTIONAL)}
    reader = csv.reader(lines, strict=True)
    try:
        header = [name.strip().removeprefix("\ufeff") for name in next(reader)]
    except StopIteration:
        raise BadTable(
            f"the file is empty; its first line must name its columns: {', '.join(REQUIRED)}"
        ) from None
    missing = [names[name] for name in REQUIRED if names[name] not in header]
    if missing:
        raise BadTable(
            f"line 1: no column {' and no column '.join(missing)}; the file has {', '.join(header)}. "
            f"Needed are {', '.join(REQUIRED)}; say --column {REQUIRED[REQUIRED.index(_ours(names, missing[0]))]}=NAME "
            "where the file calls one otherwise"
        )
    at = {name: header.index(theirs) for name, theirs in names.items() if theirs in header}
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
        if len(cells) != len(header):
            yield Refused(reader.line_num, "cells", f"{len(cells)} cells where the header has {len(header)}")
            continue
        row = {name: cells[i].strip() for name, i in at.items()}
        yield _contact(row, reader.line_num, source, imported_ms, tz)


def _contact(
    row: dict[str, str], line: int, source: str, imported_ms: int, tz: ZoneInfo | None
) -> Contact | Refused:
    if not row["source_contact_id"]:
        return Refused(line, "no_id", "source_contact_id is empty; every contact needs an id of its own")
    raw = row["channel"].lower().replace(" ", "_")
    channel = _SAME.get(raw, raw)
    if channel not in CHANNELS:
        return Refused(line, "channel", f"channel is '{row['channel']}'; known: {', '.join(CHANNELS)}")
    if (deleted := row.get("is_deleted", "").lower()) not in _TRUE + _FALSE:
        return Refused(line, "is_deleted", f"is_deleted is '{row['is_deleted']}'; right would be 0 or 1")
    try:
        created = moment(row["created_ts"], tz)
        version = (
            int(moment(row["updated_ts"], tz).timestamp() * 1000) if row.get("updated_ts") else imported_ms
        )
    except BadTime as error:
        return Refused(line, "time", str(error))
    return Contact(
        source, row["source_contact_id"], version, int(deleted in _TRUE), created, channel, row["channel"],
        row.get("contact_reason", ""), row.get("language", ""), row.get("country", ""), row.get("product", ""),
    )  # fmt: skip


def _ours(names: Mapping[str, str], theirs: str) -> str:
    return next(name for name, called in names.items() if called == theirs)
