"""A small shop's visits and contacts, drawn from a model: the demo's eight weeks of history, and rehearsals.

The model, so that nobody takes it for more than it is:

- visits are Poisson, 4 in 5 minutes at the hour of the demo, by a profile of the hour (a night at 12 % of the day's
  peak, an evening shoulder), weekends at 85 %, and a level of each day (log-normal, sigma 0.08);
- a visit goes from page to page with the drop-offs of STEPS; each page it sees has the small chances of friction
  of POINTS, whatever happens;
- the time to the first byte is log-normal around what the browser measured on this machine (sigma 0.25);
- one visit in twenty contacts support, after a gamma-distributed delay of 15 minutes in the mean; somebody hit by an
  incident does so more often and sooner (12 minutes). Channel and reason are drawn from CHANNELS and the visit.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from collector.demo.scenarios import Scenario
from collector.demo.zones import local_hour

STEP_S = 300
WEEKS = 8
VISITS_PER_STEP = 4
BEFORE_STEPS = 4
"""Steps of browser traffic before an incident."""
INCIDENT_STEPS = 15
"""Steps of an incident: 75 minutes."""

CONTACT_SHARE = 0.05
USUAL_DELAY_S = 900.0
HIT_DELAY_S = 720.0
CHANNELS = (("phone", 0.5), ("chat", 0.3), ("email", 0.2))
REASONS = (
    ("", 0.35),
    ("delivery", 0.2),
    ("order_status", 0.15),
    ("checkout", 0.1),
    ("account", 0.1),
    ("how_to", 0.1),
)
RIGHT_REASON_SHARE = 0.6
"""Contacts because of an incident that support files under what it was about; the rest is filed as usual."""

STEPS = (
    ("/", 1.0),
    ("/search", 0.12),
    ("/product", 0.95),
    ("/cart", 0.95),
    ("/checkout", 0.93),
    ("/thanks", 0.95),
)
"""Pages of a visit in order, and the share of those on the page before who go on to it."""

ASIDE = "/search"
"""The one page that nobody has to pass to get further."""


class Point(NamedTuple):
    """A place where somebody gets stuck now and then: the share of views of the page."""

    page_group: str
    kind: str
    target: str
    target_name: str
    share: float


POINTS = (
    Point("/checkout", "rage_click", '[data-snag-name="Pay"]', "Pay", 0.006),
    Point("/checkout", "dead_click", '[data-snag-name="Pay"]', "Pay", 0.008),
    Point("/checkout", "page_error", "", "", 0.003),
    Point("/search", "dead_click", "main>ul>li:nth-of-type(2)>img", "img", 0.008),
    Point("/search", "quick_back", "", "", 0.006),
    Point("/product", "rage_click", '[data-snag-name="Gallery"]', "Gallery", 0.004),
    Point("/product", "dead_click", "main>section>img", "img", 0.009),
    Point("/product", "slow_step", '[data-snag-name="Add to cart"]', "Add to cart", 0.004),
    Point("/cart", "slow_step", '[data-snag-name="More"]', "More", 0.003),
    Point("/", "page_error", "", "", 0.003),
    Point("/cart", "dead_click", "main>table>tr>td", "td", 0.005),
)
_PAY = (0, 1)
"""Places in POINTS of what somebody meets for whom Pay does nothing."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Visits(NamedTuple):
    """Visits as columns. `view_*` have one entry for each page view, `friction_*` for each event."""

    start_ts: Floats
    view_visit: Ints
    view_ts: Floats
    view_page: Ints
    """Place in STEPS."""
    view_ttfb_ms: Floats
    view_status: Ints
    friction_visit: Ints
    friction_ts: Floats
    friction: list[Point]
    """Where each event happened."""
    hit: NDArray[np.bool_]
    """Visits that an incident got in the way of."""


class Contacts(NamedTuple):
    """Contacts as columns, in order of time."""

    ts: Floats
    channel: list[str]
    reason: list[str]


def level(starts: Floats, zone: ZoneInfo, now: float, rng: np.random.Generator) -> Floats:
    """Expected visits in each step that begins at `starts`; VISITS_PER_STEP at `now`."""
    local = [datetime.fromtimestamp(ts, zone) for ts in starts]
    shape = np.array([_shape(at.hour + at.minute / 60, at.weekday()) for at in local])
    days = {day: float(rng.lognormal(0.0, 0.08)) for day in dict.fromkeys(at.toordinal() for at in local)}
    shocks = np.array([days[at.toordinal()] for at in local])
    hour, weekday = local_hour(now, zone)
    expected: Floats = VISITS_PER_STEP * shape / _shape(hour, weekday) * shocks
    return expected


