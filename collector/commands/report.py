"""Write what happened as one HTML file: the surges, what they follow, and what was ruled out."""

from __future__ import annotations

import argparse
from pathlib import Path

from collector.commands import Failed, correlate
from collector.pages.report import write_report
from collector.settings import Settings


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Which time, and where to."""
    correlate.add_period(parser, "7d")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("snag-report.html"),
        metavar="FILE",
        help="where to (default snag-report.html)",
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Write it and say where it is."""
    found = correlate.look(args, settings)
    try:
        print(write_report(found, args.out))
    except OSError as error:
        raise Failed(f"{args.out} cannot be written: {error.strerror}") from None
    return 0
