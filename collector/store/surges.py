"""The accounts of surges that were given, each with what it was made from. Values in, rows out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from collector.store.queries import surges as queries
from collector.store.store import Store


class SurgeRow(NamedTuple):
    """One account of one surge; the columns of snag_experience.contact_surges."""

    app: str
    surge_id: UUID
    version: int
    state: str
    start_ts: datetime
    end_ts: datetime
    detected_ts: datetime
    judged_ts: datetime
    judged_through_ts: datetime
    observed: float
    expected: float
    extra: float
    extra_low: float
    extra_high: float
    z: float
    verdict: str
    confidence: float | None
    p: float | None
    q: float | None
    lag_s: float | None
    attributed: float | None
    attributed_low: float | None
    attributed_high: float | None
    to_come: float | None
    first_key: str
    onset_ts: datetime | None
    event: str
    insufficient: str
    algorithm: str
    inputs: int
    account: str


class CauseRow(NamedTuple):
    """One cause of one account; the columns of snag_experience.contact_surge_causes."""

    app: str
    surge_id: UUID
    version: int
    cause: str
    rank: int
    key: str
    state: str
    explained: float | None
    p: float | None
    q: float | None
    lag_s: float | None
    attributed: float | None
    onset_ts: datetime | None
    reason: str


def keep(store: Store, surges: Sequence[SurgeRow], causes: Sequence[CauseRow]) -> None:
    """Keep new accounts; the causes first, so that no account is ever seen without them."""
    for table, rows, fields in (
        ("snag_experience.contact_surge_causes", causes, CauseRow._fields),
        ("snag_experience.contact_surges", surges, SurgeRow._fields),
    ):
        if rows:
            store.client.insert(table, rows, column_names=list(fields))


def kept(store: Store, app: str, start: datetime, end: datetime) -> list[queries.Kept]:
    """The surges of `app` that overlap [start, end), each as it was judged last, by start; withdrawn ones too."""
    return queries.current(store, app=app, start=start, end=end)


def history(store: Store, app: str, surge_id: UUID) -> list[queries.Judgement]:
    """Every judgement of one surge, the oldest first."""
    return queries.history(store, app=app, surge_id=surge_id)


def keep_review(store: Store, app: str, review: queries.Review, now: datetime) -> None:
    """Keep what somebody said of a verdict; a later review of the same surge replaces it."""
    row = [app, review.surge_id, int(now.timestamp() * 1000), review.verdict, review.stated, review.is_right]
    names = ["app", "surge_id", "version", "verdict", "stated", "is_right"]
    store.client.insert("snag_experience.surge_reviews", [row], column_names=names)


def reviews(store: Store, app: str) -> list[queries.Review]:
    """The latest review of each surge."""
    return queries.reviews(store, app=app)
