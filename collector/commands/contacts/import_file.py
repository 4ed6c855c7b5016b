"""What every import has in common: reading a file or a table of the user's own, keeping rows in batches, saying what came
of it. Memory is that of one batch, however long the file."""

from __future__ import annotations

import argparse
import csv
import gc
import json
import sys
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from clickhouse_connect.driver.exceptions import ClickHouseError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from collector.commands.contacts import preview
from collector.contacts.exports import Unreadable, opened
from collector.contacts.files import BadTable, Numbered, Refused, rows
from collector.contacts.ingest import land
from collector.contacts.mapping import BadMapping, Mapped, load
from collector.contacts.records import Earliest, Lost, Records
from collector.contacts.requesters import People
from collector.contacts.schema import Keyed
from collector.errors import Failed
from collector.privacy.keys import BadKeys, load_keys
from collector.settings import Settings
from collector.store import Contact, ContactEvent, ContactInterval, Store, SurveyResponse
from collector.store.sql_port.owner import open_store
from collector.times import BadTime, moment, zone

BATCH = 20_000
SHOWN = 10


Row = Contact | ContactEvent | ContactInterval | SurveyResponse


class Reading(NamedTuple):
    """What is read and how."""

    known: Sequence[str]
    required: Sequence[str]
    row: Callable[[Mapping[str, Any]], Row]
    mapped: Mapped
    records: Callable[[Any], list[Mapping[str, Any]]] | None = None
    """A vendor's object to records; None: lines are records."""
    lost: Counter[Lost] | None = None
    """Where values that are left out are counted."""


class Tally:
    """What became of the lines."""

    def __init__(self) -> None:
        self.read = self.accepted = self.new = self.stale = self.suppressed = self.untagged = 0
        self.refused: list[Refused] = []
        self.newest: datetime | None = None
        self._seen: set[int] = set()

    def count(self, batch: Sequence[Row], known: Mapping[str, int]) -> None:
        """Count rows before they are kept; `known`: the versions of the contacts that are there."""
        self.accepted += len(batch)
        for row in batch:
            at, key, version = _place(row)
            self.newest = at if self.newest is None or (at is not None and at > self.newest) else self.newest
            self.untagged += isinstance(row, Contact) and not row.contact_reason
            if key not in known and (mark := hash(key)) not in self._seen:
                self.new += 1
                self._seen.add(mark)
            elif version < known.get(key, 0):
                self.stale += 1


def _place(row: Row) -> tuple[datetime | None, str, int]:
    if isinstance(row, Contact):
        return row.created_ts, row.source_contact_id, row.version
    if isinstance(row, ContactEvent):
        return row.event_ts, f"{row.source_contact_id}\0{row.source_event_id}", 0
    if isinstance(row, ContactInterval):
        key = f"{row.channel}\0{row.queue}\0{row.contact_reason}\0{row.interval_s}\0{row.interval_start_ts}"
        return row.interval_start_ts, key, row.version
    return row.answered_ts, row.source_response_id, row.version


def arguments(parser: argparse.ArgumentParser) -> None:
    """The flags that every import has."""
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="CSV, xlsx, ods, JSON or NDJSON, also in gzip or zip"
    )
    parser.add_argument(
        "--select",
        metavar="SQL",
        help="import from a SELECT on the store's own server, columns as fields (default: from FILE)",
    )
    parser.add_argument("--source", help="name of the source system (default: the file's name)", metavar="NAME")
    parser.add_argument(
        "--tz", help="time zone of times without an offset, for example Europe/Berlin", metavar="TIME_ZONE"
    )
    parser.add_argument(
        "--mapping", type=Path, metavar="FILE", help="TOML file that maps columns or JSON paths to fields"
    )
    parser.add_argument(
        "--column", action="append", default=[], metavar="FIELD=COLUMN", help="map FIELD to a column of another name"
    )
    parser.add_argument(
        "--channel",
        action="append",
        default=[],
        metavar="THEIRS=OURS",
        help="map a channel of the source to one of ours",
    )
    parser.add_argument(
        "--format", choices=["csv", "ndjson"], metavar="FORMAT", help="csv or ndjson (default: by name)"
    )
    parser.add_argument("--people", metavar="NAME", help="name shared by sources with the same customer ids")
    parser.add_argument(
        "--refused", type=Path, metavar="FILE", help="write rejected lines and their reasons to a CSV file"
    )
    parser.add_argument(
        "--time-form",
        metavar="FORM",
        help="how times are written, as in strptime: '%%d/%%m/%%Y %%H:%%M' (default: guessed)",
    )
    parser.add_argument("--yes", action="store_true", help="accept guesses that are not certain")
    parser.add_argument("--dry-run", action="store_true", help="validate only, store nothing")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def source_of(args: argparse.Namespace) -> str:
    """Its name. Raises Failed."""
    if (args.file is None) == (args.select is None):
        raise Failed("expected either FILE or --select")
    if not args.source and args.file is None:
        raise Failed("--select: expected --source with the name of the source system")
    return str(args.source or args.file.stem)


