"""Contact surges as they were judged, and who was notified."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from collector.store.store import Store


class Kept(NamedTuple):
    """A surge as it was judged last."""

    surge_id: UUID
    state: str
    detected_ts: datetime
    version: int
    inputs: int
    account: str


class Judgement(NamedTuple):
    """One judgement of a surge."""

    judged_ts: datetime
    state: str
    verdict: str
    start_ts: datetime
    end_ts: datetime
    extra: float
    algorithm: str


class OpenSurges(NamedTuple):
    """Standing surges of a site by verdict."""

    app: str
    verdict: str
    surges: int


class ToNotify(NamedTuple):
    """A surge that went on, and was judged anew."""

    app: str
    surge_id: UUID
    state: str
    verdict: str
    account: str


class Evaluation(NamedTuple):
    """One evaluation of the contacts of a time; `missing` says why it reached nothing."""

    since_ts: datetime
    through_ts: datetime
    until_ts: datetime
    judged_ts: datetime
    missing: str


class Notification(NamedTuple):
    """What became of telling one verdict on one surge over one channel."""

    app: str
    surge_id: UUID
    channel: str
    verdict: str
    state: str
    attempts: int
    next_ts: datetime
    error: str
    updated_ts: datetime


class Review(NamedTuple):
    """What somebody said of one verdict."""

    surge_id: UUID
    verdict: str
    stated: float | None
    is_right: bool


def current(store: Store, *, app: str, start: datetime, end: datetime) -> list[Kept]:
    """Return the surges that overlap this time, withdrawn ones too."""
    return store._rows(Kept, "surges/current", app=app, start=start, end=end)


def history(store: Store, *, app: str, surge_id: UUID) -> list[Judgement]:
    """Return all of them, the oldest first."""
    return store._rows(Judgement, "surges/history", app=app, surge_id=surge_id)


def open_by_verdict(store: Store, *, since: datetime) -> list[OpenSurges]:
    """Return those that ended after `since`."""
    return store._rows(OpenSurges, "surges/open_by_verdict", since=since)


def to_notify(store: Store, *, since: datetime) -> list[ToNotify]:
    """Return those since `since`."""
    return store._rows(ToNotify, "surges/to_notify", since=since)


def notifications(store: Store, *, surges: Sequence[UUID]) -> list[Notification]:
    """Return them for these surges, the oldest first."""
    return store._rows(Notification, "surges/notifications", surges=list(surges))


def judged(store: Store, *, app: str, sources: str, start: datetime, end: datetime) -> list[Evaluation]:
    """Return those that overlap this time and the newest one, in the order they were made."""
    return store._rows(Evaluation, "surges/judged", app=app, sources=sources, start=start, end=end)


def reviews(store: Store, *, app: str) -> list[Review]:
    """Return the latest review of each surge, the oldest first."""
    return store._rows(Review, "surges/reviews", app=app)
