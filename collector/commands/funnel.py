"""A journey of journeys.yaml as visitors and synthetic runs go through it: entered, done, abandoned, time on task, friction
and contacts of each step, and the completions that friction points cost."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rich.console import Console
from rich.table import Table

from collector.cause.account import Period
from collector.cause.judging import refresh
from collector.commands import Failed, correlate
from collector.commands.friction_top import share
from collector.funnel import define_journeys, funnel
from collector.measures.journeys import BadJourneys
from collector.pages.words import KIND_WORDS
from collector.settings import Settings
from collector.store.owner import open_store
from collector.surges import NoSite, only_app


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Which journey and which time."""
    parser.add_argument(
        "journey", nargs="?", default="", metavar="JOURNEY", help="its name; empty: all in the file"
    )
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
        found = [
            funnel(store, Period(app, start, until, correlate.traffic_sources(args)), one) for one in wanted
        ]
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
    table = Table(title=f"{found['journey']} on {found['app']}", title_justify="left")
    for heading in (
        "step",
        "entered",
        "done",
        "abandoned",
        "done (95 %)",
        "median",
        "p95",
        "friction score (95 %)",
        "contacts per 1,000",
    ):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for step in found["steps"]:
        score = (
            "–"
            if step["friction_score"] is None
            else f"{step['friction_score']:.1f} ({_ends(step['friction_score_95'])})"
        )
        contacts = (
            "–"
            if step["contacts_per_1000"] is None
            else f"{step['contacts_per_1000']:.0f} ({_ends(step['contacts_per_1000_95'], 0)})"
        )
        table.add_row(
            step["step"], *(f"{step[name]:,.0f}" for name in ("entered", "done", "abandoned")),
            share(step["done_share"], step["done_share_95"]), _time(step["median_s"]), _time(step["p95_s"]), score, contacts,
        )  # fmt: skip
    for step in found["synthetic"]:
        table.add_row(
            f"{step['step']} (synthetic)", str(step["entered"]), str(step["done"]), str(step["entered"] - step["done"]),
            share(step["done"] / step["entered"], step["done_share_95"]), _time(step["median_s"]),
            _time(step["p95_s"]), "–", "–",
        )  # fmt: skip
    console.print(table)
    for cost in found["lost_completions"][:10]:
        what = KIND_WORDS.get(cost["kind"], cost["kind"].replace("_", " "))
        place = f"{what} on {cost['target'] or cost['page_group']} at {cost['step']}"
        value = cost["value_at_risk"]
        worth = f", {value:,.0f} {found['currency']} (an estimate)" if value else ""
        gone = f"{cost['completions']:.0f} completions lost ({_ends(cost['completions_95'], 0)})"
        met = f"of {cost['exposed']} visits that met it"
        console.print(f"{place}: {gone} {met}{worth}  {cost['fingerprint']}", highlight=False)


def _ends(interval: Any, digits: int = 1) -> str:
    return f"{interval[0]:.{digits}f} to {interval[1]:.{digits}f}"


def _time(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds:.1f} s" if seconds < 90 else f"{seconds / 60:.1f} min"
