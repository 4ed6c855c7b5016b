"""Say what a number of sessions needs: cores, disk, collectors, shards. See docs/capacity.md for where it comes from."""

from __future__ import annotations

import argparse
import json

from rich.console import Console
from rich.table import Table

from collector.server.capacity import HEADINGS, cells, plan
from collector.settings import Settings


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """How many sessions, and of what size."""
    parser.add_argument("--sessions-per-day", type=_positive, required=True, metavar="N", help="such as 250000 or 1e6")
    parser.add_argument("--events-per-session", type=_positive, default=10.0, metavar="N", help="default 10")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print it."""
    found = plan(
        args.sessions_per_day,
        events_per_session=args.events_per_session,
        keep_experience_days=settings.keep_experience_days,
        keep_performance_days=settings.keep_performance_days,
        keep_rollups_days=settings.keep_rollups_days,
    )
    if args.json:
        print(json.dumps(found._asdict()))
        return 0
    table = Table(show_header=False, title="What it needs", title_justify="left")
    for heading, cell in zip(HEADINGS, cells(found), strict=True):
        table.add_row(heading, cell)
    Console().print(table)
    return 0


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1e12:
        raise argparse.ArgumentTypeError(f"{text}: right would be a number above 0, such as 250000")
    return number
