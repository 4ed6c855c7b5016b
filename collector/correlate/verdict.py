"""From the possible causes of one surge to one verdict: a comparison of log-likelihoods."""

from math import exp, log
from typing import NamedTuple

from collector.correlate.rival_causes import FrictionCandidate, InfrastructureCandidate
from collector.correlate.traffic import Traffic
from collector.correlate.types import Annotation, Verdict

CLEARLY_BETTER = 3.0
"""So much log-likelihood friction has to be ahead of a slow site: slowness makes friction of its own."""

BEYOND_TRAFFIC = 8.0
"""So much a cause has to add to more visitors who explain the surge as well."""

TOGETHER_MIN = 30.0
"""Friction that rose so near to the time at which the site became slow rose with it, ..."""

AS_WELL = 0.75
"""... and where contacts follow the slowness nearly as well (log-likelihood), it is the slowness they follow."""

OF_ITS_OWN = 0.25
"""Friction that hits every fourth session is more than slowness makes by itself, ..."""

CLEARER = 1.5
"""... and so is friction that stands out so much more than the slowness does."""

FREE_PRICE = 12.0
"""Log-likelihood that two stretches drawn freely gain on noise alone."""

TEMPER = 0.15
"""Log-likelihoods of one surge are no independent evidence bin by bin; so much of a difference counts."""


class Ruling(NamedTuple):
    """The verdict, and the candidates it rests on."""

    verdict: Verdict
    friction: FrictionCandidate | None
    infrastructure: InfrastructureCandidate | None


def rule(
    traffic: Traffic,
    infrastructure: list[InfrastructureCandidate],
    friction: list[FrictionCandidate],
    event: Annotation | None,
) -> Ruling:
    """The likeliest of friction and infrastructure if it adds enough to traffic, else traffic, an event, nothing.

    friction: only candidates that nothing else speaks against.
    """
    slow = infrastructure[0] if infrastructure and infrastructure[0].following.holds else None
    stuck = friction[0] if friction and friction[0].following.holds else None
    ruling = Ruling("event" if event is not None else "unexplained", None, None)
    if stuck and (slowness := _slowness_behind(stuck, infrastructure)):
        ruling = Ruling("infrastructure", None, slowness)
    elif stuck and not (slow and _is_slowness(stuck, slow)):
        ruling = Ruling("friction", stuck, None)
    elif slow:
        ruling = Ruling("infrastructure", None, slow)
    if traffic.holds:
        cause = ruling.friction or ruling.infrastructure
        if cause is None or cause.following.total - traffic.gain < BEYOND_TRAFFIC:
            return Ruling("traffic", None, None)
    return ruling


def without_friction(ruling: Ruling, traffic: Traffic, event: Annotation | None) -> Ruling:
    """The same surge once friction is found to be no better a match than chance."""
    if traffic.holds:
        return Ruling("traffic", None, None)
    return Ruling("event" if event is not None else "unexplained", None, None)


def posterior(
    ruling: Ruling,
    confidence: float,
    traffic: Traffic,
    infrastructure: list[InfrastructureCandidate],
    friction: list[FrictionCandidate],
    event: Annotation | None,
) -> dict[Verdict, float]:
    """The probability of each cause: `confidence` for the verdict, the rest by how well the others would do."""
    free = [c.following.shape.free for c in friction] + [c.following.shape.free for c in infrastructure]
    scores: dict[Verdict, float] = {"unexplained": max(0.0, max(free, default=FREE_PRICE) - FREE_PRICE)}
    if traffic.known:
        scores["traffic"] = traffic.gain
    if infrastructure:
        scores["infrastructure"] = infrastructure[0].following.total
    if friction:
        scores["friction"] = friction[0].following.total
    if event is not None:
        scores["event"] = scores["unexplained"]
    scores.pop(ruling.verdict, None)
    top = max(scores.values(), default=0.0)
    weights = {cause: exp(TEMPER * (score - top)) for cause, score in scores.items()}
    total = sum(weights.values()) or 1.0
    rest = 1.0 - confidence if scores else 0.0
    return {ruling.verdict: 1.0 - rest} | {cause: rest * w / total for cause, w in weights.items()}


def _slowness_behind(
    stuck: FrictionCandidate, infrastructure: list[InfrastructureCandidate]
) -> InfrastructureCandidate | None:
    """The slowness that friction rose with, where contacts follow it nearly as well."""
    for candidate in infrastructure:
        if _is_its_own(stuck, candidate):
            continue
        apart = abs(candidate.following.lead_min - stuck.following.lead_min)
        if apart <= TOGETHER_MIN and candidate.following.gain >= AS_WELL * stuck.following.gain:
            return candidate
    return None


def _is_slowness(stuck: FrictionCandidate, slow: InfrastructureCandidate) -> bool:
    """Whether friction is too little ahead of a slow site to be more than what slowness makes."""
    margin = CLEARLY_BETTER * _severity(slow.slowdown.ratio)
    if _is_its_own(stuck, slow):
        margin = -CLEARLY_BETTER
    return stuck.following.total - slow.following.total < margin


def _is_its_own(stuck: FrictionCandidate, slow: InfrastructureCandidate) -> bool:
    """Whether friction is more than the slowness beside it can have made."""
    return stuck.of_sessions >= OF_ITS_OWN or stuck.rise.z >= CLEARER * slow.slowdown.z


def _severity(ratio: float) -> float:
    """0 for a site hardly slower than usual, 1 for three times as slow, or gone: how much friction that makes."""
    if ratio < 1:
        return 1.0
    return min(1.0, max(0.0, log(ratio / 1.35) / log(3 / 1.35)))
