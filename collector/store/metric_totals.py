"""What Prometheus is shown of the store. Counters are kept there, so that they go on where they were after a restart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from collector.store.queries import contacts as contact_queries
from collector.store.queries import metrics as metric_queries
from collector.store.queries import operations as operation_queries
from collector.store.queries import surges as surge_queries
from collector.store.store import Store


class Key(NamedTuple):
    """One counter: the metric, the site, and the value of its other label."""

    metric: str
    app: str
    label: str


class Totals(NamedTuple):
    """Every counter, and the time through which they are counted; None: they never were."""

    by_key: dict[Key, int]
    through: datetime | None


SESSIONS = "snag_experience_sessions"
FRICTION = "snag_experience_friction_events"


def totals(store: Store) -> Totals:
    """What was counted until now."""
    rows = metric_queries.metric_totals(store)
    through = max((row.through_ts.replace(tzinfo=UTC) for row in rows), default=None)
    return Totals({Key(row.metric, row.app, row.label): row.total for row in rows if row.metric}, through)


def keep_totals(store: Store, by_key: Mapping[Key, int], through: datetime) -> None:
    """Keep all of it at once: a counter is never ahead of the time that it is counted through."""
    rows = [[*key, total, through] for key, total in by_key.items()]
    store.client.insert(
        "snag_experience.metric_totals",
        [["", "", "", 0, through], *rows],
        column_names=["metric", "app", "label", "total", "through_ts"],
    )


def countable_through(store: Store) -> datetime:
    """What was stored before this is in the rollups and in the visits' loads."""
    return operation_queries.counted_through(store)[0].through


def counted(store: Store, start: datetime, end: datetime, *, severity: int, quiet_s: int) -> dict[Key, int]:
    """Visits by quality, and events of friction by kind, of [start, end), whole five minutes; the busiest sites first."""
    visits = operation_queries.visits_counted(store, start=start, end=end, severity=severity, quiet=quiet_s)
    events = operation_queries.friction_counted(store, start=start, end=end)
    return {Key(SESSIONS, row.app, row.quality): row.visits for row in visits} | {
        Key(FRICTION, row.app, row.kind): row.number for row in events
    }


def last_received(store: Store, since: datetime) -> dict[str, datetime]:
    """When something last came from each source that anything came from after `since`; the latest first."""
    return {row.source: _utc(row.last_ts) for row in contact_queries.contacts_last_received(store, since=since)}


def open_surges(store: Store, since: datetime) -> dict[tuple[str, str], int]:
    """Standing surges that ended after `since`, by site and verdict."""
    return {(row.app, row.verdict): row.surges for row in surge_queries.open_by_verdict(store, since=since)}


def _utc(ts: datetime) -> datetime:
    return ts if ts.tzinfo else ts.replace(tzinfo=UTC)
