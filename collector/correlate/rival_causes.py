"""The possible causes of one surge, each fitted to the same contacts."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from collector.correlate.baseline import Usual
from collector.correlate.counts import deviance_z
from collector.correlate.fit_shape import Fitting, fitting
from collector.correlate.friction import Rates, Rise, expected, exposure, page_of, rise, rises
from collector.correlate.grid import Grid
from collector.correlate.infrastructure import Health, Slowdown, slowdown
from collector.correlate.lag import Delays, delayed, fit, spread_of_effect
from collector.correlate.types import Annotation, Counts, Flags

LEAD_HOURS = 4
"""Causes are looked for from so long before the surge."""

MOST_PER_SESSION = 1.0
"""More than one contact per session hit is not believable."""

LEAST_SHARE = 0.45
"""A cause explains at least about half of the surplus, ..."""

LEAST_EARLY = 0.35
"""... and a fair part of what came first: causes come first."""

EARLY_Z = 3.2
"""What comes before a cause counts against it only beyond this: three stray contacts are not a rise."""

MODEL_DOUBT = 0.3
"""People do not all wait as any one delay shape says: so far off is the count besides its sampling error."""

CLEAR_RISE = 6.0
"""A rise of so many standard deviations is there; how far beyond says nothing about the contacts."""

PRIOR_SHARE = 0.3
PRIOR_Z = 4.5
"""Contacts before a cause began speak against it when they are a fair part of it or beyond chance."""

SURPLUS_AFTER_EVENT = 2 / 3
"""So much of the surplus has to come after an event began; a few contacts before it by chance may be counted in."""

EVENT_REACH_HOURS = {
    "billing_run": 12,
    "holiday": 12,
    "policy_change": 24,
    "campaign": 6,
    "outage": 3,
    "incident": 3,
    "release": 2,
    "experiment": 2,
    "other": 3,
}
"""How long after its end (or its moment) an annotation of each kind can still bring contacts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One surge under judgement, over the stretch of bins [begin, until) that its causes may lie in.

    counts, mean: shape (until - begin,), contacts seen and usual at the level of the surge's first hour.
    judged: shape (until - begin,), the bins fits are judged on: the surge, the hour before and after.
    scale: variance of hourly counts against Poisson's.
    """

    begin: int
    first: int
    last: int
    until: int
    z: float
    counts: Counts
    mean: Counts
    judged: Flags
    scale: float
    excess: float
    per_hour: int
    over: bool
    """Whether reports go on long enough past the stretch that late contacts have come in too."""

    @property
    def inside(self) -> slice:
        """The surge itself within the stretch."""
        return slice(self.first - self.begin, self.last - self.begin)

    @property
    def extra(self) -> float:
        """Contacts above usual."""
        return float((self.counts - self.mean)[self.inside].sum())


class Traffic(NamedTuple):
    """What more visitors would bring at the usual rate. factor: shape of the stretch, at least 1."""

    known: bool
    holds: bool
    ratio: float
    z: float
    share: float
    rest_z: float
    factor: Counts


class Following(NamedTuple):
    """How the surplus follows one cause.

    strength: how well contacts follow it, as z, scaled down where the cause itself hardly rose.
    early: share of the surplus's first third. gain: log-likelihood above the rivals before it.
    """

    strength: float
    gain: float
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

    @property
    def holds(self) -> bool:
        """Explains enough, early enough, and better than chance in the counts would."""
        return self.share >= LEAST_SHARE and self.early >= LEAST_EARLY and self.gain >= 4.0

    def share_brought(self, extra: float) -> float:
        """What it brought as a share of the extra contacts, at most all of them: the share that is told."""
        return min(1.0, self.brought / max(extra, 1e-9))


class FrictionCandidate(NamedTuple):
    """One key that rose, and how the surplus follows it."""

    key: str
    rise: Rise
    following: Following
    of_sessions: float
    """Share of all sessions that were hit while it lasted."""


class InfrastructureCandidate(NamedTuple):
    """One performance series that got worse, and how the surplus follows it."""

    slowdown: Slowdown
    following: Following
    dose: Counts
    """How much worse it was times the sessions there were, per bin."""


def judge_traffic(case: Case, grid: Grid, visits: Usual | None, delays: Delays) -> Traffic:
    """Contacts expected from the sessions there were: a fixed rate per session, only the delay is fitted.

    Nothing is estimated from the surge itself, so a few extra contacts are enough to see
    that five times the visitors brought them.
    """
    nothing = np.ones(case.until - case.begin)
    if visits is None or grid.sessions is None:
        return Traffic(False, False, 1.0, 0.0, 0.0, case.z, nothing)
    stretch = slice(case.begin, case.until)
    usual = visits.expected[stretch] * visits.level[case.first]
    known = np.isfinite(grid.sessions[stretch])
    seen = np.where(known, np.nan_to_num(grid.sessions[stretch]), usual)
    cause = slice(max(0, case.first - case.begin - grid.per_hour // 2), case.last - case.begin)
    if known[cause].mean() < 0.5 or usual[cause].sum() <= 0:
        return Traffic(False, False, 1.0, 0.0, 0.0, case.z, nothing)
    near = delays.typical_min <= 45
    some = Delays(delays.typical_min[near], delays.weights[near])
    smooth = (delayed(seen, some) + 0.05) / (delayed(usual, some) + 0.05)
    factor = np.maximum(smooth, 1.0)
    mean = np.maximum(case.mean, 1e-3)
    likelihood = ((case.counts * np.log(factor) - mean * factor) * case.judged).sum(1)
    best = factor[int(np.argmax(likelihood))]
    # over the hours around it too: the bounds of the surge were chosen to make it look large
    predicted = float((case.mean * best)[case.judged].sum())
    usual_contacts = float(case.mean[case.judged].sum())
    observed = float(case.counts[case.judged].sum())
    share = (predicted - usual_contacts) / max(observed - usual_contacts, 1e-9)
    overall = predicted / max(usual_contacts, 1e-9)
    doubt = case.excess + (0.2 * (overall - 1) / overall) ** 2
    rest_z = float(deviance_z(np.array(observed), np.array(max(predicted, 0.3)), doubt))
    up, base = float(seen[cause].sum()), float(usual[cause].sum())
    z = float(deviance_z(np.array(up), np.array(base), visits.day_spread**2))
    ratio = up / max(base, 1e-9)
    holds = ratio >= 1.2 and z >= 3 and (share >= 0.6 or (share >= LEAST_EARLY and rest_z < 3.0))
    return Traffic(True, bool(holds), ratio, z, share, rest_z, best)


def judge_friction(case: Case, grid: Grid, rates: Rates, traffic: Traffic, delays: Delays) -> list[FrictionCandidate]:
    """The keys that rose before or with the surge, the one the surplus follows best first."""
    seen, usual = expected(grid, rates, case.begin, case.until)
    z = rises(seen, usual, rates.excess, grid.per_hour)
    enough = least_rise(len(rates.keys))
    sessions = exposure(grid)[case.begin : case.until]
    found: list[FrictionCandidate] = []
    for i in np.argsort(-z)[:30]:
        if z[i] < enough:
            break
        risen = rise(seen[i], usual[i], float(z[i]))
        following = follow(case, traffic, risen.dose, risen.z, delays)
        there = float(sessions[risen.onset : max(risen.end, case.last - case.begin)].sum())
        hit = risen.sessions / there if grid.sessions is not None and there > 0 else 0.0
        found.append(FrictionCandidate(rates.keys[i], risen, following, hit))
    return sorted(found, key=lambda c: (-c.following.holds, -c.following.gain, -c.rise.z))


def least_rise(keys: int) -> float:
    """The z a key must reach: above what the best of `keys` x 20 windows reaches by chance."""
    return float(np.sqrt(2 * np.log(max(keys, 1) * 20)) + 0.7)


def judge_infrastructure(
    case: Case, grid: Grid, health: list[Health], traffic: Traffic, delays: Delays
) -> tuple[list[InfrastructureCandidate], Slowdown | None]:
    """The performance series that got worse before or with the surge, the best followed first.

    Also the worst of those that were worse than usual, but already so just before.
    """
    sessions = exposure(grid)[case.begin : case.until]
    width = max(1, grid.per_hour // 2)
    smooth = np.convolve(sessions, np.ones(width) / width, mode="same")
    visitors = float(sessions.mean()) if grid.sessions is not None else 100.0
    found: list[InfrastructureCandidate] = []
    lasting: list[Slowdown] = []
    for series in health:
        slow = slowdown(series, case.begin, case.until, grid.per_hour, visitors)
        if slow is not None and not slow.is_new:
            lasting.append(slow)
        elif slow is not None:
            dose = slow.severity * smooth
            found.append(InfrastructureCandidate(slow, follow(case, traffic, dose, slow.z, delays), dose))
    ranked = sorted(found, key=lambda c: (-c.following.holds, -c.following.gain))
    return ranked, max(lasting, key=lambda slow: slow.ratio, default=None)


def follow(case: Case, traffic: Traffic, dose: Counts, rise_z: float, delays: Delays) -> Following:
    """Fit what traffic leaves of the surplus to one dose, over all delay shapes.

    The interval of the lag holds every shape within 1.35 of the best log-likelihood (the 90 %
    profile interval, Wilks 1938), that of the contacts adds each shape's own standard error.
    """
    at = case.judged
    mean = (case.mean * traffic.factor)[at]
    counts = case.counts[at]
    reach_all = np.maximum(delayed(dose, delays), 0.0)
    reach = reach_all[:, at]
    fitted = fit(counts, mean, reach, MOST_PER_SESSION)
    gain = fitted.gain / case.scale
    best = int(np.argmax(gain))
    surge = case.inside.start - int(np.flatnonzero(at)[0])
    end = surge + case.last - case.first
    # all the dose brought, also after the surge has sunk into the usual noise
    sums = reach.sum(1) + np.maximum(dose.sum() - reach_all.sum(1), 0.0) * case.over
    brought = fitted.per_dose * sums
    likely = np.flatnonzero(gain > gain[best] - 1.353)
    errors = np.array([spread_of_effect(counts, mean, reach[i], float(fitted.per_dose[i]), case.scale) for i in likely])
    sums = sums[likely]
    doubt = MODEL_DOUBT * brought[likely]
    third = slice(surge, surge + max(3, (end - surge) // 3))
    early_left = float((counts - mean)[third].sum())
    early_brought = float(fitted.per_dose[best] * reach[best, third].sum())
    effect = float(fitted.per_dose[best])
    inside = effect * float(reach[best, surge:end].sum()) / max(case.extra, 1e-9)
    # the bounds of a small surge are chosen to make it look large, so the hours around it count as well
    around = effect * float(reach[best].sum()) / max(float((counts - mean).sum()), 0.5 * case.extra, 1e-9)
    # what came before the dose began, alone
    risen = max(0, int(np.argmax(dose > 0)) - (case.first - case.begin))
    prior = slice(surge, surge + min(risen, end - surge))
    prior_share = float((counts - mean)[prior].sum()) / max(case.extra, 1e-9)
    prior_mean = np.array(max(float(mean[prior].sum()), 0.3))
    prior_z = float(deviance_z(np.array(counts[prior].sum()), prior_mean, case.excess))
    too_early = prior_share >= PRIOR_SHARE or prior_z >= PRIOR_Z
    early_mean = np.array(max(float(mean[third].sum()) + early_brought, 0.3))
    early_rest_z = float(deviance_z(np.array(counts[third].sum()), early_mean, case.excess))
    return Following(
        strength=min(rise_z / CLEAR_RISE, 1.0) * float(np.sqrt(2 * max(gain[best], 0.0))),
        gain=float(gain[best]),
        share=max(inside, around),
        early=early_brought / early_left if early_left > 0 and too_early and early_rest_z >= EARLY_Z else 1.0,
        # Delays that fit about as well are weighed on the scale they were laid out on: the single best one jumps.
        lag_min=float(np.exp(np.average(np.log(delays.typical_min), weights=np.exp(gain - gain[best])))),
        lag_low_min=float(delays.typical_min[likely].min()),
        lag_high_min=float(delays.typical_min[likely].max()),
        brought=float(brought[best]),
        brought_low=float(max(0.0, (brought[likely] - np.hypot(1.645 * errors * sums, doubt)).min())),
        brought_high=float((brought[likely] + np.hypot(1.645 * errors * sums, doubt)).max()),
        shape=fitting(
            counts,
            mean,
            mean + effect * reach[best],
            scale=case.scale,
            excess=case.excess,
            per_hour=case.per_hour,
        ),
        delay=best,
        effect=effect,
        effect_low=float((fitted.per_dose[likely] - 1.645 * errors).min()),
        effect_high=float((fitted.per_dose[likely] + 1.645 * errors).max()),
        lead_min=(case.first - case.begin - int(np.argmax(dose > 0))) * 60 / case.per_hour,
    )


def judge_event(case: Case, grid: Grid) -> Annotation | None:
    """The annotation that most of the surplus comes after, and directly; the nearest, if several."""
    start = grid.time(case.first)
    near: list[tuple[float, int, Annotation]] = []
    for i, note in enumerate(grid.annotations):
        reach = EVENT_REACH_HOURS.get(str(note.get("kind")))
        if reach is None:
            continue
        begins = float(note["start"])
        ends = float(note["end"]) if note.get("end") is not None else begins
        if start <= ends + reach * 3600 and _surplus_from(case, grid, begins) >= SURPLUS_AFTER_EVENT:
            near.append((max(0.0, start - ends), i, note))
    return min(near, key=lambda found: found[:2])[2] if near else None


def _surplus_from(case: Case, grid: Grid, ts: float) -> float:
    """Share of the surplus that was reported from `ts` (epoch s) on."""
    surplus = (case.counts - case.mean)[case.inside]
    after = np.array([grid.time(at) >= ts for at in range(case.first, case.last)])
    return float(surplus[after].sum()) / max(case.extra, 1e-9)


def topics_point_elsewhere(extra_by_topic: dict[str, float], z_by_topic: dict[str, float], key: str) -> str | None:
    """The topic that speaks against a key: most tagged surplus names something else, hardly any its page.

    Only where the page has a topic of its own; contacts about the site in general speak against nothing.
    """
    page = _plain_name(page_of(key))
    tagged = {t: max(0.0, extra) for t, extra in extra_by_topic.items() if _plain_name(t) not in ("", "site")}
    total = sum(tagged.values())
    own = [t for t in tagged if _plain_name(t) == page]
    if not own or total < 4:
        return None
    top = max(tagged, key=lambda t: tagged[t])
    if top in own or z_by_topic.get(top, 0.0) < 3:
        return None
    mine = sum(tagged[t] for t in own)
    return top if tagged[top] >= 0.4 * total and mine < 0.15 * total else None


def _plain_name(name: str) -> str:
    return name.strip("/ ").lower().replace("-", "_")
