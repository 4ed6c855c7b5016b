"""Counts by five minutes, hour and day, so that weeks cost no more to read than a day.

A rollup is recomputed, never added to: whenever the store took events of a bucket, late or for the first time, its
rows are counted again from the events and written with a newer `built_ts`, and what is no longer there is
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

EVENTS_AT_ONCE = 1_000_000
"""One statement counts no more events, but for a single bucket: bounds its memory on a first build."""

GAPS = (6, 72, 1_000_000)
MOST_STRETCHES = 12
"""Late events touch scattered buckets; those with fewer than so many between them are counted in one go, with wider gaps
where there would be too many statements otherwise: each costs 20 ms, and counting anew what did not change does no harm."""


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

SPANS = {"5m": timedelta(minutes=5), "1h": timedelta(hours=1)}
"""What is counted from events; days are counted from hours."""

_BUCKET = {"5m": "toStartOfFiveMinutes(ts)", "1h": "toStartOfHour(ts)"}


class Stretch(NamedTuple):
    """A time to be counted again, [first, end), both whole buckets, with a time zone; and about how many events."""

    first: datetime
    end: datetime
    events: int


def refresh(
    client: Client, spans: Sequence[str] = tuple(SPANS), progress: Callable[[int, int], None] | None = None
) -> int:
    """Count again every bucket of which the store took events since the last time; returns how many stretches.

    `progress(done, of)` is told after each stretch, and may raise to break off.
    """
    (now,) = client.query("SELECT now64(3)").result_rows[0]
    rows = client.query("SELECT name, through_ts FROM snag_experience.rollup_progress FINAL").result_rows
    last: dict[str, datetime] = {row[0]: row[1] for row in rows}
    names = [(events, span) for events in dict.fromkeys(rollup.events for rollup in ROLLUPS) for span in spans]
    todo = [
        (events, span, stretch)
        for events, span in names
        for stretch in stretches(_touched(client, events, span, last.get(f"{events} {span}")), SPANS[span])
    ]
    for done, (events, span, stretch) in enumerate(todo):
        rebuild(client, stretch, span, events)
        if progress:
            progress(done + 1, len(todo))
    client.insert(
        "snag_experience.rollup_progress",
        [[f"{events} {span}", now] for events, span in names],
        column_names=["name", "through_ts"],
    )
    return len(todo)


def stretches(buckets: Sequence[tuple[datetime, int]], width: timedelta) -> list[Stretch]:
    """Join buckets (starts in order, and their events) that are not far apart, up to EVENTS_AT_ONCE.

    >>> from datetime import datetime
    >>> hours = [(datetime(2026, 1, 1, h), 400_000) for h in (0, 1, 2, 20)]
    >>> [(s.first.hour, s.end.hour, s.events) for s in stretches(hours, timedelta(hours=1))]
    [(0, 2, 800000), (2, 3, 400000), (20, 21, 400000)]
    """
    found: list[Stretch] = []
    for gap in GAPS:
        found = list(_joined(buckets, width, gap * width))
        if len(found) <= MOST_STRETCHES:
            break
    return found


def _joined(buckets: Sequence[tuple[datetime, int]], width: timedelta, gap: timedelta) -> Iterator[Stretch]:
    held: Stretch | None = None
    for start, events in buckets:
        far = held is not None and start - held.end > gap
        if held is not None and (far or held.events + events > EVENTS_AT_ONCE):
            yield held
            held = None
        held = Stretch(held.first if held else start, start + width, (held.events if held else 0) + events)
    if held is not None:
        yield held


def rebuild(client: Client, stretch: Stretch, span: str, events: str = "") -> None:
    """Count one stretch again, of one table of events or of all; with hours, also the days that they are in."""
    (built,) = client.query("SELECT toString(now64(3))").result_rows[0]
    first, end = stretch.first.astimezone(UTC), stretch.end.astimezone(UTC)
    when = {
        "first": first,
        "end": end,
        "built": built,
        "first_day": first.date(),
        "last_day": (end - timedelta(seconds=1)).date(),
    }
    for rollup in ROLLUPS:
        if events in ("", rollup.events):
            for statement in statements(rollup, span):
                client.command(statement, parameters=when)


def statements(rollup: Rollup, span: str) -> list[str]:
    """What counts [{first}, {end}) again, and after hours the days {first_day} to {last_day}, at {built}."""
    keys = rollup.fine if span == "5m" else rollup.coarse
    time = "{0} >= {{first:DateTime64(3)}} AND {0} < {{end:DateTime64(3)}}".format
    out = [
        _insert(
            rollup,
            span,
            keys,
            rollup.counts,
            _BUCKET[span],
            rollup.events,
            f"{time('ts')} AND {rollup.where}",
        ),
        _emptied(rollup, span, keys, time("bucket")),
    ]
    if span == "1h":
        days = "{0} >= {{first_day:Date}} AND {0} <= {{last_day:Date}}".format
        hours = f"{rollup.table}_1h"
        out.append(_insert(rollup, "1d", keys, rollup.merges, "toDate(bucket)", hours, days("toDate(bucket)")))
        out.append(_emptied(rollup, "1d", keys, days("bucket")))
    return out


def _touched(client: Client, events: str, span: str, through: datetime | None) -> list[tuple[datetime, int]]:
    """The buckets of which rows were stored since shortly before `through` (None: ever), and how many, in order."""
    since = _utc(through) - timedelta(seconds=OVERLAP_S) if through else datetime.fromtimestamp(0, UTC)
    rows = client.query(
        f"SELECT {_BUCKET[span]} AS bucket, count() FROM {events} WHERE stored_ts >= {{since:DateTime64(3)}} "
        "GROUP BY bucket ORDER BY bucket",
        parameters={"since": since},
    ).result_rows
    return [(_utc(row[0]), row[1]) for row in rows]


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
        f"INSERT INTO {rollup.table}_{span} ({names}) SELECT {bucket} AS at, {by}, {values}, {{built:DateTime64(3)}} "
        f"FROM {source} FINAL WHERE {where} GROUP BY at, {by}"
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
