"""Look at the durable queue; put back or throw away what was set aside because it could not be kept."""

from __future__ import annotations

import argparse
import json

from collector.errors import Failed
from collector.settings import Settings
from collector.spool import quarantine


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """status, replay, drop."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    shown = actions.add_parser("status", parents=[common], help="what waits, and what was set aside")
    shown.add_argument("--json", action="store_true", help="for machines")
    actions.add_parser("replay", parents=[common], help="put what was set aside back into the queue")
    dropped = actions.add_parser("drop", parents=[common], help="throw away what was set aside")
    dropped.add_argument("--yes", action="store_true", help="it is lost for good, and that is meant")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Works beside a running collector and without one."""
    queue = settings.spool_path
    if args.action == "replay":
        print(f"{quarantine.replay(queue)} lines are back in the queue; a running collector ships them at once")
        return 0
    if args.action == "drop":
        if not args.yes:
            raise Failed("this throws away what was set aside, for good; say --yes if that is meant")
        print(f"{quarantine.drop(queue)} lines were thrown away")
        return 0
    found = quarantine.status(queue)
    if args.json:
        print(json.dumps({"folder": str(queue), "waiting": [waiting._asdict() for waiting in found]}))
        return 0
    print(f"{queue}\n{'folder':<14} {'segments':>8} {'lines':>9} {'bytes':>12} {'oldest':>9}")
    for waiting in found:
        name = "(put back)" if waiting.folder == queue.name else waiting.folder
        print(f"{name:<14} {waiting.segments:>8} {waiting.lines:>9} {waiting.bytes:>12} {waiting.oldest_s:>7.0f} s")
    return 0
