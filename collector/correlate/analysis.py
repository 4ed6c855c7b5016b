"""Find the contact surges of a site and say of each what it follows. The engine's public function."""

from collections.abc import Iterable, Mapping
from typing import Any

from collector.correlate.confidence import LEAST_FOR_FRICTION
from collector.correlate.detection import Found, Known, find
from collector.correlate.evidence import Chance, false_discovery_rates
from collector.correlate.grid import Grid, build_grid, in_order
from collector.correlate.reliability import AVERAGE, Reliability
from collector.correlate.result import report
from collector.correlate.types import Annotation, OpeningHours, Series, Surge, Watermark
from collector.correlate.weigh import Judged, against_chance, judge, stands


def analyse(
    friction: Mapping[str, Series],
    performance: Mapping[str, Series],
    traffic: Mapping[str, Any],
    contacts: Mapping[str, Any],
    *,
    timezone: str | None = None,
    opening_hours: OpeningHours | None = None,
    annotations: Iterable[Annotation] = (),
    complete_through: Watermark = None,
    since: float | None = None,
    holidays: Iterable[str] = (),
    reliability: Reliability = AVERAGE,
) -> list[Surge]:
    """Every contact surge in the history and what it follows, earliest first.

    friction: "page|kind" -> affected sessions per bin. performance: "ttfb_p75_ms", "http_5xx_rate", ...
    traffic: {"start": epoch s, "step": s, "sessions": per bin}. contacts: {"channels": {name: counts},
    "topics": {reason: counts}}. All of one length; NaN or a negative number is no data.
    timezone: IANA name; where None, day boundary and clock changes are read from the data and stated in `assumed`.
    opening_hours: {channel: [(weekday, "HH:MM", "HH:MM")]}, local. holidays: ISO dates, local.
    annotations: {"start", "end", "kind", "title"}. complete_through: epoch s, or one per family of
    series, past which nothing is judged. since: epoch s; only surges that end after it are judged (all is
    learnt from), which is what a live look wants: `q` then pays for those alone. reliability: what the site has
    shown of how often verdicts are right, from `learn_reliability`.

    Raises NotEnoughData where nothing can be said at all, ValueError that names what is of the wrong
    shape or no believable number. A series that is not known is left out.
    """
    grid = build_grid(
        friction,
        performance,
        traffic,
        contacts,
        timezone=timezone,
        opening_hours=opening_hours,
        annotations=in_order(annotations),
        complete_through=complete_through,
        holidays=holidays,
    )
    known, judged = judge_all(grid, since=since, reliability=reliability)
    q_values = false_discovery_rates([j.p for j in judged])
    return [report(known, j, q) for j, q in zip(judged, q_values, strict=True) if stands(j, known)]


def judge_all(
    grid: Grid,
    *,
    since: float | None = None,
    least_sure: float = LEAST_FOR_FRICTION,
    reliability: Reliability = AVERAGE,
) -> tuple[Known, list[Judged]]:
    """What was learnt, and every candidate that was tested with all that speaks for and against it.

    least_sure: the confidence below which a surge is not put down to friction.
    """
    known, candidates = find(grid)
    chance = Chance(grid, known.rates, known.delays, [(c.first, c.last) for c in candidates if _clear(known, c)])
    if since is not None:
        candidates = [found for found in candidates if grid.time(found.last) > since]
    return known, [against_chance(chance, judge(known, found, reliability), least_sure) for found in candidates]


def _clear(known: Known, found: Found) -> bool:
    return found.z >= known.alarms.threshold
