"""Find the contact surges of a site and say of each what it follows. The room's one public function."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from collector.correlate.baseline import Usual, combine, usual
from collector.correlate.counts import deviance_z
from collector.correlate.dose import Delays, delay_shapes
from collector.correlate.evidence import Chance, benjamini_hochberg
from collector.correlate.friction import Rates, learn_rates
from collector.correlate.grid import Grid, build_grid
from collector.correlate.infrastructure import Health, learn_health
from collector.correlate.rivals import (
    LEAD_HOURS,
    Case,
    FrictionCandidate,
    Traffic,
    judge_event,
    judge_friction,
    judge_infrastructure,
    judge_traffic,
    topics_point_elsewhere,
)
from collector.correlate.sentences import say_event, say_friction, say_infrastructure, say_traffic
from collector.correlate.surge import (
    JOIN_HOURS,
    MIN_EXTRA,
    Noise,
    Window,
    bounds,
    learn_noise,
    lengths,
    of_one_reason,
    scan,
)
from collector.correlate.contract import (
    Annotation,
    Counts,
    Flags,
    Key,
    OpeningHours,
    Rival,
    Series,
    Surge,
    Watermark,
)
from collector.correlate.verdict import Ruling, rule

ALGORITHM = "correlate-1"

ALONE_Z = 5.3
"""Among the 30,000 windows of eight weeks, ordinary noise passes this about once in five hundred histories."""

NOW_Z = 3.8
"""The windows that end now are a family of ten of their own, so they need less."""

FOLLOWED_NOW_Z = 2.4
"""The same for the few windows that end now."""

ONE_LINE_PRICE = 0.5
"""What a window of one reason or channel alone pays in z for being one of a few dozen lines."""

FOLLOWED_Z = 3.4
"""A weaker rise counts where it follows something on the site that itself is beyond chance."""

NOT_ORDINARY_Z = 4.2
"""What stands out so far is not learnt from; whether it is reported is another question."""

LEARNING_TURNS = 3
"""Large surges hide smaller ones until they are left out of what is usual and of how noisy it is."""

SEASON_SHARE = 0.4
"""An hour of the week that surges in so many weeks is season, or every Monday morning would be news for ever."""


class Found(NamedTuple):
    """A candidate surge: bins [first, last)."""

    first: int
    last: int
    z: float
    called: int


class Known(NamedTuple):
    """All that is learnt once and used for every surge."""

    grid: Grid
    counts: Counts
    usual: Usual
    noise: Noise
    channels: dict[str, Usual]
    visits: Usual | None
    rates: Rates
    health: list[Health]
    delays: Delays


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
) -> list[Surge]:
    """Every contact surge in the history and what it follows, earliest first.

    friction: "page|kind" -> affected sessions per bin. performance: "ttfb_p75_ms", "http_5xx_rate", ...
    traffic: {"start": epoch s, "step": s, "sessions": per bin}. contacts: {"channels": {name: counts},
    "topics": {reason: counts}}. All of one length; NaN or a negative number is no data.
    timezone: IANA name, UTC where None. opening_hours: {channel: [(weekday, "HH:MM", "HH:MM")]}, local.
    annotations: {"start", "end", "kind", "title"}. complete_through: epoch s, or one per family of
    series, past which nothing is judged.

    Raises NotEnoughData where nothing can be said at all, ValueError for series of the wrong shape.
    """
    notes = sorted(annotations, key=lambda note: (float(note["start"]), str(note.get("title"))))
    grid = build_grid(
        friction,
        performance,
        traffic,
        contacts,
        timezone=timezone,
        annotations=notes,
        complete_through=complete_through,
    )
    known, candidates = _surges(grid)
    judged = [_judge(known, found) for found in candidates]
    kept = [j for j in judged if _stands(j, grid)]
    chance = Chance(grid, known.rates, known.delays)
    p_values = [_p_value(chance, j) for j in kept]
    q_values = benjamini_hochberg(p_values)
    return [_report(known, j, p, q) for j, p, q in zip(kept, p_values, q_values, strict=True)]


def _surges(grid: Grid) -> tuple[Known, list[Found]]:
    """Learn what is usual, leave out what stands out, learn again, and scan."""
    ordinary = np.ones(grid.bins, dtype=bool)
    counts, total, noise, parts = _learn(grid, ordinary)
    for _ in range(LEARNING_TURNS):
        before = ordinary.copy()
        for window in scan(counts, total, noise, grid.per_hour, NOT_ORDINARY_Z):
            first, last = bounds(counts, total.expected * total.level[window.first], window, grid.per_hour)
            ordinary[first:last] = False
        ordinary = _without_season(grid, ordinary)
        if (ordinary == before).all():
            break
        counts, total, noise, parts = _learn(grid, ordinary)
    windows = scan(counts, total, noise, grid.per_hour, FOLLOWED_NOW_Z)
    windows = [w for w in windows if w.z >= FOLLOWED_Z or _is_now(grid, w.last)]
    windows += _of_one_line(grid, total, noise, ordinary, counts)
    visits = None
    if grid.sessions is not None:
        visits = usual(grid.sessions, grid, ordinary)
    known = Known(
        grid,
        counts,
        total,
        noise,
        parts,
        visits,
        learn_rates(grid),
        learn_health(grid),
        delay_shapes(grid.step),
    )
    return known, _joined(counts, total, windows, grid.per_hour)


def _learn(grid: Grid, ordinary: Flags) -> tuple[Counts, Usual, Noise, dict[str, Usual]]:
    parts = {name: usual(line, grid, ordinary) for name, line in grid.channels.items()}
    counts, total = combine([(grid.channels[name], part) for name, part in parts.items()], grid, ordinary)
    noise = learn_noise(counts, total, ordinary & (total.expected > 0), grid.hour, grid.per_hour)
    return counts, total, noise, parts


def _of_one_line(grid: Grid, total: Usual, noise: Noise, ordinary: Flags, counts: Counts) -> list[Window]:
    """Windows in which one contact reason or channel stands out, and all contacts at least lean that way."""
    lines = [*grid.topics.values(), *(grid.channels.values() if len(grid.channels) > 1 else ())]
    found: list[Window] = []
    for line in lines:
        seen = np.nan_to_num(line)
        if seen.sum() < 5:
            continue
        own, own_noise = of_one_reason(seen, total, noise, ordinary, grid.per_hour)
        for window in scan(seen, own, own_noise, grid.per_hour, NOW_Z + ONE_LINE_PRICE):
            mean = float(total.expected[window.first : window.last].sum() * total.level[window.first])
            more = float(counts[window.first : window.last].sum()) - mean
            if more >= MIN_EXTRA and more >= 1.5 * np.sqrt(mean + noise.excess[-1] * mean**2):
                found.append(window._replace(z=window.z - ONE_LINE_PRICE))
    return found


def _is_now(grid: Grid, last: int) -> bool:
    """Whether a stretch reaches what was reported last."""
    return last >= grid.reported - grid.per_hour // 2


def _without_season(grid: Grid, ordinary: Flags) -> Flags:
    """Give back the hours of the week that stand out in so many weeks that they are usual."""
    cell = grid.weekday[grid.day] * 24 + grid.hour
    out = np.bincount(cell, ~ordinary, 168)
    share = out / np.maximum(np.bincount(cell, minlength=168), 1)
    return ordinary | ((share >= SEASON_SHARE) & (out >= 3 * grid.per_hour))[cell]


def _joined(counts: Counts, total: Usual, windows: list[Window], per_hour: int) -> list[Found]:
    """Windows with their bounds; those that touch or have only a lull between them become one."""
    spans: list[Found] = []
    for window in windows:
        first, last = bounds(counts, total.expected * total.level[window.first], window, per_hour)
        spans.append(Found(first, last, window.z, min(max(window.found, first + 1), last)))
    joined: list[Found] = []
    for span in sorted(spans):
        lull = JOIN_HOURS if min(span.z, joined[-1].z if joined else 0.0) >= NOW_Z else JOIN_HOURS / 3
        if joined and span.first <= joined[-1].last + round(lull * per_hour):
            before = joined[-1]
            first_called = min((s for s in (before, span) if s.z >= NOW_Z), default=before, key=lambda s: s.called)
            joined[-1] = Found(
                before.first, max(before.last, span.last), max(before.z, span.z), first_called.called
            )
        else:
            joined.append(span)
    return joined


def _judge(known: Known, found: Found) -> Judged:
    grid = known.grid
    case = _case(known, found)
    traffic = judge_traffic(case, grid, known.visits, known.delays)
    slow = judge_infrastructure(case, grid, known.health, traffic, known.delays)
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
        ),
        say_infrastructure(slow[0] if slow else None, seen_health, ruling.verdict == "infrastructure"),
        say_traffic(traffic, case.extra),
        say_event(event, ruling.verdict == "event", bool(grid.annotations)),
    ]
    missing = [
        name
        for name, there in (("friction", checked), ("performance", seen_health), ("sessions", traffic.known))
        if not there
    ]
    insufficient = (
        f"No data on {' and '.join(missing)} for this time, so that check was not made." if missing else None
    )
    own = [c for c in stuck if against[c.key] is None]
    return Judged(found, case, traffic, ruling, own, event, rivals, topics, insufficient)


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


def _stands(judged: Judged, grid: Grid) -> bool:
    """Whether a candidate is reported: beyond chance by itself, or weaker and following something that is."""
    z = judged.found.z
    now = _is_now(grid, judged.found.last)
    if judged.case.extra < 4 or z < (FOLLOWED_NOW_Z if now else FOLLOWED_Z):
        return False
    if z >= (NOW_Z if now else ALONE_Z):
        return True
    if judged.ruling.verdict == "traffic":
        return judged.traffic.z >= 6 and judged.traffic.ratio >= 1.5
    if judged.ruling.friction:
        return judged.ruling.friction.rise.z >= 6.5 and judged.ruling.friction.following.strength >= 2.8
    if judged.ruling.infrastructure:
        slow = judged.ruling.infrastructure
        return slow.slowdown.z >= 6.5 and slow.following.strength >= 2.8
    return False


def _p_value(chance: Chance, judged: Judged) -> float | None:
    if judged.ruling.friction is None:
        return None
    return chance.p_value(judged.case, judged.traffic, judged.ruling.friction.following.strength)


def _report(known: Known, judged: Judged, p: float | None, q: float | None) -> Surge:
    grid, case, ruling = known.grid, judged.case, judged.ruling
    expected = float(case.mean[case.inside].sum())
    observed = float(case.counts[case.inside].sum())
    noise = 1.645 * np.sqrt(expected + case.excess * expected**2)
    cause = ruling.friction or ruling.infrastructure
    following = cause.following if cause else None
    keys = _keys(judged, grid, p, q) if ruling.friction else []
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
        attributed=following.brought if following else brought,
        attributed_low=following.brought_low if following else None,
        attributed_high=following.brought_high if following else None,
        confidence=None,
        rivals=judged.rivals,
        event=str(judged.event.get("title")) if judged.event and ruling.verdict == "event" else None,
        insufficient=judged.insufficient,
        algorithm=ALGORITHM,
    )


def _keys(judged: Judged, grid: Grid, p: float | None, q: float | None) -> list[Key]:
    """The leading key, then what else rose on the same page and is followed too."""
    leading = judged.ruling.friction
    if leading is None:
        return []
    page = leading.key.rpartition("|")[0]
    same = [
        c
        for c in judged.friction
        if c is not leading and c.key.rpartition("|")[0] == page and c.following.share >= 0.2
    ]
    return [
        Key(
            key=c.key,
            p=p if c is leading else None,
            q=q if c is leading else None,
            lag_s=60 * c.following.lag_min,
            lag_low_s=60 * c.following.lag_low_min,
            lag_high_s=60 * c.following.lag_high_min,
            attributed=c.following.brought,
            attributed_low=c.following.brought_low,
            attributed_high=c.following.brought_high,
            onset=grid.time(judged.case.begin + c.rise.onset),
        )
        for c in [leading, *same]
    ]
