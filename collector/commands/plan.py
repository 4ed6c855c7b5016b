"""Estimate the resources for a number of sessions: cores, disk, collectors, shards. docs/capacity.md has the method."""

from __future__ import annotations

import argparse
import json

from rich.table import Table

from collector.commands.tables import show
from collector.server.capacity import HEADINGS, cells, plan
from collector.settings import Settings


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """How many sessions, and of what size."""
    parser.add_argument(
        "--sessions-per-day", type=_positive, required=True, metavar="N", help="for example 250000 or 1e6"
    )
    parser.add_argument("--events-per-session", type=_positive, default=10.0, metavar="N", help="events in a session")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the estimate."""
    estimate = plan(
        args.sessions_per_day,
        events_per_session=args.events_per_session,
        keep_experience_days=settings.keep_experience_days,
        keep_performance_days=settings.keep_performance_days,
        keep_rollups_days=settings.keep_rollups_days,
    )
    if args.json:
        print(json.dumps(estimate._asdict()))
        return 0
    table = Table(show_header=False, title="Estimated resources", title_justify="left")
    for heading, cell in zip(HEADINGS, cells(estimate), strict=True):
        table.add_row(heading, cell)
    show(table)
    return 0


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1e12:
        raise argparse.ArgumentTypeError(
            f"{text[:80]!r} is not a valid number; expected a number above 0, for example 250000"
        )
    return number
