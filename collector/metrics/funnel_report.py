"""A journey as visitors and synthetic runs go through it: the only place that knows journeys, store and score together."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from collector.metrics.funnel import lost
from collector.metrics.intervals import wilson
from collector.metrics.journeys import Journey, read
from collector.metrics.period import Period
from collector.metrics.score import FEWEST, Sums, friction_score, scoring
from collector.store import Store
from collector.store.fingerprint import format_fingerprint
from collector.store.journeys import Definition, define
from collector.store.queries import funnels as queries
from collector.store.queries.funnels import RunStep, Step, StepPoint


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


def funnel(store: Store, period: Period, journey: Journey, *, from_sums: bool = False) -> dict[str, Any]:
    """Return every step for visitors and for synthetic runs, and what friction points cost in completions.

    `from_sums`: of the days (UTC) that the period touches, from the sums that pages read; at little cost. Otherwise
    counted from the visits. Shares have 95 % intervals, times are in seconds.
    """
    app, name, sources = period.app, journey.name, period.sources
    if from_sums:
        first, end = period.days()
        start, until = (datetime.combine(day, time(), UTC) for day in (first, end))
        steps = queries.step_sums(store, app=app, journey=name, start=first, end=end, sources=sources)
        points = queries.point_sums(store, app=app, journey=name, start=first, end=end, sources=sources)
    else:
        start, until, numbers = period.start, period.end, scoring()
        steps = queries.steps(
            store,
            app=app,
            journey=name,
            start=start,
            end=until,
            sources=sources,
            full_load=numbers.full_load,
            struggled=numbers.struggled,
        )
        points = queries.points(store, app=app, journey=name, start=start, end=until, sources=sources)
    shown = [_step(step) for step in steps]
    known = {step.step for step in steps}
    shown += [_nobody(i, step.name) for i, step in enumerate(journey.steps, 1) if step.name not in known]
    of = {step.position: step for step in steps}
    costs = [_cost(point, of[point.position], journey) for point in points if point.position in of]
    return {
        "app": app,
        "journey": name,
        "value": journey.value,
        "currency": journey.currency,
        "since": start.isoformat(),
        "until": until.isoformat(),
        "steps": sorted(shown, key=lambda step: step["position"]),
        "synthetic": [_run(step) for step in queries.runs(store, app=app, journey=name, start=start, end=until)],
        "lost_completions": sorted(
            (cost for cost in costs if cost and cost["completions"] > 0), key=lambda cost: -cost["completions"]
        ),
    }


def _run(step: RunStep) -> dict[str, Any]:
    return {
        "position": step.position,
        "step": step.step,
        "entered": step.begun,
        "done": step.done,
        "done_share_95": wilson(step.done, step.begun),
        "slow": step.slow,
        "median_s": step.median_s,
        "p95_s": step.p95_s,
    }


def _step(step: Step) -> dict[str, Any]:
    score = friction_score(
        Sums(
            step.visits,
            step.w,
            step.ww,
            step.ws,
            step.wws,
            step.wwss,
            step.hits,
            step.struggled,
            step.w_struggled,
        )
    )
    linkable, callers = step.linkable, step.callers
    return {
        "position": step.position,
        "step": step.step,
        "sessions": step.visits,
        "entered": step.w,
        "done": step.w_done,
        "abandoned": step.w - step.w_done,
        "done_share": step.w_done / step.w,
        "done_share_95": wilson(step.done, step.visits),
        "median_s": _known(step.median_s),
        "p95_s": _known(step.p95_s),
        "friction_score": score.score.value if score else None,
        "friction_score_95": score.score.interval_95 if score else None,
        "friction_rate": score.rate.value if score else None,
        "linkable_sessions": linkable,
        "linked_contacts": callers,
        "contacts_per_1000": 1000 * callers / linkable if linkable >= FEWEST else None,
        "contacts_per_1000_95": tuple(1000 * end for end in wilson(callers, linkable)) if linkable >= FEWEST else None,
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


def _cost(point: StepPoint, step: Step, journey: Journey) -> dict[str, Any] | None:
    found = lost(step.visits, step.through, point.exposed, point.exposed_through, journey.value)
    if found is None:
        return None
    return {
        "position": point.position,
        "step": point.step,
        "fingerprint": format_fingerprint(point.fingerprint),
        "page_group": point.page_group,
        "kind": point.kind,
        "target": point.element,
        "exposed": point.exposed,
        "completions": found.completions,
        "completions_95": found.interval_95,
        "value_at_risk": found.value if journey.value else None,
    }


def _known(seconds: float) -> float | None:
    return seconds if seconds == seconds and seconds >= 0 else None  # NaN: nobody went on
