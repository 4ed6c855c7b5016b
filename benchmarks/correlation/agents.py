"""Worlds made of visitors: each comes, may be hit, tries again, gives up, calls now, later or next morning."""

import numpy as np

from benchmarks.correlation.series import _reason
from benchmarks.correlation.world import (
    DAY,
    FRICTION,
    STEP,
    Floats,
    Incident,
    Planned,
    Site,
    Whole,
    World,
    annotate,
    incident,
    make_site,
    spoil,
    topics_of,
)

TRAFFIC = ("traffic", "campaign", "trap_traffic")


def build(seed: int, size: str, weeks: int, kinds: tuple[str, ...] | None = None) -> World:
    """One world of visitors. Truth is exact: every contact knows what sent it."""
    rng = np.random.default_rng([seed, 2, len(size)])
    site = make_site(rng, size=size, weeks=weeks, kinds=kinds)
    bins = site.bins
    # days of their own, and hours that clump: a mailing, a bus of tourists, a TV spot
    clumps = rng.gamma(30, 1 / 30, bins // 3 + 1)[np.arange(bins) // 3]
    usual = rng.poisson(site.visits * clumps)
    more: list[Whole] = []
    for planned in site.plan:
        line = np.zeros(bins, dtype=np.int64)
        if planned.kind in TRAFFIC:
            length = planned.last - planned.first + 18
            along = np.arange(length) / length
            burst = (
                (0.5 + 3 * planned.strength)
                * np.minimum(1, along * rng.uniform(3, 30))
                * (1 - along) ** rng.uniform(0.1, 1)
            )
            span = slice(planned.first, min(bins, planned.first + length))
            line[span] = rng.poisson(site.visits[span] * burst[: span.stop - span.start])
        more.append(line)
    sessions = usual + np.sum(more, axis=0, dtype=np.int64) if more else usual
    friction = {key: rng.binomial(sessions, rate).astype(float) for key, rate in site.keys.items()}
    load = sessions / np.maximum(site.visits, 1e-9)
    ttfb = (
        rng.uniform(120, 500)
        * (1 + 0.05 * np.clip(load - 1, 0, 4))
        * np.exp(rng.normal(0, 0.1 + 0.8 / np.sqrt(sessions + 4)))
    )
    performance = {
        "ttfb_p75_ms": ttfb,
        "http_5xx_rate": rng.binomial(sessions * 8, 0.0008) / np.maximum(sessions * 8, 1),
    }
    performance["ttfb_p75_ms"][sessions == 0] = np.nan
    performance["http_5xx_rate"][sessions == 0] = np.nan

    per_visit = site.contacts_per_day / max(site.visits.sum() / bins * DAY, 1.0)
    patience = rng.uniform(0.3, 0.9)
    mood = rng.gamma(80, 1 / 80, bins // 12 + 1)[np.arange(bins) // 12]
    askers = rng.binomial(usual, np.clip(per_visit * site.shock * mood, 0, 0.9))
    base_at = _contact_times(rng, site, _spread(rng, askers), calm=True)
    incidents: list[Incident] = []
    truths: list[Floats] = []
    channels = _report(rng, site, base_at)
    mean = np.sum([_mean_of(site, line) for line in channels.values()], axis=0)
    reasons: list[tuple[str, Floats]] = []
    for planned, line in zip(site.plan, more, strict=True):
        annotate(site, planned)
        keys = site.struck(planned)
        lag: float | None = None
        if planned.kind in TRAFFIC:
            called = _contact_times(rng, site, _spread(rng, rng.binomial(line, min(per_visit, 0.9))), calm=True)
            if planned.kind == "trap_traffic":
                for key in keys:
                    friction[key] += rng.binomial(line, min(0.9, site.keys[key] * rng.uniform(1, 3)))
        elif planned.kind in FRICTION or planned.kind == "silent":
            called, lag = _struck(rng, site, planned, keys, sessions, friction, patience)
        elif "infrastructure" in planned.kind:
            called = _slow(rng, site, planned, sessions, friction, performance)
        else:
            called = _elsewhere(rng, site, planned, keys, sessions, friction)
        extra = _report(rng, site, called)
        truth = np.sum(list(extra.values()), axis=0)
        for name, counts in extra.items():
            channels[name] += counts
        incidents.append(incident(planned, keys, truth, mean, 0.012, lag))
        truths.append(truth)
        reasons.append((_reason(planned, keys), truth))
    everything = np.sum(list(channels.values()), axis=0) - (np.sum(truths, axis=0) if truths else 0.0)
    topics = topics_of(site, everything, reasons)
    spoil(site, friction, performance, channels)
    traffic = {"start": site.start, "step": STEP, "sessions": sessions.astype(float)}
    return World(
        "agents",
        seed,
        (friction, performance, traffic, {"channels": channels, "topics": topics}),
        site.options,
        incidents,
    )


def _struck(
    rng: np.random.Generator,
    site: Site,
    planned: Planned,
    keys: list[str],
    sessions: Whole,
    friction: dict[str, Floats],
    patience: float,
) -> tuple[Floats, float]:
    """Visitors hit a broken page, try again, and some of those who give up make contact."""
    span = slice(planned.first, planned.last)
    chance = np.clip(site.wave(planned) * (0.1 + 0.6 * planned.strength), 0, 1)
    at = _spread(rng, rng.binomial(sessions[span], chance)) + planned.first
    first_hit = at.copy()
    gave_up: list[Floats] = []
    began: list[Floats] = []
    kinds = {key: rng.uniform(0.4, 1.0) for key in keys}
    for _attempt in range(4):
        if not len(at):
            break
        for key, seen in kinds.items():
            noticed = at[rng.random(len(at)) < seen].astype(int)
            friction[key] += np.bincount(noticed, minlength=site.bins)[: site.bins]
        again = rng.random(len(at)) < patience * 0.6
        gave_up.append(at[~again])
        began.append(first_hit[~again])
        at, first_hit = at[again] + rng.gamma(1.5, 4.0, int(again.sum())), first_hit[again]
        still = at < planned.last
        at, first_hit = at[still], first_hit[still]
    if planned.kind == "silent" or not gave_up:
        return np.zeros(0), 0.0
    ready, started = np.concatenate(gave_up), np.concatenate(began)
    chosen = rng.random(len(ready)) < rng.uniform(0.05, 0.45)
    called = _contact_times(rng, site, ready[chosen], calm=False)
    within = np.flatnonzero(called[: chosen.sum()] - started[chosen] < 96)
    lag = float(np.median((called[: chosen.sum()] - started[chosen])[within]) * 5) if len(within) else 0.0
    return called, lag


def _slow(
    rng: np.random.Generator,
    site: Site,
    planned: Planned,
    sessions: Whole,
    friction: dict[str, Floats],
    performance: dict[str, Floats],
) -> Floats:
    """A slow or failing site: patience runs out in proportion to how slow it is."""
    span = slice(planned.first, planned.last)
    worse = 1.6 + 4 * planned.strength
    along = np.minimum(1, np.arange(1, planned.last - planned.first + 1) / rng.uniform(1, 12))
    performance["ttfb_p75_ms"][span] *= 1 + (worse - 1) * along
    if rng.random() < 0.6:
        performance["http_5xx_rate"][span] += rng.uniform(0.01, 0.08) * along
    for key in friction:
        if key.endswith("slow_step") or rng.random() < (0.5 if planned.kind.startswith("trap") else 0.1):
            friction[key][span] += rng.binomial(sessions[span], np.clip(0.02 * worse * along * rng.random(), 0, 0.9))
    angry = rng.binomial(sessions[span], np.clip(rng.uniform(0.02, 0.15) * planned.strength * along, 0, 1))
    return _contact_times(rng, site, _spread(rng, angry) + planned.first, calm=False)


def _elsewhere(
    rng: np.random.Generator,
    site: Site,
    planned: Planned,
    keys: list[str],
    sessions: Whole,
    friction: dict[str, Floats],
) -> Floats:
    """People call about a letter, a strike, the weather; in the traps the site has friction of its own nearby."""
    many = rng.poisson(site.contacts_per_day / DAY * (planned.last - planned.first) * (0.3 + 4 * planned.strength))
    at = planned.first + (planned.last - planned.first) * rng.beta(*rng.uniform(1, 3, 2), many)
    begin = 0
    if planned.kind == "trap_late":
        begin = planned.first + (planned.last - planned.first) // 3 + int(rng.integers(6, 18))
    elif planned.kind == "trap_beside":
        begin = planned.first + int(rng.integers(-36, 13))
    if begin:
        late = slice(begin, min(site.bins, begin + int(rng.integers(9, 48))))
        hit = rng.binomial(sessions[late], rng.uniform(0.03, 0.3))
        for key in keys:
            friction[key][late] += rng.binomial(hit, 0.7)
    return at


def _contact_times(rng: np.random.Generator, site: Site, ready: Floats, *, calm: bool) -> Floats:
    """When those ready to make contact do so, in bins; some of them again a day or two later."""
    count = len(ready)
    which = rng.random(count)
    soon = rng.gamma(1.2, 2.0, count)
    later = rng.exponential(18, count)
    wait = np.where(which < 0.75, soon, later)
    tomorrow = which > (0.97 if calm else 0.93)
    hour = site.hour[np.minimum(ready.astype(int), site.bins - 1)] if count else np.zeros(0)
    wait = np.where(tomorrow, (33 - hour) * 12 + rng.normal(0, 12, count), wait)
    at = ready + np.maximum(wait, 0)
    repeat = at[rng.random(count) < 0.08]
    again = repeat + rng.uniform(200, 500, len(repeat))
    return np.concatenate([at, again])


def _report(rng: np.random.Generator, site: Site, at: Floats) -> dict[str, Floats]:
    """Contacts by channel and bin of reporting: closed lines hold them, mail is read in batches."""
    at = at[(at >= 0) & (at < site.bins - 1)]
    names = list(site.channels)
    which = rng.choice(len(names), len(at), p=[site.channels[n]["share"] for n in names])
    counts: dict[str, Floats] = {}
    for i, name in enumerate(names):
        channel = site.channels[name]
        mine = at[which == i] + rng.exponential(channel["mean_min"] / 5, int((which == i).sum())) * (
            0.1 if name == "phone" else 0.5
        )
        mine = mine[mine < site.bins - 1]
        opened = np.append(np.flatnonzero(site.open(channel)), site.bins)
        then = opened[np.searchsorted(opened, mine.astype(int))]
        waited = then > mine
        stays = ~waited | (rng.random(len(mine)) < 0.5)
        then = np.where(waited, then + rng.exponential(6, len(mine)).astype(int), then)[stays]
        batch = channel.get("batch", 0)
        if batch:
            then = (then // batch + 1) * batch - 1
        counts[name] = np.bincount(np.minimum(then, site.bins).astype(int), minlength=site.bins + 1)[
            : site.bins
        ].astype(float)
    return counts


def _mean_of(site: Site, line: Floats) -> Floats:
    """A smooth stand-in for the true rate: the counts themselves over two hours."""
    return np.convolve(line, np.ones(25) / 25, mode="same")


def _spread(rng: np.random.Generator, counts: Whole) -> Floats:
    at = np.repeat(np.arange(len(counts)), counts)
    return at + rng.random(len(at))
