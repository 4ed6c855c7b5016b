"""Run synthetic journeys: `snag journeys run shop.py --base-url https://shop.example`.

A journey that is slower than its limits, or during which a visitor would have met friction, is degraded; one that
cannot be finished has failed, and says whose fault it was.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from collector.commands import Failed, count
from collector.settings import Settings
from synthetic.browser import NoBrowser, launched
from synthetic.load import BadJourneys, load
from synthetic.post import NotTaken, post
from synthetic.runner import Run, Target
from synthetic.runner import run as run_journey

STYLES = {"passed": "green", "degraded": "yellow", "flaky": "yellow", "failed": "red", "error": "magenta"}


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`run` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="run|list")
    do = actions.add_parser(
        "run", parents=[common], help="run each journey once and say how it went", description=__doc__
    )
    do.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="files or folders with journeys")
    do.add_argument(
        "--base-url", required=True, metavar="URL", help="the site; a journey's page.goto('/') goes there"
    )
    do.add_argument(
        "--collector", metavar="URL", help="post the results there, such as http://127.0.0.1:8800"
    )
    do.add_argument("--app", default="site", help="the site's name, as in the tag's data-snag-app")
    do.add_argument("--env", default="", help="such as production")
    do.add_argument("--release", default="", help="version of the site")
    do.add_argument("--location", default="", help="where this runs")
    do.add_argument("--repeat", type=count, default=1, metavar="N", help="run each so often")
    do.add_argument("--json", action="store_true", help="print one JSON object for each run")
    show = actions.add_parser("list", parents=[common], help="say which journeys there are")
    show.add_argument("paths", nargs="+", type=Path, metavar="PATH")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Returns 1 if a journey failed; degraded journeys are done."""
    try:
        definitions = load(args.paths)
        if args.action == "list":
            for definition in definitions:
                print(f"{definition.name}  every {definition.every_ms / 1000:g} s  {definition.place}")
            return 0
        runs = asyncio.run(run_all(definitions, args, settings.chromium))
    except (BadJourneys, NoBrowser, NotTaken) as error:
        raise Failed(str(error)) from None
    if not args.json:
        Console().print(_table(runs))
    return 1 if any(done.ending.status in ("failed", "error") for done in runs) else 0


async def run_all(definitions: list[Any], args: argparse.Namespace, chromium: str) -> list[Run]:
    """Run and post, one at a time: timings are the product."""
    runs = []
    async with launched(chromium) as (browser, _):
        target = Target(
            base_url=args.base_url, app=args.app, env=args.env, release=args.release, location=args.location,
            browser_version=f"Chromium {browser.version}",
        )  # fmt: skip
        for definition in definitions:
            for _ in range(args.repeat):
                done = await run_journey(definition, browser, target)
                runs.append(done)
                if args.json:
                    print(json.dumps(as_json(done)), flush=True)
                if args.collector:
                    await post(done.beacons, args.collector, time.time)
    return runs


def as_json(done: Run) -> dict[str, Any]:
    """One run; durations in ms."""
    end = done.ending
    return {
        "journey": done.definition.name, "run_id": str(done.run_id), "status": end.status, "fault": end.fault,
        "reason": end.reason, "message": end.message, "step": end.step, "duration_ms": done.duration_ms,
        "friction": done.friction,
        "steps": [
            {"name": step.name, "status": "failed" if step.failed else "slow" if step.slow else "ok",
             "duration_ms": step.duration_ms, "threshold_ms": step.threshold_ms}
            for step in done.steps
        ],
    }  # fmt: skip


def _table(runs: list[Run]) -> Table:
    table = Table("journey", "status", "took", "step", "why")
    for done in runs:
        end = done.ending
        style = STYLES[end.status]
        why = end.message if end.fault in ("none", "friction") else f"{end.fault}: {end.message}"
        table.add_row(
            done.definition.name,
            f"[{style}]{end.status}[/{style}]",
            f"{done.duration_ms / 1000:.1f} s",
            end.step,
            why,
        )
    return table
