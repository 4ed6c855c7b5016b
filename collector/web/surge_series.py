"""The surges that were judged and kept, with just the series that a page shows of them: no judging is done here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np

from collector.correlate import Surge
from collector.store.grids import STEP_S, Grids, Series, floor, spread
from collector.store.surges import Kept, kept
from collector.surges.find import ContactsMissing, Found, judged_through
from collector.surges.history import read_account
from collector.web.scope import Look

USUAL = timedelta(days=14)
"""So much before what is shown tells the eye what is usual; the verdict itself has learnt from more."""

SHOWN_AFTER = timedelta(hours=2)


class Recalled(NamedTuple):
    """A surge that was kept, and what it was found in."""

    kept: Kept
    surge: Surge
    found: Found


def recall(look: Look) -> list[tuple[Kept, Surge]]:
    """The surges that overlap the time, the newest first; withdrawn ones too."""
    return [(one, read_account(one.account)) for one in kept(look.store, look.app, look.start, look.end)][::-1]


def surge_of(look: Look, surge_id: UUID) -> tuple[Kept, Surge] | None:
    """One surge, whenever it was."""
    first = datetime.fromtimestamp(0, UTC)
    found = kept(look.store, look.app, first, look.now + timedelta(days=1))
    return next(((one, read_account(one.account)) for one in found if one.surge_id == surge_id), None)


def with_series(look: Look, surge: Surge | None, *, visits: bool = True) -> Found:
    """A surge, or that there is none, with contacts and the friction that it follows, by five minutes, or with the visits
    where it follows no friction; without `visits` these are left at 0.

    Raises ContactsMissing.
    """
    watermarks = look.store.watermarks()
    if surge:
        end = min(look.now, datetime.fromtimestamp(surge.end, UTC) + SHOWN_AFTER)
        start = datetime.fromtimestamp(surge.start, UTC)
    else:
        end, start = look.end, look.start
    try:
        through, stale = judged_through(watermarks, start, max(end, start + timedelta(seconds=STEP_S)))
    except ContactsMissing:
        if surge is None:
            raise
        through, stale = end, ()
    keys = [key["key"] for key in surge.keys] if surge else []
    begin = min(start, end - timedelta(days=1)) if surge else end - timedelta(days=1)
    follows = keys[:1] if surge and surge.verdict == "friction" else []
    grids = _grids(look, begin - USUAL, end, follows, visits and not follows)
    for key in keys:
        grids.friction.setdefault(key, np.zeros(len(grids.sessions)))
    behind = points(look, surge) if surge else {}
    names = {key: some[0][1] for key, some in behind.items() if some and some[0][1]}
    examples = {key: _visits(look, key, surge) for key in keys[:3] if surge}
    return Found(
        look.app,
        start,
        end,
        look.sources,
        look.settings.time_zone,
        watermarks,
        through,
        stale,
        grids,
        [surge] if surge else [],
        names,
        examples,
    )


def points(look: Look, surge: Surge) -> dict[str, list[tuple[str, str, int]]]:
    """By key of the surge: fingerprint, element and visits of the friction points behind it."""
    return {
        key["key"]: [
            (f"{row[0]:016x}", str(row[1] or row[2]), int(row[3]))
            for row in look.store.rows("points_of_key", **_key(look, key["key"], surge))
        ]
        for key in surge.keys[:3]
    }


def _grids(look: Look, start: datetime, end: datetime, keys: Sequence[str], visits: bool) -> Grids:
    start = datetime.fromtimestamp(floor(start.timestamp()), UTC)
    bins = max(0, (floor(end.timestamp()) - floor(start.timestamp())) // STEP_S)
    scope = {"start": start, "end": end, "step": STEP_S}
    of_app = {**scope, "app": look.app, "sources": list(look.sources)}
    channels: dict[str, Series] = {}
    counted = [*look.store.rows("grid_contacts", **scope)]
    for at_s, length_s, channel, reason, n in look.store.rows("grid_intervals", start=start, end=end):
        counted += [(at, channel, reason, part) for at, part in spread(at_s, length_s, n)]
    first = min((row[0] for row in counted), default=0)
    for at, channel, _, n in counted:
        series = channels.setdefault(channel, np.r_[np.full(min(first, bins), np.nan), np.zeros(max(0, bins - first))])
        if at < bins:
            series[at] += n
    friction = {}
    for key in keys:
        page, _, kind = key.rpartition("|")
        friction[key] = _dense(look.store.rows("key_grid", **of_app, page_group=page, kind=kind), bins)
    return Grids(
        int(start.timestamp()),
        _dense(look.store.rows("grid_sessions", **of_app) if visits else [], bins),
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


def _key(look: Look, key: str, surge: Surge) -> dict[str, object]:
    page, _, kind = key.rpartition("|")
    # Who called had met it before: the hours that the correlation looks back.
    start = datetime.fromtimestamp(surge.start, UTC) - timedelta(hours=3)
    end = datetime.fromtimestamp(surge.end, UTC)
    return {
        "app": look.app,
        "page_group": page,
        "kind": kind,
        "start": start,
        "end": end,
        "sources": list(look.sources),
    }


def _visits(look: Look, key: str, surge: Surge) -> list[str]:
    return [str(row[0]) for row in look.store.rows("affected_sessions", **_key(look, key, surge), limit=3)]
