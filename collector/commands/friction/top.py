"""`snag friction top`: the score, and what adds most to it."""

from __future__ import annotations

import argparse
import json
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from collector.commands.tables import show
from collector.friction import points as friction_points
from collector.metrics.period import Period
from collector.metrics.score import FEWEST, SCORE_VERSION, Score
from collector.sourcemaps.lookup import Sources
from collector.store import Store
from collector.surges.wording import kind_name
from collector.times import clock
from collector.web.format import between, count, decimal, percent
from collector.web.friction import cause_words


def top(args: argparse.Namespace, store: Store, period: Period, tz: ZoneInfo) -> int:
    """Print the ranking; 0 whether or not there is any friction."""
    score = friction_points.scores(store, period).get("")
    if args.segment:
        return _segments(args, friction_points.scores(store, period, args.segment), period)
    points = friction_points.points(store, period, by=args.by, limit=args.limit)
    if not args.by:
        _explain(store, period, points)
    if args.json:
        result = {
            "app": period.app,
            "since": period.start.isoformat(),
            "until": period.end.isoformat(),
            "score_version": SCORE_VERSION,
            "score": score_as_json(score),
            "friction_points" if not args.by else f"by_{args.by}": points,
        }
        print(json.dumps(result))
        return 0
    console = Console()
    if not points:
        console.print(f"No friction on {period.app} in this time.")
        return 0
    show(_by_table(args.by, points) if args.by else _table(period, points, tz), console)
    console.print(in_words(score))
    return 0


def in_words(score: Score | None) -> str:
    """The score in a sentence or two."""
    if score is None:
        return f"Friction score: not enough data; at least {FEWEST} visits are needed."
    doubt = " Low confidence: more visits are needed." if score.low_confidence else ""
    return (
        f"Friction score {decimal(score.score.value)} of 100 ({between(score.score.interval_95)}), version "
        f"{score.score_version}; {share(score.rate.value, score.rate.interval_95)} of {count(score.rate.visits)} visits "
        f"struggled.{doubt}"
    )


def score_as_json(score: Score | None) -> dict[str, Any] | None:
    """As JSON; None with too few visits."""
    if score is None:
        return None
    return {
        "friction_score": score.score.value,
        "friction_score_95": score.score.interval_95,
        "friction_rate": score.rate.value,
        "friction_rate_95": score.rate.interval_95,
        "sessions": score.score.visits,
        "low_confidence": score.low_confidence,
        "score_version": score.score_version,
    }


def _explain(store: Store, period: Period, points: list[dict[str, Any]]) -> None:
    """Add what the events show: the error, its place in the source, and the evidence of the cause."""
    details = friction_points.explained(store, period, [friction_points.read(point["fingerprint"]) for point in points])
    sources = Sources(store, period.app)
    for point in points:
        detail = details.get(point["fingerprint"], {})
        point.update(
            {name: value for name, value in detail.items() if name not in ("cause_class", "cause_sub", "cause_rule")}
        )
        point["source"] = sources.of(detail.get("release", ""), detail.get("error_place", ""))


def where(point: dict[str, Any]) -> str:
    """The element, else the place of the error, else the request, else the page."""
    return str(
        point["target_name"]
        or point["target"]
        or point.get("source")
        or point.get("error_place")
        or point.get("route")
        or "the page"
    )


def share(value: float | None, interval: Any) -> str:
    """A share with its interval, in per cent."""
    return "–" if value is None else f"{percent(value)} ({between(interval, ' %', 1, 100)})"


def _table(period: Period, points: list[dict[str, Any]], tz: ZoneInfo) -> Table:
    title = f"Friction points of {period.app}, {clock(period.start, tz)} to {clock(period.end, tz)} ({tz.key})"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, show_lines=True)
    table.add_column("friction point", overflow="fold")
    table.add_column("cause")
    table.add_column("visits", justify="right", no_wrap=True)
    table.add_column("of the page's visits (95 %)", justify="right", min_width=15)
    table.add_column("points", justify="right")
    for point in points:
        what = kind_name(point["kind"])
        head = Text(f"{what} on {where(point)}" if where(point) != "the page" else what, "bold")
        table.add_row(
            Text("\n").join([head, Text(point["page_group"]), Text(point["fingerprint"], "dim")]),
            cause_words(point),
            count(point["sessions"]),
            share(point["share"], point["share_95"]).replace(" (", "\n("),
            decimal(point["points"], 2),
        )
    return table


def _by_table(by: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(by, title=f"Friction by {by}", title_justify="left")
    for heading in ("visits", "occurrences", "points"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(row[by] or "–", count(row["sessions"]), count(row["moments"]), decimal(row["points"], 2))
    return table


def _segments(args: argparse.Namespace, scores: dict[str, Score | None], period: Period) -> int:
    if args.json:
        rows = [
            {args.segment: value, **(score_as_json(score) or {"friction_score": None})}
            for value, score in scores.items()
        ]
        print(json.dumps({"app": period.app, "score_version": SCORE_VERSION, "segments": rows}))
        return 0
    table = Table(args.segment, title=f"Friction score of {period.app} by {args.segment}", title_justify="left")
    for heading in ("visits", "friction score (95 %)", "of visits struggled (95 %)"):
        table.add_column(heading, justify="right")
    for value, score in scores.items():
        if score is None:
            table.add_row(value or "–", f"under {FEWEST}", "not enough data", "not enough data", style="dim")
            continue
        table.add_row(
            value or "–",
            count(score.score.visits),
            f"{decimal(score.score.value)} ({between(score.score.interval_95)})",
            share(score.rate.value, score.rate.interval_95),
        )
    show(table)
    return 0
