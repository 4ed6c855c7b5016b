"""How a surge follows one cause: the fit of contacts to a delayed dose, and what it says.

    dose -> reach -> fit -> lag, contacts, order, shape

`reach_of` lays the dose over every delay shape, on the clock and on open time; `fit_dose` finds the effect of each;
`lag_of`, `contacts_of` and `early_share_of` read one answer each from the fits; `follow` puts them together.
"""

from typing import NamedTuple

import numpy as np

from collector.correlate.case import Case
from collector.correlate.counts import deviance_z
from collector.correlate.fit_shape import Fitting, fitting
from collector.correlate.lag import Delays, Fit, delayed, delayed_on_open_time, fit, spread_of_effect
from collector.correlate.traffic import Traffic
from collector.correlate.types import Counts, Whole

MOST_PER_SESSION = 1.0
"""More than one contact per session hit is not believable."""

LEAST_SHARE = 0.45
"""A cause explains at least about half of the extra contacts, ..."""

LEAST_EARLY = 0.35
"""... and a fair part of what came first: causes come first."""

LEAST_GAIN = 4.0
"""Log-likelihood that a cause has to gain over the rivals before it."""

EARLY_Z = 3.2
"""What comes before a cause counts against it only beyond this: three stray contacts are not a rise."""

MODEL_DOUBT = 0.3
"""People do not all wait as any one delay shape says: so far off is the count besides its sampling error."""

CLEAR_RISE = 6.0
"""A rise of so many standard deviations is there; how far beyond says nothing about the contacts."""

PRIOR_SHARE = 0.3
PRIOR_Z = 4.5
"""Contacts before a cause began speak against it when they are a fair part of it or beyond chance."""

PROFILE = 1.353
"""Half the 90 % point of chi-square: shapes within it are as likely as not (Wilks 1938)."""

OPEN_PRICE = 1.5
"""Log-likelihood that a delay on open time has to gain more: it is a second family of shapes."""


class Following(NamedTuple):
    """How the extra contacts follow one cause.

    strength: how well contacts follow it, as z, scaled down where the cause itself hardly rose.
    gain: log-likelihood above the traffic there was; total: that of both above the usual, less what the
    traffic's elasticity costs. early: share of the first third of the extra contacts.
    """

    strength: float
    gain: float
    total: float
    share: float
    early: float
    lag_min: float
    lag_low_min: float
    lag_high_min: float
    brought: float
    brought_low: float
    brought_high: float
    shape: Fitting
    delay: int
    """Which delay shape fits best."""
    effect: float
    effect_low: float
    effect_high: float
    """Contacts per unit of dose, with their 90 % interval."""
    lead_min: float
    """Minutes from the onset of the cause to the first bin of the surge; below 0 if it came later."""
    background: int
    """Which elasticity of traffic goes with it."""

    @property
    def holds(self) -> bool:
        """Explains enough, early enough, and better than chance in the counts would."""
        return self.share >= LEAST_SHARE and self.early >= LEAST_EARLY and self.gain >= LEAST_GAIN

    def share_brought(self, extra: float) -> float:
        """What it brought as a share of the extra contacts, at most all of them."""
        return min(1.0, self.brought / max(extra, 1e-9))


class DoseFit(NamedTuple):
    """One dose fitted over all delay shapes, on the bins that are judged; k shapes, n bins."""

    counts: Counts
    mean: Counts
    reach: Counts
    sums: Counts
    """All that one unit of effect brings, judged or not; shape (k,)."""
    fit: Fit
    gain: Counts
    best: int
    likely: Whole
    background: int
    total: float

    @property
    def effect(self) -> float:
        """Contacts per unit of dose by the best shape."""
        return float(self.fit.per_dose[self.best])


def follow(case: Case, traffic: Traffic, dose: Counts, rise_z: float, delays: Delays) -> Following:
    """Fit what traffic leaves of the extra contacts to one dose, over all delay shapes."""
    best = fit_dose(case, traffic, dose, delays)
    lag, lag_low, lag_high = lag_of(case, best, dose, delays)
    brought, low, high, errors = contacts_of(case, best)
    per_dose = best.fit.per_dose[best.likely]
    surge = _surge_of(case)
    inside = best.effect * float(best.reach[best.best, surge].sum()) / max(case.extra, 1e-9)
    # the bounds of a small surge are chosen to make it look large, so the hours around it count as well
    left = max(float((best.counts - best.mean).sum()), 0.5 * case.extra, 1e-9)
    around = best.effect * float(best.reach[best.best].sum()) / left
    return Following(
        strength=min(rise_z / CLEAR_RISE, 1.0) * float(np.sqrt(2 * max(best.gain[best.best], 0.0))),
        gain=float(best.gain[best.best]),
        total=best.total,
        share=max(inside, around),
        early=early_share_of(case, best, dose),
        lag_min=lag,
        lag_low_min=lag_low,
        lag_high_min=lag_high,
        brought=brought,
        brought_low=low,
        brought_high=high,
        shape=shape_of(case, best),
        delay=best.best % len(delays.weights),
        effect=best.effect,
        effect_low=float((per_dose - 1.645 * errors).min()),
        effect_high=float((per_dose + 1.645 * errors).max()),
        lead_min=(case.first - case.begin - int(np.argmax(dose > 0))) * 60 / case.per_hour,
        background=best.background,
    )


def strength_of(case: Case, traffic: Traffic, dose: Counts, rise_z: float, delays: Delays) -> float:
    """The strength of `follow` alone, for other days that only have to be compared."""
    best = fit_dose(case, traffic, dose, delays)
    return min(rise_z / CLEAR_RISE, 1.0) * float(np.sqrt(2 * max(best.gain[best.best], 0.0)))


