"""Worlds made of a queue: calls are counted when answered, lines are short of staff, callers hang up and redial."""

import numpy as np

from benchmarks.correlation.world import (
    DAY,
    FRICTION,
    STEP,
    Floats,
    Incident,
    Planned,
    Site,
    World,
    annotate,
    incident,
    make_site,
    spoil,
    topics_of,
)

CALLS_ALIKE = 260.0
"""Variance over mean of whole days of a real call centre."""


def build(seed: int, size: str, weeks: int, kinds: tuple[str, ...] | None = None) -> World:
    """One world of queues. Truth is the difference to the same world (same draws) without the incident."""
    rng = np.random.default_rng([seed, 3, len(size)])
    site = make_site(rng, size=size, weeks=weeks, kinds=kinds)
    bins = site.bins
    if size == "centre":
        spread = float(np.clip(np.sqrt(CALLS_ALIKE / site.contacts_per_day), 0.08, 0.3))
        site.shock = np.exp(rng.normal(0, spread, int(site.day.max()) + 1))[site.day]
    demand = site.contacts_per_day / DAY * site.visits / site.visits.mean() * site.shock
    hourly = np.exp(rng.normal(0, 0.05, bins // 12 + 1))[np.arange(bins) // 12]
    boost = np.ones(bins)
    for planned in site.plan:
        if planned.kind in ("traffic", "campaign", "trap_traffic"):
            span = slice(planned.first, planned.last)
            boost[span] += rng.uniform(0.5, 3.5)
    sessions = rng.poisson(site.visits * boost * rng.gamma(50, 1 / 50, bins)).astype(float)
    friction = {
        key: rng.poisson(sessions * rate * rng.gamma(4, 0.25, bins)).astype(float) for key, rate in site.keys.items()
    }
    saturation = np.clip(sessions / np.quantile(sessions, 0.99), 0, 3)
    performance = {
        "ttfb_p75_ms": rng.uniform(100, 700)
        / np.maximum(1.3 - 0.3 * np.minimum(saturation, 1.5), 0.6)
        * np.exp(rng.normal(0, 0.1, bins)),
        "lcp_p75_ms": rng.uniform(1000, 3500) * np.exp(rng.normal(0, 0.08, bins)),
        "http_5xx_rate": np.where(rng.random(bins) < 0.1, rng.uniform(0, 0.01, bins), 0.0),
    }
    base = rng.poisson(demand * hourly).astype(float)
    arrivals = base.copy()
    parts: list[tuple[Planned, list[str], Floats, float | None]] = []
    for planned in site.plan:
        annotate(site, planned)
        keys = site.struck(planned)
        extra, lag = _happen(site, planned, keys, sessions, friction, performance, base, boost)
        parts.append((planned, keys, extra, lag))
        arrivals += extra
    tight = float(rng.uniform(1.15, 2.5))
    shares = [c["share"] for c in site.channels.values()]
    whole = _serve(site, _split(arrivals, shares), demand, tight)
    # whole contacts are counted, the rest carried on
    channels = {
        n: np.diff(np.floor(np.cumsum(line) + 1e-6), prepend=0.0) for n, line in zip(site.channels, whole, strict=True)
    }
    everything = np.sum(whole, axis=0)
    incidents: list[Incident] = []
    reasons: list[tuple[str, Floats]] = []
    calm = np.sum(_serve(site, _split(base, shares), demand, tight), axis=0)
    smooth = np.convolve(calm, np.ones(25) / 25, mode="same")
    for planned, keys, extra, lag in parts:
        without = _serve(site, _split(arrivals - extra, shares), demand, tight)
        reached = np.maximum(everything - np.sum(without, axis=0), 0.0)
        reached[reached < 0.05] = 0.0
        reached[: planned.first] = 0.0
        delayed = lag + _queue_wait(extra, reached) if lag is not None and reached.sum() >= 1 else None
        incidents.append(incident(planned, keys, reached, smooth, 0.01, delayed))
        reasons.append((keys[0].partition("|")[0].strip("/") if planned.kind in FRICTION else "", reached))
    topics = topics_of(site, calm, reasons)
    spoil(site, friction, performance, channels)
    traffic = {"start": site.start, "step": STEP, "sessions": sessions}
    return World(
        "queueing",
        seed,
        (friction, performance, traffic, {"channels": channels, "topics": topics}),
        site.options,
        incidents,
    )


def _happen(
    site: Site,
    planned: Planned,
    keys: list[str],
    sessions: Floats,
    friction: dict[str, Floats],
    performance: dict[str, Floats],
    base: Floats,
    boost: Floats,
) -> tuple[Floats, float | None]:
    """Whole contacts that one incident sends towards the lines, and the median delay from hit to the line."""
    rng = site.rng
    bins = site.bins
    span = slice(planned.first, planned.last)
    here = sessions[span].astype(int)
    if planned.kind in FRICTION or planned.kind == "silent":
        hit = rng.binomial(here, np.clip(site.wave(planned) * rng.uniform(0.05, 0.7), 0, 1))
        for key in keys:
            friction[key][span] += rng.binomial(hit, rng.uniform(0.5, 1.0))
        if planned.kind == "silent":
            return np.zeros(bins), None
        callers = rng.binomial(hit, rng.uniform(0.03, 0.35))
        minutes = rng.lognormal(np.log(rng.uniform(6, 50)), rng.uniform(0.5, 1.1), int(callers.sum()))
        at = np.repeat(np.arange(planned.first, planned.last), callers) + rng.random(len(minutes)) + minutes / 5
        lag = float(np.median(minutes)) if len(minutes) else 0.0
        return np.bincount(at[at < bins].astype(int), minlength=bins)[:bins].astype(float), lag
    if "infrastructure" in planned.kind:
        shape = np.sin(np.linspace(0.15, np.pi - 0.15, planned.last - planned.first)) ** 0.5
        worse = 1 + rng.uniform(0.8, 5) * shape
        performance["ttfb_p75_ms"][span] *= worse
        performance["lcp_p75_ms"][span] *= 1 + (worse - 1) * rng.uniform(0.2, 0.8)
        if rng.random() < 0.4:
            performance["http_5xx_rate"][span] += rng.uniform(0.01, 0.1) * shape
        for key in friction:
            if key.endswith(("slow_step", "rage_click")) and rng.random() < 0.7:
                friction[key][span] += rng.binomial(here, np.clip(0.015 * worse * rng.random(), 0, 0.9))
        callers = rng.binomial(here, np.clip(rng.uniform(0.005, 0.08) * shape, 0, 1))
        at = np.repeat(np.arange(planned.first, planned.last), callers) + rng.gamma(2, 2, int(callers.sum()))
        return np.bincount(at[at < bins].astype(int), minlength=bins)[:bins].astype(float), None
    if planned.kind in ("traffic", "campaign", "trap_traffic"):
        if planned.kind == "trap_traffic":
            for key in keys:
                friction[key][span] *= rng.uniform(1, 1.5)
        extra = np.zeros(bins)
        extra[span] = rng.poisson(base[span] * (boost[span] - 1))
        return np.roll(extra, 2), None
    level = np.maximum(base[span].mean(), 0.1) * rng.uniform(0.3, 4.0)
    peak = rng.uniform(0.05, 0.8)
    along = np.linspace(0, 1, planned.last - planned.first)
    extra = np.zeros(bins)
    extra[span] = rng.poisson(level * np.minimum(along / peak, (1 - along) / (1 - peak)).clip(0) * 1.6)
    begin = 0
    if planned.kind == "trap_late":
        begin = planned.first + int(0.4 * (planned.last - planned.first)) + int(rng.integers(6, 18))
    elif planned.kind == "trap_beside":
        begin = planned.first + int(rng.integers(-36, 13))
    if begin:
        late = slice(begin, min(bins, begin + int(rng.integers(9, 60))))
        for key in keys:
            friction[key][late] += rng.binomial(sessions[late].astype(int), rng.uniform(0.03, 0.25))
    return extra, None


def _split(arrivals: Floats, shares: list[float]) -> list[Floats]:
    """Arrivals by channel, in fractions, so that taking one incident out moves no other contact."""
    found: list[Floats] = []
    for share in shares:
        found.append(arrivals * share)
    return found


def _serve(site: Site, lines: list[Floats], demand: Floats, tight: float) -> list[Floats]:
    """What is answered per bin: staff for `tight` times the usual demand; some of who waits gives up and redials."""
    hour_mean = np.zeros((7, 24))
    cell = site.weekday * 24 + site.hour.astype(int)
    hour_mean = (np.bincount(cell, demand, 168) / np.maximum(np.bincount(cell, minlength=168), 1))[cell]
    answered: list[Floats] = []
    for (name, channel), line in zip(site.channels.items(), lines, strict=True):
        opened = site.open(channel)
        if name == "email":
            batch = channel.get("batch", 0) or 6
            edges = np.arange(site.bins) // batch
            sums = np.bincount(edges, line)
            done = np.zeros(site.bins)
            done[np.minimum((np.arange(len(sums)) + 1) * batch - 1, site.bins - 1)] = sums
            answered.append(done)
            continue
        staff = np.ceil(tight * hour_mean * channel["share"] * (1 + (opened.mean() < 0.9) * 0.8)) + 1
        answered.append(_queue(line, np.where(opened, staff, 0.0)))
    return answered


def _queue(arrivals: Floats, staff: Floats) -> Floats:
    """A line with places for those who wait: 8 % of them hang up in each bin, six in ten of these call again."""
    out = np.zeros(len(arrivals))
    back = np.zeros(len(arrivals) + 60)
    waiting = 0.0
    for i in range(len(arrivals)):
        waiting += arrivals[i] + back[i]
        if staff[i] <= 0:
            waiting *= 0.985  # closed: some find help elsewhere
            continue
        done = min(waiting, staff[i])
        waiting -= done
        gone = 0.08 * waiting
        waiting -= gone
        back[i + 6] += 0.3 * gone
        back[i + 24] += 0.3 * gone
        out[i] = done
    return out


def _queue_wait(sent: Floats, reported: Floats) -> float:
    """Minutes between the line and the answer for the middle contact of the first half."""
    if sent.sum() <= 0:
        return 0.0
    whole = float(sent.sum())
    at = [float(np.interp(0.25 * whole, np.cumsum(v), np.arange(len(v)))) for v in (sent, reported)]
    return max(0.0, 5 * (at[1] - at[0]))
