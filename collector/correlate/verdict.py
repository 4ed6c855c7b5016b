"""From the rivals of one surge to one verdict."""

from math import log
from typing import NamedTuple

from collector.correlate.rivals import FrictionCandidate, InfrastructureCandidate, Traffic
from collector.correlate.contract import Annotation, Verdict

CLEARLY_BETTER = 3.0
"""Friction has to fit better than a slow site by so much log-likelihood: slowness makes friction of its own."""


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
    if slow and stuck:
        ahead = stuck.following.gain - slow.following.gain
        if ahead < CLEARLY_BETTER * _severity(slow.slowdown.ratio):
            return Ruling("infrastructure", None, slow)
        return Ruling("friction", stuck, None)
    if slow:
        return Ruling("infrastructure", None, slow)
    if stuck:
        return Ruling("friction", stuck, None)
    return Ruling("event" if event is not None else "unexplained", None, None)


def _severity(ratio: float) -> float:
    """0 for a site hardly slower than usual, 1 for one three times as slow: how much friction that alone makes."""
    return min(1.0, max(0.0, log(ratio / 1.35) / log(3 / 1.35)))
