"""Asks the store for the aggregates of the catalogue's metrics and makes numbers of them: the one place that knows both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from collector.metrics.catalogue import COLUMN_OF, Metric
from collector.metrics.formulas import Context
from collector.metrics.intervals import Interval
from collector.metrics.opening_hours import OpeningHours
from collector.settings import Settings
from collector.store import Store
from collector.store.catalogue_query import aggregated, sessions_by_day

NOT_ENOUGH = "not enough data"


class Figure(NamedTuple):
    """One number of one part, or why there is none."""

    metric: str
    part: str
    apart: str
    value: float | None
    interval_95: Interval | None
    n: int
    note: str
    """Empty, or why there is no value."""


def figures(
    store: Store,
    wanted: Iterable[Metric],
    start: datetime,
    end: datetime,
    settings: Settings,
    *,
    by: str = "",
    app: str = "",
    sources: Sequence[str] = ("rum",),
    sessions: Mapping[int, float] | None = None,
) -> list[Figure]:
    """Every metric of `wanted` over [start, end), by the values of `by` where given. Raises BadHours, BadTime.

    `sessions`: by the start of the day, where they are known already; else they are counted where they are needed.
    """
    hours = OpeningHours.parse(settings.opening_hours, ZoneInfo(settings.time_zone)) if settings.opening_hours else None
    excluded = [part.strip() for part in settings.fcr_excluded_reasons.split(",") if part.strip()]
    found: list[Figure] = []
    for metric in wanted:
        by_day = sessions or {}
        if sessions is None and metric.name == "contact_rate" and app:
            by_day = sessions_by_day(store.client, app, start, end, sources)
        context = Context(start.timestamp(), end.timestamp(), by_day, hours)
        column = COLUMN_OF.get(by, by)
        rows = aggregated(store.client, metric, start, end, column=column, excluded=excluded, app=app, sources=sources)
        # A survey that is answered in two wordings has two numbers; nothing at all has one row that says so.
        rows = [row for row in rows if row.values[0]] or rows[:1]
        found += [_figure(metric, row.part, row.apart, row.values, context) for row in rows]
        if not rows and not by:
            found.append(Figure(metric.name, "", "", None, None, 0, NOT_ENOUGH))
    return found


def _figure(metric: Metric, part: str, apart: str, values: Sequence[Any], context: Context) -> Figure:
    n = int(values[0] or 0)
    if n < max(1, metric.minimum):
        note = "" if metric.minimum == 0 else f"{NOT_ENOUGH} (below {metric.minimum})"
        return Figure(metric.name, part, apart, 0.0 if metric.minimum == 0 else None, None, n, note)
    estimate = metric.estimate(context, values)
    if estimate is None:
        return Figure(metric.name, part, apart, None, None, n, _why(metric, context))
    return Figure(metric.name, part, apart, estimate.value, estimate.interval_95, n, "")


def _why(metric: Metric, context: Context) -> str:
    if metric.name == "contact_rate":
        return "no whole day with sessions of the app"
    if metric.name.endswith("_business") and context.hours is None:
        return "needs SNAG_OPENING_HOURS"
    return "too many are still open"
