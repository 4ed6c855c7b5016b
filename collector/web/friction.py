"""The page Friction points: where people struggle, why, did the last release help, what does it cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from collector.friction import points as friction_points
from collector.friction import points_from_sums
from collector.friction.points import NoPoint
from collector.metrics.intervals import wilson
from collector.metrics.period import Period
from collector.metrics.score import friction_score
from collector.sourcemaps.lookup import Sources
from collector.store.feedback import links
from collector.store.fingerprint import format_fingerprint, parse_fingerprint
from collector.store.queries import contacts as contact_queries
from collector.store.queries import friction as friction_queries
from collector.store.queries import metrics as metric_queries
from collector.store.queries import scores as score_queries
from collector.surges.wording import friction_point, kind_name, probability
from collector.web.charts import Chart
from collector.web.charts import Line as ChartLine
from collector.web.format import Number, between, clock, count, decimal, in_95, percent, score_numbers
from collector.web.friction_table import SHOWN, SORTS, Line, cells, lines, to_csv
from collector.web.journeys import lost_completions
from collector.web.releases import last_pair, newest_pair
from collector.web.scope import Scope
from collector.web.strings import T

STEPS = (3600, 6 * 3600, 86_400)
"""Lengths of a step of the trend in seconds; the first that gives at most POINTS is taken."""

POINTS = 72
MAX_STEPS = 40
"""Steps of an example visit that are shown."""

EXAMPLES_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=400))
SEGMENTS_BACK = timedelta(days=2)
"""Who is affected is counted over the last two days that had the point: of the visits themselves, which are many."""


class Classification(NamedTuple):
    """What the rules last concluded about a friction point."""

    cause_class: str = "unclassified"
    cause_sub: str = ""
    cause_rule: str = ""
    cause_confidence: float = 0.0
    cause_evidence: str = ""
    cause_watch: bool = False


def load(scope: Scope) -> dict[str, Any]:
    """The score, the points that add most to it, and what is behind them."""
    sums = points_from_sums.sums(scope.store, scope.period).get("")
    score, visits = (friction_score(sums), sums.visits) if sums else (None, 0)
    found = lines(scope, lost_completions(scope), newest_pair(scope))
    shown = found[:SHOWN]
    points = [line.point for line in shown]
    classified = classifications(scope, [parse_fingerprint(point["fingerprint"]) for point in points])
    stated = _stated(scope)
    return {
        "numbers": score_numbers(score, visits, scope.href("/releases")),
        "points": [_row(scope, line, classified.get(line.point["fingerprint"]), stated) for line in shown],
        "sort": scope.asked.get("sort") or "points",
        "sorts": {name: scope.href("/friction", sort=name) for name in SORTS},
        "csv": scope.href("/friction.csv", sort=scope.asked.get("sort", "")),
        "more": len(found) - len(shown),
        "classes": _classes(scope, score.score.value if score else 0.0),
        "release": last_pair(scope),
        "trend": trend(scope),
        "loops": loops(scope),
        "examples": _examples(scope, points),
    }


def load_point(scope: Scope, text: str) -> dict[str, Any]:
    """A friction point in full. Raises NoPoint."""
    fingerprint = friction_points.read(text)
    # 0 would be all of them.
    points = points_from_sums.points(scope.store, scope.period, point=fingerprint, limit=1) if fingerprint else []
    classified = classifications(scope, [fingerprint])
    if not points and not classified:
        raise NoPoint(T.point.nobody.format(point=text, app=scope.app))
    point = points[0] if points else _without_occurrence(fingerprint)
    point |= _error(scope, fingerprint, point["kind"], point["last_ts"] or scope.end)
    classification = classified.get(point["fingerprint"], Classification())
    # What is summed knows of overrides; a point of evidence only is summed nowhere.
    point = {**classification._asdict(), **point}
    point["source"] = Sources(scope.store, scope.app).of(point.get("release", ""), point.get("error_place", ""))
    overrides = friction_points.overrides(scope.store, scope.app)
    override = next((o for o in overrides if o["fingerprint"] == point["fingerprint"]), None)
    if override:
        point |= {
            "cause_class": override["cause_class"],
            "cause_sub": override["cause_sub"],
            "cause_rule": "override",
        }
    around = _around(scope, point["last_ts"], SEGMENTS_BACK)
    return {
        "point": point,
        "title": title(point),
        "cause": cause_words(point),
        # A rule's confidence is not that of the person who overrode it.
        "confidence": "" if override or not classified else probability(classification.cause_confidence),
        "numbers": _point_numbers(scope, point),
        "segments": [
            {**part, "text": percent(part["share"]), "spread": between(part["share_95"], " %", 1, 100)}
            for part in friction_points.segments(scope.store, around, fingerprint)
        ],
        "segments_since": clock(around.start, scope.zone),
        "examples": _sequences(scope, examples(scope, fingerprint, point["last_ts"])),
        "override": override and {**override, "until": clock(datetime.fromisoformat(override["until"]), scope.zone)},
        "first": point["first_ts"] and clock(point["first_ts"], scope.zone),
        "last": point["last_ts"] and clock(point["last_ts"], scope.zone),
    }


def classifications(scope: Scope, fingerprints: Sequence[int]) -> dict[str, Classification]:
    """By fingerprint: the cause, its evidence in a sentence, and the rules' confidence."""
    rows = friction_queries.evidence(scope.store, **scope.period.parameters(), points=list(fingerprints))
    return {format_fingerprint(point): Classification(*verdict) for point, verdict, _ in rows}


