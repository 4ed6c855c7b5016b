"""Where people get stuck most: `snag friction top`."""

from __future__ import annotations

import argparse
import json

from rich.console import Console
from rich.table import Table

from collector.commands import Failed, correlate, count
from collector.measures.intervals import wilson
from collector.pages.words import KIND_WORDS
from collector.settings import Settings
from collector.store.owner import open_store
from collector.surges import NoSite, only_app


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`top`, its time and its length."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="top")
    top = actions.add_parser("top", parents=[common], help="the friction points that hit most sessions")
    correlate.add_period(top, "7d")
    top.add_argument("--limit", type=count, default=15, metavar="N", help="how many")
    top.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the ranking."""
    start, until = correlate.period(args, settings)
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        store.refresh()
        app = settings.app or only_app(store)
        rows = store.friction_top(app, start, until, correlate.traffic_sources(args), args.limit)
    except NoSite as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
    points = [
        {
            "page_group": page, "kind": kind, "target": target, "target_name": name, "sessions": sessions,
            "repeats": repeats, "page_sessions": pages, "first_ts": first.isoformat(), "last_ts": last.isoformat(),
            "share": sessions / pages if pages else None, "share_95": wilson(sessions, pages) if pages else None,
        }
        for page, kind, target, name, sessions, repeats, pages, first, last in rows
    ]  # fmt: skip
    if args.json:
        print(
            json.dumps(
                {
                    "app": app,
                    "since": start.isoformat(),
                    "until": until.isoformat(),
                    "friction_points": points,
                }
            )
        )
        return 0
    table = Table(
        title=f"Friction points of {app}, {start:%d %b %H:%M} to {until:%d %b %H:%M} UTC",
        title_justify="left",
    )
    for heading in ("page", "what", "where", "sessions hit", "of the page's sessions (95 %)", "times"):
        table.add_column(heading, justify="right" if heading in ("sessions hit", "times") else "left")
    for point in points:
        share = "–"
        if point["share_95"]:
            low, high = point["share_95"]
            share = f"{point['share']:.1%} ({low:.1%} to {high:.1%})"
        what = KIND_WORDS.get(point["kind"], point["kind"].replace("_", " "))
        where = point["target_name"] or point["target"] or "the page"
        table.add_row(point["page_group"], what, where, str(point["sessions"]), share, str(point["repeats"]))
    Console().print(table if points else f"No friction on {app} in this time.")
    return 0
