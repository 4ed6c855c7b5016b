"""Run synthetic journeys: `snag journeys run shop.py --base-url https://shop.example`.

A journey that is slower than its limits, or during which a visitor would have met friction, is degraded; one that
cannot be finished has failed, and says whose fault it was. Exit codes of `run`: 0 nothing failed, 1 a journey failed,
2 something could not be run or sent (a broken file, no browser, an unreachable collector, the monitor's own fault).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from pathlib import Path
from typing import Any

from collector.cli import count
from collector.errors import Failed
from collector.settings import Settings
from synthetic.messages import SetUp
from synthetic.target import MEMORY_MB, Target


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`run`, `watch`, `list`, `record` and `init`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="run|watch|list|record|init")

    def action(name: str, meaning: str) -> argparse.ArgumentParser:
        return actions.add_parser(
            name,
            parents=[common],
            help=meaning,
            description=__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    do = action("run", "Run each journey once")
    _site(do)
    do.add_argument("--repeat", type=count, default=1, metavar="N", help="runs of each journey, to see how flaky it is")
    do.add_argument("--json", action="store_true", help="print one JSON object for each run")
    do.add_argument("--junit", action="store_true", help="print JUnit XML")
    do.add_argument("--trace", action="store_true", help="record Playwright's trace in the first attempt too")
    do.add_argument(
        "--fail-on",
        choices=("failed", "degraded"),
        default="failed",
        metavar="STATUS",
        help="status that makes the exit code 1: failed, or degraded (which includes flaky)",
    )
    do.add_argument("--only", metavar="NAME", action="append", help="only this journey; may be repeated (default: all)")
    watch = action("watch", "Run journeys repeatedly, as often as their `every` says")
    _site(watch)
    watch.add_argument("--slots", type=count, default=1, metavar="N", help="concurrent runs, each with a browser")
    watch.add_argument("--shard", default="1/1", metavar="I/N", help="this is replica I of N, from 1")
    watch.add_argument("--metrics-host", default="127.0.0.1", metavar="HOST", help="bind address of /metrics")
    watch.add_argument("--metrics-port", type=int, default=8810, metavar="PORT", help="port of /metrics; 0: none")
    show = action("list", "List the journeys")
    show.add_argument("paths", nargs="+", metavar="PATH")
    show.add_argument("--json", action="store_true", help="print one JSON object for each")
    record = action("record", "Record a journey while you use a site (needs a display)")
    record.add_argument("url", metavar="URL")
    record.add_argument("--out", type=Path, default=Path("journey.py"), metavar="FILE", help="file to write")
    record.add_argument("--name", default="recorded", metavar="NAME", help="name of the journey")
    record.add_argument(
        "--from", dest="given", type=Path, metavar="FILE", help="convert a file of playwright codegen (default: record)"
    )
    init = action("init", "Write a first journey that runs")
    init.add_argument("folder", nargs="?", type=Path, default=Path("journeys"), metavar="FOLDER")
    init.add_argument("--base-url", default="https://example.com", metavar="URL", help="address of the site")


def _site(to: argparse.ArgumentParser) -> None:
    """What `run` and `watch` share."""
    to.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="files or folders with journeys, or FILE::NAME for one, or for a test",
    )
    to.add_argument("--base-url", default="", metavar="URL", help="address of the site; page.goto('/') goes there")
    to.add_argument(
        "--collector", metavar="URL", help="collector that gets the results, for example http://127.0.0.1:8800"
    )
    to.add_argument("--buffer", type=Path, metavar="DIR", help="folder for results while the collector is unavailable")
    to.add_argument("--app", default="site", metavar="SITE", help="name of the site, as in the tag's data-snag-app")
    to.add_argument("--env", default="", metavar="NAME", help="environment, for example production")
    to.add_argument("--release", default="", metavar="RELEASE", help="release of the site")
    to.add_argument(
        "--location", default="", metavar="NAME", help="location of this runner; other journeys are skipped"
    )
    to.add_argument(
        "--secrets-dir",
        default="",
        metavar="DIR",
        help="folder with one file for each secret (default: the environment)",
    )
    to.add_argument(
        "--client-cert",
        action="append",
        default=[],
        metavar="ORIGIN=CERT,KEY",
        help="client certificate for ORIGIN; may be repeated",
    )
    to.add_argument("--proxy", default="", metavar="URL", help="proxy of the browser")
    to.add_argument("--memory-mb", type=count, default=MEMORY_MB, metavar="MIB", help="maximum memory of a page")
    to.add_argument(
        "--sandbox",
        action="store_true",
        help="run Chromium in its sandbox; needs user namespaces and a user other than root",
    )
    to.add_argument("--artefacts", default="", metavar="DIR", help="folder for screenshots and traces")
    to.add_argument("--artefacts-url", default="", metavar="URL", help="address of that folder, for links")
    to.add_argument("--har", action="store_true", help="store a HAR file of each run among the artefacts")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Returns the exit code."""
    if args.action == "list":
        return _list(args)
    if args.action == "init":
        from synthetic.first import write

        print(write(args.folder, args.base_url))
        return 0
    if args.action == "record":
        from synthetic.recording import record

        print(record(args.url, args.out, args.name, args.given, settings.chromium))
        return 0
    set_up = SetUp(
        paths=[str(path) for path in args.paths],
        target=_target(args, settings),
        chromium=settings.chromium,
        log_level=settings.log_level,
    )
    if args.action == "watch":
        from synthetic.watch import Plan, watch

        shard = _shard(args.shard)
        plan = Plan(
            slots=args.slots,
            shard=shard,
            host=args.metrics_host,
            port=args.metrics_port,
            collector=args.collector or "",
            buffer=args.buffer,
        )
        return asyncio.run(_stoppable(watch(set_up, plan)))
    from synthetic.run import Wanted, run_once

    wanted = Wanted(
        repeat=args.repeat,
        json=args.json,
        junit=args.junit,
        trace=args.trace,
        strict=args.fail_on == "degraded",
        only=args.only or [],
        collector=args.collector or "",
        buffer=args.buffer,
    )
    return asyncio.run(_stoppable(run_once(set_up, wanted)))


