"""Whom was told what of which surge. Values in, rows out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from collector.store.store import Store


class ToTell(NamedTuple):
    """A surge as it was judged last."""

    app: str
    surge_id: UUID
    state: str
    verdict: str
    account: str


class Told(NamedTuple):
    """One verdict on one surge over one channel; the columns of snag_experience.notifications."""

    app: str
    surge_id: UUID
    channel: str
    verdict: str
    state: str
    attempts: int
    next_ts: datetime
    error: str
    updated_ts: datetime


def to_tell(store: Store, since: datetime) -> list[ToTell]:
    """Surges that went on, and were judged anew, after `since`."""
    return [ToTell(*row) for row in store.rows("surges_to_tell", since=since)]


def told(store: Store, surges: Sequence[UUID]) -> list[Told]:
    """All that was told, or tried, of these; the oldest first."""
    rows = store.rows("notifications", surges=[str(one) for one in surges]) if surges else []
    return [
        Told(app, surge_id, channel, verdict, state, attempts, _utc(next_ts), error, _utc(updated_ts))
        for app, surge_id, channel, verdict, state, attempts, next_ts, error, updated_ts in rows
    ]


def keep_told(store: Store, one: Told) -> None:
    """Remember it."""
    store.client.insert("snag_experience.notifications", [list(one)], column_names=list(Told._fields))


def _utc(ts: datetime) -> datetime:
    return ts if ts.tzinfo else ts.replace(tzinfo=UTC)
