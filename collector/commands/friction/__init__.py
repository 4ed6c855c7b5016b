"""List where people get stuck and why (`top`, `show`), whether a release helped (`compare`), and override a cause
(`override`)."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from collector.cli import count
from collector.commands import correlate
from collector.commands.friction import compare
from collector.commands.friction import show as friction_show
from collector.commands.friction import top as friction_top
from collector.errors import Failed
from collector.friction.cause_evidence import CLASSES
from collector.friction.classify_job import refresh
from collector.friction.points import BY, SEGMENTS, NoPoint
from collector.metrics.period import Period
from collector.settings import Settings
from collector.store import Store
from collector.store.sql_port.owner import open_store
from collector.surges.find import NoSite, chosen_app
from collector.times import zone


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`top`, `show`, `compare` and `override`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="top|show|compare|override")
    top = actions.add_parser("top", parents=[common], help="List the friction points that add most to the score")
    top.add_argument("--by", choices=BY, metavar="PART", default="", help=f"sum by one of {', '.join(BY)}")
    top.add_argument(
        "--segment", choices=SEGMENTS, metavar="SEGMENT", default="", help=f"score by one of {', '.join(SEGMENTS)}"
    )
    show = actions.add_parser("show", parents=[common], help="Show one friction point in full, or the errors of visits")
    show.add_argument(
        "fingerprint", nargs="?", default="", metavar="FINGERPRINT", help="as in `top` (default: list errors)"
    )
    both = actions.add_parser("compare", parents=[common], help="Compare two releases, variants or other segments")
    both.add_argument("before", metavar="BEFORE", help="release or other segment to compare with")
    both.add_argument("after", metavar="AFTER", help="release or other segment to judge")
    both.add_argument(
        "--by",
        choices=SEGMENTS,
        default="release",
        metavar="SEGMENT",
        help=f"what BEFORE and AFTER are: {', '.join(SEGMENTS)}",
    )
    override = actions.add_parser("override", parents=[common], help="Override the cause of a friction point")
    override.add_argument(
        "fingerprint", nargs="?", default="", metavar="FINGERPRINT", help="as in `top` (default: list active overrides)"
    )
    override.add_argument(
        "--class", dest="cause_class", choices=CLASSES, metavar="CAUSE", help=f"cause: {', '.join(CLASSES)}"
    )
    override.add_argument("--sub", default="", metavar="SUBTYPE", help="subtype of the cause")
    override.add_argument("--who", default="", metavar="NAME", help="name of the person who decides")
    override.add_argument("--why", default="", metavar="TEXT", help="reason of the decision")
    override.add_argument("--take-back", action="store_true", help="remove the override: the rules decide again")
    override.add_argument("--for", dest="days", type=count, default=90, metavar="DAYS", help="days until it expires")
    for action in (top, show, both):
        correlate.add_period(action, "30d" if action is both else "7d")
    for action in (top, show):
        action.add_argument("--limit", type=count, default=15, metavar="N", help="maximum number of rows")
    for action in (top, show, both, override):
        action.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run one of them."""
    with _opened(settings) as (store, app):
        if args.action == "override":
            return compare.override(args, store, app, zone(settings.time_zone))
        start, until = correlate.period(args, settings)
        period = Period(app, start, until, correlate.traffic_sources(args))
        if args.action == "compare":
            return compare.compare(args, store, period)
        if args.action == "show":
            return friction_show.show(args, store, period, zone(settings.time_zone))
        return friction_top.top(args, store, period, zone(settings.time_zone))


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Store, str]]:
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        refresh(store)
        yield store, chosen_app(store, settings.app)
    except (NoSite, NoPoint) as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
