"""What every simulated world has: a site with a calendar, a plan of incidents, and the planted truth.

How visitors, friction and contacts come about is left to the families (series, agents, queueing),
which share nothing but this frame.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

STEP = 300
DAY = 288
FRICTION = (
    "friction_sudden",
    "friction_creeping",
    "friction_returning",
    "friction_rollout",
    "friction_pages",
)
TRAPS = ("trap_late", "trap_beside")
VERDICTS = {
    **dict.fromkeys(FRICTION, "friction"),
    "infrastructure": "infrastructure",
    "traffic": "traffic",
    "campaign": "traffic",
    "event": "event",
    "outside": "unexplained",
    "trap_late": "unexplained",
    "trap_beside": "unexplained",
    "trap_traffic": "traffic",
    "trap_infrastructure": "infrastructure",
    "silent": "none",
}
"""What is to be said of each kind of incident; 'none' brings no contacts at all."""

WEIGHTS = {
    "friction_sudden": 5, "friction_creeping": 2, "friction_returning": 2, "friction_rollout": 2, "friction_pages": 2,
    "infrastructure": 3, "traffic": 2, "campaign": 1, "event": 2, "outside": 4, "trap_late": 2, "trap_beside": 2,
    "trap_traffic": 1.5, "trap_infrastructure": 1.5, "silent": 3,
}  # fmt: skip
"""How often each kind is planted."""

KINDS = ("rage_click", "dead_click", "page_error", "slow_step", "form_error")
PAGES = ("/pay", "/basket", "/login", "/search", "/orders", "/profile", "/returns", "/delivery", "/account", "/home",
         "/offers", "/contract", "/devices", "/help", "/invoice", "/tickets")  # fmt: skip
ZONES = ("Europe/Berlin", "America/New_York", "UTC", "Asia/Tokyo", "Europe/Lisbon")


class Planned(NamedTuple):
    """An incident to come: on the site in bins [first, last), its strength in (0, 1]."""

    kind: str
    first: int
    last: int
    strength: float


class Incident(NamedTuple):
    """What was planted, and what came of it.

    first, last: bins between which 2 to 98 % of its contacts were reported.
    reached: the bins in which any were. z: how far it stands out for who knows the true rates.
    lag_min: median delay from hit to report; None where nobody was hit.
    """

    kind: str
    site_first: int
    site_last: int
    first: int
    last: int
    reached: Whole
    keys: tuple[str, ...]
    brought: float
    inside: float
    z: float
    lag_min: float | None

    @property
    def verdict(self) -> str:
        return VERDICTS[self.kind]


@dataclass(slots=True)
class Site:
    """A site before anything happens on it. Rates are per bin of five minutes."""

    rng: np.random.Generator
    start: int
    zone: str
    hour: Floats
    day: Whole
    weekday: Whole
    visits: Floats
    keys: dict[str, float]
    contacts_per_day: float
    shock: Floats
    plan: list[Planned]
    options: dict[str, Any]
    channels: dict[str, dict[str, Any]]
    with_topics: bool
    quality: dict[str, float] = field(default_factory=dict)

    @property
    def bins(self) -> int:
        return len(self.hour)

    def struck(self, planned: Planned) -> list[str]:
        """The keys an incident strikes: some kinds of one page, or of three."""
        pages = sorted({key.partition("|")[0] for key in self.keys})
        chosen = list(self.rng.choice(pages, min(len(pages), 3 if planned.kind == "friction_pages" else 1), False))
        found: list[str] = []
        for page in chosen:
            own = [key for key in self.keys if key.startswith(page + "|")]
            found += list(self.rng.choice(own, min(len(own), int(self.rng.integers(1, 4))), replace=False))
        return [str(key) for key in found]

    def wave(self, planned: Planned) -> Floats:
        """How strongly the incident is felt in each of its bins, 0 to 1."""
        length = planned.last - planned.first
        along = np.arange(length) / max(length, 1)
        match planned.kind:
            case "friction_creeping":
                return np.asarray(along ** self.rng.uniform(0.8, 2.0))
            case "friction_rollout":
                steps = np.array([0.05, 0.2, 0.5, 1.0])
                return np.asarray(steps[np.minimum((along * 5).astype(int), 3)])
            case "friction_returning":
                third = along * 3
                return np.where((third < 1) | (third >= 2), 1.0, 0.0)
            case _:
                return np.ones(length)

    def open(self, channel: dict[str, Any]) -> NDArray[np.bool_]:
        """Bins in which a channel is staffed."""
        hours = channel.get("hours")
        if hours is None:
            return np.ones(self.bins, dtype=bool)
        first, last, days = hours
        return np.asarray((self.hour >= first) & (self.hour < last) & (self.weekday < days))


@dataclass(slots=True)
class World:
    """What `analyse` is given, and what was planted."""

    family: str
    seed: int
    inputs: tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]
    options: dict[str, Any]
    incidents: list[Incident]


def make_site(rng: np.random.Generator, *, size: str, weeks: int, kinds: tuple[str, ...] | None = None) -> Site:
    """A site of one size: 'quiet', 'usual', 'busy' or 'centre' (a big call centre with days of their own)."""
    zone = str(rng.choice(ZONES))
    begins = [
        datetime(2025, 3, 3, tzinfo=UTC),
        datetime(2025, 10, 6, tzinfo=UTC),
        datetime(2025, 5, 12, tzinfo=UTC),
    ]
    start = int(begins[rng.integers(3)].timestamp()) + int(rng.integers(7)) * 86400
    bins = weeks * 7 * DAY
    stamps = start + STEP * np.arange(bins)
    offsets = [datetime.fromtimestamp(int(s), ZoneInfo(zone)).utcoffset() for s in stamps[::12]]
    local = stamps + np.repeat([0 if o is None else int(o.total_seconds()) for o in offsets], 12)
    hour, day = local % 86400 / 3600, local // 86400 - local[0] // 86400
    weekday = (local // 86400 + 3) % 7

    per_day = {
        "quiet": (800, 3000),
        "usual": (5000, 40_000),
        "busy": (60_000, 250_000),
        "centre": (40_000, 200_000),
    }
    sessions = float(np.exp(rng.uniform(*np.log(per_day[size]))))
    rate = {"quiet": (0.02, 0.08), "usual": (0.01, 0.06), "busy": (0.003, 0.02), "centre": (0.05, 0.12)}[size]
    peaks = rng.uniform([9, 17], [13, 21.5])
    shape = rng.uniform(0.05, 0.25) + sum(
        w * np.exp(-(((hour - p + 12) % 24 - 12) ** 2) / (2 * s**2))
        for p, w, s in zip(peaks, (1.0, rng.uniform(0, 1)), rng.uniform(2, 3.5, 2), strict=True)
    )
    week = np.array([1.1, 1.03, 1.0, 0.98, 0.95, 1.0, 1.0]) * np.where(np.arange(7) >= 5, rng.uniform(0.4, 1.1), 1.0)
    shape = shape * week[weekday]
    growth = np.exp(np.linspace(0, rng.normal(0, 0.08) * weeks / 2, bins))
    spread = {"quiet": 0.12, "usual": 0.08, "busy": 0.07, "centre": 0.13}[size] * rng.uniform(0.5, 1.3)
    shocks = np.exp(rng.normal(0, spread, int(day.max()) + 1))
    if rng.random() < 0.4:
        shocks[rng.integers(5, len(shocks))] *= rng.uniform(0.35, 0.6)  # a public holiday nobody noted down
    visits = sessions / DAY * shape / shape.mean() * growth * np.sqrt(shocks)[day]

    pages = PAGES[: int(rng.integers(5, len(PAGES) + 1))]
    keys = [f"{page}|{kind}" for page in pages for kind in KINDS if rng.random() < 0.7]
    rates = np.exp(rng.uniform(np.log(0.0004), np.log(0.015), len(keys)))
    channels: dict[str, dict[str, Any]] = {}
    opens, closes = float(rng.choice([7, 8, 9])), float(rng.choice([18, 20, 22]))
    days = int(rng.choice([5, 6, 7]))
    phone_open = rng.random() < 0.7
    channels["phone"] = {
        "share": 0.6,
        "mean_min": rng.uniform(5, 40),
        "hours": (opens, closes, days) if phone_open else None,
    }
    if rng.random() < 0.8:
        channels["chat"] = {"share": 0.25, "mean_min": rng.uniform(3, 15)}
    if rng.random() < 0.7:
        batch = int(rng.choice([0, 6, 12, 24]))
        channels["email"] = {"share": 0.2, "mean_min": rng.uniform(20, 150), "batch": batch}
    if rng.random() < 0.3:
        channels["social"] = {"share": 0.05, "mean_min": rng.uniform(5, 60)}
    total = sum(c["share"] for c in channels.values())
    for channel in channels.values():
        channel["share"] /= total
    options: dict[str, Any] = {"timezone": zone, "annotations": []}
    if phone_open and rng.random() < 0.7:
        text = [f"{int(h):02d}:00" for h in (opens, closes)]
        options["opening_hours"] = {"phone": [(d, *text) for d in range(days)]}
    site = Site(
        rng=rng,
        start=start,
        zone=zone,
        hour=hour,
        day=day,
        weekday=weekday,
        visits=visits,
        keys=dict(zip(keys, rates.tolist(), strict=True)),
        contacts_per_day=max(sessions * rng.uniform(*rate), 25.0),
        shock=shocks[day],
        plan=[],
        options=options,
        channels=channels,
        with_topics=bool(rng.random() < 0.5),
        quality={"missing": float(rng.random() < 0.3), "wrong_tags": rng.uniform(0.05, 0.35)},
    )
    site.plan = _plan(site, kinds)
    return site


def _plan(site: Site, kinds: tuple[str, ...] | None) -> list[Planned]:
    rng = site.rng
    names = list(WEIGHTS) if kinds is None else list(kinds)
    weights = np.array([WEIGHTS[name] for name in names], dtype=float)
    plan: list[Planned] = []
    at = 8 * DAY
    while names:
        at += int(rng.uniform(1.6, 3.0) * DAY)
        if at + 2 * DAY > site.bins:
            break
        near = np.flatnonzero(np.abs(site.hour[at : at + 2 * DAY] - rng.uniform(8, 18)) < 0.1)
        first = at + int(near[0])
        kind = str(rng.choice(names, p=weights / weights.sum()))
        length = int(rng.integers(9, 42))
        if kind in ("friction_creeping", "friction_rollout", "friction_returning"):
            length = int(rng.integers(36, 84))
        plan.append(Planned(kind, first, first + length, float(np.exp(rng.uniform(np.log(0.15), 0)))))
    return plan


def annotate(site: Site, planned: Planned) -> None:
    """Put down what somebody would have noted: an event always, a campaign mostly, a release now and then."""
    kind = {"event": "billing_run", "campaign": "campaign"}.get(planned.kind)
    if kind is None and planned.kind == "silent" and site.rng.random() < 0.3:
        kind = "release"
    if kind:
        begin = site.start + STEP * (planned.first - int(site.rng.integers(0, 4)))
        site.options["annotations"].append(
            {
                "start": begin,
                "end": site.start + STEP * planned.last,
                "kind": kind,
                "title": f"{kind} {planned.first}",
            }
        )


def incident(
    planned: Planned, keys: list[str], brought: Floats, mean: Floats, excess: float, lag_min: float | None
) -> Incident:
    """The truth about one incident. brought, mean: contacts per bin, shape (T,), from it and without it."""
    total = float(brought.sum())
    whole = np.concatenate([[0.0], np.cumsum(np.maximum(brought, 0.0))])
    first = last = planned.first
    z = 0.0
    inside = 0.0
    if total >= 1:
        first = int(np.searchsorted(whole, 0.02 * whole[-1], side="right")) - 1
        last = int(np.searchsorted(whole, 0.98 * whole[-1]))
        last = max(first + 1, min(last, planned.last + 8 * 12))
        inside = float(brought[first:last].sum())
        base = np.concatenate([[0.0], np.cumsum(mean)])
        for width in (6, 12, 24, 36, 48):
            low, high = max(0, first - width), min(len(mean) - width, last)
            if high <= low:
                continue
            extra = whole[low + width : high + width] - whole[low:high]
            usual = np.maximum(base[low + width : high + width] - base[low:high], 0.4)
            z = max(z, float((extra / np.sqrt(usual + excess * usual**2)).max()))
    reached = np.flatnonzero(brought > 0)
    return Incident(
        planned.kind,
        planned.first,
        planned.last,
        first,
        last,
        reached,
        tuple(keys),
        total,
        inside,
        z,
        lag_min,
    )


def spoil(site: Site, friction: dict[str, Floats], performance: dict[str, Floats], channels: dict[str, Floats]) -> None:
    """Lose some data, as sites do: hours of a channel, of the agent, of a performance series."""
    if not site.quality["missing"]:
        return
    rng = site.rng
    for lines, most in ((channels, 1), (performance, 2), (friction, 3)):
        for name in rng.choice(sorted(lines), min(len(lines), most), replace=False):
            for _ in range(int(rng.integers(1, 4))):
                first = int(rng.integers(8 * DAY, site.bins - DAY))
                if any(p.first - 72 < first < p.last + 72 for p in site.plan):
                    continue
                lines[str(name)][first : first + int(rng.integers(3, 60))] = np.nan


def topics_of(site: Site, usual: Floats, brought: list[tuple[str, Floats]]) -> dict[str, Floats]:
    """Contact reasons: pages by popularity, some untagged, some wrong. brought: (true reason, contacts per bin)."""
    if not site.with_topics:
        return {}
    rng = site.rng
    pages = sorted({key.partition("|")[0].strip("/") for key in site.keys})
    names = [*pages, "site", "billing", "delivery date", ""]
    share = rng.dirichlet(np.ones(len(names)) * 2)
    found = {
        name: rng.binomial(np.maximum(usual, 0).astype(int), p).astype(float)
        for name, p in zip(names, share, strict=True)
    }
    for reason, contacts in brought:
        whole = np.maximum(contacts, 0).round().astype(int)
        wrong = rng.binomial(whole, site.quality["wrong_tags"])
        found.setdefault(reason, np.zeros(site.bins))
        found[reason] += whole - wrong
        found[str(rng.choice(names))] += wrong // 2
        found[""] += wrong - wrong // 2
    return found
