"""Import support contacts from a CSV file, or ask why there are so many.

The file's first line names its columns: source_contact_id, created_ts, channel, and if you have them updated_ts,
contact_reason, is_deleted, language, country, product, session_ref (what snag.sessionRef() gave). Other columns are
not read: names, addresses and texts stay where they are. Importing a file again changes nothing; a corrected line
replaces the one with its id.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.progress import open as open_with_progress

from collector.commands import Failed, correlate, linked, surges
from collector.contacts.table import CHANNELS, OPTIONAL, REQUIRED, BadTable, Refused, contacts
from collector.settings import Settings
from collector.store import Contact, Store
from collector.store.owner import open_store
from collector.when import BadTime, moment, zone

BATCH = 50_000
SHOWN = 10


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`import`, `why`, `surges` and `linked`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="import|why|surges|linked")
    take = actions.add_parser(
        "import", parents=[common], help="take in a CSV file of contacts", description=__doc__
    )
    take.add_argument("file", type=Path)
    take.add_argument(
        "--source", help="name of the system it came from; without it the file's name", metavar="NAME"
    )
    take.add_argument(
        "--tz", help="time zone of times without an offset, such as Europe/Berlin", metavar="ZONE"
    )
    take.add_argument(
        "--column", action="append", default=[], metavar="OURS=THEIRS", help="a column called otherwise"
    )
    take.add_argument(
        "--channel", action="append", default=[], metavar="THEIRS=OURS", help="what a channel of theirs means"
    )
    take.add_argument(
        "--complete-through", metavar="TIME", help="all contacts up to then are in; default: the newest"
    )
    take.add_argument("--dry-run", action="store_true", help="show what would happen and keep nothing")
    take.add_argument("--json", action="store_true", help="print the summary as JSON")
    why = actions.add_parser(
        "why", parents=[common], help="are there more contacts than usual, and what do they follow"
    )
    correlate.arguments(why, common)
    surges.arguments(
        actions.add_parser(
            "surges", parents=[common], help="the surges that were judged until now, and their lead times"
        )
    )
    linked.arguments(
        actions.add_parser(
            "linked",
            parents=[common],
            help="of visits linked to a contact by consent: who met friction called how often",
        )
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked; `import` returns 1 if a line was refused."""
    actions = {"import": _import, "why": correlate.run, "surges": surges.run, "linked": linked.run}
    return actions[args.action](args, settings)


def _import(args: argparse.Namespace, settings: Settings) -> int:
    try:
        tz = zone(args.tz) if args.tz else None
        through = moment(args.complete_through, tz) if args.complete_through else None
    except BadTime as error:
        raise Failed(str(error)) from None
    columns = dict(_column(text) for text in args.column)
    channels = dict(_channel(text) for text in args.channel)
    source = args.source or args.file.stem
    found: list[Contact] = []
    refused: list[Refused] = []
    try:
        with open_with_progress(
            args.file,
            "r",
            encoding="utf-8-sig",
            newline="",
            description=f"Reading {args.file.name}",
            console=Console(stderr=True),
        ) as file:
            now_ms = int(time.time() * 1000)
            for row in contacts(
                file, source=source, imported_ms=now_ms, tz=tz, columns=columns, channels=channels
            ):
                if isinstance(row, Refused):
                    refused.append(row)
                else:
                    found.append(row)
    except OSError as error:
        raise Failed(f"{args.file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise Failed(f"{args.file} is not UTF-8: byte {error.start}; save it as UTF-8") from None
    except BadTable as error:
        raise Failed(f"{args.file}, {error}") from None
    store = open_store(settings.store_dsn)
    try:
        return _keep(store, found, refused, source, through, args)
    finally:
        store.close()


def _keep(
    store: Store,
    found: list[Contact],
    refused: list[Refused],
    source: str,
    through: datetime | None,
    args: argparse.Namespace,
) -> int:
    store.migrate()
    known = store.contact_versions(source)
    new = sum(
        contact.source_contact_id not in known for contact in {c.source_contact_id: c for c in found}.values()
    )
    stale = sum(contact.version < known.get(contact.source_contact_id, 0) for contact in found)
    if not args.dry_run:
        with Progress(console=Console(stderr=True)) as progress:
            bar = progress.add_task("Storing contacts", total=len(found))
            for i in range(0, len(found), BATCH):
                store.add_contacts(found[i : i + BATCH])
                progress.advance(bar, len(found[i : i + BATCH]))
        if through or found:
            store.set_watermark(source, through or max(contact.created_ts for contact in found))
    summary = {
        "source": source,
        "read": len(found) + len(refused),
        "accepted": len(found),
        "new": new,
        "replaced": len(found) - new - stale,
        "older_than_known": stale,
        "refused": dict(Counter(line.reason for line in refused)),
        "dry_run": args.dry_run,
    }
    for line in refused[:SHOWN]:
        print(f"{args.file}, line {line.line}: {line.message}", file=sys.stderr)
    if len(refused) > SHOWN:
        print(f"… and {len(refused) - SHOWN} more lines were refused", file=sys.stderr)
    if args.json:
        print(json.dumps(summary))
    else:
        done = "would be kept" if args.dry_run else "kept"
        print(
            f"{len(found)} of {summary['read']} contacts from {source} {done}: {new} new, {summary['replaced']} replaced, "
            f"{stale} older than what is known; {len(refused)} lines refused."
        )
    return 1 if refused else 0


def _channel(text: str) -> tuple[str, str]:
    theirs, _, ours = text.rpartition("=")
    if ours not in CHANNELS or not theirs:
        raise Failed(f"--channel {text}: right would be THEIRS=OURS, ours being one of {', '.join(CHANNELS)}")
    return theirs, ours


def _column(text: str) -> tuple[str, str]:
    ours, _, theirs = text.partition("=")
    if ours not in (*REQUIRED, *OPTIONAL) or not theirs:
        raise Failed(
            f"--column {text}: right would be OURS=THEIRS, ours being one of {', '.join((*REQUIRED, *OPTIONAL))}"
        )
    return ours, theirs
