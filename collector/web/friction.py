"""The page Friction points: where people struggle, whose fault it is and why, did the last release help, what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from collector.friction import points as account
from collector.friction import points_from_sums
from collector.friction.points import NoPoint
from collector.metrics.intervals import wilson
from collector.metrics.period import Period
from collector.metrics.score import friction_score
from collector.sourcemaps.lookup import Sources
from collector.store.feedback import links
from collector.store.fingerprint import format_fingerprint
from collector.store.queries import contacts as contact_queries
from collector.store.queries import metrics as metric_queries
from collector.surges.wording import friction_point
from collector.web.charts import Chart, Line
from collector.web.format import Number, between, clock, in_95, percent, plain, score_numbers
from collector.web.journeys import lost
from collector.web.releases import chosen
from collector.web.scope import Look
from collector.web.strings import T

SHOWN = 10
STEPS = (3600, 6 * 3600, 86_400)
"""Lengths of a stretch of the trend; the first that gives at most POINTS is taken."""

POINTS = 72

EXAMPLES_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=400))
SEGMENTS_BACK = timedelta(days=2)
"""Who is affected is counted over the last two days that it was met: of the visits themselves, which are many."""


def answer(look: Look) -> dict[str, Any]:
    """The score, the points that add most to it, and what is behind them."""
    sums = points_from_sums.sums(look.store, look.period).get("")
    score, visits = (friction_score(sums), sums.visits) if sums else (None, 0)
    found = points_from_sums.points(look.store, look.period, limit=SHOWN)
    said = evidence(look, [account.read(point["fingerprint"]) for point in found])
    stated, costs = _stated(look), lost(look)
    return {
        "numbers": score_numbers(score, visits, look.href("/releases")),
        "points": [_row(look, point, said.get(point["fingerprint"]), stated, costs) for point in found],
        "classes": _classes(look, score.score.value if score else 0.0),
        "release": chosen(look),
        "trend": trend(look),
        "loops": loops(look),
        "examples": _examples(look, found),
    }


def point(look: Look, written: str) -> dict[str, Any]:
    """A friction point in full. Raises NoPoint."""
    fingerprint = account.read(written)
    found = (
        points_from_sums.points(look.store, look.period, point=fingerprint, limit=1) if fingerprint else []
    )  # 0: all of them
    said = evidence(look, [fingerprint])
    if not found and not said:
        raise NoPoint(T.point.nobody.format(point=written, app=look.app))
    one = found[0] if found else _no_moment(fingerprint)
    one |= _error(look, fingerprint, one["kind"], one["last_ts"] or look.end)
    judged = said.get(one["fingerprint"], Said())
    # What is summed knows of overrides; a point of evidence only is summed nowhere.
    one = {**judged._asdict(), **one}
    one["source"] = Sources(look.store, look.app).of(one.get("release", ""), one.get("error_place", ""))
    override = next(
        (o for o in account.overrides(look.store, look.app) if o["fingerprint"] == one["fingerprint"]), None
    )
    if override:
        one |= {
            "cause_class": override["cause_class"],
            "cause_sub": override["cause_sub"],
            "cause_rule": "override",
        }
    around = _around(look, one["last_ts"], SEGMENTS_BACK)
    return {
        "point": one,
        "title": words(one),
        "where": _where(one),
        "cause": cause_words(one),
        "numbers": _point_numbers(look, one),
        "segments": [
            {**part, "text": percent(part["share"]), "spread": between(part["share_95"], " %", 1, 100)}
            for part in account.segments(look.store, around, fingerprint)
        ],
        "segments_since": clock(around.start, look.zone),
        "examples": _sequences(look, examples(look, fingerprint, one["last_ts"])),
        "override": override and {**override, "until": clock(datetime.fromisoformat(override["until"]), look.zone)},
        "first": one["first_ts"] and clock(one["first_ts"], look.zone),
        "last": one["last_ts"] and clock(one["last_ts"], look.zone),
    }


class Said(NamedTuple):
    """What the rules said of a friction point last."""

    cause_class: str = "unclassified"
    cause_sub: str = ""
    cause_rule: str = ""
    cause_confidence: float = 0.0
    cause_evidence: str = ""
    cause_watch: bool = False


def evidence(look: Look, fingerprints: Sequence[int]) -> dict[str, Said]:
    """By fingerprint: what the rules saw, in a sentence, how sure they are, and whether it is a close call."""
    rows = look.store.rows("point_evidence", **look.period.parameters(), points=list(fingerprints))
    return {format_fingerprint(point): Said(*verdict) for point, verdict, _ in rows}


def examples(look: Look, fingerprint: int, last: datetime | None) -> list[dict[str, Any]]:
    """The last three visits that met it, looked for further back only where there are fewer."""
    found: list[dict[str, Any]] = []
    for back in EXAMPLES_BACK:
        around = _around(look, last, back)
        found = points_from_sums.examples(look.store, around, fingerprint)
        if len(found) == 3 or around.start <= look.start:
            break
    return found


def _around(look: Look, last: datetime | None, back: timedelta) -> Period:
    """The time before the last moment, as far as it is asked for."""
    end = min(look.end, _utc(last) + timedelta(seconds=1)) if last else look.end
    return look.period._replace(start=max(look.start, end - back), end=end)


def _error(look: Look, fingerprint: int, kind: str, last: datetime) -> dict[str, Any]:
    names = ("release", "error_type", "error_message", "error_place", "route", "status", "target")
    around = _around(look, last, timedelta(hours=1))
    rows = look.store.rows("point_errors", **around.parameters(), point=fingerprint, kind=kind)
    return dict(zip(names, rows[0], strict=True)) if rows else dict.fromkeys(names, "")


def _no_moment(fingerprint: int) -> dict[str, Any]:
    """A point of evidence only, such as a refused field, counts in no score."""
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


def cause_words(one: dict[str, Any]) -> str:
    """The class and its sort, and the rule that says so."""
    sort = f", {one['cause_sub'].replace('_', ' ')}" if one.get("cause_sub") else ""
    return f"{T.classes.of(one.get('cause_class') or 'unclassified')}{sort} ({one.get('cause_rule') or T.friction.unjudged})"


def words(one: dict[str, Any]) -> str:
    """A friction point as people call it."""
    return friction_point(f"{one['page_group']}|{one['kind']}", {f"{one['page_group']}|{one['kind']}": _where(one)})


def trend(look: Look) -> Chart | None:
    """The friction score over the time; stretches with fewer than 30 visits are left out."""
    length = (look.end - look.start).total_seconds()
    step = next((s for s in STEPS if length / s <= POINTS), STEPS[-1])
    start = look.start.replace(minute=0, second=0, microsecond=0)
    n = int(length // step) + 1
    values: list[float | None] = [None] * n
    for at, visits, w, ws, _ in look.store.rows("score_series", **look.period.parameters(), step=step):
        if at < n and visits >= 30:
            values[at] = ws / w
    if not any(value is not None for value in values):
        return None
    at = [(start + timedelta(seconds=step * i)).astimezone(look.zone) for i in range(n)]
    marks = [
        (datetime.fromtimestamp(since, look.zone), str(title))
        for since, _, kind, title in contact_queries.annotations_during(
            look.store, app=look.app, start=look.start, end=look.end
        )
        if kind == "release"
    ]
    return Chart(T.friction.trend, "", at, [Line(T.friction.score, values, "line", "cause")], None, marks)


def loops(look: Look) -> list[dict[str, str]]:
    """Every feedback loop: from a reason of contacts to a fix that is proven."""
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
            "since": clock(link.began_ts, look.zone),
        }
        for link in links(look.store, look.app)[-20:]
    ]


def _row(
    look: Look, one: dict[str, Any], said: Said | None, stated: dict[str, str], costs: dict[str, str]
) -> dict[str, Any]:
    return {
        "href": look.href(f"/friction/{one['fingerprint']}"),
        "title": words(one),
        "page": one["page_group"],
        "sessions": plain(one["sessions"]),
        "page_sessions": plain(one["page_sessions"]),
        "share": percent(one["share"]),
        "spread": between(one["share_95"], " %", 1, 100),
        "points": f"{one['points']:.2f}",
        "cause": cause_words(one),
        "class": one["cause_class"],
        "evidence": said.cause_evidence if said else "",
        "watch": bool(said and said.cause_watch),
        "confidence": f"{said.cause_confidence:.1f}" if said else "–",
        "left": percent(one["left"] / one["sessions"]) if one["sessions"] else "–",
        "left_spread": between(wilson(one["left"], one["sessions"]), " %", 1, 100) if one["sessions"] else "",
        "stated": stated.get(one["page_group"], T.numbers.none),
        "fingerprint": one["fingerprint"],
        "lost": costs.get(one["fingerprint"], T.numbers.none),
    }


def _classes(look: Look, score: float) -> list[dict[str, str]]:
    return [
        {
            "name": T.classes.of(name or "unclassified"),
            "points": f"{points:.2f}",
            "share": percent(points / score, 0) if score else "–",
            "moments": plain(moments),
        }
        for name, moments, points in points_from_sums.classes(look.store, look.period)
    ]


def _stated(look: Look) -> dict[str, str]:
    """By page: what those say who were asked there."""
    rows = metric_queries.page_answers(look.store, app=look.app, start=look.start, end=look.end)
    found: dict[str, str] = {}
    for row in rows:
        for metric, n, good in (("CES", row.ces, row.ces_good), ("CSAT", row.csat, row.csat_good)):
            if n >= 30:
                found[row.page_group] = (
                    f"{metric} {percent(good / n, 0)} ({between(wilson(good, n), ' %', 0, 100)}; n = {n})"
                )
    return found


def _examples(look: Look, found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What three visits did that met the point that adds most."""
    if not found:
        return None
    first = found[0]
    visits = examples(look, account.read(first["fingerprint"]), first["last_ts"])
    return {
        "title": words(first),
        "visits": _sequences(look, visits),
        "href": look.href(f"/friction/{first['fingerprint']}"),
    }


