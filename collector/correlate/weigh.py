"""One candidate surge against all its rival causes, and whether it is reported at all."""

from typing import NamedTuple

import numpy as np

from collector.correlate.confidence import confidence, signs_of
from collector.correlate.counts import deviance_z
from collector.correlate.detection import FOLLOWED_NOW_Z, FOLLOWED_Z, NOW_BELOW, Found, Known, is_now
from collector.correlate.evidence import FEWEST_SHIFTS, Chance
from collector.correlate.rival_causes import (
    LEAD_HOURS,
    Case,
    FrictionCandidate,
    InfrastructureCandidate,
    Traffic,
    judge_event,
    judge_friction,
    judge_infrastructure,
    judge_traffic,
    topics_point_elsewhere,
)
from collector.correlate.sentences import say_event, say_friction, say_infrastructure, say_traffic
from collector.correlate.surge import lengths
from collector.correlate.types import MOST_P, Annotation, Rival
from collector.correlate.verdict import Ruling, rule, without_friction

FEWEST_FOR_SHAPE = 20
"""Fewer extra contacts have no shape that could speak against their cause."""


class Judged(NamedTuple):
    """One candidate with everything the report needs."""

    found: Found
    case: Case
    traffic: Traffic
    ruling: Ruling
    friction: list[FrictionCandidate]
    event: Annotation | None
    rivals: list[Rival]
    topics: dict[str, float]
    insufficient: str | None
    infrastructure: list[InfrastructureCandidate]
    risen: list[FrictionCandidate]
    p: float | None = None

    @property
    def signs(self) -> dict[str, float]:
        """What `confidence` rests on."""
        ruling = self.ruling
        leading = ruling.friction or ruling.infrastructure
        return signs_of(ruling.verdict, self.found.z, self.traffic, self.friction, self.infrastructure, leading, self.p)

    @property
    def confidence(self) -> float:
        """How sure the verdict is."""
        return confidence(self.ruling.verdict, self.signs)


def judge(known: Known, found: Found) -> Judged:
    """Hold one candidate against traffic, infrastructure, friction and known events."""
    grid = known.grid
    case = _case(known, found)
    traffic = judge_traffic(case, grid, known.visits, known.delays)
    slow, lasting = judge_infrastructure(case, grid, known.health, traffic, known.delays)
    stuck = judge_friction(case, grid, known.rates, traffic, known.delays)
    topics, topic_z = _by_topic(known, case)
    against = {c.key: topics_point_elsewhere(topics, topic_z, c.key) for c in stuck}
    event = judge_event(case, grid)
    ruling = rule(traffic, slow, [c for c in stuck if against[c.key] is None], event)
    window = slice(case.begin, case.until)
    checked = any(np.isfinite(grid.friction[key][window]).any() for key in known.rates.keys)
    seen_health = any(np.isfinite(h.log_ratio[window]).any() for h in known.health)
    first = [ruling.friction] if ruling.friction else []
    rivals = [
        say_friction(
            first + [c for c in stuck if c is not ruling.friction],
            len(known.rates.keys),
            checked,
            ruling.verdict == "friction",
            None if ruling.friction or not stuck else against[stuck[0].key],
            None,
            case.extra,
        ),
        say_infrastructure(
            slow[0] if slow else None, lasting, seen_health, ruling.verdict == "infrastructure", case.extra
        ),
        say_traffic(traffic, case.extra),
        say_event(event, ruling.verdict == "event", bool(grid.annotations)),
    ]
    missing = [
        name
        for name, there in (("friction", checked), ("performance", seen_health), ("sessions", traffic.known))
        if not there
    ]
    insufficient = f"No data on {' and '.join(missing)} for this time, so that check was not made." if missing else None
    own = [c for c in stuck if against[c.key] is None]
    return Judged(found, case, traffic, ruling, own, event, rivals, topics, insufficient, slow, stuck)


