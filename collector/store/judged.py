"""Which times were evaluated for contact surges, and what was missing. Values in, rows out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from collector.store.queries import surges as queries
from collector.store.store import Store


class Judged(NamedTuple):
    """One evaluation of [since, until): it reached `through`; with something `missing`, it reached nothing."""

    since: datetime
    through: datetime
    until: datetime
    judged: datetime
    missing: str = ""


def keep_judged(store: Store, app: str, sources: Sequence[str], one: Judged) -> None:
    """Remember it."""
    row = {
        "app": app,
        "sources": ",".join(sources),
        "hour_ts": one.until.replace(minute=0, second=0, microsecond=0),
        "outcome": "missing" if one.missing else "judged",
        "since_ts": one.since,
        "through_ts": one.through,
        "until_ts": one.until,
        "judged_ts": one.judged,
        "missing": one.missing,
    }
    store.client.insert("snag_experience.contacts_judged", [list(row.values())], column_names=list(row))


def judged(store: Store, app: str, sources: Sequence[str], start: datetime, end: datetime) -> list[Judged]:
    """The evaluations that overlap [start, end), and the newest one, whatever its time; in the order they were made."""
    rows = queries.judged(store, app=app, sources=",".join(sources), start=start, end=end)
    return [
        Judged(_utc(row.since_ts), _utc(row.through_ts), _utc(row.until_ts), _utc(row.judged_ts), row.missing)
        for row in rows
    ]


def _utc(ts: datetime) -> datetime:
    return ts if ts.tzinfo else ts.replace(tzinfo=UTC)
