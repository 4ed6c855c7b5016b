"""Friction points, scores and comparisons of one site as plain values, for commands, pages and reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from collector.friction.cause_evidence import CLASSES, SUBS
from collector.metrics.compare import Comparison, compare
from collector.metrics.intervals import wilson
from collector.metrics.period import Period
from collector.metrics.score import Score, Sums, friction_score
from collector.store.fingerprint import format_fingerprint, parse_fingerprint
from collector.store.queries import causes as cause_queries
from collector.store.queries import friction as friction_queries
from collector.store.queries import scores as score_queries
from collector.store.store import Store

SEGMENTS = ("device", "browser", "country", "release", "variant", "user_setting", "env")
"""What scores can be told apart by; `variant` was chosen for the visitor, `user_setting` by the visitor."""
BY = ("page", "target", "kind", "class", "release")


class NoPoint(ValueError):
    """The value is not a friction point of this site and time; says what is expected."""


def read(text: str) -> int:
    """The fingerprint that `text` writes. Raises NoPoint."""
    try:
        return parse_fingerprint(text)
    except ValueError as error:
        raise NoPoint(str(error)) from None


def sums(store: Store, period: Period, by: str = "", releases: Sequence[str] = ()) -> dict[str, Sums]:
    """The sums that scores are made from, by each value of the segment `by`; by "" without one."""
    rows = score_queries.by_segment(store, **period.parameters(), by=by, releases=list(releases))
    return {row.value: Sums(*row[1:]) for row in rows}


def scores(store: Store, period: Period, by: str = "") -> dict[str, Score | None]:
    """Score and rate with intervals for each value of the segment; None with fewer than 30 visits."""
    return {value: friction_score(found) for value, found in sums(store, period, by).items()}


def contributions(store: Store, period: Period, releases: Sequence[str] = ()) -> dict[str, dict[str, float]]:
    """What each kind, class, page and target adds to the friction score: by dimension, points by value, most first.

    Within a dimension they sum to the score.
    """
    total = sum(found.w for found in sums(store, period, releases=releases).values())
    points, classes = _overridden(store, period.app)
    rows = score_queries.contributions(
        store,
        **period.parameters(),
        releases=list(releases),
        overridden=points,
        overridden_to=classes,
    )
    found: dict[str, dict[str, float]] = {"kind": {}, "class": {}, "page": {}, "target": {}}
    for kind, cause, page, target, name, ws in rows:
        values = {"kind": kind, "class": cause, "page": page, "target": f"{page} {name or target}"}
        for dimension, value in values.items():
            found[dimension][value] = found[dimension].get(value, 0.0) + ws / total
    return {dimension: dict(sorted(parts.items(), key=lambda part: -part[1])) for dimension, parts in found.items()}


def points(store: Store, period: Period, *, by: str = "", limit: int = 15, point: int = 0) -> list[dict[str, Any]]:
    """Friction points that add most to the score, or with `by` (see BY) what each page, target, kind, class or release
    adds; `share` is of the page's visits, `points` of the friction score's 0 to 100."""
    total = sum(found.w for found in sums(store, period).values())
    overridden, classes = _overridden(store, period.app)
    rows = friction_queries.points(
        store,
        **period.parameters(),
        by=by,
        limit=limit,
        point=point,
        overridden=overridden,
        overridden_to=classes,
    )
    found = []
    for row in rows:
        one: dict[str, Any] = {
            "sessions": row.visits,
            "moments": row.moments,
            "events": row.all_events,
            "repeats": row.all_events,
            "points": row.ws / total if total else 0.0,
            "severity": row.worst,
            "left": row.left,
            "first_ts": _iso(row.first_ts),
            "last_ts": _iso(row.last_ts),
        }
        if by:
            found.append({by: row.value, **one})
            continue
        of_page = max(row.of_page, row.visits)
        cause_class, sub, rule = row.found
        found.append(
            {
                "fingerprint": format_fingerprint(row.a_point),
                "page_group": row.a_page,
                "kind": row.a_kind,
                "target": row.a_target,
                "target_name": row.a_name,
                **one,
                "page_sessions": of_page,
                "share": row.visits / of_page,
                "share_95": wilson(row.visits, of_page),
                "cause_class": cause_class,
                "cause_sub": sub,
                "cause_rule": rule,
            }
        )
    return found


def explained(store: Store, period: Period, fingerprints: Sequence[int]) -> dict[str, dict[str, Any]]:
    """What the events of these friction points say: by fingerprint as written, the error with its place and release, the
    verdict with its confidence and evidence, and the releases that have it."""
    rows = friction_queries.point_events(store, **period.parameters(), points=list(fingerprints))
    return {
        format_fingerprint(point): {
            "release": release,
            "error_type": kind,
            "error_message": message,
            "error_place": place,
            "route": route,
            "status": status,
            "cause_class": verdict[0],
            "cause_sub": verdict[1],
            "cause_rule": verdict[2],
            "cause_confidence": round(verdict[3], 2),
            "cause_evidence": verdict[4],
            "cause_watch": bool(verdict[5]),
            "first_release": first,
            "releases": sorted(releases),
        }
        for point, release, kind, message, place, route, status, verdict, first, releases, _ in rows
    }


def segments(store: Store, period: Period, fingerprint: int) -> list[dict[str, Any]]:
    """Who is affected: for each segment that met the point, its visits, those that met it, and the share with interval."""
    rows = friction_queries.point_segments(store, **period.parameters(), point=fingerprint)
    return [
        {
            "dimension": dimension,
            "value": value,
            "sessions": visits,
            "met": met,
            "share": met / visits,
            "share_95": wilson(met, visits),
        }
        for dimension, value, visits, met in rows
    ]


def examples(store: Store, period: Period, fingerprint: int) -> list[dict[str, Any]]:
    """Three of the visits that met the point, each as what it did and met in the order of time: masked targets alone."""
    found: dict[str, list[dict[str, Any]]] = {}
    for session, ts, kind, page, where, is_it in friction_queries.point_examples(
        store, **period.parameters(), point=fingerprint
    ):
        found.setdefault(session, []).append(
            {"ts": _iso(ts), "kind": kind, "page_group": page, "where": where, "is_it": bool(is_it)}
        )
    return [{"session": session, "sequence": sequence} for session, sequence in found.items()]


def compared(store: Store, period: Period, before: str, after: str, by: str = "release") -> Comparison | None:
    """Friction before and after: two releases, or two values of another segment. None: fewer than 30 visits of one."""
    found = sums(store, period, by)
    missing = [value for value in (before, after) if value not in found]
    if missing:
        known = ", ".join(value or "(none)" for value in list(found)[:10]) or "no visits at all"
        raise NoPoint(f"no visits of the {by} {missing[0]!r} in this time; there are {known}")
    return compare(found[before], found[after])


class Override(NamedTuple):
    """What a person says that a friction point is, and until when. Times carry a time zone."""

    fingerprint: str
    cause_class: str
    cause_sub: str
    who: str
    why: str
    until: datetime


def override(store: Store, app: str, said: Override, now: datetime) -> None:
    """From now on the point is what `said` says, whatever the rules say. Raises NoPoint for what cannot be said."""
    if said.cause_class not in CLASSES:
        raise NoPoint(f"{said.cause_class!r} is not a class: {', '.join(CLASSES)}")
    if said.cause_sub and said.cause_sub not in SUBS[said.cause_class]:
        raise NoPoint(
            f"{said.cause_sub!r} is not a subtype of {said.cause_class}: {', '.join(SUBS[said.cause_class]) or 'none'}"
        )
    if not said.who.strip() or not said.why.strip():
        raise NoPoint("an override says who decided and why: neither may be empty")
    if said.until <= now:
        raise NoPoint(f"until {said.until:%Y-%m-%d %H:%M} is over already; give a time to come")
    _say(store, app, read(said.fingerprint), said, now, 0)


def take_back(store: Store, app: str, fingerprint: str, who: str, now: datetime) -> None:
    """From now on the rules decide again."""
    said = Override(fingerprint, "", "", who, "taken back", now)
    _say(store, app, read(fingerprint), said, now, 1)


def overrides(store: Store, app: str) -> list[dict[str, Any]]:
    """The overrides that hold now."""
    return [
        {
            "fingerprint": format_fingerprint(point),
            "cause_class": cause,
            "cause_sub": sub,
            "who": who,
            "why": why,
            "until": _iso(until),
            "set": _iso(at),
        }
        for point, cause, sub, who, why, until, at in cause_queries.overrides(store, app=app)
    ]


def _say(store: Store, app: str, point: int, said: Override, now: datetime, is_deleted: int) -> None:
    version = int(now.timestamp() * 1000)
    row = [app, point, version, is_deleted, said.cause_class, said.cause_sub, said.who, said.why, said.until]
    store.client.insert(
        "snag_experience.cause_overrides",
        [row],
        column_names=[
            "app",
            "fingerprint",
            "version",
            "is_deleted",
            "cause_class",
            "cause_sub",
            "who",
            "why",
            "until_ts",
        ],
    )


def _overridden(store: Store, app: str) -> tuple[list[int], list[str]]:
    rows = cause_queries.overrides(store, app=app)
    return [row.of_fingerprint for row in rows], [row.cause_class for row in rows]


def _iso(ts: datetime) -> str:
    return (ts if ts.tzinfo else ts.replace(tzinfo=UTC)).isoformat()
