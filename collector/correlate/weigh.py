"""One candidate surge against all its possible causes, and whether it is reported at all."""

from typing import NamedTuple

import numpy as np

from collector.correlate.case import Case, make_case
from collector.correlate.confidence import confidence, signs_of
from collector.correlate.counts import deviance_z
from collector.correlate.detection import FOLLOWED_NOW_Z, FOLLOWED_Z, NOW_BELOW, Found, Known, is_now
from collector.correlate.evidence import FEWEST_DAYS, Chance
from collector.correlate.reliability import Reliability
from collector.correlate.rival_causes import (
    FrictionCandidate,
    InfrastructureCandidate,
    events_are_noted,
    judge_event,
    judge_friction,
    judge_infrastructure,
    topics_point_elsewhere,
)
from collector.correlate.sentences import say_event, say_friction, say_infrastructure, say_traffic
from collector.correlate.traffic import Traffic, judge_traffic
from collector.correlate.types import MOST_P, Annotation, Rival, Verdict
from collector.correlate.verdict import Ruling, posterior, rule, without_friction

FEWEST_FOR_SHAPE = 20
"""Fewer extra contacts have no shape that could speak against their cause."""

FOLLOWED_FRICTION_Z = 0.6
"""Friction comes and goes more than the other causes: so much more a weaker rise has to stand out."""

CLEAR_CAUSE_Z, CLEAR_STRENGTH = 6.5, 2.8
"""What a weaker rise has to follow: a cause that is beyond doubt there, and a clear match."""


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
    reliability: Reliability
    p: float | None = None

    @property
    def signs(self) -> dict[str, float]:
        """What `confidence` rests on."""
        ruling = self.ruling
        leading = ruling.friction or ruling.infrastructure
        return signs_of(ruling.verdict, self.found.z, self.traffic, self.friction, self.infrastructure, leading, self.p)

    @property
    def stated(self) -> float:
        """Probability that the verdict is right, on the average site."""
        return confidence(self.ruling.verdict, self.signs)

    @property
    def confidence(self) -> float:
        """Probability that the verdict is right, on this site as far as it has shown it."""
        return self.reliability.applied(self.ruling.verdict, self.stated)

    @property
    def posterior(self) -> dict[Verdict, float]:
        """The probability of each possible cause."""
        return posterior(self.ruling, self.confidence, self.traffic, self.infrastructure, self.friction, self.event)


def judge(known: Known, found: Found, reliability: Reliability) -> Judged:
    """Compare one candidate with traffic, infrastructure, friction and known events."""
    grid = known.grid
    case = make_case(known, found)
    traffic = judge_traffic(case, grid, known.visits, known.delays, known.elasticity)
    slow, lasting = judge_infrastructure(case, grid, known.health, known.visits, traffic, known.delays)
    stuck = judge_friction(case, grid, known.rates, traffic, known.delays)
    topics, topic_z = _by_topic(known, case)
    against = {c.key: topics_point_elsewhere(topics, topic_z, c.key) for c in stuck}
    own = [c for c in stuck if against[c.key] is None]
    event = judge_event(case, grid)
    ruling = rule(traffic, slow, own, event)
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
        say_event(event, ruling.verdict == "event", events_are_noted(grid, case)),
    ]
    missing = [
        name
        for name, there in (("friction", checked), ("performance", seen_health), ("sessions", traffic.known))
        if not there
    ]
    insufficient = f"No data on {' and '.join(missing)} for this time, so that check was not made." if missing else None
    return Judged(found, case, traffic, ruling, own, event, rivals, topics, insufficient, slow, reliability)


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
    """Compare with other days; friction is not claimed without enough of them, or where they match as well."""
    leading = judged.ruling.friction
    if leading is None or judged.found.z < FOLLOWED_NOW_Z:
        strength, rise_z = chance.best_match(judged.case, judged.traffic)
        p = chance.p_value(judged.case, judged.traffic, strength, rise_z) if rise_z > 0 else 1.0
        return judged._replace(p=p)
    traffic = judged.traffic.only(leading.following.background)
    p = chance.p_value(judged.case, traffic, leading.following.strength, leading.rise.z)
    judged = judged._replace(p=p)
    unlike = judged.case.extra >= FEWEST_FOR_SHAPE and judged.confidence < least_sure
    if p is not None and p <= MOST_P and not unlike:
        return judged
    insufficient = judged.insufficient
    if p is None:
        insufficient = (
            f"Fewer than {FEWEST_DAYS} other days at like traffic are known, "
            "so it cannot be said whether the contacts follow friction."
        )
    say = say_friction([leading], 1, True, False, None, p, judged.case.extra)
    rivals = [say if rival["cause"] == "friction" else rival for rival in judged.rivals]
    ruling = without_friction(judged.ruling, judged.traffic, judged.event)
    if ruling.verdict == "event":
        rivals = [say_event(judged.event, True, True) if r["cause"] == "event" else r for r in rivals]
    return judged._replace(ruling=ruling, rivals=rivals, insufficient=insufficient)


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
        if not now and z < FOLLOWED_Z + FOLLOWED_FRICTION_Z:
            return False
        stuck = judged.ruling.friction
        return stuck.rise.z >= CLEAR_CAUSE_Z and stuck.following.strength >= CLEAR_STRENGTH
    if judged.ruling.infrastructure:
        slow = judged.ruling.infrastructure
        return slow.slowdown.z >= CLEAR_CAUSE_Z and slow.following.strength >= CLEAR_STRENGTH
    return False
