"""Journeys as visitors and synthetic runs go through them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from collector.store import windows

if TYPE_CHECKING:
    from collector.store.store import Store


class Step(NamedTuple):
    """A step of a journey and the visits that reached it."""

    position: int
    step: str
    visits: int
    w: float
    done: int
    """Visits that went on to the next step, or completed."""
    w_done: float
    through: int
    """Visits that completed the journey."""
    median_s: float
    """Seconds until the next step; NaN where nobody went on."""
    p95_s: float
    ww: float
    ws: float
    wws: float
    wwss: float
    hits: int
    struggled: int
    w_struggled: float
    linkable: int
    """Visits that agreed to be linked with contacts."""
    callers: int
    """Those of them in contact within LINKED_HOURS."""


class StepPoint(NamedTuple):
    """A friction point in a step of a journey."""

    position: int
    step: str
    fingerprint: int
    page_group: str
    kind: str
    element: str
    exposed: int
    """Visits that met it in the step."""
    exposed_through: int
    """Those of them that completed the journey."""


class RunStep(NamedTuple):
    """A step of a synthetic journey."""

    position: int
    step: str
    begun: int
    done: int
    slow: int
    median_s: float
    p95_s: float


class Health(NamedTuple):
    """A synthetic journey and a place that it is run from."""

    journey: str
    location: str
    runs: int
    passed: int
    site: int
    """Runs that failed through the site: friction or technical."""
    infrastructure: int
    monitor: int
    last_ts: datetime
    last_status: str
    last_fault: str
    last_reason: str
    last_message: str


class Stale(NamedTuple):
    """A day of a journey whose sums are older than its visits or its definition."""

    app: str
    journey: str
    day: date


def steps(
    store: Store,
    *,
    app: str,
    journey: str,
    start: datetime,
    end: datetime,
    sources: Sequence[str],
    full_load: float,
    struggled: int,
) -> list[Step]:
    """Return every step, counted from the visits that entered the journey from `start` to `end`.

    `full_load` and `struggled` are those of the friction score.
    """
    return store._rows(
        Step,
        "funnels/steps",
        app=app,
        journey=journey,
        start=start,
        end=end,
        sources=list(sources),
        full_load=full_load,
        struggled=struggled,
        visit_hours=windows.VISIT_HOURS,
        linked_hours=windows.LINKED_HOURS,
    )


def points(
    store: Store, *, app: str, journey: str, start: datetime, end: datetime, sources: Sequence[str]
) -> list[StepPoint]:
    """Return the friction points met in each step, counted from the same visits; the 200 that most visits met."""
    return store._rows(
        StepPoint,
        "funnels/points",
        visit_hours=windows.VISIT_HOURS,
        app=app,
        journey=journey,
        start=start,
        end=end,
        sources=list(sources),
    )


def step_sums(store: Store, *, app: str, journey: str, start: date, end: date, sources: Sequence[str]) -> list[Step]:
    """Return every step from the sums of the days (UTC) from `start` to before `end`."""
    return store._rows(Step, "funnels/step_sums", app=app, journey=journey, start=start, end=end, sources=list(sources))


def point_sums(
    store: Store, *, app: str, journey: str, start: date, end: date, sources: Sequence[str]
) -> list[StepPoint]:
    """Return the friction points met in each step from the sums of days; the 200 that most visits met."""
    return store._rows(
        StepPoint, "funnels/point_sums", app=app, journey=journey, start=start, end=end, sources=list(sources)
    )


def runs(store: Store, *, app: str, journey: str, start: datetime, end: datetime) -> list[RunStep]:
    """Return every step as the synthetic runs went through it."""
    return store._rows(RunStep, "funnels/runs", app=app, journey=journey, start=start, end=end)


def health(store: Store, *, app: str, start: datetime, end: datetime) -> list[Health]:
    """Return the synthetic journeys by place, those that fail now first."""
    return store._rows(Health, "funnels/health", app=app, start=start, end=end)


def stale(store: Store, *, since: datetime) -> list[Stale]:
    """Return the days whose sums are out of date, the newest first; none before `since`."""
    return store._rows(Stale, "funnels/stale", since=since)
