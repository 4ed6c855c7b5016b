"""The page Surveys: what people say, beside what was observed, and what the desk's own numbers are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.friction import points_from_sums
from collector.metrics.catalogue import METRICS, Metric
from collector.metrics.cross_views import quadrant
from collector.metrics.query import Figure, figures
from collector.store.queries import contacts as contact_queries
from collector.store.queries import metrics as metric_queries
from collector.web.format import Number, between, figure_number, percent
from collector.web.scope import Look
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

MOST_PAGES = 12
"""Pages of the quadrant, those with the most answers."""


def answer(look: Look) -> dict[str, Any]:
    """Every stated number and the desk's, each by its parts, and the quadrant of pages."""
    visits = {int(day): float(n) for day, n in look.store.rows("visits_by_day", **look.period.parameters())}
    known = {
        (metric, scale.split()[0])
        for metric, scale in contact_queries.answers_known(look.store, start=look.start, end=look.end)
        if scale
    }
    asked = [name for name, of in STATED.items() if of in known]
    calls = contact_queries.interval_count(look.store, start=look.start, end=look.end)[0].intervals
    return {
        "stated": _numbers(look, [METRICS[name] for name in (*asked, "response_rate")]) if known else [],
        "desk": _numbers(look, [METRICS[name] for name in (*DESK, *(CALLS if calls else ()))], visits),
        "parts": [part for by in PARTS if (part := _by(look, by, [name for name in BY if name in asked]))["rows"]],
        "quadrant": _quadrant(look),
    }


def _figures(look: Look, wanted: list[Metric], by: str = "", visits: Mapping[int, float] | None = None) -> list[Figure]:
    return figures(
        look.store,
        wanted,
        look.start,
        look.end,
        look.settings,
        by=by,
        app=look.app,
        sources=look.sources,
        sessions=visits,
    )


def _numbers(look: Look, wanted: list[Metric], visits: Mapping[int, float] | None = None) -> list[Number]:
    found = []
    for one in _figures(look, wanted, visits=visits):
        metric = METRICS[one.metric]
        if one.n == 0 and metric.minimum:
            continue  # was never asked here
        title = metric.title + (f" · {one.apart}" if one.apart else "")
        found.append(figure_number(title, metric.unit, metric.n_of, one, look.href("/surveys")))
    return found


def _by(look: Look, by: str, names: list[str]) -> dict[str, Any]:
    rows = []
    for one in _figures(look, [METRICS[name] for name in names], by):
        metric = METRICS[one.metric]
        number = figure_number(metric.title, metric.unit, metric.n_of, one)
        if one.n and one.part:
            rows.append({"part": one.part, "apart": one.apart, "number": number})
    return {"by": T.surveys.parts.of(by), "rows": rows[:60]}


def _quadrant(look: Look) -> list[dict[str, Any]]:
    rows = metric_queries.page_answers(look.store, app=look.app, start=look.start, end=look.end)
    stated = {row.page_group: row for row in rows[:MOST_PAGES]}
    if not stated:
        return []
    came = points_from_sums.page_visits(look.store, look.period, list(stated))
    hit = dict(metric_queries.quadrant_pages(look.store, **look.period.parameters(), pages=list(stated)))
    found = []
    csat = {page: (row.csat, row.csat_good) for page, row in stated.items()}
    ces = {page: (row.ces, row.ces_good) for page, row in stated.items()}
    for metric, answers in (("CSAT", csat), ("CES", ces)):
        pages = {page: (n, hit.get(page, 0), *answers[page]) for page, n in came.items()}
        found += [
            {
                "page": one.page,
                "verdict": T.quadrant.of(one.verdict),
                "sure": one.sure,
                "metric": metric,
                "friction": percent(one.friction.value),
                "friction_spread": between(one.friction.interval_95, " %", 1, 100),
                "stated": percent(one.stated.value),
                "stated_spread": between(one.stated.interval_95, " %", 1, 100),
                "visits": f"{pages[one.page][0]:,}",
                "answers": f"{pages[one.page][2]:,}",
            }
            for one in quadrant(pages)
        ]
    return found
