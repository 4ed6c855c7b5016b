"""What the job of causes reads: failures, waits, how many visits were refused, and what people decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from collector.store.store import Store


class App(NamedTuple):
    """A site with events."""

    app: str


class TouchedHour(NamedTuple):
    """An hour of which events came in."""

    hour: datetime
    events: int


class FailureRow(NamedTuple):
    """A failure that a server, or the way to it, may be to blame for."""

    traffic_source: str
    place: str
    at_ms: int
    session: str


class OverrideRow(NamedTuple):
    """What a person decided about a friction point."""

    of_fingerprint: int
    cause_class: str
    cause_sub: str
    who: str
    why: str
    until_ts: datetime
    set_ts: datetime


class PrevalenceRow(NamedTuple):
    """In how many visits something was refused, of those at the step and on the page."""

    traffic_source: str
    release: str
    fingerprint: int
    hit: int
    at_step: int
    on_page: int


class SlowStep(NamedTuple):
    """A slow step or a blocked page."""

    traffic_source: str
    release: str
    fingerprint: int
    session: str
    at_ms: int
    duration_ms: int
    is_step: int


class Wait(NamedTuple):
    """A request of a visit, and how long it waited for its server."""

    session: str
    at_ms: int
    wait_ms: int


def apps(store: Store, *, start: datetime, end: datetime) -> list[App]:
    """Return the sites with page views or friction in this time."""
    return store._rows(App, "causes/apps", start=start, end=end)


def touched(store: Store, *, since: datetime) -> list[TouchedHour]:
    """Return the hours of which something was stored since."""
    return store._rows(TouchedHour, "causes/touched", since=since)


def failures(store: Store, *, app: str, start: datetime, end: datetime) -> list[FailureRow]:
    """Return them by place and time."""
    return store._rows(FailureRow, "causes/failures", app=app, start=start, end=end)


def overrides(store: Store, *, app: str) -> list[OverrideRow]:
    """Return the decisions that hold now."""
    return store._rows(OverrideRow, "causes/overrides", app=app)


def prevalence(store: Store, *, app: str, points: Sequence[int], start: datetime, end: datetime) -> list[PrevalenceRow]:
    """Return it for these friction points."""
    return store._rows(PrevalenceRow, "causes/prevalence", app=app, points=list(points), start=start, end=end)


def slow_steps(store: Store, *, app: str, start: datetime, end: datetime) -> list[SlowStep]:
    """Return at most 200 of each friction point."""
    return store._rows(SlowStep, "causes/slow_steps", app=app, start=start, end=end)


def waits(store: Store, *, app: str, sessions: Sequence[UUID], start: datetime, end: datetime) -> list[Wait]:
    """Return the requests of these visits."""
    return store._rows(Wait, "causes/waits", app=app, sessions=list(sessions), start=start, end=end)
