"""Worlds made of series: rates times noise, and contacts that follow hits through a delay curve."""

import numpy as np

from benchmarks.correlation.world import (
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


def build(seed: int, size: str, weeks: int, kinds: tuple[str, ...] | None = None) -> World:
    """One world of series: negative binomial counts around smooth rates, autoregressive unrest, mixed delays."""
    rng = np.random.default_rng([seed, 1, len(size)])
    site = make_site(rng, size=size, weeks=weeks, kinds=kinds)
    bins = site.bins
    mood = np.ones(bins)
    for planned in site.plan:
        if planned.kind in ("traffic", "campaign", "trap_traffic"):
            more = 0.4 + 2.5 * planned.strength
            length = planned.last - planned.first
            ramp = np.minimum(1.0, np.arange(1, length + 1) / rng.uniform(1, 10))
            mood[planned.first : planned.last] += more * ramp
            tail = mood[planned.last : planned.last + 24]
            tail += more * np.exp(-np.arange(len(tail)) / rng.uniform(1, 8))
    visits = site.visits * mood
    sessions = rng.negative_binomial(200, 200 / (200 + visits)).astype(float)
    friction = {k: rng.negative_binomial(8, 8 / (8 + sessions * r + 1e-9)).astype(float) for k, r in site.keys.items()}
    drift = np.exp(_unrest(rng, bins, 0.1, 72))
    load = 1 + 0.1 * (sessions / sessions.mean() - 1) * (rng.random() < 0.5)
    performance = {
        "ttfb_p75_ms": rng.uniform(150, 600) * drift * load * np.exp(rng.normal(0, rng.uniform(0.04, 0.15), bins)),
        "lcp_p75_ms": rng.uniform(1200, 3000) * np.sqrt(drift) * load * np.exp(rng.normal(0, 0.07, bins)),
        "http_5xx_rate": rng.gamma(3, 0.001 / 3, bins),
    }
    unrest = np.exp(_unrest(rng, bins, rng.uniform(0.03, 0.12), 18))
    coupled = rng.uniform(0.5, 1.0)
    rate = site.contacts_per_day / 288 * (sessions / site.visits.mean()) ** 1.0
    steady = site.contacts_per_day / 288 * site.visits / site.visits.mean()
    mean = (coupled * _smooth(rate, 5) + (1 - coupled) * steady) * np.sqrt(site.shock) * unrest
    brought: list[tuple[Planned, list[str], Floats, float | None]] = []
    for planned in site.plan:
        annotate(site, planned)
        keys = site.struck(planned)
        extra, lag = _happen(site, planned, keys, sessions, friction, performance)
        brought.append((planned, keys, extra, lag))
    # what more visitors bring at the usual rate
    for i, (planned, keys, _extra, _lag) in enumerate(brought):
        if planned.kind in ("traffic", "campaign", "trap_traffic"):
            span = slice(planned.first, min(bins, planned.last + 36))
            more = np.zeros(bins)
            more[span] = (mean * coupled * (1 - 1 / mood))[span]
            brought[i] = (planned, keys, more, None)
    channels: dict[str, Floats] = {}
    truths = [np.zeros(bins) for _ in brought]
    usual_mean = np.zeros(bins)
    for name, channel in site.channels.items():
        opened = site.open(channel)
        base = _held(site, _smooth(mean * channel["share"], 1), opened, channel.get("batch", 0))
        usual_mean += base
        counts = rng.poisson(base * rng.gamma(40, 1 / 40, bins)).astype(float)
        for truth, (planned, _keys, extra, _lag) in zip(truths, brought, strict=True):
            part = _held(site, extra * channel["share"], opened, channel.get("batch", 0))
            if planned.kind not in ("traffic", "campaign", "trap_traffic"):
                drawn = rng.poisson(part).astype(float)
                counts += drawn
                truth += drawn
            else:
                truth += part
                usual_mean -= part
        channels[name] = counts
    incidents: list[Incident] = []
    reasons: list[tuple[str, Floats]] = []
    for truth, (planned, keys, _extra, lag) in zip(truths, brought, strict=True):
        incidents.append(incident(planned, keys, truth, usual_mean, 0.02, lag))
        reasons.append((_reason(planned, keys), truth))
    everything = (
        np.sum(list(channels.values()), axis=0) - np.sum(truths, axis=0)
        if truths
        else np.sum(list(channels.values()), axis=0)
    )
    topics = topics_of(site, everything, reasons)
    spoil(site, friction, performance, channels)
    traffic = {"start": site.start, "step": STEP, "sessions": sessions}
    return World(
        "series",
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
) -> tuple[Floats, float | None]:
    """Let one incident strike: friction and performance change in place; returns mean contacts to come, and the lag."""
    rng = site.rng
    span = slice(planned.first, planned.last)
    here = sessions[span]
    extra = np.zeros(site.bins)
    wave = site.wave(planned)
    if planned.kind in FRICTION or planned.kind == "silent":
        hit = rng.binomial(here.astype(int), np.clip(wave * rng.uniform(0.1, 0.5) * planned.strength**0.5, 0, 1))
        for key in keys:
            friction[key][span] += rng.binomial(hit, rng.uniform(0.4, 0.95))
        if planned.kind == "silent":
            return extra, None
        callers = np.zeros(site.bins)
        callers[span] = hit * rng.uniform(0.04, 0.4)
        return _delayed(rng, callers)
    if planned.kind in ("infrastructure", "trap_infrastructure"):
        worse = 1.5 + 3 * planned.strength
        for name, power in (("ttfb_p75_ms", 1.0), ("lcp_p75_ms", 0.6)):
            performance[name][span] *= worse**power
        if rng.random() < 0.5:
            performance["http_5xx_rate"][span] += 0.05 * planned.strength
        own = [
            k for k in friction if k.endswith("slow_step") or (planned.kind.startswith("trap") and rng.random() < 0.5)
        ]
        for key in own:
            friction[key][span] += rng.binomial(here.astype(int), min(0.9, rng.uniform(0.01, 0.06) * worse))
        callers = np.zeros(site.bins)
        callers[span] = here * rng.uniform(0.01, 0.08) * planned.strength
        return _delayed(rng, callers)[0], None
    if planned.kind == "trap_traffic":
        for key in keys:
            friction[key][span] *= rng.uniform(1.0, 1.6)
        return extra, None
    if planned.kind in ("outside", "event", "trap_late", "trap_beside"):
        rise = (
            np.exp(-np.arange(planned.last - planned.first) / rng.uniform(8, 60))
            if rng.random() < 0.5
            else np.ones(planned.last - planned.first)
        )
        level = site.contacts_per_day / 288 * rng.uniform(0.5, 5.0) * (0.15 + planned.strength)
        extra[span] = level * rise
        begin = 0
        if planned.kind == "trap_late":
            begin = planned.first + int(rng.integers(6, 24))
        elif planned.kind == "trap_beside":
            begin = planned.first + int(rng.integers(-36, 13))
        if begin:
            late = slice(begin, min(site.bins, begin + int(rng.integers(12, 48))))
            for key in keys:
                friction[key][late] += rng.binomial(sessions[late].astype(int), rng.uniform(0.03, 0.2))
    return extra, None


def _delayed(rng: np.random.Generator, callers: Floats) -> tuple[Floats, float]:
    """Callers through a mixture of two delays; the median delay in minutes."""
    at = np.arange(0, 12 * 60 + 1, 5.0)
    shape, mean = rng.uniform(0.8, 3.0), rng.uniform(8, 60)
    fine = np.arange(0, 12 * 60, 0.5) + 0.25
    density = fine ** (shape - 1) * np.exp(-fine * shape / mean)
    density /= density.sum()
    if rng.random() < 0.4:
        late = np.exp(-fine / 180)
        density = 0.75 * density + 0.25 * late / late.sum()
    median = float(fine[np.searchsorted(np.cumsum(density), 0.5)])
    kernel = np.histogram(fine, at, weights=density)[0]
    return np.convolve(callers, kernel)[: len(callers)], median


def _unrest(rng: np.random.Generator, bins: int, spread: float, memory: float) -> Floats:
    """Autoregressive noise of a given standard deviation and memory in bins."""
    keep = np.exp(-1 / memory)
    size = int(10 * memory)
    kernel = keep ** np.arange(size)
    line = np.convolve(rng.normal(0, spread * np.sqrt(1 - keep**2), bins + size), kernel)[size : size + bins]
    return np.asarray(line)


def _smooth(values: Floats, bins: int) -> Floats:
    return np.convolve(values, np.exp(-np.arange(24) / bins) / np.exp(-np.arange(24) / bins).sum())[: len(values)]


def _held(site: Site, mean: Floats, opened: np.ndarray, batch: int) -> Floats:
    """Contacts that arise while closed come in the first hours after opening, half of them; mail in batches."""
    out = np.where(opened, mean, 0.0)
    closed = np.where(opened, 0.0, mean)
    if closed.any():
        opening = np.flatnonzero(opened[1:] & ~opened[:-1]) + 1
        total = np.concatenate([[0.0], np.cumsum(closed)])
        before = 0
        for at in opening:
            waiting = 0.5 * (total[at] - total[before])
            before = at
            span = np.arange(at, min(at + 24, len(mean)))
            share = np.exp(-np.arange(len(span)) / 6)
            out[span] += waiting * share / share.sum()
    if batch:
        edges = np.arange(len(mean)) // batch
        sums = np.bincount(edges, out)
        out = np.zeros(len(mean))
        ends = np.minimum((np.arange(len(sums)) + 1) * batch - 1, len(mean) - 1)
        out[ends] = sums
    return out


def _reason(planned: Planned, keys: list[str]) -> str:
    if planned.kind in FRICTION:
        return keys[0].partition("|")[0].strip("/")
    return {
        "event": "billing",
        **dict.fromkeys(("outside", "trap_late", "trap_beside"), "delivery date"),
    }.get(planned.kind, "site" if "infra" in planned.kind else "")
