"""Friction scores: their sums, what they are made of, and how they change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collector.store.store import Store


class ScoreSums(NamedTuple):
    """The sums that a score is made from, of one value of a segment."""

    value: str
    visits: int
    w: float
    ww: float
    ws: float
    wws: float
    wwss: float
    hits: int
    struggled: int
    w_struggled: float


class HourlyScoreSums(NamedTuple):
    """The same sums, added up from those of hours."""

    value: str
    n: int
    sw: float
    sww: float
    sws: float
    swws: float
    swwss: float
    shits: int
    sstruggled: int
    sw_struggled: float


class Contribution(NamedTuple):
    """What a kind of friction on an element adds to the weighted score, by its cause."""

    kind: str
    cause: str
    page_group: str
    target: str
    target_name: str
    ws: float


class ClassSum(NamedTuple):
    """A class of causes with its moments and what it adds to the weighted score."""

    cause: str
    all_moments: int
    adds: float


class ScoreBin(NamedTuple):
    """The sums of the score in one bin of `step` seconds."""

    bin: int
    n: int
    sw: float
    sws: float
    sw_struggled: float


class StaleHour(NamedTuple):
    """An hour of a site whose sums are older than its visits."""

    app: str
    hour: datetime


def by_segment(
    store: Store, *, app: str, by: str, releases: Sequence[str], start: datetime, end: datetime, sources: Sequence[str]
) -> list[ScoreSums]:
    """Return the sums by each value of the segment `by`; by "" one row."""
    return store._rows(
        ScoreSums,
        "scores/by_segment",
        app=app,
        by=by,
        releases=list(releases),
        start=start,
        end=end,
        sources=list(sources),
    )


def hourly(
    store: Store,
    *,
    app: str,
    by_release: bool,
    releases: Sequence[str],
    start: datetime,
    end: datetime,
    sources: Sequence[str],
) -> list[HourlyScoreSums]:
    """Return the sums of whole hours, by release or as one row."""
    return store._rows(
        HourlyScoreSums,
        "scores/hourly",
        app=app,
        by_release=by_release,
        releases=list(releases),
        start=start,
        end=end,
        sources=list(sources),
    )


def contributions(
    store: Store,
    *,
    app: str,
    releases: Sequence[str],
    overridden: Sequence[int],
    overridden_to: Sequence[str],
    start: datetime,
    end: datetime,
    sources: Sequence[str],
) -> list[Contribution]:
    """Return what each adds to the weighted score."""
    return store._rows(
        Contribution,
        "scores/contributions",
        app=app,
        releases=list(releases),
        overridden=list(overridden),
        overridden_to=list(overridden_to),
        start=start,
        end=end,
        sources=list(sources),
    )


def classes(
    store: Store,
    *,
    app: str,
    overridden: Sequence[int],
    overridden_to: Sequence[str],
    start: datetime,
    end: datetime,
    sources: Sequence[str],
) -> list[ClassSum]:
    """Return the classes of causes, from sums of hours."""
    return store._rows(
        ClassSum,
        "scores/classes",
        app=app,
        overridden=list(overridden),
        overridden_to=list(overridden_to),
        start=start,
        end=end,
        sources=list(sources),
    )


def series(
    store: Store, *, app: str, step: int, start: datetime, end: datetime, sources: Sequence[str]
) -> list[ScoreBin]:
    """Return them over time."""
    return store._rows(ScoreBin, "scores/series", app=app, step=step, start=start, end=end, sources=list(sources))


def stale_hours(store: Store, *, since: datetime) -> list[StaleHour]:
    """Return them; none before `since`."""
    return store._rows(StaleHour, "scores/stale_hours", since=since)