async def _stoppable(work: Any) -> int:
    """SIGTERM ends like Ctrl-C does: in good order, with nothing left behind."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        return int(await task)
    except asyncio.CancelledError:
        return 143


def _limits(settings: Settings, app: str) -> dict[str, dict[str, int]]:
    if not settings.journeys_file:
        return {}
    from collector.metrics.journeys import BadJourneys, read

    try:
        found = read(Path(settings.journeys_file))
    except BadJourneys as error:
        raise Failed(str(error)) from None
    return {
        one.name: {step.name: round(step.limit_s * 1000) for step in one.steps if step.limit_s}
        for one in found
        if one.app in ("", app)
    }


def _target(args: argparse.Namespace, settings: Settings) -> Target:
    for name, value in (
        ("--base-url", args.base_url),
        ("--collector", args.collector or ""),
        ("--proxy", args.proxy),
    ):
        if value and "://" not in value:
            raise Failed(f"{name} is '{value}', not an address; expected https://{value}")
    return Target(
        base_url=args.base_url,
        app=args.app,
        env=args.env,
        release=args.release,
        location=args.location,
        memory_mb=args.memory_mb,
        secrets_dir=args.secrets_dir,
        proxy=args.proxy,
        har=args.har,
        client_certificates=[_certificate(given) for given in args.client_cert],
        sandbox=args.sandbox,
        limits=_limits(settings, args.app),
        artefacts_dir=str(Path(args.artefacts).resolve()) if args.artefacts else "",
        artefacts_url=args.artefacts_url,
    )


def _certificate(given: str) -> dict[str, str]:
    origin, _, files = given.partition("=")
    cert, _, key = files.partition(",")
    if not origin.startswith("https://") or not cert or not key:
        raise Failed(f"--client-cert is '{given}'; expected https://shop.example=cert.pem,key.pem")
    for file in (cert, key):
        if not Path(file).is_file():
            raise Failed(f"--client-cert names {file}, which is not a file")
    return {"origin": origin.rstrip("/"), "certPath": cert, "keyPath": key}


def _shard(given: str) -> tuple[int, int]:
    index, _, of = given.partition("/")
    if not (index.isdigit() and of.isdigit() and 1 <= int(index) <= int(of)):
        raise Failed(f"--shard is '{given}'; expected 1/1, or 2/3 for the second of three replicas")
    return int(index), int(of)


def _list(args: argparse.Namespace) -> int:
    from synthetic.load import load, report_problems

    found = load(args.paths)
    for one in found.definitions:
        if args.json:
            print(
                json.dumps(
                    {
                        "journey": one.name,
                        "every_ms": one.every_ms,
                        "timeout_ms": one.timeout_ms,
                        "slow_ms": one.slow_ms,
                        "retries": one.retries,
                        "locations": list(one.locations),
                        "tags": dict(one.tags),
                        "place": one.place,
                    }
                )
            )
        else:
            print(f"{one.name}  every {one.every_ms / 1000:g} s  {one.place}")
    return report_problems(found.problems, bool(found.definitions))
