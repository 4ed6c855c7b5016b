"""Friction points and the visits that met them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from collector.store import windows

if TYPE_CHECKING:
    from collector.store.store import Store


class Top(NamedTuple):
    """A friction point, and about how many visits saw its page."""

    page_group: str
    kind: str
    element: str
    name: str
    visits: int
    events: int
    page_sessions: int
    first_ts: datetime
    last_ts: datetime


class Point(NamedTuple):
    """A friction point, or a value of `by`, with what it adds to the weighted score."""

    value: str
    a_point: int
    a_page: str
    a_kind: str
    a_target: str
    a_name: str
    visits: int
    moments: int
    all_events: int
    ws: float
    found: tuple[str, str, str]
    worst: int
    left: int
    first_ts: datetime
    last_ts: datetime
    of_page: int


class HourlyPoint(NamedTuple):
    """A friction point with what it adds to the weighted score, from sums of hours."""

    fingerprint: int
    a_page: str
    a_kind: str
    a_target: str
    a_name: str
    visits: int
    all_moments: int
    all_events: int
    ws: float
    cause: str
    sort: str
    by_rule: str
    worst: int
    all_gone: int
    first_ts: datetime
    last_ts: datetime


class PageVisits(NamedTuple):
    """A page and its visits."""

    page_group: str
    visits: int


class PointEvents(NamedTuple):
    """What the events of a friction point say: its last error, its cause, its releases."""

    fingerprint: int
    of_release: str
    type: str
    message: str
    place: str
    of_route: str
    of_status: int
    verdict: tuple[str, str, str, float, str, bool]
    first_release: str
    releases: list[str]
    events: int


class PointEvidence(NamedTuple):
    """The newest verdict on a friction point: class, subtype, rule, confidence, evidence, whether it is close."""

    fingerprint: int
    verdict: tuple[str, str, str, float, str, bool]
    at: datetime


class PointError(NamedTuple):
    """The error in the newest event of a friction point."""

    release: str
    error_type: str
    error_message: str
    error_place: str
    route: str
    status: int
    target: str


class PointSegment(NamedTuple):
    """A value of a segment: its visits, and those that met the friction point."""

    dimension: str
    value: str
    visits: int
    of_them_met: int


class PointExample(NamedTuple):
    """A step of a visit that met the friction point."""

    session: str
    ts: datetime
    kind: str
    page_group: str
    where_at: str
    is_it: int


class PointVisit(NamedTuple):
    """A visit that met the friction point, and what else it met: time, kind, page, place, whether it was this point."""

    session: str
    start_ts: datetime
    end_ts: datetime
    met: list[tuple[datetime, str, str, str, int]]


class VisitView(NamedTuple):
    """A page view or step of a visit."""

    session: str
    ts: datetime
    kind: str
    page_group: str
    where_at: str


class KeyPoint(NamedTuple):
    """An element with this kind of friction on this page."""

    fingerprint: int
    name: str
    selector: str
    visits: int


class AffectedSession(NamedTuple):
    """A visit that met this kind of friction on this page."""

    session: str
    times: int
    first_ts: datetime


class ErrorGroup(NamedTuple):
    """Errors that are the same to a person: by kind, release, page, type, message and place."""

    kind: str
    release: str
    page_group: str
    error_type: str
    error_message: str
    error_place: str
    sessions: int
    repeats: int
    first_ts: datetime
    last_ts: datetime


def top(store: Store, *, app: str, start: datetime, end: datetime, sources: Sequence[str], limit: int) -> list[Top]:
    """Return the friction points that most visits met, counted from the events."""
    return store._rows(Top, "friction/top", app=app, start=start, end=end, sources=list(sources), limit=limit)


def top_days(
    store: Store, *, app: str, start: datetime, end: datetime, sources: Sequence[str], limit: int
) -> list[Top]:
    """Return the same from the counts of days, and of hours at both ends: times count in whole hours."""
    return store._rows(Top, "friction/top_days", app=app, start=start, end=end, sources=list(sources), limit=limit)


def points(
    store: Store,
    *,
    app: str,
    by: str,
    point: int,
    overridden: Sequence[int],
    overridden_to: Sequence[str],
    start: datetime,
    end: datetime,
    sources: Sequence[str],
    limit: int,
) -> list[Point]:
    """Return those that add most to the score, counted from visits."""
    return store._rows(
        Point,
        "friction/points",
        visit_hours=windows.VISIT_HOURS,
        app=app,
        by=by,
        point=point,
        overridden=list(overridden),
        overridden_to=list(overridden_to),
        start=start,
        end=end,
        sources=list(sources),
        limit=limit,
    )


def summed_points(
    store: Store,
    *,
    app: str,
    point: int,
    overridden: Sequence[int],
    overridden_to: Sequence[str],
    start: datetime,
    end: datetime,
    sources: Sequence[str],
    limit: int,
) -> list[HourlyPoint]:
    """Return those that add most to the score, from sums of hours."""
    return store._rows(
        HourlyPoint,
        "friction/summed_points",
        app=app,
        point=point,
        overridden=list(overridden),
        overridden_to=list(overridden_to),
        start=start,
        end=end,
        sources=list(sources),
        limit=limit,
    )


def page_visits(
    store: Store, *, app: str, pages: Sequence[str], start: datetime, end: datetime, sources: Sequence[str]
) -> list[PageVisits]:
    """Return the visits of these pages."""
    return store._rows(
        PageVisits, "friction/page_visits", app=app, pages=list(pages), start=start, end=end, sources=list(sources)
    )


def point_events(
    store: Store, *, app: str, points: Sequence[int], start: datetime, end: datetime, sources: Sequence[str]
) -> list[PointEvents]:
    """Return it for these friction points."""
    return store._rows(
        PointEvents,
        "friction/point_events",
        visit_hours=windows.VISIT_HOURS,
        app=app,
        points=list(points),
        start=start,
        end=end,
        sources=list(sources),
    )


def evidence(
    store: Store, *, app: str, points: Sequence[int], start: datetime, end: datetime, sources: Sequence[str]
) -> list[PointEvidence]:
    """Return it for these friction points."""
    return store._rows(
        PointEvidence, "friction/evidence", app=app, points=list(points), start=start, end=end, sources=list(sources)
    )


def point_errors(
    store: Store, *, app: str, point: int, kind: str, start: datetime, end: datetime, sources: Sequence[str]
) -> list[PointError]:
    """Return it, or nothing where nobody met the point."""
    return store._rows(
        PointError,
        "friction/point_errors",
        app=app,
        point=point,
        kind=kind,
        start=start,
        end=end,
        sources=list(sources),
    )


def point_segments(
    store: Store, *, app: str, point: int, start: datetime, end: datetime, sources: Sequence[str]
) -> list[PointSegment]:
    """Return the segments in which the point was met."""
    return store._rows(
        PointSegment, "friction/point_segments", app=app, point=point, start=start, end=end, sources=list(sources)
    )


def point_examples(
    store: Store, *, app: str, point: int, start: datetime, end: datetime, sources: Sequence[str]
) -> list[PointExample]:
    """Return the steps of three visits that met it."""
    return store._rows(
        PointExample,
        "friction/point_examples",
        visit_hours=windows.VISIT_HOURS,
        app=app,
        point=point,
        start=start,
        end=end,
        sources=list(sources),
    )


def point_visits(
    store: Store, *, app: str, point: int, start: datetime, end: datetime, sources: Sequence[str]
) -> list[PointVisit]:
    """Return the last three visits that met it."""
    return store._rows(
        PointVisit, "friction/point_visits", app=app, point=point, start=start, end=end, sources=list(sources)
    )


def visit_views(store: Store, *, app: str, sessions: Sequence[UUID], start: datetime, end: datetime) -> list[VisitView]:
    """Return those of these visits."""
    return store._rows(VisitView, "friction/visit_views", app=app, sessions=list(sessions), start=start, end=end)


def points_of_key(
    store: Store, *, app: str, kind: str, page_group: str, start: datetime, end: datetime, sources: Sequence[str]
) -> list[KeyPoint]:
    """Return the three that most visits met."""
    return store._rows(
        KeyPoint,
        "friction/points_of_key",
        app=app,
        kind=kind,
        page_group=page_group,
        start=start,
        end=end,
        sources=list(sources),
    )


def affected_sessions(
    store: Store,
    *,
    app: str,
    kind: str,
    page_group: str,
    start: datetime,
    end: datetime,
    sources: Sequence[str],
    limit: int,
) -> list[AffectedSession]:
    """Return the visits, those that met it most first."""
    return store._rows(
        AffectedSession,
        "friction/affected_sessions",
        app=app,
        kind=kind,
        page_group=page_group,
        start=start,
        end=end,
        sources=list(sources),
        limit=limit,
    )


def errors(
    store: Store, *, app: str, start: datetime, end: datetime, sources: Sequence[str], limit: int
) -> list[ErrorGroup]:
    """Return them, those that most visits met first."""
    return store._rows(ErrorGroup, "friction/errors", app=app, start=start, end=end, sources=list(sources), limit=limit)
