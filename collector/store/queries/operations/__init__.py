"""What operators look at: sites, sizes, progress, and what the metrics count."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from collector.store import windows

if TYPE_CHECKING:
    from collector.store.store import Store


class App(NamedTuple):
    """A site, and about how many page views it has."""

    app: str
    views: int


class Progress(NamedTuple):
    """What is counted from the events, and up to which moment of storing."""

    name: str
    through: datetime


class CountedThrough(NamedTuple):
    """Everything that was stored before this is in the sums."""

    through: datetime


class Size(NamedTuple):
    """A table: rows, bytes on disk and plain, parts, and its oldest month."""

    name: str
    found: int
    disk: int
    plain: int
    parts: int
    oldest: str


class KeptTable(NamedTuple):
    """A table that keeps rows: how many, its definition, its columns."""

    name: str
    rows: int
    create_table_query: str
    columns: list[str]


class LastStored(NamedTuple):
    """When the newest page view happened, and when it was stored; 1970 without one."""

    happened: datetime
    stored: datetime


class ViewCount(NamedTuple):
    """How often this page view is stored."""

    views: int


class DayVisits(NamedTuple):
    """A day, as days since 1970, and its visits."""

    day: int
    visits: float


class StepVisits(NamedTuple):
    """The start of a step, seconds since 1970, and its visits."""

    at: int
    visits: int


class QualityVisits(NamedTuple):
    """Visits of a site by quality."""

    app: str
    quality: str
    visits: int


class KindEvents(NamedTuple):
    """Events of friction of a site by kind."""

    app: str
    kind: str
    number: int


def apps(store: Store) -> list[App]:
    """Return every site, the busiest first."""
    return store._rows(App, "operations/apps")


def progress(store: Store) -> list[Progress]:
    """Return it by name."""
    return store._rows(Progress, "operations/progress")


def counted_through(store: Store) -> list[CountedThrough]:
    """Return it as one row."""
    return store._rows(CountedThrough, "operations/counted_through")


def sizes(store: Store) -> list[Size]:
    """Return the tables, the largest first."""
    return store._rows(Size, "operations/sizes")


def kept_tables(store: Store) -> list[KeptTable]:
    """Return every table of ours."""
    return store._rows(KeptTable, "operations/kept_tables")


def last_stored(store: Store, *, app: str, start: datetime) -> list[LastStored]:
    """Return it as one row."""
    return store._rows(LastStored, "operations/last_stored", app=app, start=start)


def view_count(store: Store, *, view_id: UUID) -> list[ViewCount]:
    """Return it as one row."""
    return store._rows(ViewCount, "operations/view_count", view_id=view_id)


def visits_by_day(store: Store, *, app: str, start: datetime, end: datetime, sources: Sequence[str]) -> list[DayVisits]:
    """Return them by day."""
    return store._rows(DayVisits, "operations/visits_by_day", app=app, start=start, end=end, sources=list(sources))


def visits_by_hour(
    store: Store, *, app: str, step: int, start: datetime, end: datetime, sources: Sequence[str]
) -> list[StepVisits]:
    """Return them by steps of `step` seconds."""
    return store._rows(
        StepVisits, "operations/visits_by_hour", app=app, step=step, start=start, end=end, sources=list(sources)
    )


def visits_counted(store: Store, *, severity: int, quiet: int, start: datetime, end: datetime) -> list[QualityVisits]:
    """Return them for whole five minutes."""
    return store._rows(
        QualityVisits,
        "operations/visits_counted",
        severity=severity,
        quiet=quiet,
        start=start,
        end=end,
        visit_hours=windows.VISIT_HOURS,
    )


def friction_counted(store: Store, *, start: datetime, end: datetime) -> list[KindEvents]:
    """Return them for whole five minutes."""
    return store._rows(KindEvents, "operations/friction_counted", start=start, end=end)
