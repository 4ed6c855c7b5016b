"""CX and service numbers, each with its 95 % interval and what it is counted from: `snag metrics`, `snag metrics nps csat
--by channel --since 90d`. What each one is says docs/metrics.md, or `snag metrics --list`."""

from __future__ import annotations

import argparse
from math import isinf

from rich.console import Console
from rich.table import Table

from collector.commands import correlate
from collector.commands.metrics import cross_views, import_customers
from collector.commands.tables import print_rows
from collector.errors import Failed
from collector.metrics.catalogue import CATALOGUE, METRICS, Metric
from collector.metrics.opening_hours import BadHours
from collector.metrics.query import Figure, figures
from collector.settings import Settings
from collector.store.sql_port.owner import open_store
from collector.surges.find import NoSite, only_app

PARTS = tuple(dict.fromkeys(part for metric in CATALOGUE for part in metric.parts))
NAMES = ("metric", "part", "of", "value", "low", "high", "n", "unit", "note")


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Names of metrics, or one of the other actions; the time; by what."""
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"metrics (default: all), or a view: {', '.join(cross_views.ACTIONS)}; or import-customers FILE",
    )
    correlate.add_period(parser, "28d")
    parser.add_argument("--by", choices=PARTS, default="", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--list", action="store_true", help="say what each metric is")
    parser.add_argument("--dry-run", action="store_true", help="with import-customers: keep nothing")
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    parser.add_argument("--csv", action="store_true", help="print CSV with a header")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print them."""
    if args.names[:1] == ["import-customers"]:
        return import_customers.run(args, settings)
    if args.names and args.names[0] in cross_views.ACTIONS:
        return cross_views.run(args, settings)
    wanted = _wanted(args.names, args.by)
    if args.list:
        return _list(wanted, args)
    start, until = correlate.period(args, settings)
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        app = settings.app
        if not app and any(metric.name == "contact_rate" for metric in wanted):
            try:
                app = only_app(store)
            except NoSite as error:
                if args.names:
                    raise Failed(str(error)) from None
        found = figures(
            store,
            wanted,
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
    return _print(found, args)


def _wanted(names: list[str], by: str) -> list[Metric]:
    if unknown := [name for name in names if name not in METRICS]:
        raise Failed(f"there is no metric '{unknown[0]}'; there are {', '.join(METRICS)}")
    wanted = [METRICS[name] for name in names] or list(CATALOGUE)
    if by and names and (without := [metric for metric in wanted if by not in metric.parts]):
        raise Failed(f"{without[0].name} cannot be told by {by}; it can by {', '.join(without[0].parts)}")
    return [metric for metric in wanted if not by or by in metric.parts]


def _list(wanted: list[Metric], args: argparse.Namespace) -> int:
    rows = [(m.name, m.title, m.formula, m.unit, m.owner, m.minimum, m.interval, m.traps) for m in wanted]
    names = ("name", "title", "formula", "unit", "owner", "minimum", "interval", "traps")
    return print_rows(names, rows, args)


def _print(found: list[Figure], args: argparse.Namespace) -> int:
    if args.json or args.csv:
        rows = [(f.metric, f.part, f.apart, f.value, *_ends(f), f.n, METRICS[f.metric].unit, f.note) for f in found]
        return print_rows(NAMES, rows, args)
    table = Table(title="CX and service metrics", title_justify="left")
    for heading in ("metric", *([args.by] if args.by else []), "of", "value", "95 % interval", "n"):
        table.add_column(
            heading,
            justify="right" if heading in ("value", "95 % interval", "n") else "left",
            overflow="fold",
        )
    for f in found:
        metric = METRICS[f.metric]
        ends = (
            "–"
            if f.interval_95 is None
            else f"{_plain(f.interval_95.low, metric)} to {_plain(f.interval_95.high, metric)}"
        )
        value = f.note if f.value is None else f"{_plain(f.value, metric)}{_unit(metric)}"
        table.add_row(metric.title, *([f.part or "–"] if args.by else []), f.apart, value, ends, f"{f.n:,}")
    Console().print(table)
    return 0


def _ends(figure: Figure) -> tuple[float | None, float | None]:
    if figure.interval_95 is None:
        return None, None
    low, high = figure.interval_95
    return low, None if isinf(high) else high  # JSON has no infinity: no upper end is known


def _unit(metric: Metric) -> str:
    return {"%": " %", "s": "", "contacts": "", "cases": ""}.get(metric.unit, f" {metric.unit}")


def _plain(value: float, metric: Metric) -> str:
    if isinf(value):
        return "∞"
    if metric.unit != "s":
        return f"{value:,.0f}" if metric.unit in ("contacts", "cases") else f"{value:,.1f}"
    for limit, size, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if value < limit:
            return f"{value / size:.1f} {name}"
    return f"{value / 86_400:.1f} d"