def _sequences(look: Look, visits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "session": visit["session"],
            "steps": [
                {
                    "at": f"{_utc(step['ts']).astimezone(look.zone):%H:%M:%S}",
                    "what": T.kinds.of(step["kind"]),
                    "page": step["page_group"],
                    "where": step["where"],
                    "is_it": step["is_it"],
                }
                for step in visit["sequence"][:40]
            ],
            "more": max(0, len(visit["sequence"]) - 40),
        }
        for visit in visits
    ]


def _point_numbers(look: Look, one: dict[str, Any]) -> list[Number]:
    n = f"n = {plain(one['page_sessions'])} {T.friction.page_visits}"
    found = [Number(T.friction.hit, plain(one["sessions"]), "", n)]
    if one["share"] is not None:
        found.append(Number(T.friction.share, percent(one["share"]), in_95(between(one["share_95"], " %", 1, 100)), n))
        left = wilson(one["left"], one["sessions"])
        found.append(
            Number(
                T.friction.left,
                percent(one["left"] / one["sessions"]),
                in_95(between(left, " %", 1, 100)),
                f"n = {plain(one['sessions'])} {T.numbers.visits}",
            )
        )
    found.append(Number(T.friction.adds, f"{one['points']:.2f}", T.friction.adds_means, n, look.href("/friction")))
    return found


def _where(one: dict[str, Any]) -> str:
    return str(
        one["target_name"] or one["target"] or one.get("source") or one.get("error_place") or one.get("route") or ""
    )


def _utc(ts: datetime) -> datetime:
    return ts if ts.tzinfo else ts.replace(tzinfo=UTC)
