"""`snag friction compare`: whether a release helped; `snag friction override`: a person's decision about a cause."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from collector.commands.friction.top import in_words, score_as_json
from collector.commands.tables import show
from collector.friction import points
from collector.metrics.period import Period
from collector.metrics.score import FEWEST, SCORE_VERSION
from collector.store import Store
from collector.times import clock
from collector.web.friction import cause_words


def compare(args: argparse.Namespace, store: Store, period: Period) -> int:
    """Print both scores, the difference with interval, and the verdict."""
    comparison = points.compared(store, period, args.before, args.after, args.by)
    if args.json:
        print(
            json.dumps(
                {
                    "app": period.app,
                    "by": args.by,
                    "score_version": SCORE_VERSION,
                    "before": args.before,
                    "after": args.after,
                    "before_score": score_as_json(comparison.before) if comparison else None,
                    "after_score": score_as_json(comparison.after) if comparison else None,
                    "score_difference": comparison.score._asdict() if comparison else None,
                    "rate_difference": comparison.rate._asdict() if comparison else None,
                    "verdict": comparison.verdict if comparison else "not known",
                    "words": comparison.words
                    if comparison
                    else f"Not enough data: at least {FEWEST} visits of each are needed.",
                }
            )
        )
        return 0
    console = Console()
    if comparison is None:
        console.print(f"Cannot say: at least {FEWEST} visits of each {args.by} are needed.")
        return 0
    console.print(comparison.words, style="bold")
    console.print(f"{args.before}: {in_words(comparison.before)}")
    console.print(f"{args.after}: {in_words(comparison.after)}")
    return 0


def override(args: argparse.Namespace, store: Store, app: str, tz: ZoneInfo) -> int:
    """Store or remove an override, and list the active ones. Raises NoPoint."""
    now = datetime.now(UTC)
    if args.fingerprint and args.take_back:
        points.take_back(store, app, args.fingerprint, args.who, now)
    elif args.fingerprint:
        decision = points.Override(
            args.fingerprint,
            args.cause_class or "",
            args.sub,
            args.who,
            args.why,
            now + timedelta(days=args.days),
        )
        points.override(store, app, decision, now)
    active = points.overrides(store, app)
    if args.json:
        print(json.dumps({"app": app, "overrides": active}))
        return 0
    table = Table(
        "fingerprint", "cause", "decided by", "reason", "until", title=f"Overrides on {app}", title_justify="left"
    )
    for row in active:
        until = clock(datetime.fromisoformat(row["until"]), tz)
        table.add_row(row["fingerprint"], cause_words(row), row["who"], row["why"], until)
    if active:
        show(table)
    else:
        print(f"No overrides on {app}: the rules decide.")
    return 0