def time_zone(args: argparse.Namespace, mapped: Mapped, settings: Settings) -> ZoneInfo:
    """Of times without an offset: what was said, else the site's. Raises Failed."""
    try:
        return zone(args.tz or mapped.zone or settings.time_zone)
    except BadTime as error:
        raise Failed(str(error)) from None


def mapping(args: argparse.Namespace, known: Sequence[str]) -> Mapped:
    """The mapping file with the flags over it. Raises Failed."""
    fields = {}
    for text in args.column:
        ours, _, theirs = text.partition("=")
        if ours not in known or not theirs:
            raise Failed(
                f"--column: {text[:80]!r} is not valid; expected FIELD=COLUMN, FIELD one of {', '.join(known)}"
            )
        fields[ours] = theirs
    try:
        under = load(args.mapping, dict.fromkeys(known)) if args.mapping else Mapped()
    except BadMapping as error:
        raise Failed(str(error)) from None
    return Mapped(fields).over(under)


def keys(args: argparse.Namespace, settings: Settings, source: str, store: Store) -> Callable[[str], Keyed]:
    """What makes ids of requesters into keys; the secrets are read when the first one is met."""
    people: list[People] = []

    def key(requester_id: str) -> Keyed:
        if not people:
            try:
                found = People(load_keys(settings.data_dir, settings.requester_keys), store.suppressed)
            except BadKeys as error:
                raise Failed(str(error)) from None
            found.refresh()
            people.append(found)
        return people[0].key(args.people or source, requester_id)

    return key


def run(
    args: argparse.Namespace,
    settings: Settings,
    source: str,
    stream: str,
    reading: Callable[[Store], Reading],
) -> int:
    """Import; returns 1 if a line was refused. Raises Failed."""
    through = _through(args)
    tally, earliest = Tally(), Earliest()
    gc.disable()  # rows hold no circles, and looking for some in every batch costs a tenth
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        known = store.contact_versions(source) if stream == "contacts" else {}
        how = reading(store)
        with _records(args, store, how) as records:
            batch: list[Row] = []
            for one in rows(records, how.row):
                if isinstance(one, Refused):
                    tally.read += 1
                    if one.reason == "suppressed":
                        tally.suppressed += 1
                    else:
                        tally.refused.append(one)
                    continue
                tally.read += 1
                batch.append(earliest.of(one) if isinstance(one, Contact) else one)
                if len(batch) == BATCH:
                    _keep(store, batch, tally, known, args.dry_run)
                    batch = []
            _keep(store, batch, tally, known, args.dry_run)
        end = through or tally.newest
        if end is not None and not args.dry_run:
            store.set_watermark(source, end, stream)
    except (BadTable, Unreadable) as error:
        raise Failed(f"{args.file or '--select'}: {error}") from None
    except (EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise Failed(f"{args.file}: the packed file is damaged: {error}") from None
    except OSError as error:
        raise Failed(f"{args.file} cannot be read: {error.strerror}") from None
    finally:
        gc.enable()
        store.close()
    return _say(args, source, stream, tally, how.lost or Counter())


def _through(args: argparse.Namespace) -> datetime | None:
    text = getattr(args, "complete_through", None)
    try:
        tz = zone(args.tz) if args.tz else None
        return moment(text, tz) if text else None
    except BadTime as error:
        raise Failed(str(error)) from None


@contextmanager
def _records(args: argparse.Namespace, store: Store, how: Reading) -> Iterator[Iterable[Numbered | Refused]]:
    if args.select is not None:
        yield _selected(store, args.select, how)
        return
    with opened(args.file, args.format or "") as export:
        if how.records is not None:
            rows = (
                Refused(row.line, "not_json", row.odd) if row.odd else Numbered(row.line, row.record)
                for row in export.rows
            )
            yield _spread(rows, how.records)
            return
        records = Records(
            export, how.mapped, how.known, how.required, args.file.stem, getattr(args, "time_form", "") or ""
        )
        preview.explain(args, export, records)
        yield records


def _spread(
    lines: Iterable[Numbered | Refused], records: Callable[[Any], list[Mapping[str, Any]]]
) -> Iterator[Numbered | Refused]:
    """Each line's object as the records that it holds."""
    for one in lines:
        if isinstance(one, Refused):
            yield one
            continue
        try:
            found = records(one.record)
        except ValueError as error:
            yield Refused(one.line, "unreadable", str(error))
            continue
        yield from (Numbered(one.line, record) for record in found)


def _selected(store: Store, select: str, how: Reading) -> Iterator[Numbered | Refused]:
    """Rows of a table of the user's own, block by block."""
    number = 0
    try:
        with store.client.query_row_block_stream(select) as blocks:
            names = list(blocks.source.column_names)
            missing = [
                name
                for name in how.required
                if name not in how.mapped.constants and how.mapped.fields.get(name, name) not in names
            ]
            if missing:
                raise BadTable(f"no column {missing[0]}; the SELECT gives {', '.join(names)}")
            for block in blocks:
                for row in block:
                    number += 1
                    record = {name: _text(value) for name, value in zip(names, row, strict=True)}
                    mapped = how.mapped.apply(record) if how.mapped.fields else {}
                    yield Numbered(number, {**how.mapped.constants, **record, **mapped})
    except ClickHouseError as error:
        raise Failed(f"--select: {str(error).splitlines()[0][:300]}") from None


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat() if value.tzinfo else value.isoformat() + "Z"
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, str | int | float | bool | list | dict | type(None)) else str(value)


