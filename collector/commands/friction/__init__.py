"""Where people get stuck, whose fault it is and why we say so (`top`, `show`), whether a release helped (`compare`), and
what a person knows better (`override`)."""

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
from collector.surges.find import NoSite, only_app


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`top`, `show`, `compare` and `override`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="top|show|compare|override")
    top = actions.add_parser("top", parents=[common], help="the friction points that add most to the score")
    top.add_argument("--by", choices=BY, default="", help="sum up by this instead")
    top.add_argument("--segment", choices=SEGMENTS, default="", help="the score of each of these instead")
    show = actions.add_parser(
        "show", parents=[common], help="one friction point in full, or the errors that people met"
    )
    show.add_argument("fingerprint", nargs="?", default="", metavar="FINGERPRINT", help="as `top` shows it")
    both = actions.add_parser("compare", parents=[common], help="whether a release or variant helped")
    both.add_argument("before", metavar="RELEASE_A")
    both.add_argument("after", metavar="RELEASE_B")
    both.add_argument("--by", choices=SEGMENTS, default="release", help="compare two of these instead of releases")
    said = actions.add_parser("override", parents=[common], help="say whose fault a friction point is")
    said.add_argument("fingerprint", nargs="?", default="", metavar="FINGERPRINT", help="without it: list what holds")
    said.add_argument("--class", dest="cause_class", choices=CLASSES, help="whose fault it is")
    said.add_argument("--sub", default="", help="which sort of it")
    said.add_argument("--who", default="", help="who says so")
    said.add_argument("--why", default="", help="the reason")
    said.add_argument("--take-back", action="store_true", help="let the rules decide again")
    said.add_argument("--for", dest="days", type=count, default=90, metavar="DAYS", help="how long it holds (90 days)")
    for action in (top, show, both):
        correlate.add_period(action, "30d" if action is both else "7d")
    for action in (top, show):
        action.add_argument("--limit", type=count, default=15, metavar="N", help="how many")
    for action in (top, show, both, said):
        action.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Do one of them."""
    with _opened(settings) as (store, app):
        if args.action == "override":
            return compare.override(args, store, app)
        start, until = correlate.period(args, settings)
        period = Period(app, start, until, correlate.traffic_sources(args))
        if args.action == "compare":
            return compare.compare(args, store, period)
        if args.action == "show":
            return friction_show.show(args, store, period)
        return friction_top.top(args, store, period)


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Store, str]]:
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        refresh(store)
        yield store, settings.app or only_app(store)
    except (NoSite, NoPoint) as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
