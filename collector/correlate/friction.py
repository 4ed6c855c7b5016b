"""Which kinds of friction rose above what their page usually has, when, and by how many sessions."""

from typing import NamedTuple

import numpy as np

from collector.correlate.baseline import LEVEL_MEMORY_DAYS
from collector.correlate.counts import deviance_z, excess_variance, summed
from collector.correlate.grid import Grid
from collector.correlate.lag import best_run
from collector.correlate.types import Counts

RISE_HOURS = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Lengths over which a rise is looked for."""

FEWEST_PAGES = 4
"""A rise of one kind on fewer pages than this is not called site-wide."""


class Rates(NamedTuple):
    """What each key usually has, K keys.

    by_day: shape (K, days), affected sessions per session. by_hour: shape (K, 24), factor of the local hour.
    excess: shape (K,), variance beyond Poisson as a share of the squared mean.
    """

    keys: tuple[str, ...]
    by_day: Counts
    by_hour: Counts
    excess: Counts


class Rise(NamedTuple):
    """One key's rise in a stretch of bins: bins count from the stretch's first."""

    z: float
    onset: int
    end: int
    sessions: float
    usual: float
    dose: Counts
    """Affected sessions beyond usual per bin from the onset on, 0 before it."""


def learn_rates(grid: Grid) -> Rates:
    """Each key's usual rate per session: by day from the days around it (itself left out), and by local hour.

    Hours far above their expectation are cut down before anything is learnt from them, and a day
    never speaks for itself: so an incident that goes on now is not learnt as usual.
    """
    keys = tuple(grid.friction)
    days = len(grid.weekday)
    seen = np.zeros((len(keys), days, 24))
    base = np.zeros((len(keys), days, 24))
    sessions = exposure(grid)
    cell = grid.day * 24 + grid.hour
    everywhere = summed(sessions, cell, days * 24)
    for i, key in enumerate(keys):
        counts = grid.friction[key]
        known = np.isfinite(counts)
        seen[i] = summed(np.where(known, counts, 0.0), cell, days * 24).reshape(days, 24)
        missing = sessions * ~known
        base[i] = (everywhere - summed(missing, cell, days * 24)).reshape(days, 24)
    by_hour = np.ones((len(keys), 24))
    mean = _from_neighbours(seen.sum(2), base.sum(2))[:, :, None] * base
    excess = np.full(len(keys), 0.05)
    by_day = np.zeros((len(keys), days))
    for _ in range(3):
        cap = mean + 3 * np.sqrt(mean + excess[:, None, None] * mean**2) + 1.5
        capped = np.minimum(seen, cap)
        weight = (base * by_hour[:, None, :]).sum(2)
        by_day = _from_neighbours(capped.sum(2), weight)
        flat = by_day[:, :, None] * base
        by_hour = (20 + capped.sum(1)) / (20 + flat.sum(1))
        mean = flat * by_hour[:, None, :]
        excess = excess_variance(
            seen.reshape(len(keys), days * 24), mean.reshape(len(keys), days * 24), guess=0.05, weight=20.0
        )
    return Rates(keys, by_day, by_hour, excess)


def exposure(grid: Grid) -> Counts:
    """Sessions per bin, or 1 where they are unknown throughout; shape (T,), no NaN."""
    if grid.sessions is None:
        return np.ones(grid.bins)
    return np.nan_to_num(grid.sessions)


def expected(grid: Grid, rates: Rates, first: int, last: int) -> tuple[Counts, Counts]:
    """Affected sessions seen and usual in bins [first, last), each shape (K, n); unknown bins are 0 in both.

    What a kind does on all pages at once (a slower site, a new agent) is not one page's friction:
    the middle page's rise is taken out of every page of that kind.
    """
    if not rates.keys:
        return np.zeros((0, last - first)), np.zeros((0, last - first))
    raw = np.array([grid.friction[key][first:last] for key in rates.keys])
    known = np.isfinite(raw)
    seen = np.where(known, raw, 0.0)
    day, hour = grid.day[first:last], grid.hour[first:last]
    usual = rates.by_day[:, day] * rates.by_hour[:, hour] * exposure(grid)[first:last] * known
    return seen, usual * _site_wide(rates.keys, seen.sum(1), usual.sum(1))[:, None]


def rises(seen: Counts, usual: Counts, excess: Counts, per_hour: int) -> Counts:
    """How far each key rose in its best window: z, shape (K,)."""
    best = np.zeros(len(seen))
    total_seen, total_usual = _totals(seen), _totals(usual)
    for hours in RISE_HOURS:
        width = min(seen.shape[1], max(1, round(hours * per_hour)))
        up = total_seen[:, width:] - total_seen[:, :-width]
        base = np.maximum(total_usual[:, width:] - total_usual[:, :-width], 0.3)
        key, at = np.nonzero(up - base > 2 * np.sqrt(base + excess[:, None] * base**2) + 0.5)
        z = deviance_z(up[key, at], base[key, at], excess[key])
        np.maximum.at(best, key, z)
    return best


def rise(seen: Counts, usual: Counts, z: float) -> Rise:
    """When one key rose and by how many sessions. seen, usual: shape (n,)."""
    run_first, run_last = best_run(_half_rise(seen, usual))
    dose = np.zeros(len(seen))
    # what follows the run still counts: friction that fades and returns is one cause
    dose[run_first:] = (seen - usual)[run_first:] if run_last else 0.0
    inside = slice(run_first, run_last)
    return Rise(z, run_first, run_last, float(seen[inside].sum()), float(usual[inside].sum()), dose)


def page_of(key: str) -> str:
    """The page a key stands on.

    >>> page_of("/checkout|rage_click")
    '/checkout'
    """
    return key.rpartition("|")[0] or key


def _half_rise(seen: Counts, usual: Counts) -> Counts:
    """Per bin, the likelihood of half the strongest hour's rise against none."""
    floor = np.maximum(usual, 0.02)
    hour = min(12, len(seen))
    up, base = (np.convolve(values, np.ones(hour), mode="valid") for values in (seen, floor))
    ratio = float((up / base).max())
    ratio = 1 + 0.5 * max(ratio - 1, 0.2)
    return np.asarray(seen * np.log(ratio) - (ratio - 1) * floor)


