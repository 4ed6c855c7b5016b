"""Candidate surges: what stands out from what is usual, learnt without what stands out."""

from typing import NamedTuple

import numpy as np

from collector.correlate.baseline import SEASON_SHARE, Usual, combine, usual
from collector.correlate.counts import summed
from collector.correlate.friction import Rates, learn_rates
from collector.correlate.grid import Grid
from collector.correlate.infrastructure import Health, learn_health
from collector.correlate.lag import Delays, delay_shapes
from collector.correlate.surge import (
    JOIN_HOURS,
    MIN_EXTRA,
    Noise,
    Window,
    bounds,
    learn_noise,
    of_one_reason,
    scan,
)
from collector.correlate.types import Counts, Flags

ALONE_Z = 5.0
"""Noise of simulated and of real call counts passes this less than once in ten weeks."""

NOW_Z = 3.8
"""The windows that end now are a family of ten of their own, so they need less."""

FOLLOWED_Z = 3.4
"""A weaker rise counts where it follows something on the site that itself is beyond chance."""

FOLLOWED_NOW_Z = 2.4
"""The same for the few windows that end now."""

ONE_LINE_PRICE = 0.5
"""What a window of one reason or channel alone pays in z for being one of a few dozen lines."""

NOT_ORDINARY_Z = 4.2
"""What stands out so far is not learnt from; whether it is reported is another question."""

LEARNING_TURNS = 3
"""Large surges hide smaller ones until they are left out of what is usual and of how noisy it is."""


class Found(NamedTuple):
    """A candidate surge: bins [first, last)."""

    first: int
    last: int
    z: float
    called: int


class Known(NamedTuple):
    """All that is learnt once and used for every surge."""

    grid: Grid
    counts: Counts
    usual: Usual
    noise: Noise
    channels: dict[str, Usual]
    visits: Usual | None
    rates: Rates
    health: list[Health]
    delays: Delays


def find(grid: Grid) -> tuple[Known, list[Found]]:
    """Learn what is usual, leave out what stands out, learn again, and scan."""
    ordinary = np.ones(grid.bins, dtype=bool)
    counts, total, noise, parts = _learn(grid, ordinary)
    for _ in range(LEARNING_TURNS):
        before = ordinary.copy()
        for window in scan(counts, total, noise, grid.per_hour, NOT_ORDINARY_Z, NOW_Z):
            first, last = bounds(counts, total.expected * total.level[window.first], window, grid.per_hour)
            ordinary[first:last] = False
        ordinary = _without_season(grid, ordinary)
        if (ordinary == before).all():
            break
        counts, total, noise, parts = _learn(grid, ordinary)
    windows = scan(counts, total, noise, grid.per_hour, FOLLOWED_NOW_Z, NOW_Z)
    windows = [w for w in windows if w.z >= FOLLOWED_Z or is_now(grid, w.last)]
    windows += _of_one_line(grid, total, noise, parts, ordinary, counts)
    visits = None
    if grid.sessions is not None:
        visits = usual(grid.sessions, grid, ordinary)
    known = Known(
        grid,
        counts,
        total,
        noise,
        parts,
        visits,
        learn_rates(grid),
        learn_health(grid),
        delay_shapes(grid.step),
    )
    return known, _joined(counts, total, windows, grid.per_hour)


def _learn(grid: Grid, ordinary: Flags) -> tuple[Counts, Usual, Noise, dict[str, Usual]]:
    parts = {name: usual(line, grid, ordinary) for name, line in grid.channels.items()}
    counts, total = combine([(grid.channels[name], part) for name, part in parts.items()], grid, ordinary)
    noise = learn_noise(counts, total, ordinary & (total.expected > 0), grid.hour, grid.midnight, grid.per_hour)
    return counts, total, noise, parts


def _of_one_line(
    grid: Grid, total: Usual, noise: Noise, parts: dict[str, Usual], ordinary: Flags, counts: Counts
) -> list[Window]:
    """Windows in which one contact reason or channel stands out, and all contacts at least lean that way."""
    lines: list[tuple[Counts, Usual, Noise]] = []
    for topic in grid.topics.values():
        seen = np.nan_to_num(topic)
        if seen.sum() >= 5:
            lines.append((seen, *of_one_reason(seen, total, noise, ordinary, grid.per_hour)))
    for name, own in parts.items() if len(parts) > 1 else ():
        # by its own hours: once the phone is closed, chat is all there is and no surge
        seen = np.nan_to_num(grid.channels[name])
        use = ordinary & (own.expected > 0)
        lines.append((seen, own, learn_noise(seen, own, use, grid.hour, grid.midnight, grid.per_hour)))
    found: list[Window] = []
    for seen, own, own_noise in lines:
        for window in scan(seen, own, own_noise, grid.per_hour, NOW_Z + ONE_LINE_PRICE, NOW_Z + ONE_LINE_PRICE):
            mean = float(total.expected[window.first : window.last].sum() * total.level[window.first])
            more = float(counts[window.first : window.last].sum()) - mean
            if more >= MIN_EXTRA and more >= 1.5 * np.sqrt(mean + noise.excess[-1] * mean**2):
                found.append(window._replace(z=window.z - ONE_LINE_PRICE))
    return found


def is_now(grid: Grid, last: int) -> bool:
    """Whether a stretch reaches what was reported last."""
    return last >= grid.reported - grid.per_hour // 2


def _without_season(grid: Grid, ordinary: Flags) -> Flags:
    """Give back the hours of the week that stand out in so many weeks that they are usual.

    Three whole hours at least: fewer weeks than three cannot tell what is usual from what happened twice.
    """
    cell = grid.weekday[grid.day] * 24 + grid.hour
    out = summed((~ordinary).astype(np.float64), cell, 168)
    share = out / np.maximum(np.bincount(cell, minlength=168), 1)
    season = (share >= SEASON_SHARE) & (out >= 3 * grid.per_hour)
    return np.asarray(ordinary | season[cell])


def _joined(counts: Counts, total: Usual, windows: list[Window], per_hour: int) -> list[Found]:
    """Windows with their bounds; those that touch or have only a lull between them become one."""
    spans: list[Found] = []
    for window in windows:
        first, last = bounds(counts, total.expected * total.level[window.first], window, per_hour)
        spans.append(Found(first, last, window.z, min(max(window.found, first + 1), last)))
    joined: list[Found] = []
    for span in sorted(spans):
        lull = JOIN_HOURS if min(span.z, joined[-1].z if joined else 0.0) >= ALONE_Z else JOIN_HOURS / 3
        if joined and span.first <= joined[-1].last + round(lull * per_hour):
            before = joined[-1]
            first_called = min((s for s in (before, span) if s.z >= NOW_Z), default=before, key=lambda s: s.called)
            joined[-1] = Found(before.first, max(before.last, span.last), max(before.z, span.z), first_called.called)
        else:
            joined.append(span)
    return joined
