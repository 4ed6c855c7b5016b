"""A journey as visitors and synthetic runs go through it: the only place that knows journeys, store and score together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from collector.friction.points import Period, written
from collector.metrics.funnel import lost
from collector.metrics.intervals import wilson
from collector.metrics.journeys import Journey, read
from collector.metrics.score import Sums, friction_score
from collector.store import Store
from collector.store.journeys import Definition, define


def define_journeys(store: Store, path: str) -> list[Journey]:
    """Read journeys.yaml and let the store know its steps. Raises BadJourneys."""
    journeys = read(Path(path))
    define(
        store,
        [
            Definition(
                one.app,
                one.name,
                [step.name for step in one.steps],
                [step.pages for step in one.steps],
                one.value,
                one.currency,
            )
            for one in journeys
        ],
    )
    return journeys


def funnel(store: Store, period: Period, journey: Journey) -> dict[str, Any]:
    """Every step for visitors and for synthetic runs, and what friction points cost in completions; shares with 95 %
    intervals, times in seconds."""
    parameters = {**period.parameters(), "journey": journey.name}
    return _told(
        store,
        period.app,
        journey,
        period.start,
        period.end,
        store.rows("funnel", **parameters),
        store.rows("funnel_points", **parameters),
    )


def summed(store: Store, app: str, start: date, end: date, sources: Sequence[str], journey: Journey) -> dict[str, Any]:
    """As `funnel`, from the sums of days, UTC, `end` left out: what pages read."""
    scope = {"app": app, "journey": journey.name, "sources": list(sources), "start": start, "end": end}
    rows, points = (store.rows(name, **scope) for name in ("funnel_sums", "funnel_point_sums"))
    through = {row[0]: (row[2], row[-1]) for row in rows}
    return _told(
        store,
        app,
        journey,
        datetime.combine(start, time(), UTC),
        datetime.combine(end, time(), UTC),
        [row[:-1] for row in rows],
        [
            (position, step, point, page, kind, element, *through[position], exposed, exposed_through)
            for position, step, point, page, kind, element, exposed, exposed_through in points
            if position in through
        ],
    )


def _told(
    store: Store,
    app: str,
    journey: Journey,
    start: datetime,
    end: datetime,
    steps_found: Sequence[Any],
    costs_found: Sequence[Any],
) -> dict[str, Any]:
    steps = [_step(row, journey) for row in steps_found]
    known = {step["step"] for step in steps}
    steps += [_nobody(i, step.name) for i, step in enumerate(journey.steps, 1) if step.name not in known]
    runs = store.rows("funnel_runs", app=app, start=start, end=end, journey=journey.name)
    costs = [_cost(row, journey) for row in costs_found]
    return {
        "app": app,
        "journey": journey.name,
        "value": journey.value,
        "currency": journey.currency,
        "since": start.isoformat(),
        "until": end.isoformat(),
        "steps": sorted(steps, key=lambda step: step["position"]),
        "synthetic": [
            {
                "position": position,
                "step": name,
                "entered": begun,
                "done": done,
                "done_share_95": wilson(done, begun),
                "slow": slow,
                "median_s": median_s,
                "p95_s": p95_s,
            }
            for position, name, begun, done, slow, median_s, p95_s in runs
        ],
        "lost_completions": sorted(
            (cost for cost in costs if cost and cost["completions"] > 0), key=lambda cost: -cost["completions"]
        ),
    }


def _step(row: Sequence[Any], journey: Journey) -> dict[str, Any]:
    position, name, visits, w, done, w_done, median_s, p95_s, *sums, linkable, callers = row
    score = friction_score(Sums(visits, w, *sums))
    return {
        "position": position,
        "step": name,
        "sessions": visits,
        "entered": w,
        "done": w_done,
        "abandoned": w - w_done,
        "done_share": w_done / w,
        "done_share_95": wilson(done, visits),
        "median_s": _known(median_s),
        "p95_s": _known(p95_s),
        "friction_score": score.score.value if score else None,
        "friction_score_95": score.score.interval_95 if score else None,
        "friction_rate": score.rate.value if score else None,
        "linkable_sessions": linkable,
        "linked_contacts": callers,
        "contacts_per_1000": 1000 * callers / linkable if linkable >= 30 else None,
        "contacts_per_1000_95": tuple(1000 * end for end in wilson(callers, linkable)) if linkable >= 30 else None,
    }


def _nobody(position: int, name: str) -> dict[str, Any]:
    return {
        "position": position,
        "step": name,
        "sessions": 0,
        "entered": 0.0,
        "done": 0.0,
        "abandoned": 0.0,
        "done_share": None,
        "done_share_95": None,
        "median_s": None,
        "p95_s": None,
        "friction_score": None,
        "friction_score_95": None,
        "friction_rate": None,
        "linkable_sessions": 0,
        "linked_contacts": 0,
        "contacts_per_1000": None,
        "contacts_per_1000_95": None,
    }


def _cost(row: Sequence[Any], journey: Journey) -> dict[str, Any] | None:
    position, step, point, page, kind, element, entered, through, exposed, exposed_through = row
    found = lost(entered, through, exposed, exposed_through, journey.value)
    if found is None:
        return None
    return {
        "position": position,
        "step": step,
        "fingerprint": written(point),
        "page_group": page,
        "kind": kind,
        "target": element,
        "exposed": exposed,
        "completions": found.completions,
        "completions_95": found.interval_95,
        "value_at_risk": found.value if journey.value else None,
    }


def _known(seconds: float) -> float | None:
    return seconds if seconds == seconds and seconds >= 0 else None  # NaN: nobody went on
