"""The table of friction points: one line and one bar each, sorted as the address asks, and the same as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from collector.friction import points_from_sums
from collector.metrics.intervals import wilson
from collector.metrics.score import FEWEST
from collector.store.fingerprint import format_fingerprint, parse_fingerprint
from collector.store.queries import releases as release_queries
from collector.web.format import between, count, decimal, money, percent
from collector.web.journeys import Cost
from collector.web.releases import Pair
from collector.web.scope import BadScope, Scope
from collector.web.strings import T

SHOWN = 25
"""Lines of the table."""

READ = 500
"""Friction points that are read, and that the CSV has."""


class Change(NamedTuple):
    """The share of visits with a point before a release and since; `grew` in points of per cent."""

    release: str
    before: float
    after: float
    is_clear: bool
    """The intervals do not overlap."""

    @property
    def grew(self) -> float:
        """How much the share grew."""
        return self.after - self.before


class Line(NamedTuple):
    """A friction point with what it costs and what a release changed."""

    point: dict[str, Any]
    cost: Cost | None
    change: Change | None


SORTS: Mapping[str, Callable[[Line], float]] = {
    "points": lambda line: line.point["points"],
    "visits": lambda line: line.point["sessions"],
    "share": lambda line: line.point["share"] or 0.0,
    "lost": lambda line: line.cost.completions if line.cost else -1.0,
    "value": lambda line: (line.cost.value or 0.0) if line.cost else -1.0,
    "change": lambda line: line.change.grew if line.change else -9.0,
}
"""What `?sort=` takes; the most first."""

FIELDS = (
    "fingerprint", "page", "kind", "element", "visits", "page_visits", "share", "share_low", "share_high", "points",
    "completions_lost", "completions_lost_low", "completions_lost_high", "journey", "value_at_risk", "currency", "release",
    "share_before_release", "share_since_release", "left", "cause_class", "cause_sub",
)  # fmt: skip


def lines(scope: Scope, costs: Mapping[str, Cost], pair: Pair | None) -> list[Line]:
    """Every friction point of the time, sorted. Raises BadScope."""
    sort = scope.asked.get("sort") or "points"
    if sort not in SORTS:
        raise BadScope(f"sort: unknown column {sort[:40]!r}; expected one of {', '.join(SORTS)}")
    points = points_from_sums.points(scope.store, scope.period, limit=READ)
    changed = changes(scope, pair, [parse_fingerprint(point["fingerprint"]) for point in points])
    found = [Line(one, costs.get(one["fingerprint"]), changed.get(one["fingerprint"])) for one in points]
    return sorted(found, key=SORTS[sort], reverse=True)


def changes(scope: Scope, pair: Pair | None, points: Sequence[int]) -> dict[str, Change]:
    """By fingerprint: its share of visits with the last release and the one before."""
    if pair is None or not points:
        return {}
    visits = [pair.sums[name].visits if name in pair.sums else 0 for name in (pair.before, pair.after)]
    if min(visits) < FEWEST:
        return {}
    rows = release_queries.point_visits(
        scope.store, **pair.period.parameters(), before=pair.before, after=pair.after, points=points
    )
    found = {}
    for row in rows:
        hits = [min(hit, n) for hit, n in zip((row.with_before, row.with_after), visits, strict=True)]
        (low, high), (low_after, high_after) = (wilson(hit, n) for hit, n in zip(hits, visits, strict=True))
        shares = [hit / n for hit, n in zip(hits, visits, strict=True)]
        apart = low_after > high or high_after < low
        found[format_fingerprint(row.fingerprint)] = Change(pair.after, shares[0], shares[1], apart)
    return found


def cells(line: Line) -> dict[str, str | int]:
    """What the table shows of a line, beside its name and cause."""
    point, cost, change = line
    moved = (
        T.friction.since_release.format(
            before=percent(change.before), after=percent(change.after), release=change.release
        )
        if change
        else "–"
    )
    return {
        "bar": round(1000 * min(1.0, point["share"] or 0.0)),
        "sessions": count(point["sessions"]),
        "page_sessions": count(point["page_sessions"]),
        "share": percent(point["share"]) if point["share"] is not None else "–",
        "spread": between(point["share_95"], " %", 1, 100),
        "points": decimal(point["points"], 2),
        "lost": cost.words if cost else T.numbers.none,
        "lost_n": count(cost.completions) if cost else "–",
        "lost_spread": between(cost.interval_95, "", 0) if cost else "",
        "value": money(cost.value, cost.currency) if cost else "–",
        "change": moved,
        "change_tone": ("bad" if change.grew > 0 else "good") if change and change.is_clear else "",
    }


def to_csv(found: Sequence[Line]) -> str:
    """The lines with plain numbers: shares of 1, times and texts as they are stored."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(FIELDS)
    for point, cost, change in found:
        low, high = point["share_95"] or ("", "")
        lost = [cost.completions, *cost.interval_95, cost.journey, cost.value, cost.currency] if cost else [""] * 6
        moved = [change.release, change.before, change.after] if change else [""] * 3
        element = point["target_name"] or point["target"]
        which = [point["fingerprint"], point["page_group"], point["kind"], element]
        hit = [point["sessions"], point["page_sessions"], point["share"], low, high, point["points"]]
        cause = [point["left"], point["cause_class"], point["cause_sub"]]
        cells = [*which, *hit, *lost, *moved, *cause]
        rows.writerow([_text(cell) if isinstance(cell, str) else cell for cell in cells])
    return out.getvalue()


def _text(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: a site's words are a stranger's.

    >>> _text("=1+1"), _text("/checkout"), _text("@pay")
    ("'=1+1", '/checkout', "'@pay")
    """
    return f"'{value}" if value[:1] in "=+-@\t\r" and value else value