def visits(
    start_ts: Floats,
    rng: np.random.Generator,
    *,
    ttfb_ms: float,
    scenario: Scenario | None = None,
) -> Visits:
    """Send a visitor through the shop at each of `start_ts`; with `scenario`, during its incident."""
    n = len(start_ts)
    onward, stuck = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    seen = []
    for page, share in STEPS:
        here = onward & (rng.random(n) < share)
        if page == "/thanks" and scenario:
            stuck = onward & (rng.random(n) < scenario.pay_fault_share)
            here &= ~stuck
        seen.append(np.flatnonzero(here))
        if page != ASIDE:
            onward = here
    visit = np.concatenate(seen)
    page_of = np.repeat(np.arange(len(STEPS)), [len(visits_here) for visits_here in seen])
    order = np.lexsort((page_of, visit))
    visit, page_of = visit[order].astype(np.int64), page_of[order].astype(np.int64)
    view_ts = start_ts[visit] + 1.2 * page_of + rng.random(len(visit))

    events = [_usual_friction(visit, page_of, view_ts, rng)]
    events += [_friction_at(np.flatnonzero(stuck), start_ts, point, rng) for point in _PAY]
    hit = np.ones(n, dtype=bool) if scenario and scenario.backend_extra_ms else stuck
    extra = scenario.backend_extra_ms if scenario else 0.0
    ttfb = ttfb_ms * rng.lognormal(0.0, 0.25, len(visit)) + extra * rng.uniform(0.75, 1.25, len(visit))
    failing = 0.001 + (scenario.failing_share if scenario else 0.0)
    status = np.where(rng.random(len(visit)) < failing, 503, 200)
    who, when, where = (np.concatenate(parts) for parts in zip(*events, strict=True))
    points = [POINTS[i] for i in where]
    return Visits(start_ts, visit, view_ts, page_of, ttfb, status, who, when, points, hit)


def contacts(
    start_ts: Floats,
    hit: NDArray[np.bool_],
    rng: np.random.Generator,
    *,
    scenario: Scenario | None = None,
    incident: tuple[float, float] | None = None,
) -> Contacts:
    """Who of the visitors at `start_ts` contacts support, and when; `incident` is when `scenario` happens."""
    usual = rng.random(len(start_ts)) < CONTACT_SHARE
    ts = [start_ts[usual] + rng.gamma(2.0, USUAL_DELAY_S / 2, int(usual.sum()))]
    reasons = [_draw(REASONS, len(ts[0]), rng)]
    if scenario and incident:
        angry = hit & (rng.random(len(start_ts)) < scenario.hit_contact_share)
        ts.append(start_ts[angry] + rng.gamma(2.0, HIT_DELAY_S / 2, int(angry.sum())))
        about = "checkout" if scenario.pay_fault_share else "site_error"
        reasons.append(_filed(about, int(angry.sum()), rng))
        elsewhere = int(rng.poisson(scenario.contacts_from_elsewhere)) if scenario.contacts_from_elsewhere else 0
        ts.append(rng.uniform(*incident, elsewhere))
        reasons.append(_filed(scenario.elsewhere_reason, elsewhere, rng))
    at = np.concatenate(ts)
    order = np.argsort(at, kind="stable")
    reason = [text for part in reasons for text in part]
    return Contacts(at[order], _draw(CHANNELS, len(at), rng), [reason[i] for i in order])


def draw_starts(begin: float, end: float, zone: ZoneInfo, now: float, rng: np.random.Generator) -> Floats:
    """Starts of visits in [begin, end), seconds since 1970, in order; room is left for a visit to end in its step."""
    steps = np.arange(begin, end, STEP_S)
    counts = rng.poisson(level(steps, zone, now, rng))
    return np.sort(np.repeat(steps, counts) + rng.uniform(0, STEP_S - 15, int(counts.sum())))


def _shape(hour: float, weekday: int) -> float:
    day = 0.12 + 0.88 * np.exp(-(((hour - 13.5) / 4.2) ** 2)) + 0.35 * np.exp(-(((hour - 20.0) / 1.8) ** 2))
    return float(day * (0.85 if weekday >= 5 else 1.0))


def _usual_friction(visit: Ints, page: Ints, ts: Floats, rng: np.random.Generator) -> tuple[Ints, Floats, Ints]:
    who, when, where = [], [], []
    for i, point in enumerate(POINTS):
        views = np.flatnonzero(page == [name for name, _ in STEPS].index(point.page_group))
        struck = views[rng.random(len(views)) < point.share]
        who.append(visit[struck])
        when.append(ts[struck] + 0.5)
        where.append(np.full(len(struck), i))
    return np.concatenate(who), np.concatenate(when), np.concatenate(where)


def _friction_at(who: Ints, start_ts: Floats, point: int, rng: np.random.Generator) -> tuple[Ints, Floats, Ints]:
    return who, start_ts[who] + 6 + 2 * rng.random(len(who)), np.full(len(who), point)


def _filed(about: str, n: int, rng: np.random.Generator) -> list[str]:
    usual = _draw(REASONS, n, rng)
    return [about if right else other for right, other in zip(rng.random(n) < RIGHT_REASON_SHARE, usual, strict=True)]


def _draw(choices: tuple[tuple[str, float], ...], n: int, rng: np.random.Generator) -> list[str]:
    names, shares = zip(*choices, strict=True)
    return [names[i] for i in rng.choice(len(names), size=n, p=np.array(shares) / sum(shares))]
