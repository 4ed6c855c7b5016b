"""`snag friction compare`: whether a release helped; `snag friction override`: what a person knows better."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table

from collector.commands.friction.top import CLASS_WORDS, in_words, score_as_json
from collector.friction import points
from collector.metrics.period import Period
from collector.metrics.score import FEWEST, SCORE_VERSION
from collector.store import Store


def compare(args: argparse.Namespace, store: Store, period: Period) -> int:
    """Print both scores, the difference with interval, and the verdict."""
    found = points.compared(store, period, args.before, args.after, args.by)
    if args.json:
        print(
            json.dumps(
                {
                    "app": period.app,
                    "by": args.by,
                    "score_version": SCORE_VERSION,
                    "before": args.before,
                    "after": args.after,
                    "before_score": score_as_json(found.before) if found else None,
                    "after_score": score_as_json(found.after) if found else None,
                    "score_difference": found.score._asdict() if found else None,
                    "rate_difference": found.rate._asdict() if found else None,
                    "verdict": found.verdict if found else "not known",
                    "words": found.words if found else f"Not enough data: {FEWEST} visits of each are needed.",
                }
            )
        )
        return 0
    console = Console()
    if found is None:
        console.print(f"Cannot say: {FEWEST} visits of each {args.by} are needed.")
        return 0
    console.print(found.words, style="bold")
    console.print(f"{args.before}: {in_words(found.before)}")
    console.print(f"{args.after}: {in_words(found.after)}")
    return 0


def override(args: argparse.Namespace, store: Store, app: str) -> int:
    """Keep what was said, take it back, or list what holds. Raises NoPoint."""
    now = datetime.now(UTC)
    if args.fingerprint and args.take_back:
        points.take_back(store, app, args.fingerprint, args.who, now)
    elif args.fingerprint:
        said = points.Override(
            args.fingerprint,
            args.cause_class or "",
            args.sub,
            args.who,
            args.why,
            now + timedelta(days=args.days),
        )
        points.override(store, app, said, now)
    held = points.overrides(store, app)
    if args.json:
        print(json.dumps({"app": app, "overrides": held}))
        return 0
    table = Table(
        "fingerprint", "whose fault", "who", "why", "until", title=f"Overrides on {app}", title_justify="left"
    )
    for one in held:
        sort = f", {one['cause_sub'].replace('_', ' ')}" if one["cause_sub"] else ""
        table.add_row(
            one["fingerprint"],
            CLASS_WORDS[one["cause_class"]] + sort,
            one["who"],
            one["why"],
            one["until"][:16],
        )
    Console().print(table if held else f"No overrides on {app}: the rules decide.")
    return 0
