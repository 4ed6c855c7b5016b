"""A busy site with a call centre: other assumptions than the small shop, written to be awkward.

Daily level shocks, a phone line that closes (calls wait for its opening), mail counted in batches,
a clock change, people who call again next day, friction that creeps, campaigns, and coincidences.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

STEP = 300
DAY = 288
KINDS = ("rage_click", "dead_click", "page_error", "slow_step")
PAGES = ("/pay", "/basket", "/login", "/search", "/orders", "/profile", "/returns")
CAUSES = ("friction", "creeping", "infrastructure", "traffic", "outside", "trap", "silent")
VERDICTS = {
    "friction": "friction",
    "creeping": "friction",
    "infrastructure": "infrastructure",
    "traffic": "traffic",
    "outside": "unexplained",
    "trap": "unexplained",
}


class Incident(NamedTuple):
    """What was planted: on the site in bins [first, last), with the page and the contacts it brought."""

    cause: str
    first: int
    last: int
    page: str | None
    brought: int


class World(NamedTuple):
    """What `analyse` is given, and what was planted."""

    inputs: tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]
    options: dict[str, Any]
    incidents: list[Incident]


def call_centre(seed: int, *, causes: tuple[str, ...] = CAUSES, days: int = 35, size: float = 1.0) -> World:
    """Five weeks around a clock change, with an incident every other day or so, drawn from `causes`.

    size: 1 is about 60,000 sessions and 1,200 contacts a day.
    """
    rng = np.random.default_rng([seed, 77])
    zone = ZoneInfo("Europe/Berlin")
    begin = datetime(2024, 3, 11, tzinfo=UTC) if rng.random() < 0.5 else datetime(2024, 10, 7, tzinfo=UTC)
    start = int(begin.timestamp())
    bins = days * DAY
    stamps = start + STEP * np.arange(bins)
    shift = [datetime.fromtimestamp(int(s), zone).utcoffset() for s in stamps[::12]]
    local = stamps + np.repeat([0 if s is None else int(s.total_seconds()) for s in shift], 12)
    hour, day = local % 86400 / 3600, local // 86400 - local[0] // 86400
    weekday = (local // 86400 + 3) % 7

    shape = 0.1 + np.exp(-((hour - 11) ** 2) / 10) + 0.9 * np.exp(-((hour - 20) ** 2) / 7)
    shape *= np.array([1.1, 1.0, 1.0, 0.95, 0.9, 0.7, 0.75])[weekday]
    shock = np.exp(rng.normal(0, 0.12, day.max() + 1))[day]
    trend = np.exp(np.linspace(0, rng.normal(0, 0.15), bins))
    visits = size * 60_000 / DAY * shape / shape.mean() * np.sqrt(shock) * trend
    visits *= rng.gamma(200, 1 / 200, bins)

    plan = _plan(rng, causes, bins, hour)
    mood = np.ones(bins)
    for cause, first, last in plan:
        if cause == "traffic":
            rise = np.linspace(0, 1, 6)
            campaign = 1 + rng.uniform(1.0, 2.5) * np.ones(last - first)
            campaign[: len(rise)] = 1 + (campaign[0] - 1) * rise
            mood[first:last] = campaign
    sessions = rng.poisson(visits * mood).astype(float)
    keys = [f"{page}|{kind}" for page in PAGES for kind in KINDS if rng.random() < 0.8]
    friction = {
        key: rng.negative_binomial(10, 1 / (1 + sessions * rate / 10)).astype(float)
        for key, rate in zip(keys, np.exp(rng.uniform(np.log(0.0005), np.log(0.01), len(keys))), strict=True)
    }
    drift = np.exp(np.cumsum(rng.normal(0, 0.01, bins // 12 + 1)) * 0.3)[np.arange(bins) // 12]
    ttfb = 320 * (0.9 + 0.2 * shape) * drift * np.exp(rng.normal(0, 0.08, bins))
    lcp = 1900 * np.sqrt(drift) * np.exp(rng.normal(0, 0.06, bins))
    errors = 0.002 * rng.gamma(8, 1 / 8, bins)

    rate = 1200 / 60_000
    at = [_later(rng, _events(rng.poisson(rate * sessions * shock * rng.gamma(60, 1 / 60, bins))), 25, bins)]
    incidents: list[Incident] = []
    for cause, first, last in plan:
        page = str(rng.choice(PAGES))
        own = [key for key in keys if key.startswith(page + "|")] or [keys[0]]
        struck = list(rng.choice(own, min(len(own), int(rng.integers(1, 4))), replace=False))
        page = struck[0].split("|")[0]
        wave = np.ones(last - first)
        if cause == "creeping":
            wave = np.linspace(0.05, 1, last - first)
        brought = np.zeros(0, dtype=np.int64)
        here = sessions[first:last]
        if cause in ("friction", "creeping", "silent"):
            hit = rng.binomial(here.astype(int), np.minimum(1, wave * rng.uniform(0.03, 0.12)))
            for key in struck:
                friction[key][first:last] += rng.binomial(hit, rng.uniform(0.5, 0.95))
            if cause != "silent":
                callers = rng.binomial(hit, rng.uniform(0.1, 0.35))
                brought = _later(rng, _events(callers) + first, rng.uniform(8, 45), bins)
                again = brought[rng.random(len(brought)) < 0.12]
                brought = np.concatenate([brought, np.minimum(again + rng.integers(200, 320, len(again)), bins)])
        elif cause == "infrastructure":
            worse = rng.uniform(1.7, 4)
            ttfb[first:last] *= worse
            lcp[first:last] *= np.sqrt(worse)
            if rng.random() < 0.5:
                errors[first:last] += rng.uniform(0.01, 0.04)
            for key in keys:
                if key.endswith("slow_step"):
                    friction[key][first:last] += rng.poisson(friction[key][first:last] * (worse - 1) * 0.5)
            brought = _later(
                rng, _events(rng.poisson(here * rng.uniform(0.02, 0.06))) + first, rng.uniform(10, 40), bins
            )
        elif cause in ("outside", "trap"):
            brought = _later(rng, _events(rng.poisson(here * rng.uniform(0.02, 0.06))) + first, 15, bins)
            if cause == "trap":  # friction elsewhere an hour or more after the calls began, with no effect of its own
                late = first + int(rng.integers(12, 24))
                for key in struck:
                    friction[key][late : late + 20] += rng.binomial(sessions[late : late + 20].astype(int), 0.05)
        at.append(brought)
        incidents.append(
            Incident(cause, first, last, page if cause in ("friction", "creeping") else None, len(brought))
        )

    everything = np.concatenate(at)
    channel = rng.choice(3, len(everything), p=[0.55, 0.25, 0.2])
    opened = (hour >= 8) & (hour < 20) & (weekday < 6)
    phone = _held(rng, everything[channel == 0], opened, 18, bins)
    batches = ((hour * 12).round().astype(int) % 24 == 0) & (hour >= 7) & (hour < 21)
    mail = _held(rng, everything[channel == 2], batches, 0, bins)
    counted = {"phone": phone, "chat": everything[channel == 1], "email": mail}
    hours = [(day_, "08:00", "20:00") for day_ in range(6)]
    return World(
        (
            friction,
            {"ttfb_p75_ms": ttfb, "lcp_p75_ms": lcp, "http_5xx_rate": errors},
            {"start": start, "step": STEP, "sessions": sessions},
            {
                "channels": {n: np.bincount(c, minlength=bins + 1)[:bins].astype(float) for n, c in counted.items()},
                "topics": {},
            },
        ),
        {"timezone": "Europe/Berlin", "opening_hours": {"phone": hours}},
        incidents,
    )


def _plan(
    rng: np.random.Generator, causes: tuple[str, ...], bins: int, hour: NDArray[np.float64]
) -> list[tuple[str, int, int]]:
    """Incidents two to three days apart, in waking hours, after a first quiet week."""
    plan: list[tuple[str, int, int]] = []
    if not causes:
        return plan
    at = 6 * DAY
    while True:
        at += int(rng.uniform(1.8, 3.0) * DAY)
        if at + 2 * DAY > bins:
            return plan
        first = at + int(np.flatnonzero(np.abs(hour[at:] - rng.uniform(9, 16)) < 0.1)[0])
        plan.append((str(rng.choice(causes)), first, first + int(rng.integers(15, 60))))


def _events(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(counts)), counts)


def _later(rng: np.random.Generator, at: NDArray[np.int64], mean_min: float, bins: int) -> NDArray[np.int64]:
    """Each event after a lognormal delay: most soon, a few much later."""
    minutes = (at + rng.random(len(at))) * 5 + rng.lognormal(np.log(mean_min) - 0.32, 0.8, len(at))
    return np.minimum((minutes // 5).astype(np.int64), bins)


def _held(
    rng: np.random.Generator, at: NDArray[np.int64], opened: NDArray[np.bool_], rush: int, bins: int
) -> NDArray[np.int64]:
    """Events moved to the next open bin, spread over `rush` bins after an opening they waited for."""
    places = np.append(np.flatnonzero(opened), bins)
    then = places[np.searchsorted(places, np.minimum(at, bins))]
    if rush:
        then = np.where(then > at, then + rng.integers(0, rush, len(at)), then)
    return np.minimum(then, bins)
