"""The judged surge as the caller gets it."""

from typing import NamedTuple

import numpy as np

from collector.correlate.detection import Known, is_now
from collector.correlate.forecast import ToCome, to_come
from collector.correlate.grid import Grid
from collector.correlate.root_cause import Part, parts
from collector.correlate.types import Key, Surge
from collector.correlate.weigh import Judged

ALGORITHM = "correlate-3"
"""Goes with every surge: a stored verdict says which rules made it."""


BOUNDS_DOUBT = 0.15
"""So far off is the surplus besides for where the bounds were drawn: its tails sink into the usual noise."""


class Attributed(NamedTuple):
    """Contacts that a cause brought, with a 90 % interval; never more than there were."""

    contacts: float
    low: float
    high: float


def report(known: Known, judged: Judged, q: float | None) -> Surge:
    """One surge with its verdict, in the caller's units: epoch seconds, contacts, seconds of lag."""
    grid, case, ruling = known.grid, judged.case, judged.ruling
    p = judged.p
    expected = float(case.mean[case.inside].sum())
    observed = float(case.counts[case.inside].sum())
    noise = 1.645 * np.sqrt(expected + case.excess * expected**2 + (BOUNDS_DOUBT * case.extra) ** 2)
    cause = ruling.friction or ruling.infrastructure
    following = cause.following if cause else None
    whole = _attributed(judged, observed)
    keys: list[Key] = []
    if ruling.friction and whole:
        together = parts(case, judged.traffic, known.delays, ruling.friction, judged.friction)
        keys = _keys(together, judged, grid, q, whole)
    ahead = _ahead(known, judged)
    brought = float(np.clip(judged.traffic.share, 0.0, 1.0)) * case.extra if ruling.verdict == "traffic" else None
    return Surge(
        start=grid.time(case.first),
        end=grid.time(case.last),
        detected_at=grid.time(judged.found.called),
        observed=observed,
        expected=expected,
        extra=case.extra,
        extra_low=case.extra - noise,
        extra_high=case.extra + noise,
        ratio=observed / expected if expected > 0.05 else None,
        z=case.z,
        channels={
            name: float(
                (np.nan_to_num(grid.channels[name]) - part.expected * part.level[case.first])[
                    case.first : case.last
                ].sum()
            )
            for name, part in known.channels.items()
        },
        topics=judged.topics,
        verdict=ruling.verdict,
        keys=keys,
        p=p,
        q=q,
        lag_s=60 * following.lag_min if following else None,
        lag_low_s=60 * following.lag_low_min if following else None,
        lag_high_s=60 * following.lag_high_min if following else None,
        attributed=whole.contacts if whole else brought,
        attributed_low=whole.low if whole else None,
        attributed_high=whole.high if whole else None,
        to_come=ahead.contacts if ahead else None,
        to_come_low=ahead.low if ahead else None,
        to_come_high=ahead.high if ahead else None,
        confidence=judged.confidence,
        stated=judged.stated,
        rivals=judged.rivals,
        event=str(judged.event.get("title")) if judged.event and ruling.verdict == "event" else None,
        insufficient=judged.insufficient,
        algorithm=ALGORITHM,
        posterior=judged.posterior,
        false_a_month=known.alarms.beyond(case.z),
        assumed=[f"No time zone is set; the data shows that {what}." for what in grid.assumed],
    )


def _ahead(known: Known, judged: Judged) -> ToCome | None:
    """What the cause of a surge that goes on is still to bring."""
    grid, case, ruling = known.grid, judged.case, judged.ruling
    if not is_now(grid, case.last):
        return None
    if ruling.friction:
        dose, following = ruling.friction.rise.dose, ruling.friction.following
    elif ruling.infrastructure:
        dose, following = ruling.infrastructure.dose, ruling.infrastructure.following
    else:
        return None
    return to_come(
        dose,
        known.delays.weights[following.delay],
        min(len(dose), grid.reported - case.begin),
        grid.per_hour,
        following.effect,
        following.effect_low,
        following.effect_high,
    )


def _keys(parts: list[Part], judged: Judged, grid: Grid, q: float | None, whole: Attributed) -> list[Key]:
    """The leading key, then what belongs to the same root cause; what they brought adds up to the whole."""
    return [
        Key(
            key=part.candidate.key,
            p=judged.p if i == 0 else None,
            q=q if i == 0 else None,
            lag_s=60 * part.candidate.following.lag_min,
            lag_low_s=60 * part.candidate.following.lag_low_min,
            lag_high_s=60 * part.candidate.following.lag_high_min,
            attributed=part.share * whole.contacts,
            attributed_low=part.share * whole.low,
            attributed_high=part.share * whole.high,
            onset=grid.time(judged.case.begin + part.candidate.rise.onset),
        )
        for i, part in enumerate(parts)
    ]


def _attributed(judged: Judged, observed: float) -> Attributed | None:
    """What the verdict's cause brought."""
    cause = judged.ruling.friction or judged.ruling.infrastructure
    if cause is not None:
        fitted = cause.following
        values = (min(n, observed) for n in (fitted.brought, fitted.brought_low, fitted.brought_high))
        return Attributed(*values)
    return None
