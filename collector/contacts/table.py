"""Rows of a CSV file to contacts. No store here: lines in, contacts or reasons out."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from collector.store.support import Contact
from collector.when import BadTime, moment

REQUIRED = ("source_contact_id", "created_ts", "channel")
OPTIONAL = ("updated_ts", "is_deleted", "contact_reason", "language", "country", "product", "session_ref")

CHANNELS = (
    "phone", "email", "chat", "messaging", "sms", "web_form", "in_app", "social", "review", "community",
    "in_person", "bot", "other",
)  # fmt: skip
_SAME = {
    "call": "phone", "calls": "phone", "telephone": "phone", "voice": "phone", "voicemail": "phone", "callback": "phone",
    "mail": "email", "e-mail": "email", "live_chat": "chat", "livechat": "chat", "webchat": "chat", "web": "web_form",
    "form": "web_form", "contact_form": "web_form", "webform": "web_form", "text": "sms", "whatsapp": "messaging",
    "messenger": "messaging", "telegram": "messaging", "signal": "messaging", "facebook": "social", "instagram": "social",
    "twitter": "social", "x": "social", "chatbot": "bot",
}  # fmt: skip

EARLIEST_MS = 631_152_000_000
"""1990-01-01: what is before it is an empty date of some program, such as 0001-01-01 or 1970-01-01."""

DAY_MS = 86_400_000

_REF = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){0,3}(?:-[0-9a-f]{12})?\Z")

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
    channels: Mapping[str, str] | None = None,
) -> Iterator[Contact | Refused]:
    """Read a CSV with a header; every line becomes a contact or says why not.

    `columns` maps our names to the file's, `channels` the file's channels to ours. Cells are separated by whichever of
    comma, semicolon and tab the header has most of. A contact's version is its `updated_ts`, else `imported_ms`.
    Raises BadTable: no header, a required column missing or there twice.
    """
    lines = iter(lines)
    first = next(lines, "")
    same = {**_SAME, **{_plain(theirs): ours for theirs, ours in (channels or {}).items()}}
    names = {name: (columns or {}).get(name, name) for name in (*REQUIRED, *OPTIONAL)}
    reader = csv.reader(chain([first], lines), strict=True, delimiter=max(",;\t", key=first.count))
    try:
        header = [name.strip().removeprefix("\ufeff") for name in next(reader)]
        if not any(header):
            raise StopIteration
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
    if twice := [theirs for theirs in names.values() if header.count(theirs) > 1]:
        raise BadTable(
            f"line 1: the column {twice[0]} is there {header.count(twice[0])} times; it must be there once"
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
        yield _contact(row, reader.line_num, source, imported_ms, tz, same)


def _contact(
    row: dict[str, str],
    line: int,
    source: str,
    imported_ms: int,
    tz: ZoneInfo | None,
    same: Mapping[str, str],
) -> Contact | Refused:
    if not row["source_contact_id"]:
        return Refused(line, "no_id", "source_contact_id is empty; every contact needs an id of its own")
    raw = _plain(row["channel"])
    channel = same.get(raw, raw)
    if channel not in CHANNELS:
        known = (
            f"known are {', '.join(CHANNELS)}; say --channel '{row['channel'][:40]}'=OURS for what it means"
        )
        return Refused(line, "channel", f"channel is '{row['channel'][:40]}'; {known}")
    if (deleted := row.get("is_deleted", "").lower()) not in _TRUE + _FALSE:
        return Refused(line, "is_deleted", f"is_deleted is '{row['is_deleted']}'; right would be 0 or 1")
    try:
        created = moment(row["created_ts"], tz)
        version = (
            int(moment(row["updated_ts"], tz).timestamp() * 1000) if row.get("updated_ts") else imported_ms
        )
    except BadTime as error:
        return Refused(line, "time", str(error))
    if not EARLIEST_MS <= created.timestamp() * 1000 <= imported_ms + DAY_MS:
        when = f"{created:%Y-%m-%d}"
        return Refused(line, "time", f"created_ts is {when}; right would be between 1990 and tomorrow")
    ref = row.get("session_ref", "").lower()
    if ref and not _REF.match(ref):
        right = "right would be the code of snag.sessionRef(), such as 3f2a9c01"
        return Refused(line, "session_ref", f"session_ref is '{row['session_ref'][:40]}'; {right}")
    return Contact(
        source, row["source_contact_id"], version, int(deleted in _TRUE), created, channel, row["channel"],
        row.get("contact_reason", ""), row.get("language", ""), row.get("country", ""), row.get("product", ""),
        ref,
    )  # fmt: skip


def _plain(channel: str) -> str:
    return channel.strip().lower().replace(" ", "_")


def _ours(names: Mapping[str, str], theirs: str) -> str:
    return next(name for name, called in names.items() if called == theirs)
