"""A journey of journeys.yaml as visitors and synthetic runs go through it: entered, done, abandoned, time on task, friction
and contacts of each step, and the completions that friction points cost."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from collector.commands import correlate
from collector.errors import Failed
from collector.friction.classify_job import refresh
from collector.metrics.funnel_report import define_journeys, funnel
from collector.metrics.journeys import BadJourneys
from collector.metrics.period import Period
from collector.settings import Settings
from collector.store.sql_port.owner import open_store
from collector.surges.find import NoSite, only_app
from collector.surges.wording import KIND_WORDS


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Which journey and which time."""
    parser.add_argument("journey", nargs="?", default="", metavar="JOURNEY", help="its name; empty: all in the file")
    correlate.add_period(parser, "7d")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the funnels."""
    if not settings.journeys_file:
        raise Failed(
            "no journeys are known: name their file with --journeys-file or SNAG_JOURNEYS_FILE, see docs/score.md"
        )
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        journeys = define_journeys(store, settings.journeys_file)
        refresh(store)
        app = settings.app or only_app(store)
        start, until = correlate.period(args, settings)
        wanted = [one for one in journeys if one.app in ("", app) and args.journey in ("", one.name)]
        if not wanted:
            names = ", ".join(one.name for one in journeys)
            raise Failed(f"{settings.journeys_file} has no journey {args.journey!r} of {app}; it has {names}")
        found = [funnel(store, Period(app, start, until, correlate.traffic_sources(args)), one) for one in wanted]
    except (NoSite, BadJourneys) as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
    if args.json:
        print(json.dumps({"app": app, "journeys": found}))
        return 0
    for one in found:
        _print(Console(), one)
    return 0


def _print(console: Console, found: dict[str, Any]) -> None:
    title = f"{found['journey']} on {found['app']}: visitors"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("step", min_width=8)
    for heading in (
        "entered",
        "done",
        "gave up",
        "done\n(95 %)",
        "median\np95",
        "friction\nscore",
        "contacts\nper 1,000",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for step in found["steps"]:
        score, contacts = step["friction_score"], step["contacts_per_1000"]
        table.add_row(
            step["step"],
            *(f"{step[name]:,.0f}" for name in ("entered", "done", "abandoned")),
            _share(step),
            _times(step),
            "–" if score is None else f"{score:.1f}\n{_ends(step['friction_score_95'])}",
            "–" if contacts is None else f"{contacts:.0f}\n{_ends(step['contacts_per_1000_95'], 0)}",
        )
    if found["synthetic"]:
        table.add_section()
        table.add_row("[bold]synthetic runs")
    for step in found["synthetic"]:
        entered, done = step["entered"], step["done"]
        counts = (f"{n:,}" for n in (entered, done, entered - done))
        table.add_row(step["step"], *counts, _share({"done_share": done / entered, **step}), _times(step), "–", "–")
    console.print(table)
    for cost in found["lost_completions"][:10]:
        what = KIND_WORDS.get(cost["kind"], cost["kind"].replace("_", " "))
        place = f"{what} on {cost['target'] or cost['page_group']} at {cost['step']}"
        value = cost["value_at_risk"]
        worth = f", {value:,.0f} {found['currency']} (an estimate)" if value else ""
        gone = f"{cost['completions']:.0f} completions lost ({_ends(cost['completions_95'], 0)})"
        met = f"of {cost['exposed']} visits that met it"
        console.print(f"{place}: {gone} {met}{worth}  {cost['fingerprint']}", highlight=False)


def _share(step: Mapping[str, Any]) -> str:
    if step["done_share"] is None:
        return "–"
    low, high = step["done_share_95"]
    return f"{step['done_share']:.1%}\n{low:.0%} to {high:.0%}"


def _times(step: Mapping[str, Any]) -> str:
    return f"{_time(step['median_s'])}\n{_time(step['p95_s'])}"


def _ends(interval: Any, digits: int = 1) -> str:
    return f"{interval[0]:.{digits}f} to {interval[1]:.{digits}f}"


def _time(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.1f} s" if seconds < 90 else f"{seconds / 60:.1f} min"
