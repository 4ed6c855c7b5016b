"""`snag friction top`: the score, and what adds most to it."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from collector.friction import points as account
from collector.metrics.period import Period
from collector.metrics.score import FEWEST, SCORE_VERSION, Score
from collector.sourcemaps.lookup import Sources
from collector.store import Store
from collector.surges.wording import KIND_WORDS

CLASS_WORDS = {
    "usability": "usability", "technical_issue": "technical issue", "user_error": "user error",
    "infrastructure": "infrastructure", "unclassified": "not known",
}  # fmt: skip


def top(args: argparse.Namespace, store: Store, period: Period) -> int:
    """Print the ranking; 0 whether or not there is any friction."""
    score = account.scores(store, period).get("")
    if args.segment:
        return _segments(args, account.scores(store, period, args.segment), period)
    points = account.points(store, period, by=args.by, limit=args.limit)
    if not args.by:
        _explain(store, period, points)
    if args.json:
        found = {
            "app": period.app,
            "since": period.start.isoformat(),
            "until": period.end.isoformat(),
            "score_version": SCORE_VERSION,
            "score": score_as_json(score),
            "friction_points" if not args.by else f"by_{args.by}": points,
        }
        print(json.dumps(found))
        return 0
    console = Console()
    if not points:
        console.print(f"No friction on {period.app} in this time.")
        return 0
    console.print(_by_table(args.by, points) if args.by else _table(period, points))
    console.print(in_words(score))
    return 0


def in_words(score: Score | None) -> str:
    """The score in a sentence or two."""
    if score is None:
        return f"Friction score: not enough data, {FEWEST} visits are needed."
    (low, high), (rate_low, rate_high) = score.score.interval_95, score.rate.interval_95
    doubt = " Low confidence: more visits are needed." if score.low_confidence else ""
    return (
        f"Friction score {score.score.value:.1f} of 100 ({low:.1f} to {high:.1f}), version {score.score_version}; "
        f"{score.rate.value:.1%} of {score.rate.visits:,} visits struggled ({rate_low:.1%} to {rate_high:.1%}).{doubt}"
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
    """Add what the events say: the error, its place in the source, and why the point is judged as it is."""
    details = account.explained(store, period, [account.read(point["fingerprint"]) for point in points])
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
    """A share with its interval, in percent."""
    return "–" if value is None else f"{value:.1%} ({interval[0]:.1%} to {interval[1]:.1%})"


def cause_words(point: dict[str, Any]) -> str:
    """The class and its sort, with the rule that says so."""
    sort = f", {point['cause_sub'].replace('_', ' ')}" if point["cause_sub"] else ""
    return f"{CLASS_WORDS[point['cause_class']]}{sort} ({point['cause_rule']})"


def _table(period: Period, points: list[dict[str, Any]]) -> Table:
    title = f"Friction points of {period.app}, {period.start:%d %b %H:%M} to {period.end:%d %b %H:%M} UTC"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, show_lines=True)
    table.add_column("friction point", overflow="fold")
    table.add_column("whose fault")
    table.add_column("visits hit", justify="right", no_wrap=True)
    table.add_column("of the page's (95 %)", justify="right", min_width=15)
    table.add_column("points", justify="right")
    for point in points:
        what = KIND_WORDS.get(point["kind"], point["kind"].replace("_", " "))
        head = Text(f"{what} on {where(point)}" if where(point) != "the page" else what, "bold")
        table.add_row(
            Text("\n").join([head, Text(point["page_group"]), Text(point["fingerprint"], "dim")]),
            cause_words(point),
            str(point["sessions"]),
            share(point["share"], point["share_95"]).replace(" (", "\n("),
            f"{point['points']:.2f}",
        )
    return table


def _by_table(by: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(by, title=f"Friction by {by}", title_justify="left")
    for heading in ("visits hit", "moments", "points of the score"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(row[by] or "–", str(row["sessions"]), str(row["moments"]), f"{row['points']:.2f}")
    return table


def _segments(args: argparse.Namespace, scores: dict[str, Score | None], period: Period) -> int:
    if args.json:
        found = [
            {args.segment: value, **(score_as_json(score) or {"friction_score": None})}
            for value, score in scores.items()
        ]
        print(json.dumps({"app": period.app, "score_version": SCORE_VERSION, "segments": found}))
        return 0
    table = Table(args.segment, title=f"Friction score of {period.app} by {args.segment}", title_justify="left")
    for heading in ("visits", "friction score (95 %)", "visits that struggled (95 %)"):
        table.add_column(heading, justify="right")
    for value, score in scores.items():
        if score is None:
            table.add_row(value or "–", f"below {FEWEST}", "not enough data", "not enough data", style="dim")
            continue
        low, high = score.score.interval_95
        table.add_row(
            value or "–",
            f"{score.score.visits:,}",
            f"{score.score.value:.1f} ({low:.1f} to {high:.1f})",
            share(score.rate.value, score.rate.interval_95),
        )
    Console().print(table)
    return 0
