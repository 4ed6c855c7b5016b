"""Import series of the infrastructure from Prometheus: latency, error rate, saturation.

The correlation uses them to decide whether a contact surge follows slowness or failures rather than site friction.

  snag performance import --prometheus http://prometheus:9090 --query 'ttfb_p75_ms=histogram_quantile(0.75, …)'

`SNAG_PERFORMANCE_FILE` names a TOML file of such series, which a running collector imports every five minutes."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from collector.commands import correlate
from collector.errors import Failed
from collector.integrations.prometheus import PrometheusError, Wanted, bare, take
from collector.integrations.prometheus_file import read
from collector.settings import Settings
from collector.store.sql_port.owner import open_store


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`import`, its time and its queries."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="import")
    take = actions.add_parser(
        "import",
        parents=[common],
        help="Import samples from Prometheus",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    take.add_argument(
        "--prometheus",
        metavar="URL",
        help="address, for example http://prometheus:9090 (default: that of SNAG_PERFORMANCE_FILE)",
    )
    take.add_argument(
        "--query",
        action="append",
        default=[],
        metavar="NAME=PROMQL",
        help="a series; may be repeated (default: those of SNAG_PERFORMANCE_FILE)",
    )
    take.add_argument("--since", default="24h", metavar="TIME", help="start: 90m, 24h, 56d or a time")
    take.add_argument("--until", metavar="TIME", help="end: a time (default: now)")
    take.add_argument("--json", action="store_true", help="print the summary as JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Import the series; returns 1 if one has no samples."""
    start, end = correlate.period(args, settings)
    try:
        series = _series(args, settings)
        with Progress(console=Console(stderr=True)) as progress:
            bar = progress.add_task("Querying Prometheus", total=len(series))
            taken = asyncio.run(take(series, start, end, lambda: progress.advance(bar)))
    except PrometheusError as error:
        raise Failed(str(error)) from None
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        for one, samples in taken:
            store.add_performance(one.app, one.name, bare(one.prometheus), samples)
    finally:
        store.close()
    if args.json:
        print(json.dumps([{"name": one.name, "app": one.app, "samples": len(samples)} for one, samples in taken]))
    else:
        for one, samples in taken:
            print(f"{one.name}: {len(samples)} samples stored" if samples else f"{one.name}: no samples in this time")
    return 0 if all(samples for _, samples in taken) else 1


def _series(args: argparse.Namespace, settings: Settings) -> list[Wanted]:
    series = []
    for text in args.query:
        name, equals, query = text.partition("=")
        if not equals or not args.prometheus:
            raise Failed(f"--query: {text[:60]!r} is not valid; expected --prometheus URL --query NAME=PROMQL")
        series.append(Wanted(name.strip(), args.prometheus, query, settings.app).checked())
    if not series and settings.performance_file:
        series = read(Path(settings.performance_file))
    if not series:
        raise Failed("no series configured; expected --prometheus and --query, or SNAG_PERFORMANCE_FILE")
    return series
