"""From the rivals of one surge to one verdict."""

from math import log
from typing import NamedTuple

from collector.correlate.rival_causes import FrictionCandidate, InfrastructureCandidate, Traffic
from collector.correlate.types import Annotation, Verdict

CLEARLY_BETTER = 3.0
"""So much log-likelihood friction has to be ahead of a slow site: slowness makes friction of its own."""

TOGETHER_MIN = 30.0
"""Friction that rose so near to the moment the site became slow rose with it, ..."""

AS_WELL = 0.75
"""... and where contacts follow the slowness nearly as well (log-likelihood), it is the slowness they follow."""

OF_ITS_OWN = 0.25
"""Friction that hits every fourth session is more than slowness makes by itself."""


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
    """Traffic first, then the better of infrastructure and friction, then a known event, else unexplained.

    friction: only candidates that nothing else speaks against.
    """
    if traffic.holds:
        return Ruling("traffic", None, None)
    slow = infrastructure[0] if infrastructure and infrastructure[0].following.holds else None
    stuck = friction[0] if friction and friction[0].following.holds else None
    if stuck and stuck.of_sessions < OF_ITS_OWN:
        for candidate in infrastructure:
            apart = abs(candidate.following.lead_min - stuck.following.lead_min)
            if apart <= TOGETHER_MIN and candidate.following.gain >= AS_WELL * stuck.following.gain:
                return Ruling("infrastructure", None, candidate)
    if slow and stuck:
        ahead = stuck.following.gain - slow.following.gain
        margin = CLEARLY_BETTER * _severity(slow.slowdown.ratio)
        if stuck.of_sessions >= OF_ITS_OWN:
            margin = -CLEARLY_BETTER
        if ahead < margin:
            return Ruling("infrastructure", None, slow)
        return Ruling("friction", stuck, None)
    if slow:
        return Ruling("infrastructure", None, slow)
    if stuck:
        return Ruling("friction", stuck, None)
    return Ruling("event" if event is not None else "unexplained", None, None)


def without_friction(ruling: Ruling, event: Annotation | None) -> Ruling:
    """The same surge once friction is found to be no better a match than chance."""
    return ruling._replace(verdict="event" if event is not None else "unexplained", friction=None)


def _severity(ratio: float) -> float:
    """0 for a site hardly slower than usual, 1 for three times as slow: how much friction that makes."""
    return min(1.0, max(0.0, log(ratio / 1.35) / log(3 / 1.35)))
