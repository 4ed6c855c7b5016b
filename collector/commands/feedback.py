"""Follow a contact reason to the friction point behind it, and to a verified fix: found, owned, fixed, verified.

A loop is verified when friction and contacts have been at the level of the four weeks before it started for a number of
days after the release; `snag feedback list` checks each time."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from rich.table import Table

from collector.cli import count
from collector.commands import correlate
from collector.commands.tables import show
from collector.errors import Failed
from collector.metrics.cross_views import Back
from collector.metrics.feedback_loop import BadLink, Checked, as_json, changed, check, found
from collector.settings import Settings
from collector.store import Store
from collector.store.feedback import Link, links
from collector.store.sql_port.owner import open_store
from collector.surges.find import NoSite, chosen_app
from collector.times import BadTime, since, zone


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`found`, `owned`, `fixed` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="found|owned|fixed|list")
    begin = actions.add_parser("found", parents=[common], help="Link a contact reason to the friction point behind it")
    begin.add_argument("--reason", required=True, metavar="REASON", help="contact reason, as stored")
    begin.add_argument(
        "--point", required=True, metavar="PAGE|KIND[|TARGET]", help="friction point: its page group, kind and element"
    )
    begin.add_argument("--began", default="7d", metavar="TIME", help="start of the loop: 7d or a time")
    own = actions.add_parser("owned", parents=[common], help="Assign a loop to a team")
    own.add_argument("id", metavar="ID", help="id of the loop, or its start")
    own.add_argument("--owner", required=True, metavar="TEAM", help="name of a team, not of a person")
    fix = actions.add_parser("fixed", parents=[common], help="Name the release with the fix")
    fix.add_argument("id", metavar="ID", help="id of the loop, or its start")
    fix.add_argument("--release", required=True, metavar="RELEASE", help="name of the release")
    fix.add_argument("--at", default="", metavar="TIME", help="time of the release (default: now)")
    listed = actions.add_parser("list", parents=[common], help="List the loops; verify those that are fixed")
    listed.add_argument("--days", type=count, default=7, metavar="N", help="days at the usual level after the release")
    listed.add_argument("--include-simulated", action="store_true", help="include simulated traffic")
    listed.add_argument("--json", action="store_true", help="print JSON lines")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run one of them."""
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        app = chosen_app(store, settings.app)
        return _do(args, settings, store, app, datetime.now(UTC))
    except (BadLink, NoSite, BadTime) as error:
        raise Failed(str(error)) from None
    finally:
        store.close()


def _do(args: argparse.Namespace, settings: Settings, store: Store, app: str, now: datetime) -> int:
    tz = zone(settings.time_zone)
    if args.action == "list":
        return _list(args, store, app, now)
    if args.action == "found":
        link = found(store, app, args.reason, args.point, since(args.began, now, tz), now)
    elif args.action == "owned":
        link = changed(store, app, args.id, now, owner=args.owner)
    else:
        at = since(args.at, now, tz) if args.at else now
        link = changed(store, app, args.id, now, release=args.release, fixed=at)
    print(f"{link.link_id}: {link.contact_reason} ↔ {_point(link)} is {link.state}")
    return 0


def _list(args: argparse.Namespace, store: Store, app: str, now: datetime) -> int:
    sources = correlate.traffic_sources(args)
    checked_loops = [check(store, link, now, args.days, sources) for link in links(store, app)]
    if args.json:
        for loop in checked_loops:
            print(as_json(loop))
        return 0
    table = Table(title=f"Feedback loops of {app}", title_justify="left")
    for heading in (
        "id",
        "reason",
        "friction point",
        "state",
        "owner",
        "release",
        "contacts per day",
        "affected visits per day",
    ):
        table.add_column(heading, overflow="fold")
    for loop in checked_loops:
        link = loop.link
        table.add_row(
            str(link.link_id)[:8],
            link.contact_reason,
            _point(link),
            link.state,
            link.owner,
            link.release,
            _words(loop.contacts, loop, args.days),
            _words(loop.friction, loop, args.days),
        )
    if checked_loops:
        show(table)
    else:
        print(f"No feedback loops of {app} yet. To start one: snag feedback found --reason … --point …")
    return 0


def _point(link: Link) -> str:
    return " ".join(filter(None, (link.page_group, link.kind, link.target_name)))


def _words(back: Back | None, checked: Checked, hold: int) -> str:
    if checked.link.fixed_ts is None:
        return "–"
    if back is None:
        return f"day {checked.days} of {hold}" if checked.days < hold else "not enough data"
    return f"{back.a_day:.1f}, {'at' if back.inside else 'above'} the usual level (up to {back.band_high:.1f})"
