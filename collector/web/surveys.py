"""The page Surveys: what people say, beside what was observed, and the support team's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.friction import points_from_sums
from collector.metrics.catalogue import METRICS, Metric
from collector.metrics.cross_views import quadrant
from collector.metrics.query import Figure, figures
from collector.store.queries import contacts as contact_queries
from collector.store.queries import metrics as metric_queries
from collector.store.queries import operations as operation_queries
from collector.web.format import Number, between, count, figure_number, percent
from collector.web.scope import Scope
from collector.web.strings import T

STATED = {
    "nps": ("nps", "0-10"), "csat": ("csat", "1-5"), "csat_thumbs": ("csat", "0-1"), "ces": ("ces", "1-7"),
    "ces_easy": ("ces", "1-7"), "ces_1": ("ces", "1-5"),
}  # fmt: skip
"""Metrics of surveys, and the question and scale that each is of: what was not asked is not counted."""

DESK = ("volume", "frt_median", "fcr_no_repeat", "escalation_rate", "contact_rate")
CALLS = ("asa", "abandon_rate")
"""Of a call centre's intervals."""

BY = ("nps", "csat", "ces_easy")
PARTS = ("touchpoint", "channel")

MAX_PARTS = 60
MAX_PAGES = 12
"""Pages of the quadrant, those with the most answers."""


def load(scope: Scope) -> dict[str, Any]:
    """Every stated number and the support team's, each by its parts, and the quadrant of pages."""
    visits = {row.day: row.visits for row in operation_queries.visits_by_day(scope.store, **scope.period.parameters())}
    known = {
        (metric, scale.split()[0])
        for metric, scale in contact_queries.answers_known(scope.store, start=scope.start, end=scope.end)
        if scale
    }
    asked = [name for name, of in STATED.items() if of in known]
    calls = contact_queries.interval_count(scope.store, start=scope.start, end=scope.end)[0].intervals
    return {
        "stated": _numbers(scope, [METRICS[name] for name in (*asked, "response_rate")]) if known else [],
        "desk": _numbers(scope, [METRICS[name] for name in (*DESK, *(CALLS if calls else ()))], visits),
        "parts": [part for by in PARTS if (part := _by(scope, by, [name for name in BY if name in asked]))["rows"]],
        "quadrant": _quadrant(scope),
    }


def _figures(
    scope: Scope, metrics: list[Metric], by: str = "", visits: Mapping[int, float] | None = None
) -> list[Figure]:
    return figures(
        scope.store,
        metrics,
        scope.start,
        scope.end,
        scope.settings,
        by=by,
        app=scope.app,
        sources=scope.sources,
        sessions=visits,
    )


def _numbers(scope: Scope, metrics: list[Metric], visits: Mapping[int, float] | None = None) -> list[Number]:
    numbers = []
    for figure in _figures(scope, metrics, visits=visits):
        metric = METRICS[figure.metric]
        if figure.n == 0 and metric.minimum:
            continue  # was never asked here
        title = metric.title + (f" · {figure.apart}" if figure.apart else "")
        numbers.append(figure_number(title, metric.unit, metric.n_of, figure, scope.href("/surveys")))
    return numbers


def _by(scope: Scope, by: str, names: list[str]) -> dict[str, Any]:
    rows = []
    for figure in _figures(scope, [METRICS[name] for name in names], by):
        metric = METRICS[figure.metric]
        number = figure_number(metric.title, metric.unit, metric.n_of, figure)
        if figure.n and figure.part:
            rows.append({"part": figure.part, "apart": figure.apart, "number": number})
    return {"by": T.surveys.parts.of(by), "rows": rows[:MAX_PARTS]}


def _quadrant(scope: Scope) -> list[dict[str, Any]]:
    rows = metric_queries.page_answers(scope.store, app=scope.app, start=scope.start, end=scope.end)
    stated = {row.page_group: row for row in rows[:MAX_PAGES]}
    if not stated:
        return []
    visits = points_from_sums.page_visits(scope.store, scope.period, list(stated))
    hit = dict(metric_queries.quadrant_pages(scope.store, **scope.period.parameters(), pages=list(stated)))
    cells = []
    csat = {page: (row.csat, row.csat_good) for page, row in stated.items()}
    ces = {page: (row.ces, row.ces_good) for page, row in stated.items()}
    for metric, answers in (("CSAT", csat), ("CES", ces)):
        pages = {page: (n, hit.get(page, 0), *answers[page]) for page, n in visits.items()}
        cells += [
            {
                "page": cell.page,
                "verdict": T.quadrant.of(cell.verdict),
                "sure": cell.sure,
                "metric": metric,
                "friction": percent(cell.friction.value),
                "friction_spread": between(cell.friction.interval_95, " %", 1, 100),
                "stated": percent(cell.stated.value),
                "stated_spread": between(cell.stated.interval_95, " %", 1, 100),
                "visits": count(pages[cell.page][0]),
                "answers": count(pages[cell.page][2]),
            }
            for cell in quadrant(pages)
        ]
    return cells
