"""Run the demo in under three minutes: a small shop, visitors in a real browser, an incident, support contacts, and the
verdict. Needs nothing but this machine; everything it makes is in one folder of its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import signal
import sys
import time
import webbrowser
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from collector.commands.correlate import as_json
from collector.commands.report import aggregate
from collector.correlate import NotEnoughData
from collector.demo.process import DemoFailed
from collector.demo.run import played
from collector.demo.scenarios import SCENARIOS
from collector.demo.stage import Demo
from collector.demo.words import Telling
from collector.errors import Failed
from collector.settings import Settings
from collector.store import StoreUnreachable
from collector.store.sql_port.owner import open_store
from collector.surges.find import ContactsMissing, Found, NoSite
from collector.web.report import write_report
from collector.web.scope import read_scope
from collector.web.terminal import print_found
from synthetic.browser import NoBrowser


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The scenario, and what to do with it."""
    parser.add_argument(
        "--scenario",
        choices=list(SCENARIOS),
        default="broken-pay",
        metavar="NAME",
        help="; ".join(f"{s.name}: {s.title}" for s in SCENARIOS.values()),
    )
    parser.add_argument("--json", action="store_true", help="print the surges as `snag correlate --json` does")
    parser.add_argument("--open", action="store_true", help="open the report in a browser; with --serve the pages")
    parser.add_argument(
        "--keep", action="store_true", help="keep the store (default: only the report and the contacts)"
    )
    parser.add_argument("--serve", action="store_true", help="keep shop and collector running until Ctrl-C")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="folder for everything (default: a new one)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="seed of the simulated part")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Play the scenario; returns 1 if the verdict is not the staged one."""
    began = time.monotonic()
    folder = _folder(args, settings)
    console = Console(stderr=True)
    demo = Demo(SCENARIOS[args.scenario], folder, settings.chromium, args.seed, Telling(console))
    console.print(f"[bold]snag demo[/bold] · {args.scenario}: {demo.scenario.title}", highlight=False)
    try:
        found = asyncio.run(_play(demo, args, began))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    except (DemoFailed, NoBrowser, NoSite, ContactsMissing, NotEnoughData, StoreUnreachable) as error:
        raise Failed(str(error)) from None
    finally:
        if not args.keep and not args.folder:
            for name in ("store", "spool"):
                shutil.rmtree(folder / name, ignore_errors=True)
    verdicts = tuple(surge.verdict for surge in found.surges)
    right = (len(verdicts) == 1 and verdicts[0] in demo.scenario.staged) if demo.scenario.staged else not verdicts
    if not right:
        staged = " or ".join(demo.scenario.staged) or "no surge"
        print(
            f"snag: the staged verdict was {staged}, the result was {', '.join(verdicts) or 'no surge'}",
            file=sys.stderr,
        )
    return 0 if right else 1


async def _play(demo: Demo, args: argparse.Namespace, began: float) -> Found:
    playing = asyncio.current_task()
    if playing is not None:  # asyncio.run does so for SIGINT alone
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, playing.cancel)
    console = demo.telling.console
    async with played(demo) as found:
        report = await asyncio.to_thread(_write_report, demo, found)
        if args.json:
            print(json.dumps(as_json(found)), flush=True)
        else:
            print_found(found, Console())
        console.print(_scale(demo), highlight=False)
        console.print(f"The report: [bold]{report}[/bold]", soft_wrap=True, highlight=False)
        console.print(f"[dim]{time.monotonic() - began:.0f} s in all[/dim]", highlight=False)
        if args.open and not args.serve:
            webbrowser.open(report.as_uri())
        if args.serve:
            at = f"shop {demo.shop_url} · collector {demo.collector_url}, private port {demo.settings.private_port}"
            console.print(f"Still running: {at}. Commands for it: SNAG_DATA_DIR={demo.folder} snag friction top")
            pages = f"http://127.0.0.1:{demo.settings.private_port}/surges?simulated=1&since=24h"
            console.print(f"The pages: [bold]{pages}[/bold]", soft_wrap=True, highlight=False)
            if args.open:
                webbrowser.open(pages)
            console.print("Press Ctrl-C to stop.")
            demo.clock.put(time.time())
            await asyncio.Event().wait()
        return found


def _write_report(demo: Demo, found: Found) -> Path:
    """The report of the day that was asked about, beside the running collector."""
    query = {"since": found.since.isoformat(), "until": found.until.isoformat(), "simulated": "1"}
    store = open_store(demo.settings.store_dsn)
    try:
        aggregate(store, demo.settings)
        scope = read_scope(store, demo.settings, query, datetime.fromtimestamp(demo.end, UTC))
        return write_report(demo.folder / "report.html", scope, found, notes=_notes(demo))
    finally:
        store.close()


def _notes(demo: Demo) -> list[str]:
    """What is real in the report and what is simulated."""
    return [
        _scale(demo),
        "The eight weeks before and the contacts come from a simulator; both are marked as simulated in the store.",
    ]


def _scale(demo: Demo) -> str:
    many = len(demo.seen)
    replays = f", and {len(demo.replays)} replays of their recorded beacons" if demo.replays else ""
    return (
        f"The incident is real: {many} visits in a real browser{replays}. Their clock was moved forward by five minutes "
        "between batches of visits, so that an afternoon took a minute or two; timings within a visit are as measured."
    )


def _folder(args: argparse.Namespace, settings: Settings) -> Path:
    if args.folder and (args.folder / "store").exists():
        raise Failed(f"--folder: {args.folder} has a store already; expected a new folder")
    folder = args.folder or Path(settings.data_dir) / "demo" / f"{args.scenario}-{time.strftime('%Y%m%d-%H%M%S')}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Failed(
            f"cannot create the demo's folder {folder}: {error.strerror}; choose another one with --folder"
        ) from None
    return Path(folder).absolute()