def _case(known: Known, found: Found) -> Case:
    grid = known.grid
    begin = max(0, found.first - LEAD_HOURS * grid.per_hour)
    level = float(known.usual.level[found.first])
    until = max(found.last, min(grid.reported, found.last + 2 * grid.per_hour))
    mean = known.usual.expected[begin:until] * level
    hour = lengths(grid.per_hour).index(grid.per_hour)
    excess = known.noise.excess[hour]
    hourly = float(known.usual.expected[found.first : found.last].mean()) * level * grid.per_hour
    judged = np.zeros(until - begin, dtype=bool)
    judged[max(0, found.first - grid.per_hour - begin) :] = True
    return Case(
        begin=begin,
        first=found.first,
        last=found.last,
        until=until,
        z=found.z,
        counts=known.counts[begin:until],
        mean=mean,
        judged=judged,
        scale=(1 + excess * hourly) * known.noise.stretch[hour] ** 2,
        excess=excess + float(known.usual.doubt[found.first]),
        per_hour=grid.per_hour,
        over=grid.reported >= until + 3 * grid.per_hour,
    )


def _by_topic(known: Known, case: Case) -> tuple[dict[str, float], dict[str, float]]:
    """Extra contacts of each topic, and how far each stands out."""
    extra: dict[str, float] = {}
    z: dict[str, float] = {}
    all_usual = max(float(known.usual.expected.sum()), 1e-9)
    share = float(case.mean[case.inside].sum()) / all_usual
    for topic, counts in known.grid.topics.items():
        seen = float(np.nansum(counts[case.first : case.last]))
        rest = float(np.nansum(counts)) - seen
        mean = rest * share / max(1 - share, 1e-3)
        extra[topic] = seen - mean
        z[topic] = float(deviance_z(np.array(seen), np.array(max(mean, 0.2)), 0.05))
    return extra, z


def against_chance(chance: Chance, judged: Judged, least_sure: float) -> Judged:
    """Hold a friction verdict against other days; without enough of them nothing is said for friction."""
    leading = judged.ruling.friction
    if leading is None or judged.found.z < FOLLOWED_NOW_Z:
        return judged
    p = chance.p_value(judged.case, judged.traffic, leading.following.strength, leading.rise.z)
    judged = judged._replace(p=p)
    unlike = judged.case.extra >= FEWEST_FOR_SHAPE and judged.confidence < least_sure
    if p is not None and p <= MOST_P and not unlike:
        return judged
    insufficient = judged.insufficient
    if p is None:
        insufficient = (
            f"Fewer than {FEWEST_SHIFTS} other stretches at like traffic are known, "
            "so it cannot be said whether the contacts follow friction."
        )
    say = say_friction([leading], 1, True, False, None, p, judged.case.extra)
    rivals = [say if rival["cause"] == "friction" else rival for rival in judged.rivals]
    if judged.event is not None:
        rivals = [say_event(judged.event, True, True) if r["cause"] == "event" else r for r in rivals]
    return judged._replace(
        ruling=without_friction(judged.ruling, judged.event), rivals=rivals, insufficient=insufficient
    )


def with_p(chance: Chance, judged: Judged) -> Judged:
    """The p-value of a surge that is not put down to friction: of the best match there is all the same.

    1 where no friction rose at all. Every reported surge has one, so that their q pay for all of them.
    """
    if judged.p is not None or judged.insufficient is not None:
        return judged
    if not judged.risen:
        return judged._replace(p=1.0)
    best = max(judged.risen, key=lambda c: c.following.strength)
    return judged._replace(p=chance.p_value(judged.case, judged.traffic, best.following.strength, best.rise.z))


def stands(judged: Judged, known: Known) -> bool:
    """Whether a candidate is reported: beyond chance by itself, or weaker and following something that is."""
    z, grid = judged.found.z, known.grid
    now = is_now(grid, judged.found.last)
    if judged.case.extra < 4 or z < (FOLLOWED_NOW_Z if now else FOLLOWED_Z):
        return False
    if z >= known.alarms.threshold - (NOW_BELOW if now else 0.0):
        return True
    if judged.ruling.verdict == "traffic":
        return judged.traffic.z >= 6 and judged.traffic.ratio >= 1.5
    if judged.ruling.friction:
        if not now and z < FOLLOWED_Z + 0.6:  # friction comes and goes more than the other causes
            return False
        return judged.ruling.friction.rise.z >= 6.5 and judged.ruling.friction.following.strength >= 2.8
    if judged.ruling.infrastructure:
        slow = judged.ruling.infrastructure
        return slow.slowdown.z >= 6.5 and slow.following.strength >= 2.8
    return False
