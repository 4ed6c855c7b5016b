"""`snag contacts surges`: the stored contact surges, what they follow, and their lead times."""

from __future__ import annotations

import argparse
import json
import statistics
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from collector.commands import correlate
from collector.commands.tables import show
from collector.correlate import Surge
from collector.errors import Failed
from collector.settings import Settings
from collector.store.queries.surges import Kept
from collector.store.sql_port.owner import open_store
from collector.store.surges import history, kept
from collector.surges.find import ContactsMissing, NoSite, chosen_app
from collector.surges.history import judge, read_account
from collector.surges.wording import SURGE_STATES, VERDICT_NAMES, probability, verdict_name
from collector.times import clock, zone
from collector.web.format import between, duration, signed


def arguments(parser: argparse.ArgumentParser) -> None:
    """`--judge` evaluates first; `--history` shows every version."""
    correlate.add_period(parser, "90d")
    parser.add_argument("--judge", action="store_true", help="re-evaluate this period first and store the result")
    parser.add_argument("--history", action="store_true", help="show every version of each surge (default: the latest)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the surges, what they follow, and how long before them the friction started."""
    start, until = correlate.period(args, settings)
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        app = chosen_app(store, settings.app)
        if args.judge:
            sources = correlate.traffic_sources(args)
            judge(store, app=app, now=until, since=start, time_zone=settings.time_zone, sources=sources)
        surges = [(row, read_account(row.account)) for row in kept(store, app, start, until)]
        versions = {row.surge_id: history(store, app, row.surge_id) for row, _ in surges} if args.history else {}
    except (NoSite, ContactsMissing) as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
    if args.json:
        print(json.dumps({"app": app, "surges": [_json(row, surge, versions) for row, surge in surges]}))
        return 0
    console = Console()
    if not surges:
        console.print(
            f"No surge of {app} is stored for this time. A running collector evaluates the last two days; "
            "`--judge` evaluates any time."
        )
        return 0
    show(_table(app, surges, settings, versions), console)
    console.print(lead_times([surge for row, surge in surges if row.state == "standing"]))
    return 0


def lead_s(surge: Surge) -> float | None:
    """Seconds from the rise of the friction that it follows to its first five minutes; None if it follows none."""
    onset = surge.keys[0]["onset"] if surge.verdict == "friction" and surge.keys else None
    return None if onset is None else surge.start - onset


def lead_times(surges: list[Surge]) -> str:
    """In a sentence: how often and how long before the contacts the friction started."""
    leads = [lead for surge in surges if (lead := lead_s(surge)) is not None]
    if not leads:
        return "None of them follows friction with a known start."
    before = sum(lead > 0 for lead in leads)
    return (
        f"{len(leads)} of {len(surges)} follow friction; in {before} of them it started before the contacts rose, "
        f"by {statistics.median(leads) / 60:.0f} min in the median."
    )


def _table(app: str, surges: list[tuple[Kept, Surge]], settings: Settings, versions: dict[Any, Any]) -> Table:
    tz = zone(settings.time_zone)
    table = Table(title=f"Contact surges of {app} ({settings.time_zone})", title_justify="left")
    for heading in (
        "from",
        "to",
        "contacts above normal",
        "follows",
        "best match",
        "confidence",
        "lead time",
        "state",
        "id",
    ):
        table.add_column(
            heading, justify="right" if heading in ("contacts above normal", "confidence", "lead time") else "left"
        )
    for row, surge in surges:
        lead = lead_s(surge)
        table.add_row(
            clock(surge.start, tz),
            f"{datetime.fromtimestamp(surge.end, tz):%H:%M}",
            f"{signed(surge.extra)} ({between((surge.extra_low, surge.extra_high), '', 0)})",
            surge.event or verdict_name(surge),
            surge.keys[0]["key"] if surge.keys else "–",
            "–" if surge.confidence is None else probability(surge.confidence),
            "–" if lead is None else duration(lead),
            SURGE_STATES.get(row.state, row.state),
            str(row.surge_id)[:8],
        )
        for evaluated, state, verdict, start, _, extra, algorithm in versions.get(row.surge_id, ()):
            table.add_row(
                f"  evaluated {clock(evaluated, tz)}",
                f"from {start.replace(tzinfo=UTC).astimezone(tz):%H:%M}",
                signed(extra),
                VERDICT_NAMES.get(verdict, verdict),
                "",
                "",
                algorithm,
                SURGE_STATES.get(state, state),
                "",
                style="dim",
            )
    return table


def _json(row: Kept, surge: Surge, versions: dict[Any, Any]) -> dict[str, Any]:
    changes = [
        {
            "judged_ts": version[0].isoformat(),
            "state": version[1],
            "verdict": version[2],
            "extra": version[5],
            "algorithm": version[6],
        }
        for version in versions.get(row.surge_id, ())
    ]
    return {
        "surge_id": str(row.surge_id),
        "state": row.state,
        "lead_s": lead_s(surge),
        "inputs": row.inputs,
        **json.loads(row.account),
        **({"history": changes} if versions else {}),
    }
