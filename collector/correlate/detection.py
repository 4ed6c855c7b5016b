"""Candidate surges: what stands out from what is usual, learnt without what stands out."""

from typing import NamedTuple

import numpy as np

from collector.correlate.baseline import LEAST_WITNESSES, SEASON_SHARE, Usual, combine, usual
from collector.correlate.counts import summed
from collector.correlate.elasticity import Elasticity, learn_elasticity
from collector.correlate.false_alarms import LOWEST_Z, FalseAlarms, learn_false_alarms
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

NOW_BELOW = 0.9
"""The windows that end now are a family of ten of their own, so they need less than the site's threshold."""

FOLLOWED_Z = 3.4
"""A weaker rise counts where it follows something on the site that itself is beyond chance."""

FOLLOWED_NOW_Z = 2.4
"""The same for the few windows that end now."""

ONE_LINE_PRICE = 0.5
"""What a window of one reason or channel alone pays in z for being one of a few dozen lines."""

LEAN_SD = 1.5
"""So far all contacts have to lie above the usual where one line of them stands out."""

STRICT_Z = 3.0
"""What stands out so far is left out while the noise is first learnt: surges must not hide each other, ..."""

ORDINARY_Z = 3.6
"""... and what stands out less than this is let back in at the end, or noise would be learnt without its tail."""

RETURNING_TURNS = 3

LEARNING_TURNS = 6
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
    alarms: FalseAlarms
    ordinary: Flags
    elasticity: Elasticity


def find(grid: Grid) -> tuple[Known, list[Found]]:
    """Learn what is usual without what stands out, and scan for surges."""
    learnt, ordinary = _learn_robustly(grid)
    counts, total, noise, parts = learnt
    alarms = learn_false_alarms(counts, total, noise, grid.per_hour)
    now_z = alarms.threshold - NOW_BELOW
    windows = scan(counts, total, noise, grid.per_hour, FOLLOWED_NOW_Z, now_z)
    windows = [w for w in windows if w.z >= FOLLOWED_Z or is_now(grid, w.last)]
    windows += _of_one_line(grid, learnt, ordinary, now_z)
    visits = None if grid.sessions is None else usual(grid.sessions, grid, ordinary)
    known = Known(
        grid=grid,
        counts=counts,
        usual=total,
        noise=noise,
        channels=parts,
        visits=visits,
        rates=learn_rates(grid),
        health=learn_health(grid),
        delays=delay_shapes(grid.step),
        alarms=alarms,
        ordinary=ordinary,
        elasticity=learn_elasticity(counts, total, grid.sessions, visits, ordinary, grid.per_hour),
    )
    return known, _joined(counts, total, windows, grid.per_hour, alarms.threshold)


class Learnt(NamedTuple):
    """All contacts as one line, what is usual and how noisy it is, and what is usual of each channel."""

    counts: Counts
    usual: Usual
    noise: Noise
    channels: dict[str, Usual]


def _learn_robustly(grid: Grid) -> tuple[Learnt, Flags]:
    """Learn with a strict idea of what is ordinary until nothing changes, then let the milder part back in."""
    ordinary = np.ones(grid.bins, dtype=bool)
    learnt = _learn(grid, ordinary)
    for _ in range(LEARNING_TURNS):
        before = ordinary
        ordinary = _without_season(grid, ordinary & _unsurprising(grid, learnt, STRICT_Z))
        if (ordinary == before).all():
            break
        learnt = _learn(grid, ordinary)
    for _ in range(RETURNING_TURNS):
        before = ordinary
        ordinary = _without_season(grid, ordinary | _unsurprising(grid, learnt, ORDINARY_Z))
        if (ordinary == before).all():
            break
        learnt = _learn(grid, ordinary)
    return learnt, ordinary


def _unsurprising(grid: Grid, learnt: Learnt, z: float) -> Flags:
    """The bins outside all stretches that stand out by at least z."""
    ordinary = np.ones(grid.bins, dtype=bool)
    for window in scan(learnt.counts, learnt.usual, learnt.noise, grid.per_hour, z, z):
        mean = learnt.usual.expected * learnt.usual.level[window.first]
        first, last = bounds(learnt.counts, mean, window, grid.per_hour)
        ordinary[first:last] = False
    return ordinary


