"""The page Journeys and funnels: where people leave, what it costs, and whether the synthetic runs get through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from collector.metrics.funnel_report import funnel
from collector.metrics.intervals import wilson
from collector.metrics.journeys import BadJourneys, read
from collector.store.queries.funnels import health
from collector.surges.wording import friction_point
from collector.web.format import Number, between, clock, count, decimal, duration, in_95, money, percent, share
from collector.web.scope import Scope
from collector.web.strings import T


def load(scope: Scope) -> dict[str, Any]:
    """Every journey of journeys.yaml as visitors go through it, and the synthetic runs by place."""
    problem, configured = "", []
    if scope.settings.journeys_file:
        try:
            configured = read(Path(scope.settings.journeys_file))
        except BadJourneys as error:
            problem = str(error)
    else:
        problem = T.journeys.no_file
    first, end = scope.period.days()
    funnels = [
        funnel(scope.store, scope.period, journey, from_sums=True)
        for journey in configured
        if journey.app in ("", scope.app)
    ]
    words = T.journeys.days.format(first=f"{first:%d %b}", last=f"{end - timedelta(days=1):%d %b}")
    return {
        "problem": problem,
        "days": words if funnels else "",
        "journeys": [_journey(scope, report) for report in funnels],
        "runs": runs(scope),
    }


class Cost(NamedTuple):
    """The completions of a journey that are missing among the visits with a friction point."""

    completions: float
    interval_95: Sequence[float]
    journey: str
    value: float | None
    currency: str

    @property
    def words(self) -> str:
        """How many, and of what."""
        return f"{count(self.completions)} ({between(self.interval_95, '', 0)}) · {self.journey}"


def lost_completions(scope: Scope) -> dict[str, Cost]:
    """By fingerprint: the completions missing among affected visits, in the step where most are."""
    if not scope.settings.journeys_file:
        return {}
    try:
        configured = read(Path(scope.settings.journeys_file))
    except BadJourneys:
        return {}  # the page of journeys says what is wrong with the file
    lost: dict[str, Cost] = {}
    for journey in configured:
        if journey.app not in ("", scope.app):
            continue
        for cost in funnel(scope.store, scope.period, journey, from_sums=True)["lost_completions"]:
            found = Cost(
                cost["completions"], cost["completions_95"], journey.name, cost["value_at_risk"], journey.currency
            )
            lost.setdefault(cost["fingerprint"], found)
    return lost


def runs(scope: Scope) -> list[dict[str, Any]]:
    """Synthetic journeys by place, the failing ones first: is it the site, the infrastructure, or the monitor?"""
    return [
        {
            "journey": row.journey,
            "location": row.location or "–",
            "runs": count(row.runs),
            "share": percent(row.passed / row.runs),
            "spread": between(wilson(row.passed, row.runs), " %", 1, 100),
            "site": row.site,
            "infrastructure": row.infrastructure,
            "monitor": row.monitor,
            "last": clock(row.last_ts, scope.zone),
            "status": T.statuses.of(row.last_status),
            "failing": row.last_status in ("failed", "error"),
            "fault": T.faults.of(row.last_fault),
            "why": " ".join(filter(None, (row.last_reason, row.last_message)))[:300],
        }
        for row in health(scope.store, app=scope.app, start=scope.start, end=scope.end)
    ]


def _journey(scope: Scope, report: dict[str, Any]) -> dict[str, Any]:
    steps = report["steps"]
    first, last = (steps[0], steps[-1]) if steps else (None, None)
    entered = first["sessions"] if first else 0
    through = min(entered, last["sessions"]) if last else 0
    return {
        "name": report["journey"],
        "numbers": [
            share(
                T.journeys.completed,
                through / entered if entered else None,
                wilson(through, entered) if entered else None,
                entered,
                T.numbers.visits,
                scope.href("/journeys"),
            ),
            *_worst(scope, steps),
        ],
        "steps": [_step(step, max(1.0, first["entered"] if first else 1.0)) for step in steps],
        "synthetic": [
            {
                **step,
                "share": percent(step["done"] / step["entered"]),
                "spread": between(step["done_share_95"], " %", 1, 100),
                "median": duration(step["median_s"]),
                "p95": duration(step["p95_s"]),
            }
            for step in report["synthetic"]
        ],
        "costs": [_cost(scope, cost, report["currency"]) for cost in report["lost_completions"][:10]],
    }


def _worst(scope: Scope, steps: Sequence[dict[str, Any]]) -> list[Number]:
    """The step that loses most visits."""
    entered = [step for step in steps[:-1] if step["sessions"]]
    if not entered:
        return []
    step = max(entered, key=lambda step: float(step["abandoned"]))
    low, high = step["done_share_95"]
    return [
        Number(
            T.journeys.worst.format(step=step["step"]),
            percent(1 - step["done_share"]),
            in_95(between((1 - high, 1 - low), " %", 1, 100)),
            f"n = {count(step['sessions'])} {T.numbers.visits}",
            scope.href("/journeys"),
        )
    ]


def _step(step: dict[str, Any], most: float) -> dict[str, Any]:
    return {
        "name": step["step"],
        "entered": count(step["entered"]),
        "n": count(step["sessions"]),
        "done": count(step["done"]),
        "abandoned": count(step["abandoned"]),
        "width": f"{min(100.0, 100 * step['entered'] / most):.1f}",
        "share": "–" if step["done_share"] is None else percent(step["done_share"]),
        "spread": between(step["done_share_95"], " %", 1, 100),
        "median": duration(step["median_s"]),
        "p95": duration(step["p95_s"]),
        "score": decimal(step["friction_score"]),
        "score_spread": between(step["friction_score_95"]),
        "contacts": decimal(step["contacts_per_1000"], 0),
        "contacts_spread": between(step["contacts_per_1000_95"], "", 0),
        "linkable": count(step["linkable_sessions"]),
    }


def _cost(scope: Scope, cost: dict[str, Any], currency: str) -> dict[str, Any]:
    key = f"{cost['page_group']}|{cost['kind']}"
    return {
        "href": scope.href(f"/friction/{cost['fingerprint']}"),
        "step": cost["step"],
        "title": friction_point(key, {key: cost["target"]} if cost["target"] else {}),
        "completions": count(cost["completions"]),
        "spread": between(cost["completions_95"], "", 0),
        "exposed": count(cost["exposed"]),
        "value": money(cost["value_at_risk"], currency),
    }
