"""The page Surveys: what people say, beside what was observed, and what the desk's own numbers are."""

from __future__ import annotations

from typing import Any

from collector.cause import summed
from collector.figures import Figure, figures
from collector.measures.across import quadrant
from collector.measures.catalogue import METRICS, Metric
from collector.pages.look import Look
from collector.pages.numbers import Number, between, figure_number, percent
from collector.pages.text import T

STATED = ("nps", "csat", "csat_thumbs", "ces", "ces_easy", "ces_1", "response_rate")
DESK = ("volume", "frt_median", "fcr_no_repeat", "escalation_rate", "asa", "abandon_rate", "contact_rate")
PARTS = ("touchpoint", "page", "channel")


def answer(look: Look) -> dict[str, Any]:
    """Every stated number and the desk's, each by its parts, and the quadrant of pages."""
    return {
        "stated": _numbers(look, [METRICS[name] for name in STATED]),
        "desk": _numbers(look, [METRICS[name] for name in DESK if name in METRICS]),
        "parts": [part for by in PARTS if (part := _by(look, by))["rows"]],
        "quadrant": _quadrant(look),
    }


def _figures(look: Look, wanted: list[Metric], by: str = "") -> list[Figure]:
    sessions = {int(day): float(n) for day, n in look.store.rows("visits_by_day", **look.period.parameters())}
    return figures(
        look.store, wanted, look.start, look.end, look.settings, by=by, app=look.app, sources=look.sources,
        sessions=sessions,
    )  # fmt: skip


def _numbers(look: Look, wanted: list[Metric]) -> list[Number]:
    found = []
    for one in _figures(look, wanted):
        metric = METRICS[one.metric]
        if one.n == 0 and metric.minimum:
            continue  # was never asked here
        title = metric.title + (f" · {one.apart}" if one.apart else "")
        found.append(figure_number(title, metric.unit, metric.n_of, one, look.href("/surveys")))
    return found


def _by(look: Look, by: str) -> dict[str, Any]:
    rows = []
    for one in _figures(look, [METRICS[name] for name in ("nps", "csat", "ces_easy")], by):
        metric = METRICS[one.metric]
        number = figure_number(metric.title, metric.unit, metric.n_of, one)
        if one.n and one.part:
            rows.append({"part": one.part, "apart": one.apart, "number": number})
    return {"by": T.surveys.parts.of(by), "rows": rows[:60]}


def _quadrant(look: Look) -> list[dict[str, Any]]:
    stated = {
        row[0]: row[1:]
        for row in look.store.rows("page_answers", app=look.app, start=look.start, end=look.end)
    }
    if not stated:
        return []
    came = summed.page_visits(look.store, look.period, list(stated))
    hit = dict(look.store.rows("quadrant_pages", **look.period.parameters(), pages=list(stated)))
    found = []
    for metric, at in (("CSAT", 0), ("CES", 2)):
        pages = {
            page: (n, hit.get(page, 0), stated[page][at], stated[page][at + 1]) for page, n in came.items()
        }
        found += [
            {
                "page": one.page, "verdict": T.quadrant.of(one.verdict), "sure": one.sure, "metric": metric,
                "friction": percent(one.friction.value), "friction_spread": between(one.friction.interval_95, " %", 1, 100),
                "stated": percent(one.stated.value), "stated_spread": between(one.stated.interval_95, " %", 1, 100),
                "visits": f"{pages[one.page][0]:,}", "answers": f"{pages[one.page][2]:,}",
            }
            for one in quadrant(pages)
        ]  # fmt: skip
    return found
