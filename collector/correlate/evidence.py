"""How often as good a match comes up by chance: the same surge laid over other days."""

from collections.abc import Sequence

import numpy as np

from collector.correlate.counts import deviance_z, summed
from collector.correlate.friction import Rates, Rise, expected, exposure, rise, rises
from collector.correlate.grid import Grid
from collector.correlate.lag import Delays
from collector.correlate.rival_causes import CLEAR_RISE, Case, Traffic, follow, least_rise
from collector.correlate.types import Counts

FEWEST_SHIFTS = 30
"""With fewer, p could not get below 1/31 and says too little."""

SCREEN = 0.75
"""Where nothing rose three quarters as far as here no match is looked for: it would have to be better."""

COARSE = 0.85
"""A quarter of the delay shapes comes this near to what all of them reach."""

MOST_SHIFTS = 200
"""Enough for p = 0.005; more would cost time and change no verdict."""


class Chance:
    """Other days to lay a surge over, with what rose when worked out once for all surges."""

    def __init__(self, grid: Grid, rates: Rates, delays: Delays) -> None:
        self._grid = grid
        self._rates = rates
        self._delays = delays
        self._block = max(1, grid.per_hour // 2)
        self._highest: Counts | None = None

    def p_value(self, case: Case, traffic: Traffic, strength: float, rise_z: float) -> float | None:
        """Share of other days on which some key would match this surge at least as well.

        All keys are laid under the surge together, from the same hour of other days (and an hour or two
        beside it) at like traffic; the best key of each counts, which pays for having many keys.
        (1 + #) / (1 + N) as Phipson & Smyth 2010. None below 30 shifts.
        """
        grid, rates = self._grid, self._rates
        shifts = _shifts(case, grid)
        if len(shifts) < FEWEST_SHIFTS:
            return None
        if self._highest is None:
            self._highest = _highest_rises(grid, rates, self._block)
        least = max(least_rise(len(rates.keys)), SCREEN * min(rise_z, CLEAR_RISE))
        as_good = 0
        for shift in shifts:
            first, last = case.begin + shift, case.until + shift
            if self._highest[first // self._block : -(-last // self._block)].max() < least:
                continue
            seen, usual = expected(grid, rates, first, last)
            z = rises(seen, usual, rates.excess, grid.per_hour)
            as_good += any(
                self._matches(case, traffic, rise(seen[i], usual[i], float(z[i])), strength)
                for i in np.flatnonzero(z >= least)
            )
        return (1 + as_good) / (1 + len(shifts))

    def _matches(self, case: Case, traffic: Traffic, risen: Rise, strength: float) -> bool:
        """Whether the surge follows this rise at least as well; a few delay shapes are tried before all."""
        few = Delays(self._delays.typical_min[::4], self._delays.weights[::4])
        if follow(case, traffic, risen.dose, risen.z, few).strength < COARSE * strength:
            return False
        return follow(case, traffic, risen.dose, risen.z, self._delays).strength >= strength


def _highest_rises(grid: Grid, rates: Rates, block: int) -> Counts:
    """The highest z any key reaches in a window that begins in each block of bins; shape (blocks,).

    Windows begin at whole blocks only, so this is a screen for where to look closely.
    """
    blocks = -(-grid.bins // block)
    highest = np.zeros(blocks)
    which = np.arange(grid.bins) // block
    sessions = exposure(grid)
    cell = grid.day * 24 + grid.hour
    for i, key in enumerate(rates.keys):
        counts = grid.friction[key]
        known = np.isfinite(counts)
        rate = (rates.by_day[i][:, None] * rates.by_hour[i]).ravel()[cell]
        seen = summed(np.where(known, counts, 0.0), which, blocks)
        usual = summed(np.where(known, rate * sessions, 0.0), which, blocks)
        for width in (1, 2, 4, 8):
            if width > blocks:
                break
            up = np.convolve(seen, np.ones(width), mode="full")[width - 1 :]
            base = np.maximum(np.convolve(usual, np.ones(width), mode="full")[width - 1 :], 0.3)
            high = np.flatnonzero(up - base > 2 * np.sqrt(base + rates.excess[i] * base**2) + 1)
            z = deviance_z(up[high], base[high], rates.excess[i])
            highest[high] = np.maximum(highest[high], z)
    return highest


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """q of each p (Benjamini & Hochberg 1995); None stays None and is not counted.

    >>> benjamini_hochberg([0.01, None, 0.04, 0.03])
    [0.03, None, 0.04, 0.04]
    """
    known = sorted((p, i) for i, p in enumerate(p_values) if p is not None)
    q: list[float | None] = [None] * len(p_values)
    lowest = 1.0
    for rank in range(len(known), 0, -1):
        p, i = known[rank - 1]
        lowest = min(lowest, p * len(known) / rank)
        q[i] = lowest
    return q


def _shifts(case: Case, grid: Grid) -> list[int]:
    """Shifts in bins, by whole days and up to two hours beside, at half to twice the surge's sessions."""
    day = 24 * grid.per_hour
    span = case.until - case.begin
    days = range(-(case.until // day) - 1, (grid.bins - case.begin) // day + 2)
    wanted = [
        d * day + h * grid.per_hour
        for d in days
        for h in (0, -1, 1, -2, 2)
        if abs(d * day + h * grid.per_hour) >= max(span, day // 2)
    ]
    inside = [s for s in wanted if case.begin + s >= 0 and case.until + s <= grid.bins]
    if grid.sessions is not None:
        total: Counts = np.concatenate([[0.0], np.cumsum(np.nan_to_num(grid.sessions))])
        own = total[case.last] - total[case.begin]
        ratio = {s: (total[case.last + s] - total[case.begin + s]) / max(own, 1.0) for s in inside}
        inside = [s for s in inside if 0.5 <= ratio[s] <= 2.0]
    if len(inside) > MOST_SHIFTS:
        inside = [inside[i] for i in np.linspace(0, len(inside) - 1, MOST_SHIFTS).astype(int)]
    return inside
