"""The store's side of the correlation: counts on a regular grid, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from collector.store.queries import grids as queries
from collector.store.store import Store

STEP_S = 300

Series = NDArray[np.float64]


class Grids(NamedTuple):
    """One site on a grid of STEP_S seconds; every series has shape (bins,), NaN where there is no data."""

    start: int
    """Start of the first bin, seconds since 1970 UTC, a multiple of STEP_S."""
    sessions: Series
    friction: dict[str, Series]
    """Sessions affected, by `page_group|kind`."""
    performance: dict[str, Series]
    channels: dict[str, Series]
    """Contacts by channel; NaN before the first contact that is known."""
    topics: dict[str, Series]
    """Contacts by contact reason; "" are untagged."""


def floor(ts: float) -> int:
    """The start of the bin that `ts` (seconds) is in."""
    return int(ts // STEP_S) * STEP_S


def read(store: Store, app: str, start: datetime, end: datetime, sources: Sequence[str]) -> Grids:
    """Everything known of `app` in [start, end), both with a time zone; only traffic of `sources` is counted.

    The grid begins with the first session that is known, if that is later than `start`: before it there is no
    data, which is not the same as nothing having happened.
    """
    first = queries.first_session(store, app=app, sources=sources, start=start, end=end)[0].first_s
    begin = max(floor(start.timestamp()), floor(first) if first else 0)
    bins = max(0, (floor(end.timestamp()) - begin) // STEP_S)
    scope: dict[str, Any] = {"start": datetime.fromtimestamp(begin, tz=start.tzinfo), "end": end, "step": STEP_S}
    of_app: dict[str, Any] = {**scope, "app": app, "sources": list(sources)}

    friction: dict[str, Series] = {}
    for at, key, n in queries.friction(store, **of_app):
        _put(friction.setdefault(key, np.zeros(bins)), at, n)
    channels: dict[str, Series] = {}
    topics: dict[str, Series] = {}
    since: int | None = None
    counted: list[tuple[int, str, str, int]] = [*queries.contacts(store, **scope)]
    for at_s, length_s, channel, reason, n in queries.intervals(store, **{k: scope[k] for k in ("start", "end")}):
        counted += [(at, channel, reason, part) for at, part in spread(at_s, length_s, n)]
    for at, channel, reason, n in sorted(counted):
        # Before the first contact that is known there is no data, which is not the same as no contacts.
        since = at if since is None else since
        for series in (
            channels.setdefault(channel, _since(since, bins)),
            topics.setdefault(reason, _since(since, bins)),
        ):
            _put(series, at, n)
    performance = {
        "ttfb_p75_ms": _dense(queries.ttfb(store, **of_app), bins, np.nan),
        "http_5xx_rate": _dense(queries.http_5xx(store, **of_app), bins, np.nan),
    }
    for at, name, mean in queries.imported(store, **{k: v for k, v in of_app.items() if k != "sources"}):
        series = performance.setdefault(name, np.full(bins, np.nan))
        if at < bins:  # what the SRE gives of a series is worth more than what few visitors measured
            series[at] = mean
    return Grids(
        begin,
        _dense(queries.sessions(store, **of_app), bins, 0.0),
        friction,
        performance,
        channels,
        topics,
    )


def spread(at_s: int, length_s: int, n: int) -> list[tuple[int, int]]:
    """A count of an interval on the grid: (bin, contacts), as even as whole numbers can be, their sum `n`.

    When in the interval each of them came is not known; that they came together at its start is known to be wrong.

    >>> spread(600, 900, 4)
    [(2, 1), (3, 1), (4, 2)]
    """
    first, bins = at_s // STEP_S, max(1, length_s // STEP_S)
    return [(first + i, (i + 1) * n // bins - i * n // bins) for i in range(bins)]


def _dense(rows: Sequence[tuple[int, float]], bins: int, missing: float) -> Series:
    series = np.full(bins, missing)
    for at, value in rows:
        _put(series, at, value)
    return series


def _since(first: int, bins: int) -> Series:
    series = np.zeros(bins)
    series[:first] = np.nan
    return series


def _put(series: Series, at: int, value: float) -> None:
    if at < len(series):  # the last bin, if `end` cuts it, is left out
        series[at] = (0.0 if np.isnan(series[at]) else series[at]) + value
