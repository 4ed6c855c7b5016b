"""Record an event: a release, a campaign, an outage. Charts show it, and it is a possible cause of contact surges."""

from __future__ import annotations

import argparse
import json

from collector.commands.contacts.import_file import now_ms
from collector.contacts.annotations import KINDS, annotation
from collector.contacts.schema import Door, Refusal
from collector.errors import Failed
from collector.settings import Settings
from collector.store.sql_port.owner import open_store
from collector.times import BadTime, clock, zone


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """One annotation."""
    parser.add_argument("kind", metavar="KIND", help=f"one of {', '.join(KINDS)}")
    parser.add_argument("title", metavar="TITLE", help="title of the event")
    parser.add_argument("--from", dest="start", metavar="TIME", help="start time (default: now)")
    parser.add_argument(
        "--until", dest="end", metavar="TIME", help="end time (default: none; the event is a point in time or ongoing)"
    )
    parser.add_argument("--url", default="", metavar="URL", help="address with more information")
    parser.add_argument(
        "--label", action="append", default=[], metavar="NAME=TEXT", help="further detail; may be repeated"
    )
    parser.add_argument(
        "--delete", action="store_true", help="delete the event with the same kind, title, --app and --from"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Store the event. Events with the same kind, title, site and start are the same."""
    labels = {}
    for text in args.label:
        name, _, value = text.partition("=")
        if not name or not value:
            raise Failed(f"--label: {text[:80]!r} is not a valid label; expected NAME=TEXT")
        labels[name] = value
    try:
        door = Door("command", now_ms(), zone(settings.time_zone))
        event = annotation(
            {
                "kind": args.kind,
                "title": args.title,
                "start_ts": args.start or door.now_ms,
                "end_ts": args.end,
                "app": settings.app,
                "url": args.url,
                "labels": labels,
                "is_deleted": int(args.delete),
            },
            door,
        )
    except (Refusal, BadTime) as error:
        raise Failed(str(error)) from None
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        store.add_annotations([event])
    finally:
        store.close()
    done = "deleted" if args.delete else "stored"
    if args.json:
        result = {"annotation_id": str(event.annotation_id), "start_ts": event.start_ts.isoformat(), "done": done}
        print(json.dumps(result))
    else:
        tz = zone(settings.time_zone)
        until = f" to {clock(event.end_ts, tz)}" if event.end_ts else ""
        print(f"{event.kind} '{event.title}' {done}: {clock(event.start_ts, tz)}{until} ({settings.time_zone})")
    return 0
