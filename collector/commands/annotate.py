"""Say what happened: a release, a campaign, an outage. It stands beside the surges, as a rival of friction or none."""

from __future__ import annotations

import argparse
import json

from collector.commands.contacts.import_file import now_ms
from collector.contacts.annotations import KINDS, annotation
from collector.contacts.schema import Door, Refusal
from collector.errors import Failed
from collector.settings import Settings
from collector.store.sql_port.owner import open_store
from collector.times import BadTime, zone


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """One annotation."""
    parser.add_argument("kind", metavar="KIND", help=f"one of {', '.join(KINDS)}")
    parser.add_argument("title", metavar="TITLE", help="what people call it")
    parser.add_argument("--from", dest="start", metavar="TIME", help="when it began; default: now")
    parser.add_argument("--until", dest="end", metavar="TIME", help="when it ended; without it a moment, or going on")
    parser.add_argument("--url", default="", help="where to read more")
    parser.add_argument("--label", action="append", default=[], metavar="NAME=TEXT", help="what else is known of it")
    parser.add_argument("--delete", action="store_true", help="take it back: same kind, title, --app and --from")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Keep it. What has the same kind, title, site and begin is the same."""
    labels = {}
    for text in args.label:
        name, _, value = text.partition("=")
        if not name or not value:
            raise Failed(f"--label {text}: right would be NAME=TEXT")
        labels[name] = value
    try:
        door = Door("command", now_ms(), zone(settings.time_zone))
        found = annotation(
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
        store.add_annotations([found])
    finally:
        store.close()
    done = "taken back" if args.delete else "kept"
    if args.json:
        print(
            json.dumps(
                {
                    "annotation_id": str(found.annotation_id),
                    "start_ts": found.start_ts.isoformat(),
                    "done": done,
                }
            )
        )
    else:
        print(f"{found.kind} '{found.title}' from {found.start_ts:%Y-%m-%d %H:%M} UTC is {done}.")
    return 0
