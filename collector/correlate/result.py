"""The judged surge as the caller gets it."""

import numpy as np

from collector.correlate.detection import Known, is_now
from collector.correlate.forecast import ToCome, to_come
from collector.correlate.friction import page_of
from collector.correlate.grid import Grid
from collector.correlate.types import Key, Surge
from collector.correlate.weigh import Judged

ALGORITHM = "correlate-2"
"""Goes with every surge: a stored verdict says which rules made it."""


BOUNDS_DOUBT = 0.15
"""So far off is the surplus besides for where the bounds were drawn: its tails sink into the usual noise."""


def report(known: Known, judged: Judged, q: float | None) -> Surge:
    """One surge with its verdict, in the caller's units: epoch seconds, contacts, seconds of lag."""
    grid, case, ruling = known.grid, judged.case, judged.ruling
    p = judged.p
    expected = float(case.mean[case.inside].sum())
    observed = float(case.counts[case.inside].sum())
    noise = 1.645 * np.sqrt(expected + case.excess * expected**2 + (BOUNDS_DOUBT * case.extra) ** 2)
    cause = ruling.friction or ruling.infrastructure
    following = cause.following if cause else None
    keys = _keys(judged, grid, p, q, observed) if ruling.friction else []
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
        attributed=min(following.brought, observed) if following else brought,
        attributed_low=min(following.brought_low, observed) if following else None,
        attributed_high=min(following.brought_high, observed) if following else None,
        to_come=ahead.contacts if ahead else None,
        to_come_low=ahead.low if ahead else None,
        to_come_high=ahead.high if ahead else None,
        confidence=judged.confidence,
        rivals=judged.rivals,
        event=str(judged.event.get("title")) if judged.event and ruling.verdict == "event" else None,
        insufficient=judged.insufficient,
        algorithm=ALGORITHM,
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


def _keys(judged: Judged, grid: Grid, p: float | None, q: float | None, observed: float) -> list[Key]:
    """The leading key, then what else rose on the same page and is followed too."""
    leading = judged.ruling.friction
    if leading is None:
        return []
    page = page_of(leading.key)
    same = [c for c in judged.friction if c is not leading and page_of(c.key) == page and c.following.share >= 0.2]
    return [
        Key(
            key=c.key,
            p=p if c is leading else None,
            q=q if c is leading else None,
            lag_s=60 * c.following.lag_min,
            lag_low_s=60 * c.following.lag_low_min,
            lag_high_s=60 * c.following.lag_high_min,
            attributed=min(c.following.brought, observed),
            attributed_low=min(c.following.brought_low, observed),
            attributed_high=min(c.following.brought_high, observed),
            onset=grid.time(judged.case.begin + c.rise.onset),
        )
        for c in [leading, *same]
    ]
