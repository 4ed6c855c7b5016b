"""Show CX and service metrics with their 95 % intervals and n: `snag metrics`, `snag metrics nps csat --by channel
--since 90d`. docs/metrics.md and `snag metrics --list` define each metric."""

from __future__ import annotations

import argparse
from math import isinf

from rich.table import Table

from collector.commands import correlate
from collector.commands.metrics import cross_views, import_customers
from collector.commands.tables import print_rows, show
from collector.errors import Failed
from collector.metrics.catalogue import CATALOGUE, METRICS, Metric
from collector.metrics.opening_hours import BadHours
from collector.metrics.query import Figure, figures
from collector.settings import Settings
from collector.store.sql_port.owner import open_store
from collector.surges.find import NoSite, only_app
from collector.web.format import count, figure_number

PARTS = tuple(dict.fromkeys(part for metric in CATALOGUE for part in metric.parts))
NAMES = ("metric", "part", "of", "value", "low", "high", "n", "unit", "note")


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Metrics or a view, the time, and the part to show them by."""
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"metrics (default: all), or a view: {', '.join(cross_views.ACTIONS)}; or import-customers FILE",
    )
    correlate.add_period(parser, "28d")
    parser.add_argument("--by", choices=PARTS, default="", metavar="PART", help=f"show by one of {', '.join(PARTS)}")
    parser.add_argument("--list", action="store_true", help="define each metric")
    parser.add_argument("--dry-run", action="store_true", help="with import-customers: validate only, store nothing")
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    parser.add_argument("--csv", action="store_true", help="print CSV with a header")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the metrics."""
    if args.names[:1] == ["import-customers"]:
        return import_customers.run(args, settings)
    if args.names and args.names[0] in cross_views.ACTIONS:
        return cross_views.run(args, settings)
    metrics = _metrics(args.names, args.by)
    if args.list:
        return _list(metrics, args)
    start, until = correlate.period(args, settings)
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        app = settings.app
        if not app and any(metric.name == "contact_rate" for metric in metrics):
            try:
                app = only_app(store)
            except NoSite as error:
                if args.names:
                    raise Failed(str(error)) from None
        results = figures(
            store,
            metrics,
            start,
            until,
            settings,
            by=args.by,
            app=app,
            sources=correlate.traffic_sources(args),
        )
    except BadHours as error:
        raise Failed(f"SNAG_OPENING_HOURS: {error}") from None
    finally:
        store.close()
    return _print(results, args)


def _metrics(names: list[str], by: str) -> list[Metric]:
    if unknown := [name for name in names if name not in METRICS]:
        raise Failed(f"{unknown[0][:80]!r} is not a metric; expected one of {', '.join(METRICS)}")
    metrics = [METRICS[name] for name in names] or list(CATALOGUE)
    if by and names and (without := [metric for metric in metrics if by not in metric.parts]):
        raise Failed(f"--by: {without[0].name} has no parts by {by}; expected one of {', '.join(without[0].parts)}")
    return [metric for metric in metrics if not by or by in metric.parts]


def _list(metrics: list[Metric], args: argparse.Namespace) -> int:
    rows = [(m.name, m.title, m.formula, m.unit, m.owner, m.minimum, m.interval, m.traps) for m in metrics]
    names = ("name", "title", "formula", "unit", "owner", "minimum", "interval", "traps")
    return print_rows(names, rows, args)


def _print(results: list[Figure], args: argparse.Namespace) -> int:
    if args.json or args.csv:
        rows = [(f.metric, f.part, f.apart, f.value, *_ends(f), f.n, METRICS[f.metric].unit, f.note) for f in results]
        return print_rows(NAMES, rows, args)
    table = Table(title="CX and service metrics", title_justify="left")
    for heading in ("metric", *([args.by] if args.by else []), "of", "value", "95 % interval", "n"):
        table.add_column(
            heading,
            justify="right" if heading in ("value", "95 % interval", "n") else "left",
            overflow="fold",
        )
    for figure in results:
        number = figure_number("", METRICS[figure.metric].unit, "", figure)
        interval = number.spread.partition(" (")[0] or "–"
        value = figure.note if figure.value is None else number.text
        part = [figure.part or "–"] if args.by else []
        table.add_row(METRICS[figure.metric].title, *part, figure.apart, value, interval, count(figure.n))
    show(table)
    return 0


def _ends(figure: Figure) -> tuple[float | None, float | None]:
    if figure.interval_95 is None:
        return None, None
    low, high = figure.interval_95
    return low, None if isinf(high) else high  # JSON has no infinity: no upper end is known