def _learn(grid: Grid, ordinary: Flags) -> Learnt:
    parts = {name: usual(line, grid, ordinary) for name, line in grid.channels.items()}
    counts, total = combine([(grid.channels[name], part) for name, part in parts.items()], grid, ordinary)
    noise = learn_noise(counts, total, ordinary & (total.expected > 0), grid.hour, grid.midnight, grid.per_hour)
    return Learnt(counts, total, noise, parts)


def _of_one_line(grid: Grid, learnt: Learnt, ordinary: Flags, now_z: float) -> list[Window]:
    """Windows in which one contact reason or channel stands out, and all contacts at least lean that way."""
    counts, total, noise, parts = learnt
    lines: list[tuple[Counts, Usual, Noise]] = []
    for topic in grid.topics.values():
        seen = np.nan_to_num(topic)
        if seen.sum() >= 5:
            own, own_noise = of_one_reason(seen, total, noise, ordinary, grid.per_hour)
            lines.append((seen, own, own_noise))
    for name, own in parts.items() if len(parts) > 1 else ():
        # by its own hours: once the phone is closed, chat is all there is and no surge
        seen = np.nan_to_num(grid.channels[name])
        use = ordinary & (own.expected > 0)
        own_noise = learn_noise(seen, own, use, grid.hour, grid.midnight, grid.per_hour)
        lines.append((seen, own, own_noise))
    windows: list[Window] = []
    for seen, own, own_noise in lines:
        needed = learn_false_alarms(seen, own, own_noise, grid.per_hour).needed
        price = ONE_LINE_PRICE + max(0.0, needed - LOWEST_Z)
        for window in scan(seen, own, own_noise, grid.per_hour, now_z + price, now_z + price):
            mean = float(total.expected[window.first : window.last].sum() * total.level[window.first])
            more = float(counts[window.first : window.last].sum()) - mean
            if more >= MIN_EXTRA and more >= LEAN_SD * np.sqrt(mean + noise.excess[-1] * mean**2):
                windows.append(window._replace(z=window.z - price))
    return windows


def is_now(grid: Grid, last: int) -> bool:
    """Whether a stretch reaches what was reported last."""
    return last >= grid.reported - grid.per_hour // 2


def _without_season(grid: Grid, ordinary: Flags) -> Flags:
    """Give back the hours of the week that stand out in so many weeks that they are usual."""
    weeks = -(-len(grid.weekday) // 7)
    cell = grid.weekday[grid.day] * 24 + grid.hour
    out = summed((~ordinary).astype(np.float64), cell + 168 * (grid.day // 7), 168 * weeks).reshape(weeks, 168)
    times = (out >= grid.per_hour / 4).sum(0)
    season = times >= max(SEASON_SHARE * (len(grid.weekday) // 7), LEAST_WITNESSES)
    return np.asarray(ordinary | season[cell])


def _joined(counts: Counts, total: Usual, windows: list[Window], per_hour: int, alone_z: float) -> list[Found]:
    """Windows with their bounds; those that touch or have only a lull between them become one."""
    spans: list[Found] = []
    for window in windows:
        first, last = bounds(counts, total.expected * total.level[window.first], window, per_hour)
        spans.append(Found(first, last, window.z, min(max(window.found, first + 1), last)))
    joined: list[Found] = []
    for span in sorted(spans):
        lull = JOIN_HOURS if min(span.z, joined[-1].z if joined else 0.0) >= alone_z else JOIN_HOURS / 3
        if joined and span.first <= joined[-1].last + round(lull * per_hour):
            before = joined[-1]
            first_called = min(
                (s for s in (before, span) if s.z >= alone_z - NOW_BELOW), default=before, key=lambda s: s.called
            )
            joined[-1] = Found(before.first, max(before.last, span.last), max(before.z, span.z), first_called.called)
        else:
            joined.append(span)
    return joined
