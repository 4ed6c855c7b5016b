"""Where people get stuck most: `snag friction top`; which errors they met, and where in the source: `snag friction show`."""

from __future__ import annotations

import argparse
import json

from rich.console import Console
from rich.table import Table

from collector.commands import Failed, correlate, count
from collector.measures.intervals import wilson
from collector.pages.words import KIND_WORDS
from collector.settings import Settings
from collector.sources import Sources
from collector.store.owner import open_store
from collector.surges import NoSite, only_app


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`top` and `show`, their time and their length."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="top|show")
    top = actions.add_parser("top", parents=[common], help="the friction points that hit most sessions")
    show = actions.add_parser(
        "show", parents=[common], help="the errors that people met, and where in the source"
    )
    for action in (top, show):
        correlate.add_period(action, "7d")
        action.add_argument("--limit", type=count, default=15, metavar="N", help="how many")
        action.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the ranking, or the errors."""
    return _show(args, settings) if args.action == "show" else _top(args, settings)


def _top(args: argparse.Namespace, settings: Settings) -> int:
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


def _show(args: argparse.Namespace, settings: Settings) -> int:
    start, until = correlate.period(args, settings)
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        app = settings.app or only_app(store)
        sources = correlate.traffic_sources(args)
        rows = store.rows(
            "friction_errors", app=app, start=start, end=until, sources=list(sources), limit=args.limit
        )
        sourced = Sources(store, app)
        errors = [
            {
                "kind": kind, "release": release, "page_group": page, "error_type": error, "error_message": message,
                "error_place": place, "source": sourced.of(release, place), "sessions": sessions, "repeats": repeats,
                "first_ts": first.isoformat(), "last_ts": last.isoformat(),
            }
            for kind, release, page, error, message, place, sessions, repeats, first, last in rows
        ]  # fmt: skip
    except NoSite as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
    if args.json:
        times = {"since": start.isoformat(), "until": until.isoformat()}
        print(json.dumps({"app": app, **times, "errors": errors}))
        return 0
    table = Table(
        title=f"Errors on {app}, {start:%d %b %H:%M} to {until:%d %b %H:%M} UTC", title_justify="left"
    )
    table.add_column("what")
    table.add_column("error", overflow="fold")
    table.add_column("where", overflow="fold", min_width=18)
    table.add_column("release")
    table.add_column("page", overflow="fold")
    for heading in ("sessions", "times"):
        table.add_column(heading, justify="right")
    for one in errors:
        what = KIND_WORDS.get(one["kind"], one["kind"].replace("_", " "))
        said = ": ".join(filter(None, [one["error_type"], one["error_message"]]))
        where = one["source"] or one["error_place"]
        table.add_row(
            what, said, where, one["release"], one["page_group"], str(one["sessions"]), str(one["repeats"])
        )
    Console().print(table if errors else f"No errors on {app} in this time.")
    return 0
