"""Find the contact surges of a site and say of each what it follows. The room's one public function."""

from collections.abc import Iterable, Mapping
from typing import Any

from collector.correlate.confidence import LEAST_FOR_FRICTION
from collector.correlate.detection import Known, find
from collector.correlate.evidence import Chance, benjamini_hochberg
from collector.correlate.grid import Grid, build_grid, in_order
from collector.correlate.result import report
from collector.correlate.types import Annotation, OpeningHours, Series, Surge, Watermark
from collector.correlate.weigh import Judged, against_chance, judge, stands, with_p


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
) -> list[Surge]:
    """Every contact surge in the history and what it follows, earliest first.

    friction: "page|kind" -> affected sessions per bin. performance: "ttfb_p75_ms", "http_5xx_rate", ...
    traffic: {"start": epoch s, "step": s, "sessions": per bin}. contacts: {"channels": {name: counts},
    "topics": {reason: counts}}. All of one length; NaN or a negative number is no data.
    timezone: IANA name, UTC where None. opening_hours: {channel: [(weekday, "HH:MM", "HH:MM")]}, local.
    annotations: {"start", "end", "kind", "title"}. complete_through: epoch s, or one per family of
    series, past which nothing is judged. since: epoch s; only surges that end after it are judged (all is
    learnt from), which is what a live look wants: `q` then pays for those alone.

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
    )
    known, judged = judge_all(grid, since=since)
    q_values = benjamini_hochberg([j.p for j in judged])
    return [report(known, j, q) for j, q in zip(judged, q_values, strict=True)]


def judge_all(
    grid: Grid, *, since: float | None = None, least_sure: float = LEAST_FOR_FRICTION
) -> tuple[Known, list[Judged]]:
    """What was learnt, and every surge that stands with all that speaks for and against it.

    least_sure: the confidence below which a surge is not put down to friction.
    """
    known, candidates = find(grid)
    if since is not None:
        candidates = [found for found in candidates if grid.time(found.last) > since]
    chance = Chance(grid, known.rates, known.delays)
    judged = [against_chance(chance, judge(known, found), least_sure) for found in candidates]
    return known, [with_p(chance, j) for j in judged if stands(j, known)]
