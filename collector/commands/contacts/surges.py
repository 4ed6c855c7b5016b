"""What was judged of contact surges until now: `snag contacts surges`."""

from __future__ import annotations

import argparse
import json
import statistics
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from collector.commands import correlate
from collector.correlate import Surge
from collector.errors import Failed
from collector.settings import Settings
from collector.store.sql_port.owner import open_store
from collector.store.surges import Kept, history, kept
from collector.surges.find import ContactsMissing, NoSite, only_app
from collector.surges.history import judge, read_account
from collector.times import zone


def arguments(parser: argparse.ArgumentParser) -> None:
    """`--judge` makes new accounts first; `--history` shows every amendment."""
    correlate.add_period(parser, "90d")
    parser.add_argument("--judge", action="store_true", help="judge this time anew first, and keep what changed")
    parser.add_argument("--history", action="store_true", help="show every account of each surge, not only the last")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the surges that are known, what they follow, and how long before them the friction began."""
    start, until = correlate.period(args, settings)
    store = open_store(settings.store_dsn)
    try:
        store.migrate()
        app = settings.app or only_app(store)
        if args.judge:
            sources = correlate.traffic_sources(args)
            judge(store, app=app, now=until, since=start, time_zone=settings.time_zone, sources=sources)
        found = [(one, read_account(one.account)) for one in kept(store, app, start, until)]
        accounts = {one.surge_id: history(store, app, one.surge_id) for one, _ in found} if args.history else {}
    except (NoSite, ContactsMissing) as error:
        raise Failed(str(error)) from None
    finally:
        store.close()
    if args.json:
        print(json.dumps({"app": app, "surges": [_json(one, surge, accounts) for one, surge in found]}))
        return 0
    console = Console()
    if not found:
        console.print(
            f"No surge of {app} is known in this time. `--judge` looks for some; a running collector does so itself."
        )
        return 0
    console.print(_table(app, found, settings, accounts))
    console.print(lead_times([surge for one, surge in found if one.state == "standing"]))
    return 0


def lead_s(surge: Surge) -> float | None:
    """Seconds from the rise of the friction that it follows to its first five minutes; None where it follows none."""
    onset = surge.keys[0]["onset"] if surge.verdict == "friction" and surge.keys else None
    return None if onset is None else surge.start - onset


def lead_times(surges: list[Surge]) -> str:
    """In a sentence: how often and how long before the calls the site could have told."""
    leads = [lead for surge in surges if (lead := lead_s(surge)) is not None]
    if not leads:
        return "None of them follows friction whose beginning is known."
    before = sum(lead > 0 for lead in leads)
    return (
        f"{len(leads)} of {len(surges)} follow friction; in {before} of them it began before the contacts rose, "
        f"the middle one by {statistics.median(leads) / 60:.0f} min."
    )


def _table(app: str, found: list[tuple[Kept, Surge]], settings: Settings, accounts: dict[Any, Any]) -> Table:
    tz = zone(settings.time_zone)
    table = Table(title=f"Contact surges of {app} ({settings.time_zone})", title_justify="left")
    for heading in ("from", "to", "beyond the usual", "follows", "best match", "sure", "led by", "state"):
        table.add_column(heading, justify="right" if heading in ("beyond the usual", "sure", "led by") else "left")
    for one, surge in found:
        lead = lead_s(surge)
        table.add_row(
            f"{datetime.fromtimestamp(surge.start, tz):%d %b %H:%M}",
            f"{datetime.fromtimestamp(surge.end, tz):%H:%M}",
            f"+{surge.extra:.0f} ({surge.extra_low:.0f} to {surge.extra_high:.0f})",
            surge.event or surge.verdict,
            surge.keys[0]["key"] if surge.keys else "–",
            "–" if surge.confidence is None else f"{surge.confidence:.0%}",
            "–" if lead is None else f"{lead / 60:.0f} min",
            one.state,
        )
        for judged, state, verdict, start, _, extra, algorithm in accounts.get(one.surge_id, ()):
            told = judged.replace(tzinfo=UTC).astimezone(tz)
            table.add_row(
                f"  told {told:%d %b %H:%M}",
                f"from {start.replace(tzinfo=UTC).astimezone(tz):%H:%M}",
                f"+{extra:.0f}",
                verdict,
                "",
                "",
                algorithm,
                state,
                style="dim",
            )
    return table


def _json(one: Kept, surge: Surge, accounts: dict[Any, Any]) -> dict[str, Any]:
    told = [
        {
            "judged_ts": row[0].isoformat(),
            "state": row[1],
            "verdict": row[2],
            "extra": row[5],
            "algorithm": row[6],
        }
        for row in accounts.get(one.surge_id, ())
    ]
    return {
        "surge_id": str(one.surge_id),
        "state": one.state,
        "lead_s": lead_s(surge),
        "inputs": one.inputs,
        **json.loads(one.account),
        **({"history": told} if accounts else {}),
    }