def _totals(values: Counts) -> Counts:
    """Running totals that start at 0, shape (K, n + 1)."""
    total = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(values, axis=1, out=total[:, 1:])
    return total


def _from_neighbours(seen: Counts, weight: Counts) -> Counts:
    """Rate per day from the days around it, drawn a little to the whole history's; shapes (K, days)."""
    overall = (seen.sum(1) / np.maximum(weight.sum(1), 1e-9))[:, None]
    up = np.zeros_like(seen)
    down = np.zeros_like(weight)
    for lag in range(1, int(min(seen.shape[1] - 1, 5 * LEVEL_MEMORY_DAYS)) + 1):
        share = np.exp(-lag / LEVEL_MEMORY_DAYS)
        up[:, lag:] += share * seen[:, :-lag]
        down[:, lag:] += share * weight[:, :-lag]
        up[:, :-lag] += share * seen[:, lag:]
        down[:, :-lag] += share * weight[:, lag:]
    prior = 5.0
    return np.asarray((prior + up) / (prior / np.maximum(overall, 1e-9) + down))


def _site_wide(keys: tuple[str, ...], seen: Counts, usual: Counts) -> Counts:
    """Per key, how far its kind rose on the middle page; 1 for kinds on few pages. Shape (K,)."""
    kinds = np.array([key.rpartition("|")[2] for key in keys])
    factor = np.ones(len(keys))
    for kind in np.unique(kinds):
        pages = kinds == kind
        if pages.sum() >= FEWEST_PAGES:
            ratios = (seen[pages] + 1.0) / (usual[pages] + 1.0)
            factor[pages] = max(1.0, float(np.median(ratios)))
    return factor
