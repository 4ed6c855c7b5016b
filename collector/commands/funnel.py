"""Show how visits and synthetic runs get through a journey: entered, continued, left, time on task, friction and contacts
of each step, and the completions that friction points cost."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from collector.commands import correlate
from collector.commands.tables import show
from collector.errors import Failed
from collector.friction.classify_job import refresh
from collector.metrics.funnel_report import define_journeys, funnel
from collector.metrics.journeys import BadJourneys
from collector.metrics.period import Period
from collector.settings import Settings
from collector.store.sql_port.owner import open_store
from collector.surges.find import NoSite, chosen_app
from collector.surges.wording import kind_name
from collector.web.format import between, count, decimal, duration, money, percent


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The journey and the time."""
    parser.add_argument(
        "journey", nargs="?", default="", metavar="JOURNEY", help="name of the journey (default: all in the file)"
    )
    correlate.add_period(parser, "7d")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the funnels."""
    if not settings.journeys_file:
        raise Failed("no journeys configured; set SNAG_JOURNEYS_FILE or --journeys-file (docs/score.md)")
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        journeys = define_journeys(store, settings.journeys_file)
        refresh(store)
        app = chosen_app(store, settings.app)
        start, until = correlate.period(args, settings)
        chosen = [journey for journey in journeys if journey.app in ("", app) and args.journey in ("", journey.name)]
        if not chosen:
            names = ", ".join(journey.name for journey in journeys)
            raise Failed(
                f"{args.journey!r} is not a journey of {app}; expected one of {names} ({settings.journeys_file})"
            )
        period = Period(app, start, until, correlate.traffic_sources(args))
        funnels = [funnel(store, period, journey) for journey in chosen]
    except (NoSite, BadJourneys) as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
    if args.json:
        print(json.dumps({"app": app, "journeys": funnels}))
        return 0
    for report in funnels:
        _print(Console(), report)
    return 0


def _print(console: Console, report: dict[str, Any]) -> None:
    title = f"{report['journey']} on {report['app']}: visitors"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("step", min_width=8)
    for heading in (
        "entered",
        "continued",
        "left",
        "continued\n(95 %)",
        "median\np95",
        "friction\nscore",
        "contacts\nper 1,000",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for step in report["steps"]:
        score, contacts = step["friction_score"], step["contacts_per_1000"]
        table.add_row(
            step["step"],
            *(count(step[name]) for name in ("entered", "done", "abandoned")),
            _share(step),
            _times(step),
            "–" if score is None else f"{decimal(score)}\n{between(step['friction_score_95'])}",
            "–" if contacts is None else f"{count(contacts)}\n{between(step['contacts_per_1000_95'], '', 0)}",
        )
    if report["synthetic"]:
        table.add_section()
        table.add_row("[bold]synthetic runs")
    for step in report["synthetic"]:
        entered, done = step["entered"], step["done"]
        counts = (count(n) for n in (entered, done, entered - done))
        table.add_row(step["step"], *counts, _share({"done_share": done / entered, **step}), _times(step), "–", "–")
    show(table, console)
    for cost in report["lost_completions"][:10]:
        place = f"{kind_name(cost['kind'])} on {cost['target'] or cost['page_group']} at {cost['step']}"
        value = f", {money(cost['value_at_risk'], report['currency'])} (an estimate)" if cost["value_at_risk"] else ""
        lost = f"{count(cost['completions'])} completions lost ({between(cost['completions_95'], '', 0)})"
        affected = f"of {count(cost['exposed'])} affected visits"
        console.print(f"{place}: {lost} {affected}{value}  {cost['fingerprint']}", highlight=False)


def _share(step: Mapping[str, Any]) -> str:
    if step["done_share"] is None:
        return "–"
    return f"{percent(step['done_share'])}\n{between(step['done_share_95'], ' %', 0, 100)}"


def _times(step: Mapping[str, Any]) -> str:
    return f"{duration(step['median_s'])}\n{duration(step['p95_s'])}"
