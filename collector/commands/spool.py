"""Show the durable queue and its quarantine; replay or delete lines that could not be stored."""

from __future__ import annotations

import argparse
import json

from collector.errors import Failed
from collector.settings import Settings
from collector.spool import quarantine


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`status`, `replay` and `drop`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    status = actions.add_parser("status", parents=[common], help="Show the queue and its quarantine")
    status.add_argument("--json", action="store_true", help="print JSON")
    actions.add_parser("replay", parents=[common], help="Put quarantined lines back into the queue")
    dropped = actions.add_parser("drop", parents=[common], help="Delete quarantined lines; they cannot be recovered")
    dropped.add_argument("--yes", action="store_true", help="confirm: the lines cannot be recovered")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Works with and without a running collector."""
    queue = settings.spool_path
    if args.action == "replay":
        print(f"{quarantine.replay(queue)} lines put back into the queue; a running collector ships them at once")
        return 0
    if args.action == "drop":
        if not args.yes:
            raise Failed("this deletes the quarantined lines, and they cannot be recovered; confirm with --yes")
        print(f"{quarantine.drop(queue)} lines deleted")
        return 0
    folders = quarantine.status(queue)
    if args.json:
        print(json.dumps({"folder": str(queue), "waiting": [waiting._asdict() for waiting in folders]}))
        return 0
    print(f"{queue}\n{'folder':<14} {'segments':>8} {'lines':>9} {'bytes':>12} {'oldest':>9}")
    for waiting in folders:
        name = "(replayed)" if waiting.folder == queue.name else waiting.folder
        print(f"{name:<14} {waiting.segments:>8} {waiting.lines:>9} {waiting.bytes:>12} {waiting.oldest_s:>7.0f} s")
    return 0