def _keep(store: Store, batch: list[Row], tally: Tally, known: Mapping[str, int], dry_run: bool) -> None:
    if not batch:
        return
    tally.count(batch, known)
    if dry_run:
        return
    contacts = [row for row in batch if isinstance(row, Contact)]
    events = [row for row in batch if isinstance(row, ContactEvent)]
    if contacts or events:
        land(store, contacts, events)
    for kind in (ContactInterval, SurveyResponse):
        store.keep_rows([row for row in batch if isinstance(row, kind)])


_WHAT = {"contacts": "contacts", "intervals": "intervals", "surveys": "answers"}


def _say(args: argparse.Namespace, source: str, stream: str, tally: Tally, lost: Counter[Lost]) -> int:
    reasons = Counter(line.reason for line in tally.refused)
    if args.refused:
        with args.refused.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["line", "reason", "message"])
            writer.writerows([line.line, line.reason, _harmless(line.message)] for line in tally.refused)
    summary = {
        "source": source,
        "read": tally.read,
        "accepted": tally.accepted,
        "new": tally.new,
        "replaced": tally.accepted - tally.new - tally.stale,
        "older_than_known": tally.stale,
        "suppressed": tally.suppressed,
        "refused": dict(reasons),
        "dry_run": args.dry_run,
    }
    if stream == "contacts":
        summary["without_reason"] = tally.untagged
        summary["left_out"] = [
            {"field": one.field, "value": one.value, "lines": n} for one, n in lost.most_common(SHOWN)
        ]
    for line in tally.refused[:SHOWN]:
        print(f"{args.file or 'row'}, line {line.line}: {line.message}", file=sys.stderr)
    if len(tally.refused) > SHOWN:
        hint = "" if args.refused else "; --refused FILE writes all of them"
        print(f"… and {len(tally.refused) - SHOWN} more lines were refused{hint}", file=sys.stderr)
    if lost:
        table = Table("field", "could not be read, left out", "lines", title=_mend(lost), title_justify="left")
        for one, n in lost.most_common(SHOWN):
            table.add_row(one.field, Text(one.value), f"{n:,}")
        Console(stderr=True).print(table)
    if reasons:
        table = Table("refused because of", "lines")
        for reason, n in reasons.most_common():
            table.add_row(reason, str(n))
        Console(stderr=True).print(table)
    if args.json:
        print(json.dumps(summary))
    else:
        done = "would be kept" if args.dry_run else "kept"
        print(
            f"{tally.accepted} of {tally.read} {_WHAT[stream]} from {source} {done}: {tally.new} new, {summary['replaced']} "
            f"replaced, {tally.stale} older than what is known; {len(tally.refused)} lines refused."
        )
        if tally.suppressed:
            print(f"{tally.suppressed} are of people who asked to be forgotten; nothing of them is kept.")
        if stream == "contacts" and tally.accepted and tally.untagged:
            share = 100 * tally.untagged / tally.accepted
            print(f"{share:.0f} % have no contact reason; `snag contacts reasons suggest` proposes rules.")
    return 1 if any(line.reason != "not_a_row" for line in tally.refused) else 0


def _mend(lost: Counter[Lost]) -> str:
    (field, value), _ = lost.most_common(1)[0]
    flag = f"--channel '{value}=OURS'" if field == "channel" else f"a mapping file with [values.{field}]"
    return f"{sum(lost.values()):,} values were left out, their contacts kept; to read them: {flag}"


def _harmless(text: str) -> str:
    """What a spreadsheet that opens the list would not run."""
    return f"'{text}" if text[:1] in "=+-@" else text


def now_ms() -> int:
    """The time of this import."""
    return int(time.time() * 1000)
