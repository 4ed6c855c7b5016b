"""The page Contact surge: are there more contacts than usual, do they follow the site, and is it over?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from collector.correlate import Surge
from collector.store.feedback import Link, links
from collector.store.grids import STEP_S
from collector.store.judged import Judged, judged
from collector.store.queries.surges import Review
from collector.store.surges import history, keep_review, reviews
from collector.surges.answer import LATE, STATES, Answer, answer
from collector.surges.find import ContactsMissing, Found
from collector.surges.wording import (
    SURGE_STATES,
    VERDICT_NAMES,
    describe,
    friction_point,
    stopped,
    verdict_name,
)
from collector.web.charts import Chart, Line
from collector.web.format import Number, between, chance, clock, count, duration, few, percent, probability, signed
from collector.web.scope import Scope
from collector.web.strings import T
from collector.web.surge_series import curves, friction_points, load_series, load_surge, load_surges, total

DAYS = 14
"""Days before, whose same hours show what is usual."""

MAX_IN_REPORT = 10
"""Surges that a report shows in full."""


def load(scope: Scope) -> dict[str, Any]:
    """The newest active surge in full, or what can be said instead, and the list of all."""
    surges = load_surges(scope)
    active = [(row, surge) for row, surge in surges if row.state == "standing"]
    runs = judged(scope.store, scope.app, scope.sources, scope.start, scope.end)
    said = _said(runs, [surge for _, surge in active], scope.start, scope.end, scope)
    try:
        found = load_series(scope, None, visits=not active) if said.through > said.start else None
    except ContactsMissing:
        found = None
    articles = []
    if active:
        row, surge = active[0]
        articles = [
            {
                **article(scope, load_series(scope, surge), surge),
                "href": scope.href(f"/surges/{row.surge_id}"),
            }
        ]
    rows = [_row(scope, scope.href(f"/surges/{row.surge_id}"), row.state, surge) for row, surge in surges]
    return _page(scope, said, found, articles, rows)


def load_evaluated(scope: Scope, found: Found | None, missing: str) -> dict[str, Any]:
    """The same for a report, of surges that were evaluated just now; each is shown in full, the newest first."""
    surges = found.surges[::-1] if found else []
    if found:
        run = Judged(found.since, found.judged_through, found.until, found.until)
    else:
        run = Judged(scope.start, scope.start, scope.end, scope.end, missing)
    said = _said([run], surges, run.since, run.until, scope._replace(now=run.until))
    articles = [{**article(scope, found, surge), "href": ""} for surge in surges[:MAX_IN_REPORT] if found]
    return _page(scope, said, found, articles, [_row(scope, "", "standing", surge) for surge in surges])


def _said(runs: Sequence[Judged], surges: Sequence[Surge], since: datetime, until: datetime, scope: Scope) -> Answer:
    """What is said of the time, or of the part of it after the last surge."""
    ended = max((datetime.fromtimestamp(surge.end, UTC) for surge in surges), default=since)
    if until - ended <= LATE:  # the surge goes on to the end, and is the answer
        return answer(runs, len(surges), since, until, scope.now, scope.zone)
    return answer(runs, 0, max(since, ended), until, scope.now, scope.zone)


def _page(
    scope: Scope, said: Answer, found: Found | None, articles: list[dict[str, Any]], rows: list[dict[str, Any]]
) -> dict[str, Any]:
    if found and said.through > said.start:
        # The numbers and charts beside an answer are of its own time.
        through = min(found.until, said.through)
        found = found._replace(judged_through=through, until=through)
    calm = said.state == "as_usual"
    return {
        "answer": {
            "state": said.state,
            "title": STATES[said.state] if not articles else T.surge.since_then,
            "words": said.words(scope.zone),
        },
        "now": _now(scope, found) if found else [],
        "articles": articles,
        "charts": charts(found, None) if found and calm and not articles else [],
        "reservations": stopped(found) if found else [],
        "surges": rows,
        "complete": complete(scope),
    }


def load_one(scope: Scope, surge_id: UUID) -> dict[str, Any] | None:
    """A surge in full, with every version of it; None: there is no such surge."""
    loaded = load_surge(scope, surge_id)
    if loaded is None:
        return None
    row, surge = loaded
    versions = [
        {
            "at": clock(evaluated, scope.zone),
            "state": SURGE_STATES.get(state, state),
            "verdict": VERDICT_NAMES.get(verdict, verdict),
            "extra": signed(extra),
            "algorithm": algorithm,
        }
        for evaluated, state, verdict, _, _, extra, algorithm in history(scope.store, scope.app, surge_id)
    ]
    said = next((one for one in reviews(scope.store, scope.app) if one.surge_id == surge_id), None)
    return {
        "review": "" if said is None else T.review.confirmed if said.is_right else T.review.refused,
        "article": article(scope, load_series(scope, surge), surge),
        "state": "" if row.state == "standing" else SURGE_STATES.get(row.state, row.state),
        "history": versions,
        "complete": complete(scope),
    }


def review(scope: Scope, surge_id: UUID, is_right: bool) -> bool:
    """Keep what somebody said of a verdict; whether there is such a surge. As `snag contacts confirm` and `refuse`."""
    loaded = load_surge(scope, surge_id)
    if loaded is None:
        return False
    _, surge = loaded
    stated = surge.stated if surge.stated is not None else surge.confidence
    keep_review(scope.store, scope.app, Review(surge_id, surge.verdict, stated, is_right), scope.now)
    return True


def article(scope: Scope, found: Found, surge: Surge) -> dict[str, Any]:
    """One surge as a page or report shows it: words, numbers, charts, what is behind it, and whether it is over."""
    return {
        "story": describe(surge, found),
        "numbers": numbers(surge),
        "charts": charts(found, surge),
        "points": [
            {
                "words": friction_point(key, found.elements),
                "href": scope.href(f"/friction/{fingerprint}"),
                "element": element,
                "visits": count(visits),
            }
            for key, points in friction_points(scope, surge).items()
            for fingerprint, element, visits in points
        ],
        "is_over": _is_over(scope, found, surge),
        "loops": [_loop(link) for link in links(scope.store, scope.app) if _is_about(link, surge)],
        "algorithm": surge.algorithm,
    }


def numbers(surge: Surge) -> list[Number]:
    """The surge in numbers; intervals hold 90 %."""

    def in_90(low: float | None, high: float | None, unit: str = "", scale: float = 1) -> str:
        words = between(None if low is None or high is None else (low, high), unit, 0, scale)
        return f"{words} ({T.numbers.interval_90})" if words else ""

    out = [
        Number(T.surge.extra, signed(surge.extra), in_90(surge.extra_low, surge.extra_high)),
        Number(
            T.surge.ratio,
            f"{surge.ratio:.1f}×" if surge.ratio else T.numbers.none,
            T.surge.compared.format(observed=count(surge.observed), expected=few(surge.expected)),
        ),
    ]
    if surge.lag_s is not None:
        out.append(Number(T.surge.lag, duration(surge.lag_s), in_90(surge.lag_low_s, surge.lag_high_s, " min", 1 / 60)))
    if surge.attributed is not None and surge.extra > 0:
        contacts = f" {T.surge.contacts}"
        out.append(
            Number(
                T.surge.attributed,
                percent(min(1.0, surge.attributed / surge.extra), 0),
                in_90(surge.attributed_low, surge.attributed_high, contacts),
            )
        )
    if surge.to_come is not None:
        out.append(Number(T.surge.to_come, signed(surge.to_come), in_90(surge.to_come_low, surge.to_come_high)))
    if surge.q is not None:
        out.append(Number(T.surge.chance, chance(surge.q), T.surge.chance_means))
    if surge.confidence is not None:
        out.append(Number(T.surge.confidence, probability(surge.confidence), T.surge.confidence_means))
    return out


def charts(found: Found, surge: Surge | None) -> list[Chart]:
    """Contacts above, what they follow below, by quarters of an hour."""
    shown, times = curves(found, surge)
    band = None
    if surge and times:
        zone = times[0].tzinfo
        band = (datetime.fromtimestamp(surge.start, zone), datetime.fromtimestamp(surge.end, zone))
    return [
        Chart(
            curve.title,
            "",
            times,
            [
                Line(T.charts.counted, curve.values.tolist(), "bars", curve.ink),
                Line(T.charts.usual, curve.usual.tolist(), "dashes", "ink"),
            ],
            band,
        )
        for curve in shown
    ]


def complete(scope: Scope) -> list[tuple[str, str, str]]:
    """Each source of contacts, how far it is complete, and how long ago that is."""
    return [
        (name, clock(ts, scope.zone), duration(max(0.0, (scope.now - ts).total_seconds())))
        for name, ts in scope.store.watermarks().items()
    ]


def _now(scope: Scope, found: Found) -> list[Number]:
    """The last evaluated hours against the same hours of the days before."""
    out = []
    contacts = total(found.grids.channels, len(found.grids.sessions))
    end = int(found.judged_through.timestamp() - found.grids.start) // STEP_S
    day = 86400 // STEP_S
    for what, bins in ((T.surge.last_hour, 12), (T.surge.last_day, day)):
        start = end - bins
        now = float(np.nansum(contacts[max(0, start) : end]))
        before = [
            float(contacts[start - back * day : end - back * day].sum())
            for back in range(1, DAYS + 1)
            if start - back * day >= 0
        ]
        usual = sorted(n for n in before if not np.isnan(n))
        href = scope.href("/surges")
        n = T.surge.of_days.format(n=len(usual))
        if len(usual) < 7:
            out.append(Number(what, count(now), T.surge.no_usual, n, href))
            continue
        spread = T.surge.usual_days.format(
            low=count(usual[0]), middle=few(float(np.median(usual))), high=count(usual[-1])
        )
        out.append(Number(what, count(now), spread, n, href, "bad" if now > usual[-1] else ""))
    return out


def _row(scope: Scope, href: str, state: str, surge: Surge) -> dict[str, Any]:
    best = friction_point(surge.keys[0]["key"], {}) if surge.verdict == "friction" and surge.keys else surge.event or ""
    return {
        "href": href,
        "from": clock(surge.start, scope.zone),
        "to": clock(surge.end, scope.zone),
        "extra": signed(surge.extra),
        "spread": between((surge.extra_low, surge.extra_high), "", 0),
        "verdict": verdict_name(surge),
        "best": best,
        "confidence": "–" if surge.confidence is None else probability(surge.confidence),
        "chance": "–" if surge.q is None else chance(surge.q),
        "lag": duration(surge.lag_s),
        "state": SURGE_STATES.get(state, state),
    }


def _is_over(scope: Scope, found: Found, surge: Surge) -> str:
    end = datetime.fromtimestamp(surge.end, UTC)
    if found.judged_through <= end + timedelta(seconds=STEP_S):
        return str(T.surge.going_on).format(at=clock(found.judged_through, scope.zone))
    return str(T.surge.over).format(at=clock(end, scope.zone))


def _is_about(link: Link, surge: Surge) -> bool:
    return link.contact_reason in surge.topics or any(
        key["key"] == f"{link.page_group}|{link.kind}" for key in surge.keys
    )


def _loop(link: Link) -> dict[str, str]:
    return {
        "reason": link.contact_reason,
        "point": friction_point(f"{link.page_group}|{link.kind}", {}),
        "state": T.feedback.states.of(link.state),
        "owner": link.owner,
        "release": link.release,
    }
