"""A small shop: four sessions in five minutes, three contacts an hour, one thing going wrong until now.

Every number is drawn anew for each seed: time zone, weekday, page, size, delays, noise.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

SCENARIOS = ("broken-pay", "slow-backend", "sale", "billing-run", "quiet")
VERDICTS = {
    "broken-pay": "friction",
    "slow-backend": "infrastructure",
    "sale": "traffic",
    "billing-run": "unexplained",
}
STEP = 300
DAY = 288
ZONES = {"UTC": 0, "Asia/Tokyo": 9, "Asia/Kolkata": 5.5, "America/Phoenix": -7, "Africa/Nairobi": 3}
"""Zones without clock changes, so that the shop's own clock is one shift."""
PAGES = ("/checkout", "/cart", "/account", "/search")
KEYS = (
    *(f"{page}|{kind}" for page in PAGES for kind in ("rage_click", "dead_click")),
    "/product|slow_step",
    "/account|page_error",
    "/checkout|page_error",
    "/product|quick_back",
)
TOPICS = ("checkout", "delivery", "account", "site", "billing", "")


class World(NamedTuple):
    """What `analyse` is given, and what was planted."""

    inputs: tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]
    options: dict[str, Any]
    page: str | None
    incident: int
    planted: int
    now: int


def small_shop(scenario: str, seed: int, *, days: int = 56, annotated: bool = False) -> World:
    """Eight weeks of a small shop that end in the middle of `scenario`."""
    rng = np.random.default_rng([seed, SCENARIOS.index(scenario)])
    zone = str(rng.choice(list(ZONES)))
    bins = days * DAY
    # now is about 14:00 local on any weekday
    now_local = 20_400 * 86400 + int(rng.integers(7)) * 86400 + int(rng.normal(14 * 3600, 2400)) // STEP * STEP
    local = now_local - STEP * np.arange(bins, 0, -1)
    start = int(local[0] - ZONES[zone] * 3600)
    day, hour = local // 86400, local % 86400 / 3600
    weekend = (day + 3) % 7 >= 5

    peak = rng.uniform(13, 20)
    shape = 0.15 + 0.85 * np.exp(-(((hour - peak + 12) % 24 - 12) ** 2) / (2 * rng.uniform(4, 5.5) ** 2))
    shape /= shape[np.abs(hour - 14) < 0.5].mean()
    shape *= np.where(weekend, 0.85, 1.0)
    shock = np.exp(rng.normal(0, rng.uniform(0.05, 0.15), int(day[-1] - day[0]) + 1))[day - day[0]]
    rate = rng.uniform(3.4, 4.6) * shape * shock
    sessions = rng.poisson(rate).astype(float)
    real = int(rng.integers(20, 30))
    sessions[-real:] = np.round(4 + rng.normal(0, 0.4, real))
    length = int(rng.integers(15, 20))
    incident = bins - length
    more = np.zeros(bins, dtype=np.int64)
    if scenario == "sale":
        more[incident:] = rng.poisson(4 * sessions[incident:].mean(), length)
        sessions += more

    friction = {key: rng.binomial(sessions.astype(int), rng.uniform(0.002, 0.01)).astype(float) for key in KEYS}
    slow_noise = rng.uniform(0.15, 0.3)
    ttfb = (
        250
        * np.exp(rng.normal(0, slow_noise, bins))
        * np.exp(rng.normal(0, 0.05, int(day[-1] - day[0]) + 1))[day - day[0]]
    )
    ttfb[-real:] *= rng.uniform(0.9, 1.4)
    errors = np.where(rng.random(bins) < 0.02 * sessions / 4, rng.uniform(0.01, 0.06, bins), 0.0)

    per_session = rng.uniform(0.045, 0.06)
    uneven = rng.uniform(0.02, 0.15)
    wobble = rng.gamma(1 / uneven, uneven, bins // 6 + 2)[np.arange(bins) // 6]
    delay = rng.uniform(12, 18)
    usual_at = _later(rng, _events(rng.poisson(per_session * (sessions - more) * wobble)), delay, bins)
    usual_at = usual_at[usual_at < bins]

    page: str | None = None
    extra_at = np.zeros(0, dtype=np.int64)
    if scenario == "broken-pay":
        page = str(rng.choice(PAGES))
        share = rng.uniform(0.4, 0.6)
        hit = rng.binomial(sessions[incident:].astype(int), share)
        kinds = ["rage_click", "dead_click"]
        if f"{page}|page_error" in friction and rng.random() < 0.4:
            kinds.append("page_error")
        for kind in kinds:
            friction[f"{page}|{kind}"][incident:] += rng.binomial(hit, rng.uniform(0.85, 1.0))
        extra_at = _between(lambda: _later(rng, _events(rng.binomial(hit, 0.5)) + incident, 12, bins), bins, 12, 25)
    elif scenario == "slow-backend":
        ttfb[incident:] *= rng.uniform(3, 6)
        if rng.random() < 0.5:
            errors[incident:] = np.maximum(errors[incident:], rng.gamma(2, 0.01, length))
        if rng.random() < 0.5:
            for key in ("/product|slow_step", "/product|quick_back"):
                friction[key][incident:] += rng.binomial(sessions[incident:].astype(int), rng.uniform(0.01, 0.08))
        extra_at = _between(
            lambda: _later(rng, _events(rng.binomial(sessions[incident:].astype(int), 0.3)) + incident, 12, bins),
            bins,
            12,
            20,
        )
    elif scenario == "sale":
        extra_at = _between(lambda: _later(rng, _events(rng.poisson(per_session * more)), delay, bins), bins, 11, 21)
    elif scenario == "billing-run":
        size = int(rng.integers(15, 26))
        extra_at = np.sort(incident + rng.integers(0, length, size))
    extra_at = extra_at[extra_at < bins]

    at = np.concatenate([usual_at, extra_at])
    channel = rng.choice(3, len(at), p=[0.5, 0.3, 0.2])
    topic = rng.choice(len(TOPICS), len(at), p=[0.25, 0.25, 0.15, 0.1, 0.05, 0.2])
    about = {"broken-pay": page, "billing-run": "billing"}.get(scenario)
    named = np.zeros(len(at), dtype=bool)
    named[len(usual_at) :] = rng.random(len(extra_at)) < 0.7
    if about is not None and str(about).strip("/") in TOPICS:
        topic[named] = TOPICS.index(str(about).strip("/"))
    else:
        topic[named] = TOPICS.index("site")
    if scenario == "billing-run" and rng.random() < 0.5:
        topic[named] = TOPICS.index("")
    ttfb[sessions == 0] = np.nan
    errors[sessions == 0] = np.nan

    def counted(chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.bincount(at[chosen], minlength=bins).astype(float)

    notes = [{"start": start + (incident - 6) * STEP, "end": None, "kind": "billing_run", "title": "March bills"}]
    return World(
        (
            friction,
            {"ttfb_p75_ms": ttfb, "http_5xx_rate": errors},
            {"start": start, "step": STEP, "sessions": sessions},
            {
                "channels": {name: counted(channel == i) for i, name in enumerate(("phone", "chat", "email"))},
                "topics": {name: counted(topic == i) for i, name in enumerate(TOPICS)},
            },
        ),
        {"timezone": zone, "annotations": notes if annotated else []},
        page,
        incident,
        len(extra_at),
        start + bins * STEP,
    )


def _events(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Counts per bin to the bin of each event."""
    return np.repeat(np.arange(len(counts)), counts)


def _later(rng: np.random.Generator, at: NDArray[np.int64], mean_min: float, bins: int) -> NDArray[np.int64]:
    """Each event's bin after a gamma delay; those after the end stay past it."""
    shape = 1.5
    minutes = (at + rng.random(len(at))) * STEP / 60 + rng.gamma(shape, mean_min / shape, len(at))
    return np.minimum((minutes * 60 // STEP).astype(np.int64), bins)


def _between(draw: Any, bins: int, low: int, high: int) -> NDArray[np.int64]:
    """Draw until the contacts seen by now are between low and high; the last draw if it never happens."""
    at = draw()
    for _ in range(200):
        if low <= (at < bins).sum() <= high:
            break
        at = draw()
    return np.asarray(at)