def examples(scope: Scope, fingerprint: int, last: datetime | None) -> list[dict[str, Any]]:
    """The last three visits with the point, looked for further back only where there are fewer."""
    visits: list[dict[str, Any]] = []
    for back in EXAMPLES_BACK:
        around = _around(scope, last, back)
        visits = points_from_sums.examples(scope.store, around, fingerprint)
        if len(visits) == 3 or around.start <= scope.start:
            break
    return visits


def _around(scope: Scope, last: datetime | None, back: timedelta) -> Period:
    """The time before the last occurrence, within the requested time."""
    end = min(scope.end, _utc(last) + timedelta(seconds=1)) if last else scope.end
    return scope.period._replace(start=max(scope.start, end - back), end=end)


def _error(scope: Scope, fingerprint: int, kind: str, last: datetime) -> dict[str, Any]:
    around = _around(scope, last, timedelta(hours=1))
    rows = friction_queries.point_errors(scope.store, **around.parameters(), point=fingerprint, kind=kind)
    return rows[0]._asdict() if rows else dict.fromkeys(friction_queries.PointError._fields, "")


def _without_occurrence(fingerprint: int) -> dict[str, Any]:
    """A point of evidence only, such as a rejected field, counts in no score."""
    return {
        "fingerprint": format_fingerprint(fingerprint),
        "page_group": "",
        "kind": "",
        "target": "",
        "target_name": "",
        "sessions": 0,
        "page_sessions": 0,
        "points": 0.0,
        "share": None,
        "share_95": None,
        "left": 0,
        "first_ts": None,
        "last_ts": None,
    }


def cause_words(point: dict[str, Any]) -> str:
    """The cause and its subtype, and whether a person decided so."""
    words = str(T.classes.of(point.get("cause_class") or "unclassified"))
    if sub := point.get("cause_sub"):
        words += f", {T.causes.of(sub)}"
    return f"{words} ({T.friction.override})" if point.get("cause_rule") == "override" else words


def title(point: dict[str, Any]) -> str:
    """A friction point as people call it."""
    key = f"{point['page_group']}|{point['kind']}"
    return friction_point(key, {key: _element(point)})


