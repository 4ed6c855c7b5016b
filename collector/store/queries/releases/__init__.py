"""Releases of a site, and what changed between two."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collector.store.store import Store


class Release(NamedTuple):
    """A release, when it was seen, and its visits."""

    release: str
    first_ts: datetime
    last_ts: datetime
    n: int


class FirstSeen(NamedTuple):
    """A release and when visitors first had it."""

    app: str
    release: str
    first_seen: datetime


class KindVisits(NamedTuple):
    """A kind of friction and the visits that met it with each of two releases."""

    kind: str
    with_before: int
    with_after: int


class NewPoint(NamedTuple):
    """A friction point that only the newer release has, with its class and rule."""

    fingerprint: int
    page: str
    of_kind: str
    element: str
    met: int
    cause: tuple[str, str]


class PointVisits(NamedTuple):
    """A friction point and the visits that met it with each of two releases."""

    fingerprint: int
    with_before: int
    with_after: int


def known(store: Store, *, app: str, start: datetime, end: datetime, sources: Sequence[str]) -> list[Release]:
    """Return the releases of this time, the newest first."""
    return store._rows(Release, "releases/known", app=app, start=start, end=end, sources=list(sources))


def first_seen(store: Store, *, back: datetime, views: int, start: datetime) -> list[FirstSeen]:
    """Return the releases that are new since `start`, looked for from `back` on."""
    return store._rows(FirstSeen, "releases/first_seen", back=back, views=views, start=start)


def kinds(
    store: Store, *, app: str, before: str, after: str, start: datetime, end: datetime, sources: Sequence[str]
) -> list[KindVisits]:
    """Return them for a release and the one after."""
    return store._rows(
        KindVisits, "releases/kinds", app=app, before=before, after=after, start=start, end=end, sources=list(sources)
    )


def new_points(
    store: Store, *, app: str, after: str, before: str, start: datetime, end: datetime, sources: Sequence[str]
) -> list[NewPoint]:
    """Return them, those that most visits met first."""
    return store._rows(
        NewPoint,
        "releases/new_points",
        app=app,
        after=after,
        before=before,
        start=start,
        end=end,
        sources=list(sources),
    )


def point_visits(
    store: Store,
    *,
    app: str,
    before: str,
    after: str,
    points: Sequence[int],
    start: datetime,
    end: datetime,
    sources: Sequence[str],
) -> list[PointVisits]:
    """Return them for these points; a point that neither release met has no row."""
    return store._rows(
        PointVisits,
        "releases/point_visits",
        app=app,
        before=before,
        after=after,
        points=list(points),
        start=start,
        end=end,
        sources=list(sources),
    )
