"""Whom was told what of which surge. Values in, rows out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from collector.store.queries import surges as queries
from collector.store.store import Store


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


def to_tell(store: Store, since: datetime) -> list[queries.ToNotify]:
    """Surges that went on, and were judged anew, after `since`."""
    return queries.to_notify(store, since=since)


def told(store: Store, surges: Sequence[UUID]) -> list[Told]:
    """All that was told, or tried, of these; the oldest first."""
    return [Told(*row) for row in queries.notifications(store, surges=surges)] if surges else []


def keep_told(store: Store, one: Told) -> None:
    """Remember it."""
    store.client.insert("snag_experience.notifications", [list(one)], column_names=list(Told._fields))


def _utc(ts: datetime) -> datetime:
    return ts if ts.tzinfo else ts.replace(tzinfo=UTC)
