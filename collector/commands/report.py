"""Write a report as one HTML file: the surges, where people struggle, journeys, releases, surveys and operations."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from collector.commands import correlate
from collector.correlate import NotEnoughData
from collector.errors import Failed
from collector.friction import classify_job
from collector.metrics.funnel_report import define_journeys
from collector.metrics.journeys import BadJourneys
from collector.metrics.score import scoring
from collector.settings import Settings
from collector.store import Store, page_sums
from collector.store.sql_port.owner import open_store
from collector.surges.find import ContactsMissing, Found, NoSite, find
from collector.times import BadTime, zone
from collector.web.report import write_report
from collector.web.scope import BadScope, Scope, read_scope

OUT = Path("snag-report.html")


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The time, and the file."""
    correlate.add_period(parser, "7d")
    parser.add_argument("--out", type=Path, default=OUT, metavar="FILE", help=f"file to write (default: {OUT})")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Write the report and print its path."""
    query = {
        "since": args.since,
        "until": args.until or "",
        "simulated": "1" if args.include_simulated else "",
    }
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        aggregate(store, settings)
        scope = read_scope(store, settings, query, datetime.now(UTC))
        found, missing = _surges(scope)
        path = write_report(args.out, scope, found, missing)
    except (NoSite, BadScope, BadTime, BadJourneys) as error:
        raise Failed(str(error)) from None
    except OSError as error:
        raise Failed(f"{args.out}: cannot write the report: {error.strerror}") from None
    finally:
        store.close()
    print(path)
    return 0


def aggregate(store: Store, settings: Settings) -> None:
    """Bring every aggregate up to date, as a running collector does by itself."""
    store.refresh()
    if settings.journeys_file:
        define_journeys(store, settings.journeys_file)
    classify_job.refresh(store)
    page_sums.refresh(store)
    page_sums.refresh_funnels(store, scoring())


def _surges(scope: Scope) -> tuple[Found | None, str]:
    """The surges of the time, evaluated now; else why they cannot be."""
    try:
        zone(scope.settings.time_zone)
        found = find(
            scope.store,
            app=scope.app,
            since=scope.start,
            until=scope.end,
            time_zone=scope.settings.time_zone,
            sources=scope.sources,
        )
    except (ContactsMissing, NotEnoughData) as error:
        return None, str(error)
    return found, ""
