"""How often as good a match comes up by chance: the same surge laid over other days."""

from collections.abc import Sequence

import numpy as np

from collector.correlate.case import Case
from collector.correlate.counts import deviance_z, summed
from collector.correlate.following import CLEAR_RISE, strength_of
from collector.correlate.friction import Rates, expected, exposure, rise, rises
from collector.correlate.grid import Grid
from collector.correlate.lag import Delays
from collector.correlate.traffic import Traffic
from collector.correlate.types import Counts, Flags

FEWEST_DAYS = 9
"""With fewer other days p could not get to 0.1 and says too little."""

MOST_DAYS = 200
"""Enough for p = 0.005; more would cost time and change no verdict."""

BESIDE_HOURS = (0, -1, 1)
"""Each other day is tried at the same hour and beside it; together they count as one day, for they are not independent."""

ENOUGH_MATCHES = 8.0
"""As many days that match as well settle that this one is nothing special (Besag & Clifford 1991)."""

SCREEN = 0.7
"""Where nothing rose nearly as far as here no match is looked for: it would have to be better."""

COARSE = 0.85
"""A quarter of the delay shapes comes this near to what all of them reach."""

MOST_KEYS = 5
"""Of each day the keys that rose most are tried: a smaller rise follows nothing better."""


class Chance:
    """Other days to lay a surge over, with what rose when worked out once for all surges."""

    def __init__(self, grid: Grid, rates: Rates, delays: Delays, surges: Sequence[tuple[int, int]]) -> None:
        """surges: bins [first, last) of every surge; other days that had one of their own are no chance."""
        self._grid = grid
        self._rates = rates
        self._delays = delays
        self._few = Delays(delays.typical_min[::4], delays.weights[::4])
        self._block = max(1, grid.per_hour // 2)
        self._highest: Counts | None = None
        self._calm: Flags = np.ones(grid.bins + 1, dtype=bool)
        for first, last in surges:
            self._calm[first:last] = False

    def p_value(self, case: Case, traffic: Traffic, strength: float, rise_z: float) -> float | None:
        """Share of other days on which some key would match this surge at least as well.

        All keys are laid under the surge together, from the same hour of other days at like traffic; the best key of
        each counts, which pays for having many keys. (1 + #) / (1 + N) as Phipson & Smyth 2010, or # / N once enough
        days match (Besag & Clifford 1991). None with too few days.
        """
        days = self._other_days(case)
        if len(days) < FEWEST_DAYS:
            return None
        least = SCREEN * min(rise_z, CLEAR_RISE)
        as_good = 0.0
        for tried, shifts in enumerate(days, 1):
            as_good += float(np.mean([self._matches(case, traffic, shift, strength, least) for shift in shifts]))
            if as_good >= ENOUGH_MATCHES:
                return as_good / tried
        return (1 + as_good) / (1 + len(days))

    def best_match(self, case: Case, traffic: Traffic) -> tuple[float, float]:
        """Strength and rise of the best match at the surge itself, as other days are searched; (0, 0) if nothing rose."""
        seen, usual = expected(self._grid, self._rates, case.begin, case.until)
        z = rises(seen, usual, self._rates.excess, self._grid.per_hour)
        best = (0.0, 0.0)
        for i in np.argsort(-z, kind="stable")[:MOST_KEYS]:
            if z[i] <= 0:
                break
            risen = rise(seen[i], usual[i], float(z[i]))
            best = max(best, (strength_of(case, traffic, risen.dose, risen.z, self._delays), risen.z))
        return best

    def _matches(self, case: Case, traffic: Traffic, shift: int, strength: float, least: float) -> bool:
        """Whether some key of another day matches at least as well; a few delay shapes are tried before all."""
        first, last = case.begin + shift, case.until + shift
        if self._highest is None:
            self._highest = _highest_rises(self._grid, self._rates, self._block)
        if self._highest[first // self._block : -(-last // self._block)].max(initial=0.0) < least:
            return False
        seen, usual = expected(self._grid, self._rates, first, last)
        z = rises(seen, usual, self._rates.excess, self._grid.per_hour)
        for i in np.argsort(-z, kind="stable")[:MOST_KEYS]:
            if z[i] < least:
                break
            risen = rise(seen[i], usual[i], float(z[i]))
            if strength_of(case, traffic, risen.dose, risen.z, self._few) < COARSE * strength:
                continue
            if strength_of(case, traffic, risen.dose, risen.z, self._delays) >= strength:
                return True
        return False

    def _other_days(self, case: Case) -> list[list[int]]:
        """Shifts in bins by whole days, a list for each day, at half to twice the surge's sessions; in mixed order."""
        grid = self._grid
        day = 24 * grid.per_hour
        span = case.until - case.begin
        totals = None
        if grid.sessions is not None:
            totals = np.concatenate([[0.0], np.cumsum(np.nan_to_num(grid.sessions))])
        surges = np.concatenate([[0], np.cumsum(~self._calm[:-1])])
        days: list[list[int]] = []
        for d in range(-(case.until // day) - 1, (grid.bins - case.begin) // day + 2):
            shifts = [d * day + hours * grid.per_hour for hours in BESIDE_HOURS]
            fitting = [
                s
                for s in shifts
                if abs(s) >= max(span, day // 2)
                and case.begin + s >= 0
                and case.until + s <= grid.bins
                and surges[case.until + s] - surges[case.begin + s] <= span // 20
                and (totals is None or _like(totals, case, s))
            ]
            if fitting:
                days.append(fitting)
        order = np.random.default_rng(len(days)).permutation(len(days))[:MOST_DAYS]
        return [days[i] for i in order]


def _like(totals: Counts, case: Case, shift: int) -> bool:
    own = totals[case.last] - totals[case.begin]
    other = totals[case.last + shift] - totals[case.begin + shift]
    return bool(0.5 <= other / max(own, 1.0) <= 2.0)


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


def false_discovery_rates(p_values: Sequence[float | None]) -> list[float | None]:
    """q of each p (Benjamini & Hochberg 1995); None stays None and is not counted.

    >>> false_discovery_rates([0.01, None, 0.04, 0.03])
    [0.03, None, 0.04, 0.04]
    """
    known = [i for i, p in enumerate(p_values) if p is not None]
    q: list[float | None] = [None] * len(p_values)
    if known:
        p = np.array([p_values[i] for i in known], float)
        order = np.argsort(p)[::-1]
        ranks = np.arange(len(p), 0, -1)
        adjusted = np.minimum.accumulate(p[order] * len(p) / ranks)
        for i, value in zip(order.tolist(), np.minimum(adjusted, 1.0).tolist(), strict=True):
            q[known[i]] = value
    return q