def trend(scope: Scope) -> Chart | None:
    """The friction score over time; steps with fewer than 30 visits are left out."""
    length = (scope.end - scope.start).total_seconds()
    step = next((s for s in STEPS if length / s <= POINTS), STEPS[-1])
    start = scope.start.replace(minute=0, second=0, microsecond=0)
    n = int(length // step) + 1
    values: list[float | None] = [None] * n
    for row in score_queries.series(scope.store, **scope.period.parameters(), step=step):
        if row.bin < n and row.n >= 30:
            values[row.bin] = row.sws / row.sw
    if not any(value is not None for value in values):
        return None
    at = [(start + timedelta(seconds=step * i)).astimezone(scope.zone) for i in range(n)]
    marks = [
        (datetime.fromtimestamp(since, scope.zone), str(title))
        for since, _, kind, title in contact_queries.annotations_during(
            scope.store, app=scope.app, start=scope.start, end=scope.end
        )
        if kind == "release"
    ]
    return Chart(T.friction.trend, "", at, [ChartLine(T.friction.score, values, "line", "cause")], None, marks)


def loops(scope: Scope) -> list[dict[str, str]]:
    """Every feedback loop: from a contact reason to a fix that is verified."""
    return [
        {
            "reason": link.contact_reason,
            "point": friction_point(
                f"{link.page_group}|{link.kind}",
                {f"{link.page_group}|{link.kind}": link.target_name} if link.target_name else {},
            ),
            "state": link.state,
            "words": T.feedback.states.of(link.state),
            "owner": link.owner or "–",
            "release": link.release or "–",
            "since": clock(link.began_ts, scope.zone),
        }
        for link in links(scope.store, scope.app)[-20:]
    ]


def table(scope: Scope) -> str:
    """Every friction point of the time as CSV."""
    return to_csv(lines(scope, lost_completions(scope), newest_pair(scope)))


def _row(scope: Scope, line: Line, classification: Classification | None, stated: dict[str, str]) -> dict[str, Any]:
    point = line.point
    return {
        **cells(line),
        "href": scope.href(f"/friction/{point['fingerprint']}"),
        "title": title(point),
        "page": point["page_group"],
        "cause": cause_words(point),
        "class": point["cause_class"],
        "evidence": classification.cause_evidence if classification else "",
        "stated": stated.get(point["page_group"], T.numbers.none),
        "fingerprint": point["fingerprint"],
    }


def _classes(scope: Scope, score: float) -> list[dict[str, str]]:
    return [
        {
            "name": T.classes.of(name or "unclassified"),
            "points": decimal(points, 2),
            "share": percent(points / score, 0) if score else "–",
            "occurrences": count(occurrences),
        }
        for name, occurrences, points in points_from_sums.classes(scope.store, scope.period)
    ]


def _stated(scope: Scope) -> dict[str, str]:
    """By page: what its visitors answered in surveys."""
    stated: dict[str, str] = {}
    for row in metric_queries.page_answers(scope.store, app=scope.app, start=scope.start, end=scope.end):
        for metric, n, good in (("CES", row.ces, row.ces_good), ("CSAT", row.csat, row.csat_good)):
            if n >= 30:
                interval = between(wilson(good, n), " %", 0, 100)
                stated[row.page_group] = f"{metric} {percent(good / n, 0)} ({interval}; n = {count(n)})"
    return stated


def _examples(scope: Scope, points: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What three visits did that had the point that adds most."""
    if not points:
        return None
    first = points[0]
    visits = examples(scope, parse_fingerprint(first["fingerprint"]), first["last_ts"])
    return {
        "title": title(first),
        "visits": _sequences(scope, visits),
        "href": scope.href(f"/friction/{first['fingerprint']}"),
    }


def _sequences(scope: Scope, visits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "session": visit["session"],
            "steps": [
                {
                    "at": f"{_utc(step['ts']).astimezone(scope.zone):%H:%M:%S}",
                    "what": kind_name(step["kind"]),
                    "page": step["page_group"],
                    "where": step["where"],
                    "is_point": step["is_it"],
                }
                for step in visit["sequence"][:MAX_STEPS]
            ],
            "more": max(0, len(visit["sequence"]) - MAX_STEPS),
        }
        for visit in visits
    ]


def _point_numbers(scope: Scope, point: dict[str, Any]) -> list[Number]:
    n = f"n = {count(point['page_sessions'])} {T.friction.page_visits}"
    numbers = [Number(T.friction.hit, count(point["sessions"]))]
    if point["share"] is not None:
        left = wilson(point["left"], point["sessions"])
        numbers += [
            Number(T.friction.share, percent(point["share"]), in_95(between(point["share_95"], " %", 1, 100)), n),
            Number(
                T.friction.left,
                percent(point["left"] / point["sessions"]),
                in_95(between(left, " %", 1, 100)),
                f"n = {count(point['sessions'])} {T.numbers.visits}",
            ),
        ]
    points = decimal(point["points"], 2)
    return [*numbers, Number(T.friction.points, points, T.friction.points_means, "", scope.href("/friction"))]


def _element(point: dict[str, Any]) -> str:
    names = ("target_name", "target", "source", "error_place", "route")
    return str(next((point[name] for name in names if point.get(name)), ""))


def _utc(ts: datetime) -> datetime:
    return ts if ts.tzinfo else ts.replace(tzinfo=UTC)
