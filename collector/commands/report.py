"""Write what happened as one HTML file: the surges, where people struggle, journeys, releases, surveys and operations."""

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
from collector.settings import Settings
from collector.store import Store, page_sums
from collector.store.sql_port.owner import open_store
from collector.surges.find import ContactsMissing, Found, NoSite, find
from collector.times import BadTime, zone
from collector.web.report import whole
from collector.web.scope import BadLook, Look, look


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
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        _count(store, settings)
        asked = {
            "since": args.since,
            "until": args.until or "",
            "simulated": "1" if args.include_simulated else "",
        }
        seen = look(store, settings, asked, datetime.now(UTC))
        found, missing = _judged(store, seen)
        text = whole(seen, found, missing)
    except (NoSite, BadLook, BadTime, BadJourneys) as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
    try:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failed(f"{args.out} cannot be written: {error.strerror}") from None
    print(args.out.absolute())
    return 0


def _count(store: Store, settings: Settings) -> None:
    """What a running collector does by itself."""
    store.refresh()
    if settings.journeys_file:
        define_journeys(store, settings.journeys_file)
    classify_job.refresh(store)
    page_sums.refresh(store)
    page_sums.refresh_funnels(store)


def _judged(store: Store, seen: Look) -> tuple[Found | None, str]:
    """The surges of the time, judged now; else why they cannot be."""
    try:
        zone(seen.settings.time_zone)
        found = find(
            store,
            app=seen.app,
            since=seen.start,
            until=seen.end,
            time_zone=seen.settings.time_zone,
            sources=seen.sources,
        )
    except (ContactsMissing, NotEnoughData) as error:
        return None, str(error)
    return found, ""
