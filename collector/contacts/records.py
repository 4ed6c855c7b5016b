"""The rows of an export as records of the contract: columns guessed, times as ISO 8601, unreadable values counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from collector.contacts.exports import Export, Row
from collector.contacts.files import Numbered, Refused
from collector.contacts.guess import ISO, Guess, guess, key, moment_text, time_forms
from collector.contacts.mapping import Mapped, lookup
from collector.contacts.schema import FIELDS, Door, Refusal
from collector.store.support import Contact

SAMPLE = 200
"""Rows that columns and forms of times are guessed from."""

NOT_NEEDED = ("source_contact_id", "channel")
"""Fields of a contact that the file's name and line, and `other`, can stand in for."""

R = TypeVar("R")


class Lost(NamedTuple):
    """A value that was left out because it could not be read; its contact was kept."""

    field: str
    value: str


class Records:
    """Reads one export. Iterate once."""

    def __init__(
        self,
        export: Export,
        mapped: Mapped,
        known: Sequence[str],
        required: Sequence[str],
        name: str,
        time_form: str = "",
    ) -> None:
        """`mapped` is what somebody said; the rest is guessed. `name` makes ids where a file of contacts has none."""
        self._contacts = "created_ts" in known
        self._required = [one for one in required if not (self._contacts and one in NOT_NEEDED)]
        self._rows = export.rows
        self._odd = "not_json" if export.kind.startswith("JSON") else "not_a_row"
        self._name = name
        self._mapped = mapped
        self.lost: Counter[Lost] = Counter()
        self.sample = list(islice(self._rows, SAMPLE))
        records = [_flat(row.record) for row in self.sample if not row.odd]
        self.names = list(dict.fromkeys(column for record in records for column in record))
        self._events = bool(records) and all("kind" in record and "event_id" in record for record in records)
        if self._contacts:
            found = guess(self.names, records, {**mapped.fields, **dict.fromkeys(mapped.constants, "")})
        else:
            by_key = {key(column): column for column in reversed(self.names)}
            found = Guess({one: by_key[one] for one in known if one in by_key and one not in mapped.constants}, ISO)
        self.fields = {**found.fields, **mapped.fields}
        self.doubts = () if time_form or mapped.time_form else found.doubts
        # A form of the mapping is the schema's to read: the times are left as they are.
        self._raw_times = bool(mapped.time_form)
        self.forms = {
            field: time_form or _form(field, [record.get(column) for record in records], found.time_form)
            for field, column in self.fields.items()
            if field.endswith("_ts")
        }
        has_channel = not self._contacts or "channel" in self.fields or "channel" in mapped.constants
        self.constants = {} if has_channel or self._events else {"channel": "other"}

    def missing(self) -> list[str]:
        """The fields that no column was found for and nothing can stand in for."""
        has = {**self.fields, **self._mapped.constants}
        return [] if self._events else [name for name in self._required if name not in has]

    def __iter__(self) -> Iterator[Numbered | Refused]:
        for row in chain(self.sample, self._rows):
            if row.odd:
                yield Refused(row.line, self._odd, row.odd)
            elif self._events:
                yield Numbered(row.line, row.record)
            else:
                yield Numbered(row.line, self._record(row))

    def _record(self, row: Row) -> dict[str, Any]:
        record = dict(self.constants) | dict(self._mapped.constants)
        for field, path in self.fields.items():
            value = row.record.get(path)
            if value is None:
                value = lookup(row.record, path)
            if value is None or value == "":
                continue
            if field in self.forms and isinstance(value, str | int | float) and not self._raw_times:
                value = moment_text(value, self.forms[field]) or value
            record[field] = self._mapped.value(field, value)
        if self._contacts and "source_contact_id" not in self.fields:
            record.setdefault("source_contact_id", f"{self._name}:{row.line}")
        return record


def _form(field: str, values: Sequence[Any], usual: str) -> str:
    forms = time_forms([value for value in values if value not in (None, "")][:SAMPLE])
    return usual if field == "created_ts" or usual in forms or not forms else forms[0]


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with the fields of its objects beside its own, as paths."""
    flat = dict(record)
    for name, value in record.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": part for inner, part in value.items()}
    return flat


class Earliest:
    """Makes a contact that stands on several lines begin at the earliest of them; the last line is its state."""

    def __init__(self) -> None:
        self._created: dict[int, datetime] = {}

    def of(self, row: Contact) -> Contact:
        """The row, created when the first one of its id was."""
        key = hash(row.source_contact_id)
        first = self._created.setdefault(key, row.created_ts)
        if row.created_ts < first:
            self._created[key] = row.created_ts
        return replace(row, created_ts=first) if first < row.created_ts else row


def lenient(
    read: Callable[[Mapping[str, Any]], R], door: Door, lost: Counter[Lost]
) -> Callable[[Mapping[str, Any]], R]:
    """`read` for records of strangers: a value that cannot be read costs its field, and an unknown channel is `other`."""

    def row(record: Mapping[str, Any]) -> R:
        try:
            return read(record)
        except Refusal:
            return read(_readable(record, door, lost))

    return row


def _readable(record: Mapping[str, Any], door: Door, lost: Counter[Lost]) -> dict[str, Any]:
    kept = dict(record)
    for name, value in record.items():
        if name not in FIELDS or value in (None, "") or name in ("source_contact_id", "created_ts", "requester_id"):
            continue
        try:
            FIELDS[name]({}, value, name, door)
        except Refusal:
            lost[Lost(name, str(value)[:60])] += 1
            if name == "channel":
                kept[name] = "other"
            else:
                del kept[name]
    return kept
