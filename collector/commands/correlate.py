"""Find contact surges and what they follow: site friction, infrastructure, traffic, a known event, or nothing on
the site. With --json: {"surges": [{"start", "end", "verdict", "keys", …}]}."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from collector.correlate import NotEnoughData, as_dict
from collector.errors import Failed
from collector.settings import Settings
from collector.store.sql_port.owner import open_store
from collector.surges.find import VISITORS, WITH_SIMULATED, ContactsMissing, Found, NoSite, find
from collector.times import BadTime, moment, since, zone
from collector.web.terminal import print_found


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The time, and the output format."""
    add_period(parser, "24h")
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_period(parser: argparse.ArgumentParser, default: str) -> None:
    """Add --since, --until and --include-simulated, which every command about a time takes."""
    parser.add_argument(
        "--since", default=default, metavar="TIME", help=f"start: 90m, 24h, 7d or a time (default: {default})"
    )
    parser.add_argument("--until", metavar="TIME", help="end: a time (default: now)")
    parser.add_argument(
        "--include-simulated",
        action="store_true",
        help="include simulated traffic; for a demo's store",
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the surges; 0 whether or not there are any."""
    found = find_surges(args, settings)
    if args.json:
        print(json.dumps(as_json(found)))
    else:
        print_found(found, Console())
    return 0


def period(args: argparse.Namespace, settings: Settings) -> tuple[datetime, datetime]:
    """The requested time, in UTC."""
    try:
        tz = zone(settings.time_zone)
        until = moment(args.until, tz) if args.until else datetime.now(UTC)
        return since(args.since, until, tz), until
    except BadTime as error:
        raise Failed(str(error)) from None


def traffic_sources(args: argparse.Namespace) -> tuple[str, ...]:
    """Whose visits count."""
    return WITH_SIMULATED if args.include_simulated else VISITORS


def find_surges(args: argparse.Namespace, settings: Settings) -> Found:
    """Find the surges of the requested time. Raises Failed."""
    start, until = period(args, settings)
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        store.refresh()
        return find(
            store,
            app=settings.app,
            since=start,
            until=until,
            time_zone=settings.time_zone,
            sources=traffic_sources(args),
        )
    except (NoSite, ContactsMissing, NotEnoughData) as error:
        raise Failed(str(error)) from None
    finally:
        store.close()


def as_json(found: Found) -> dict[str, Any]:
    """The surges as --json prints them. Times of the frame are ISO in UTC, those of a surge seconds since 1970."""
    return {
        "app": found.app,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "time_zone": found.time_zone,
        "traffic_sources": list(found.sources),
        "judged_through": found.judged_through.isoformat(),
        "stale_sources": list(found.stale),
        "complete_through": {name: ts.isoformat() for name, ts in found.complete_through.items()},
        "surges": [as_dict(surge) for surge in found.surges],
        "affected_sessions": found.examples,
    }