def reach_of(case: Case, dose: Counts, delays: Delays) -> Counts:
    """The dose as it would reach the lines by each delay shape, shape (k, n); twice as many where lines close."""
    on_clock = delayed(dose, delays)
    if not case.has_closed_hours:
        return on_clock
    return np.concatenate([on_clock, delayed_on_open_time(dose, case.open_time, delays)])


def fit_dose(case: Case, traffic: Traffic, dose: Counts, delays: Delays) -> DoseFit:
    """The best effect of each delay shape, at the elasticity of traffic that goes with it best."""
    at = case.judged
    counts = case.counts[at]
    reach_all = reach_of(case, dose, delays)
    reach = reach_all[:, at]
    price = np.where(np.arange(len(reach)) >= len(delays.weights), OPEN_PRICE, 0.0)
    best: DoseFit | None = None
    # all the dose brought, also after the surge has sunk into the usual noise
    sums = reach.sum(1) + np.maximum(dose.sum() - reach_all.sum(1), 0.0) * case.over
    for background, factor in enumerate(traffic.factors):
        mean = (case.mean * factor)[at]
        fitted = fit(counts, mean, reach, MOST_PER_SESSION)
        gain = fitted.gain / case.scale - price
        top = int(np.argmax(gain))
        total = float(gain[top] + traffic.gains[background])
        if best is None or total > best.total:
            likely = np.flatnonzero(gain > gain[top] - PROFILE)
            best = DoseFit(counts, mean, reach, sums, fitted, gain, top, likely, background, total)
    if best is None:
        raise ValueError("traffic has no background to fit on")
    return best


def lag_of(case: Case, best: DoseFit, dose: Counts, delays: Delays) -> tuple[float, float, float]:
    """Median delay in minutes and its 90 % profile interval.

    Delays that fit about as well are weighed on the scale they were laid out on: the single best one jumps.
    On open time the delay is that between the middles of what was hit and of who made contact.
    """
    shapes = len(delays.weights)
    typical = np.concatenate([delays.typical_min, delays.typical_min])[: len(best.reach)].copy()
    if len(best.reach) > shapes:
        minutes = 60 / case.per_hour
        offset = int(np.flatnonzero(case.judged)[0])
        hit = _middle(np.maximum(dose, 0.0))
        for shape in best.likely[best.likely >= shapes]:
            typical[shape] = max(1.0, minutes * (offset + _middle(best.reach[shape]) - hit))
    weights = np.exp(best.gain - best.gain[best.best])
    weights[np.setdiff1d(np.arange(len(weights)), best.likely)] = 0.0
    lag = float(np.exp(np.average(np.log(typical), weights=weights)))
    return lag, float(typical[best.likely].min()), float(typical[best.likely].max())


def contacts_of(case: Case, best: DoseFit) -> tuple[float, float, float, Counts]:
    """Contacts that the dose brought with a 90 % interval, and the standard error of each likely effect.

    The interval holds every shape of the profile interval, each with its own error and the model's.
    """
    likely = best.likely
    brought = best.fit.per_dose * best.sums
    errors = np.array(
        [
            spread_of_effect(best.counts, best.mean, best.reach[i], float(best.fit.per_dose[i]), case.scale)
            for i in likely
        ]
    )
    spread = np.hypot(1.645 * errors * best.sums[likely], MODEL_DOUBT * brought[likely])
    low = float(max(0.0, (brought[likely] - spread).min()))
    return float(brought[best.best]), low, float((brought[likely] + spread).max()), errors


def early_share_of(case: Case, best: DoseFit, dose: Counts) -> float:
    """Share of the first third of the extra contacts that the dose explains; 1 unless more came before it than chance."""
    surge = _surge_of(case)
    third = slice(surge.start, surge.start + max(3, (surge.stop - surge.start) // 3))
    left = float((best.counts - best.mean)[third].sum())
    brought = float(best.effect * best.reach[best.best, third].sum())
    # what came before the dose began, alone
    risen = max(0, int(np.argmax(dose > 0)) - (case.first - case.begin))
    prior = slice(surge.start, surge.start + min(risen, surge.stop - surge.start))
    before = float((best.counts - best.mean)[prior].sum())
    before_z = _z(best.counts[prior].sum(), best.mean[prior].sum(), case.excess)
    too_early = before / max(case.extra, 1e-9) >= PRIOR_SHARE or before_z >= PRIOR_Z
    rest_z = _z(best.counts[third].sum(), best.mean[third].sum() + brought, case.excess)
    return brought / left if left > 0 and too_early and rest_z >= EARLY_Z else 1.0


def shape_of(case: Case, best: DoseFit) -> Fitting:
    """How well the dose draws the extra contacts, against a free drawing of them."""
    rate = best.mean + best.effect * best.reach[best.best]
    return fitting(best.counts, best.mean, rate, scale=case.scale, excess=case.excess, per_hour=case.per_hour)


def _surge_of(case: Case) -> slice:
    """The surge within the bins that are judged."""
    first = case.inside.start - int(np.flatnonzero(case.judged)[0])
    return slice(first, first + case.last - case.first)


def _middle(values: Counts) -> float:
    """The bin by which half of a dose has come."""
    total = np.cumsum(values)
    return float(np.searchsorted(total, total[-1] / 2)) if total[-1] > 0 else 0.0


def _z(seen: float, mean: float, excess: float) -> float:
    return float(deviance_z(np.array(seen), np.array(max(mean, 0.3)), excess))
