"""Counts by five minutes, hour and day, so that weeks cost no more to read than a day.

A rollup is recomputed, never added to: whenever the store took events of an hour, late or for the first time, that
hour's rows are counted again from the events and written with a newer `built_ts`, and what is no longer there is
marked deleted. So retries, revisions, late data, erasure and two builders at once cannot make it drift.

Days are counted from the hours' rows; sessions are kept as states of `uniq`, which merge without counting twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from clickhouse_connect.driver.client import Client

OVERLAP_S = 30
"""An insert may become visible so long after the time that it is stamped with."""

HOURS_AT_ONCE = 24 * 28
EVENTS_AT_ONCE = 1_000_000
"""One statement counts no more hours and, but for a single hour, no more events: bounds its memory on a first build."""


class Rollup(NamedTuple):
    """One family of tables, `<table>_5m`, `_1h` and `_1d`, and what they are counted from."""

    table: str
    events: str
    where: str
    fine: tuple[str, ...]
    """What the five minutes are counted by, beside the bucket."""
    coarse: tuple[str, ...]
    """What hours and days are counted by."""
    counts: dict[str, str]
    """Column → expression over the events."""
    merges: dict[str, str]
    """Column → expression over rows of a finer rollup."""


_SCOPE = ("app", "traffic_source", "env")
_DETAIL = ("release", "device")
_SESSIONS = {"sessions": "uniqState(session_id)"}
_SESSIONS_MERGED = {"sessions": "uniqMergeState(sessions)"}
_DIGEST = "quantilesTDigestState(0.5, 0.75, 0.95)"
_DIGEST_MERGED = "quantilesTDigestMergeState(0.5, 0.75, 0.95)"

ROLLUPS = (
    Rollup(
        "snag_experience.sessions", "snag_experience.page_views", "NOT is_bot", _SCOPE, (*_SCOPE, *_DETAIL),
        {**_SESSIONS, "views": "count()"}, {**_SESSIONS_MERGED, "views": "sum(views)"},
    ),
    Rollup(
        "snag_experience.pages", "snag_experience.page_views", "NOT is_bot",
        (*_SCOPE, "page_group"), (*_SCOPE, "page_group", *_DETAIL),
        {**_SESSIONS, "views": "count()"}, {**_SESSIONS_MERGED, "views": "sum(views)"},
    ),
    Rollup(
        "snag_experience.friction", "snag_experience.friction_events", "NOT is_bot AND kind != 'input_refused'",
        (*_SCOPE, "page_group", "kind"), (*_SCOPE, "page_group", "kind", "target_name", *_DETAIL),
        {**_SESSIONS, "events": "count()", "repeats": "sum(repeat_count)", "blocked": "countIf(blocked)"},
        {**_SESSIONS_MERGED, "events": "sum(events)", "repeats": "sum(repeats)", "blocked": "sum(blocked)"},
    ),
    Rollup(
        "snag_performance.web_vitals", "snag_performance.web_vitals", "NOT is_bot",
        (*_SCOPE, "metric"), (*_SCOPE, "metric", "page_group"),
        {"value": f"{_DIGEST}(value)", "samples": "count()"},
        {"value": f"{_DIGEST_MERGED}(value)", "samples": "sum(samples)"},
    ),
    Rollup(
        "snag_performance.requests", "snag_performance.resource_timings", "NOT is_bot", _SCOPE, (*_SCOPE, "route"),
        {"requests": "count()", "failed": "countIf(status >= 500)", "duration": f"{_DIGEST}(duration_ms)"},
        {"requests": "sum(requests)", "failed": "sum(failed)", "duration": f"{_DIGEST_MERGED}(duration)"},
    ),
)  # fmt: skip

_SPANS = {"5m": "toStartOfFiveMinutes(ts)", "1h": "toStartOfHour(ts)"}


def refresh(client: Client, progress: Callable[[int, int], None] | None = None) -> int:
    """Count again every hour of which the store took events since the last time; returns how many hours that were.

    `progress(done, of)` is told how many batches of hours are done.
    """
    (now,) = client.query("SELECT now64(3)").result_rows[0]
    rows = client.query("SELECT name, through_ts FROM snag_experience.rollup_progress FINAL").result_rows
    last: dict[str, datetime] = {row[0]: row[1] for row in rows}
    todo = [
        (events, hours)
        for events in dict.fromkeys(rollup.events for rollup in ROLLUPS)
        for hours in batches(_touched(client, events, last.get(events)))
    ]
    for done, (events, hours) in enumerate(todo):
        rebuild(client, hours, events)
        if progress:
            progress(done + 1, len(todo))
    client.insert(
        "snag_experience.rollup_progress",
        [[events, now] for events in dict.fromkeys(rollup.events for rollup in ROLLUPS)],
        column_names=["name", "through_ts"],
    )
    return len({hour for _, hours in todo for hour in hours})


def batches(hours: Sequence[tuple[datetime, int]]) -> Iterator[list[datetime]]:
    """Cut hours and their numbers of events into what is counted at once.

    >>> from datetime import datetime
    >>> [len(batch) for batch in batches([(datetime(2026, 1, 1, h), 400_000) for h in range(5)])]
    [2, 2, 1]
    """
    batch: list[datetime] = []
    held = 0
    for hour, events in hours:
        if batch and (held + events > EVENTS_AT_ONCE or len(batch) >= HOURS_AT_ONCE):
            yield batch
            batch, held = [], 0
        batch.append(hour)
        held += events
    if batch:
        yield batch


def _touched(client: Client, events: str, through: datetime | None) -> list[tuple[datetime, int]]:
    """The hours of which rows were stored since shortly before `through` (None: ever), and how many, in order."""
    since = _utc(through) - timedelta(seconds=OVERLAP_S) if through else datetime.fromtimestamp(0, UTC)
    rows = client.query(
        f"SELECT toStartOfHour(ts) AS hour, count() FROM {events} WHERE stored_ts >= {{since:DateTime64(3)}} "
        "GROUP BY hour ORDER BY hour",
        parameters={"since": since},
    ).result_rows
    return [(_utc(row[0]), row[1]) for row in rows]


def rebuild(client: Client, hours: Sequence[datetime], events: str = "") -> None:
    """Count these hours (starts, with a time zone) again, and the days that they are in; of one table or of all."""
    if not hours:
        return
    (built,) = client.query("SELECT toString(now64(3))").result_rows[0]
    days = sorted({hour.astimezone(UTC).date() for hour in hours})
    when = {
        "hours": [hour.astimezone(UTC).replace(tzinfo=None) for hour in hours],
        "first": min(hours), "end": max(hours) + timedelta(hours=1), "days": days, "built": built,
    }  # fmt: skip
    for rollup in ROLLUPS:
        if events in ("", rollup.events):
            for statement in statements(rollup):
                client.command(statement, parameters=when)


def statements(rollup: Rollup) -> list[str]:
    """What counts {hours:Array(DateTime)} (all in [{first}, {end})) and {days:Array(Date)} again, at {built}."""
    out = []
    in_time = "ts >= {first:DateTime64(3)} AND ts < {end:DateTime64(3)} AND toStartOfHour(ts) IN {hours:Array(DateTime)}"
    for span, bucket in _SPANS.items():
        keys = rollup.fine if span == "5m" else rollup.coarse
        scope = "toStartOfHour(bucket) IN {hours:Array(DateTime)}"
        out.append(
            _insert(
                rollup,
                span,
                keys,
                rollup.counts,
                bucket,
                f"{rollup.events} FINAL",
                f"{in_time} AND {rollup.where}",
            )
        )
        out.append(_emptied(rollup, span, keys, scope))
    of_days = "toDate(bucket) IN {days:Array(Date)}"
    hourly = f"{rollup.table}_1h FINAL"
    out.append(_insert(rollup, "1d", rollup.coarse, rollup.merges, "toDate(bucket)", hourly, of_days))
    out.append(_emptied(rollup, "1d", rollup.coarse, "bucket IN {days:Array(Date)}"))
    return out


def _insert(
    rollup: Rollup,
    span: str,
    keys: tuple[str, ...],
    counts: dict[str, str],
    bucket: str,
    source: str,
    where: str,
) -> str:
    names = ", ".join(("bucket", *keys, *counts, "built_ts"))
    by = ", ".join(keys)
    values = ", ".join(counts.values())
    return (
        f"INSERT INTO {rollup.table}_{span} ({names}) "
        f"SELECT {bucket} AS at, {by}, {values}, {{built:DateTime64(3)}} FROM {source} WHERE {where} GROUP BY at, {by}"
    )


def _emptied(rollup: Rollup, span: str, keys: tuple[str, ...], scope: str) -> str:
    names = ", ".join(("bucket", *keys))
    return (
        f"INSERT INTO {rollup.table}_{span} ({names}, built_ts, is_deleted) "
        f"SELECT {names}, {{built:DateTime64(3)}}, 1 FROM {rollup.table}_{span} FINAL "
        f"WHERE {scope} AND built_ts < {{built:DateTime64(3)}}"
    )


def _utc(ts: Any) -> datetime:
    found: datetime = ts if ts.tzinfo else ts.replace(tzinfo=UTC)
    return found
