"""Stored surges, with just the series that a page shows of them: nothing is evaluated here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from collector.correlate import Surge
from collector.store.grids import STEP_S, Grids, Series, floor, spread
from collector.store.queries import friction as friction_queries
from collector.store.queries import grids as grid_queries
from collector.store.queries.surges import Kept
from collector.store.surges import kept
from collector.surges.find import ContactsMissing, Found, judged_through
from collector.surges.history import read_account
from collector.surges.wording import friction_point
from collector.web.scope import Scope
from collector.web.strings import T

USUAL = timedelta(days=14)
"""So much before what is shown tells the eye what is usual; the verdict itself has learnt from more."""

SHOWN_AFTER = timedelta(hours=2)


PER_BAR = 3
"""Steps in one bar: quarters of an hour, the interval that call centres count in."""

BEFORE_S, AFTER_S = 5 * 3600, 3600
"""What a chart shows around a surge."""


def load_surges(scope: Scope) -> list[tuple[Kept, Surge]]:
    """The surges that overlap the time, the newest first; withdrawn ones too."""
    return [(one, read_account(one.account)) for one in kept(scope.store, scope.app, scope.start, scope.end)][::-1]


def load_surge(scope: Scope, surge_id: UUID) -> tuple[Kept, Surge] | None:
    """One surge, whenever it was."""
    first = datetime.fromtimestamp(0, UTC)
    found = kept(scope.store, scope.app, first, scope.now + timedelta(days=1))
    return next(((one, read_account(one.account)) for one in found if one.surge_id == surge_id), None)


def load_series(scope: Scope, surge: Surge | None, *, visits: bool = True) -> Found:
    """A surge, or that there is none, with contacts and the friction that it follows, by five minutes, or with the visits
    where it follows no friction; without `visits` these are left at 0.

    Raises ContactsMissing.
    """
    watermarks = scope.store.watermarks()
    if surge:
        end = min(scope.now, datetime.fromtimestamp(surge.end, UTC) + SHOWN_AFTER)
        start = datetime.fromtimestamp(surge.start, UTC)
    else:
        end, start = scope.end, scope.start
    try:
        through, stale = judged_through(watermarks, start, max(end, start + timedelta(seconds=STEP_S)))
    except ContactsMissing:
        if surge is None:
            raise
        through, stale = end, ()
    keys = [key["key"] for key in surge.keys] if surge else []
    begin = min(start, end - timedelta(days=1)) if surge else end - timedelta(days=1)
    follows = keys[:1] if surge and surge.verdict == "friction" else []
    grids = _grids(scope, begin - USUAL, end, follows, visits and not follows)
    for key in keys:
        grids.friction.setdefault(key, np.zeros(len(grids.sessions)))
    behind = friction_points(scope, surge) if surge else {}
    names = {key: some[0][1] for key, some in behind.items() if some and some[0][1]}
    examples = {key: _visits(scope, key, surge) for key in keys[:3] if surge}
    return Found(
        scope.app,
        start,
        end,
        scope.sources,
        scope.settings.time_zone,
        watermarks,
        through,
        stale,
        grids,
        [surge] if surge else [],
        names,
        examples,
    )


def friction_points(scope: Scope, surge: Surge) -> dict[str, list[tuple[str, str, int]]]:
    """By key of the surge: fingerprint, element and visits of the friction points behind it."""
    return {
        key["key"]: [
            (f"{row[0]:016x}", str(row[1] or row[2]), int(row[3]))
            for row in friction_queries.points_of_key(scope.store, **_key(scope, key["key"], surge))
        ]
        for key in surge.keys[:3]
    }


def _grids(scope: Scope, start: datetime, end: datetime, keys: Sequence[str], visits: bool) -> Grids:
    start = datetime.fromtimestamp(floor(start.timestamp()), UTC)
    bins = max(0, (floor(end.timestamp()) - floor(start.timestamp())) // STEP_S)
    grid: dict[str, Any] = {"start": start, "end": end, "step": STEP_S}
    of_app = {**grid, "app": scope.app, "sources": list(scope.sources)}
    channels: dict[str, Series] = {}
    counted: list[tuple[int, str, str, int]] = [*grid_queries.contacts(scope.store, **grid)]
    for at_s, length_s, channel, reason, n in grid_queries.intervals(scope.store, start=start, end=end):
        counted += [(at, channel, reason, part) for at, part in spread(at_s, length_s, n)]
    first = min((row[0] for row in counted), default=0)
    for at, channel, _, n in counted:
        series = channels.setdefault(channel, np.r_[np.full(min(first, bins), np.nan), np.zeros(max(0, bins - first))])
        if at < bins:
            series[at] += n
    friction = {}
    for key in keys:
        page, _, kind = key.rpartition("|")
        friction[key] = _dense(grid_queries.key(scope.store, **of_app, page_group=page, kind=kind), bins)
    return Grids(
        int(start.timestamp()),
        _dense(grid_queries.sessions(scope.store, **of_app) if visits else [], bins),
        friction,
        {},
        channels,
        {},
    )


def _dense(rows: Sequence[tuple[int, int]], bins: int) -> Series:
    series = np.zeros(bins)
    for at, n in rows:
        if at < bins:
            series[at] = n
    return series


def _key(scope: Scope, key: str, surge: Surge) -> dict[str, Any]:
    page, _, kind = key.rpartition("|")
    # Who called had met it before: the hours that the correlation looks back.
    start = datetime.fromtimestamp(surge.start, UTC) - timedelta(hours=3)
    end = datetime.fromtimestamp(surge.end, UTC)
    return {
        "app": scope.app,
        "page_group": page,
        "kind": kind,
        "start": start,
        "end": end,
        "sources": list(scope.sources),
    }


def _visits(scope: Scope, key: str, surge: Surge) -> list[str]:
    return [row.session for row in friction_queries.affected_sessions(scope.store, **_key(scope, key, surge), limit=3)]


class Curve(NamedTuple):
    """One of the stacked charts."""

    title: str
    values: Series
    usual: Series
    ink: str


def curves(found: Found, surge: Surge | None) -> tuple[list[Curve], list[datetime]]:
    """Contacts, and what they follow (visits where they follow nothing), by quarters of an hour; and their starts."""
    grids, until = found.grids, found.until.timestamp()
    end = min(until, surge.end + AFTER_S) if surge else until
    start = (surge.start if surge else until) - BEFORE_S
    first, last = (max(0, int(ts - grids.start) // STEP_S) for ts in (start, end))
    first -= (first - last) % PER_BAR  # whole bars, counted back from the end
    first = max(0, first)
    shown = [_panel(title, series, ink, first, last) for title, series, ink in _chosen(found, surge)]
    zone = ZoneInfo(found.time_zone)
    starts = range(len(shown[0].values))
    times = [datetime.fromtimestamp(grids.start + (first + i * PER_BAR) * STEP_S, zone) for i in starts]
    return shown, times


def total(series: dict[str, Series], bins: int) -> Series:
    """Sum over series; NaN where none of them has data."""
    if not series:
        return np.full(bins, np.nan)
    stack = np.array(list(series.values()))
    return np.where(np.isnan(stack).all(axis=0), np.nan, np.nansum(stack, axis=0))


def _chosen(found: Found, surge: Surge | None) -> list[tuple[str, Series, str]]:
    grids = found.grids
    bins = len(grids.sessions)
    chosen = [(T.charts.contacts, total(grids.channels, bins), "contacts")]
    key = surge.keys[0]["key"] if surge and surge.keys else ""
    if surge and surge.verdict == "friction" and key in grids.friction:
        chosen.append(
            (
                T.charts.visits_with.format(point=friction_point(key, found.elements)),
                grids.friction[key],
                "cause",
            )
        )
    elif surge and surge.verdict == "infrastructure" and "ttfb_p75_ms" in grids.performance:
        chosen.append((T.charts.ttfb, grids.performance["ttfb_p75_ms"], "cause"))
    else:
        chosen.append((T.charts.visits, grids.sessions, "cause"))
    return chosen


def _panel(title: str, series: Series, ink: str, first: int, last: int) -> Curve:
    usual = usual_level(series, last)
    join = np.nanmean if title == T.charts.ttfb else np.nansum
    return Curve(title, _bars(series[first:last], join), _bars(usual[first:last], join), ink)


def usual_level(series: Series, until: int) -> Series:
    """What each time of day usually brings: the mean over the days before, of hours around it. Shape of `series`.

    For the eye only; the verdict rests on `collector.correlate`, which knows weekdays and levels.
    """
    day = 86400 // STEP_S
    known = series[: max(0, until - day)]
    days = len(known) // day
    if days < 3:
        return np.full(len(series), np.nan)
    aligned = known[len(known) - days * day :].reshape(days, day)
    with np.errstate(all="ignore"):
        profile = np.array([_mean(column) for column in aligned.T])
    smooth = np.convolve(np.concatenate([profile[-6:], profile, profile[:6]]), np.ones(13) / 13, mode="valid")
    start = len(known) - days * day
    return smooth[(np.arange(len(series)) - start) % day]


def _mean(values: Series) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0


def _bars(values: Series, join: Any) -> Series:
    values = values[: len(values) // PER_BAR * PER_BAR].reshape(-1, PER_BAR)
    return np.array([join(bar) if not np.isnan(bar).all() else np.nan for bar in values])
