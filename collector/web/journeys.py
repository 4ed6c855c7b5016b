"""The page Journeys and funnels: where people leave, what it costs, and whether the synthetic runs get through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from collector.metrics.funnel_report import funnel
from collector.metrics.intervals import wilson
from collector.metrics.journeys import BadJourneys, read
from collector.store.queries.funnels import health
from collector.surges.wording import friction_point
from collector.web.format import Number, between, clock, duration, in_95, percent, plain, share
from collector.web.scope import Look
from collector.web.strings import T


def answer(look: Look) -> dict[str, Any]:
    """Every journey of journeys.yaml as visitors go through it, and the synthetic runs by place."""
    problem, known = "", []
    if look.settings.journeys_file:
        try:
            known = read(Path(look.settings.journeys_file))
        except BadJourneys as error:
            problem = str(error)
    else:
        problem = T.journeys.no_file
    first, end = look.period.days()
    found = [funnel(look.store, look.period, one, from_sums=True) for one in known if one.app in ("", look.app)]
    words = T.journeys.days.format(first=f"{first:%d %b}", last=f"{end - timedelta(days=1):%d %b}")
    return {
        "problem": problem,
        "days": words if found else "",
        "journeys": [_told(look, one) for one in found],
        "runs": runs(look),
    }


def lost(look: Look) -> dict[str, str]:
    """By fingerprint: the completions that are missing among those who met it, in the step where most are."""
    if not look.settings.journeys_file:
        return {}
    try:
        known = read(Path(look.settings.journeys_file))
    except BadJourneys:
        return {}  # the page of journeys says what is wrong with the file
    found: dict[str, str] = {}
    for journey in known:
        if journey.app not in ("", look.app):
            continue
        for cost in funnel(look.store, look.period, journey, from_sums=True)["lost_completions"]:
            words = f"{cost['completions']:.0f} ({between(cost['completions_95'], '', 0)}) · {journey.name}"
            found.setdefault(cost["fingerprint"], words)
    return found


def runs(look: Look) -> list[dict[str, Any]]:
    """Synthetic journeys by place, those that fail now first: is it the site, the infrastructure, or our own runner?"""
    return [
        {
            "journey": row.journey,
            "location": row.location or "–",
            "runs": plain(row.runs),
            "share": percent(row.passed / row.runs),
            "spread": between(wilson(row.passed, row.runs), " %", 1, 100),
            "site": row.site,
            "infrastructure": row.infrastructure,
            "monitor": row.monitor,
            "last": clock(row.last_ts, look.zone),
            "status": T.statuses.of(row.last_status),
            "failing": row.last_status in ("failed", "error"),
            "fault": T.faults.of(row.last_fault),
            "why": " ".join(filter(None, (row.last_reason, row.last_message)))[:300],
        }
        for row in health(look.store, app=look.app, start=look.start, end=look.end)
    ]


def _told(look: Look, found: dict[str, Any]) -> dict[str, Any]:
    steps = found["steps"]
    first, last = (steps[0], steps[-1]) if steps else (None, None)
    entered = first["sessions"] if first else 0
    through = min(entered, last["sessions"]) if last else 0
    return {
        "name": found["journey"],
        "numbers": [
            share(
                T.journeys.completed,
                through / entered if entered else None,
                wilson(through, entered) if entered else None,
                entered,
                T.numbers.visits,
                look.href("/journeys"),
            ),
            *_worst(look, steps),
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
            for step in found["synthetic"]
        ],
        "costs": [_cost(look, cost, found["currency"]) for cost in found["lost_completions"][:10]],
    }


def _worst(look: Look, steps: Sequence[dict[str, Any]]) -> list[Number]:
    """The step that loses most visits."""
    lost = [step for step in steps[:-1] if step["sessions"]]
    if not lost:
        return []
    step = max(lost, key=lambda one: one["abandoned"])
    low, high = step["done_share_95"]
    return [
        Number(
            T.journeys.worst.format(step=step["step"]),
            percent(1 - step["done_share"]),
            in_95(between((1 - high, 1 - low), " %", 1, 100)),
            f"n = {plain(step['sessions'])} {T.numbers.visits}",
            look.href("/journeys"),
        )
    ]


def _step(step: dict[str, Any], most: float) -> dict[str, Any]:
    return {
        "name": step["step"],
        "entered": plain(step["entered"]),
        "n": plain(step["sessions"]),
        "done": plain(step["done"]),
        "abandoned": plain(step["abandoned"]),
        "width": f"{min(100.0, 100 * step['entered'] / most):.1f}",
        "share": "–" if step["done_share"] is None else percent(step["done_share"]),
        "spread": between(step["done_share_95"], " %", 1, 100),
        "median": duration(step["median_s"]),
        "p95": duration(step["p95_s"]),
        "score": "–" if step["friction_score"] is None else f"{step['friction_score']:.1f}",
        "score_spread": between(step["friction_score_95"]),
        "contacts": "–" if step["contacts_per_1000"] is None else f"{step['contacts_per_1000']:.0f}",
        "contacts_spread": between(step["contacts_per_1000_95"], "", 0),
        "linkable": plain(step["linkable_sessions"]),
    }


def _cost(look: Look, cost: dict[str, Any], currency: str) -> dict[str, Any]:
    key = f"{cost['page_group']}|{cost['kind']}"
    value = cost["value_at_risk"]
    return {
        "href": look.href(f"/friction/{cost['fingerprint']}"),
        "step": cost["step"],
        "title": friction_point(key, {key: cost["target"]} if cost["target"] else {}),
        "completions": f"{cost['completions']:.0f}",
        "spread": between(cost["completions_95"], "", 0),
        "exposed": plain(cost["exposed"]),
        "value": f"{value:,.0f} {currency}" if value else "–",
    }
