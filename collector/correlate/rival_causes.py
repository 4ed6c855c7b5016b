"""The possible causes of one surge, each fitted to the same contacts."""

from typing import NamedTuple

import numpy as np

from collector.correlate.baseline import Usual
from collector.correlate.case import Case
from collector.correlate.following import Following, follow
from collector.correlate.friction import Rates, Rise, expected, exposure, page_of, rise, rises
from collector.correlate.grid import Grid
from collector.correlate.infrastructure import Health, Slowdown, slowdown, vanished
from collector.correlate.lag import Delays
from collector.correlate.traffic import Traffic
from collector.correlate.types import Annotation, Counts

MOST_KEYS = 30
"""The keys that rose most are fitted; what rose less than so many others is not the cause."""

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


AUTOMATIC = ("release", "data_gap")
"""Kinds that are recorded without anybody noting anything down."""

NOTED_DAYS = 14
"""Who has noted nothing for so long may have stopped."""


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


def judge_friction(case: Case, grid: Grid, rates: Rates, traffic: Traffic, delays: Delays) -> list[FrictionCandidate]:
    """The keys that rose before or with the surge, the one the surplus follows best first."""
    seen, usual = expected(grid, rates, case.begin, case.until)
    z = rises(seen, usual, rates.excess, grid.per_hour)
    enough = least_rise(len(rates.keys))
    sessions = exposure(grid)[case.begin : case.until]
    found: list[FrictionCandidate] = []
    for i in np.argsort(-z)[:MOST_KEYS]:
        if z[i] < enough:
            break
        risen = rise(seen[i], usual[i], float(z[i]))
        following = follow(case, traffic, risen.dose, risen.z, delays)
        there = float(sessions[risen.onset : max(risen.end, case.last - case.begin)].sum())
        hit = risen.sessions / there if grid.sessions is not None and there > 0 else 0.0
        found.append(FrictionCandidate(rates.keys[i], risen, following, hit))
    return sorted(found, key=lambda c: (-c.following.holds, -c.following.total, -c.rise.z))


def least_rise(keys: int) -> float:
    """The z a key must reach: above what the best of `keys` x 20 windows reaches by chance."""
    return float(np.sqrt(2 * np.log(max(keys, 1) * 20)) + 0.7)


def judge_infrastructure(
    case: Case, grid: Grid, health: list[Health], visits: Usual | None, traffic: Traffic, delays: Delays
) -> tuple[list[InfrastructureCandidate], Slowdown | None]:
    """The performance series that got worse before or with the surge, the best followed first.

    A site that most visitors cannot reach is one of them. Also the worst of those that were worse than usual, but
    already so just before.
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
    if visits is not None and grid.sessions is not None:
        usual = visits.expected[case.begin : case.until] * visits.level[case.first]
        gone = vanished(grid.sessions[case.begin : case.until], usual, grid.per_hour)
        if gone is not None:
            found.append(InfrastructureCandidate(gone[0], follow(case, traffic, gone[1], gone[0].z, delays), gone[1]))
    ranked = sorted(found, key=lambda c: (-c.following.holds, -c.following.total))
    return ranked, max(lasting, key=lambda slow: slow.ratio, default=None)


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


def events_are_noted(grid: Grid, case: Case) -> bool:
    """Whether annotations are in use and cover the time of a surge: notes by people before it and after it."""
    notes = [float(n["start"]) for n in grid.annotations if n.get("kind") not in AUTOMATIC]
    start = grid.time(case.first)
    reach = NOTED_DAYS * 86400
    return any(start - reach <= at <= start for at in notes) and any(start < at <= start + reach for at in notes)


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
