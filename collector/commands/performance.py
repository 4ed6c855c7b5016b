"""Take series of the infrastructure from a Prometheus: latency, error rate, saturation. They are the rival that the
correlation asks whether a surge of contacts follows slowness or failures rather than what people met on the site.

  snag performance import --prometheus http://prometheus:9090 --query 'ttfb_p75_ms=histogram_quantile(0.75, …)'

`SNAG_PERFORMANCE_FILE` names a TOML file of such series, which a running collector takes every five minutes."""

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
        help="take samples from Prometheus",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    take.add_argument("--prometheus", metavar="URL", help="such as http://prometheus:9090")
    take.add_argument(
        "--query", action="append", default=[], metavar="NAME=PROMQL", help="a series; may be given again"
    )
    take.add_argument("--since", default="24h", metavar="TIME", help="90m, 24h, 56d or a time (default 24h)")
    take.add_argument("--until", metavar="TIME", help="a time (default: now)")
    take.add_argument("--json", action="store_true", help="print the summary as JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Take them; 1 if a series gave nothing."""
    start, end = correlate.period(args, settings)
    try:
        wanted = _wanted(args, settings)
        with Progress(console=Console(stderr=True)) as progress:
            bar = progress.add_task("Asking Prometheus", total=len(wanted))
            found = asyncio.run(take(wanted, start, end, lambda: progress.advance(bar)))
    except PrometheusError as error:
        raise Failed(str(error)) from None
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        for one, samples in found:
            store.add_performance(one.app, one.name, bare(one.prometheus), samples)
    finally:
        store.close()
    if args.json:
        print(json.dumps([{"name": one.name, "app": one.app, "samples": len(samples)} for one, samples in found]))
    else:
        for one, samples in found:
            print(f"{one.name}: {len(samples)} samples kept" if samples else f"{one.name}: no samples in this time")
    return 0 if all(samples for _, samples in found) else 1


def _wanted(args: argparse.Namespace, settings: Settings) -> list[Wanted]:
    given = []
    for text in args.query:
        name, equals, query = text.partition("=")
        if not equals or not args.prometheus:
            raise Failed(f"--query {text[:60]}: right would be --prometheus URL --query NAME=PROMQL")
        given.append(Wanted(name.strip(), args.prometheus, query, settings.app).checked())
    if not given and settings.performance_file:
        given = read(Path(settings.performance_file))
    if not given:
        raise Failed("no series is named: give --prometheus and --query, or set SNAG_PERFORMANCE_FILE")
    return given
