"""The page Release comparison: whether a release helped, with its interval, and what came with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from collector.friction import points_from_sums
from collector.metrics.compare import Comparison, compare, difference
from collector.metrics.intervals import wilson
from collector.metrics.period import Period
from collector.metrics.score import FEWEST, Share, Sums
from collector.store.queries import releases as release_queries
from collector.surges.wording import friction_point, kind_name
from collector.web.format import Number, between, clock, count, decimal, in_95, percent, signed
from collector.web.scope import BadScope, Scope
from collector.web.strings import T

BACK = timedelta(days=30)
"""A release is compared over at least this time: the one before it was out earlier."""


class Release(NamedTuple):
    """A release and when visits had it."""

    name: str
    first: str
    last: str
    visits: int


class Pair(NamedTuple):
    """Two releases and how they differ; `compared` None: too few visits of one."""

    before: str
    after: str
    period: Period
    sums: dict[str, Sums]
    compared: Comparison | None


def load(scope: Scope) -> dict[str, Any]:
    """The two releases that the address names, else the last two, side by side. Raises BadScope."""
    known = releases(scope)
    pair = _pair(scope, known)
    if pair is None:
        return {"releases": known, "pair": None, "alone": known[0].name if known else ""}
    return {
        "releases": known,
        "alone": "",
        "pair": {
            **_summary(scope, pair),
            "kinds": _kinds(scope, pair),
            "new": [
                {
                    "href": scope.href(f"/friction/{point:016x}"),
                    "visits": count(visits),
                    "cause": T.classes.of(cause[0]),
                    "rule": cause[1],
                    "title": friction_point(f"{page}|{kind}", {f"{page}|{kind}": element}),
                }
                for point, page, kind, element, visits, cause in release_queries.new_points(
                    scope.store, **pair.period.parameters(), before=pair.before, after=pair.after
                )
            ],
        },
    }


def last_pair(scope: Scope) -> dict[str, Any] | None:
    """In short, for other pages: the last two releases and whether the newer one helped."""
    pair = _pair(scope, releases(scope), from_address=False)
    return _summary(scope, pair) if pair else None


def newest_pair(scope: Scope) -> Pair | None:
    """The last two releases with enough visits to compare."""
    return _pair(scope, releases(scope), from_address=False)


def releases(scope: Scope) -> list[Release]:
    """Releases of this time, the newest first."""
    period = _period(scope)
    return [
        Release(name, clock(first, scope.zone), clock(last, scope.zone), visits)
        for name, first, last, visits in release_queries.known(scope.store, **period.parameters())
    ]


def _period(scope: Scope) -> Period:
    return scope.period._replace(start=min(scope.start, scope.end - BACK))


def _pair(scope: Scope, known: list[Release], *, from_address: bool = True) -> Pair | None:
    names = [release.name for release in known]
    before, after = (scope.asked.get(key, "") if from_address else "" for key in ("before", "after"))
    for name in filter(None, (before, after)):
        if name not in names:
            raise BadScope(T.releases.unknown.format(name=name[:60], known=", ".join(names[:10]) or "–"))
    enough = [release.name for release in known if release.visits >= FEWEST] or names
    after = after or next((name for name in enough if name != before), "")
    before = before or next((name for name in enough[enough.index(after) + 1 :] if name != after), "") if after else ""
    if not before or not after or before == after:
        return None
    period = _period(scope)
    sums = points_from_sums.sums(scope.store, period, True, (before, after))
    both = sums.get(before), sums.get(after)
    return Pair(before, after, period, sums, compare(both[0], both[1]) if both[0] and both[1] else None)


def _summary(scope: Scope, pair: Pair) -> dict[str, Any]:
    href = scope.href("/releases", before=pair.before, after=pair.after)
    summary: dict[str, Any] = {"before": pair.before, "after": pair.after, "href": href, "numbers": []}
    if pair.compared is None:
        return summary | {"verdict": "not known", "words": T.releases.too_few.format(least=FEWEST)}
    both = pair.compared
    for name, release in ((pair.before, both.before), (pair.after, both.after)):
        n = f"n = {count(release.score.visits)} {T.numbers.visits}"
        summary["numbers"] += [
            Number(
                T.releases.score_of.format(name=name),
                decimal(release.score.value),
                in_95(between(release.score.interval_95)),
                n,
                href,
            ),
            Number(
                T.releases.rate_of.format(name=name),
                percent(release.rate.value),
                in_95(between(release.rate.interval_95, " %", 1, 100)),
                n,
                href,
            ),
        ]
    n = f"n = {count(both.before.score.visits + both.after.score.visits)} {T.numbers.visits}"
    summary["numbers"].append(
        Number(T.releases.change, signed(both.score.value, 1), in_95(between(both.score.interval_95)), n, href)
    )
    return summary | {"verdict": both.verdict, "words": both.words}


def _kinds(scope: Scope, pair: Pair) -> list[dict[str, str]]:
    """Each kind of friction as a share of the visits, and the difference with its interval."""
    rows = release_queries.kinds(scope.store, **pair.period.parameters(), before=pair.before, after=pair.after)
    n = {name: sums.visits for name, sums in pair.sums.items()}
    if min(n.get(pair.before, 0), n.get(pair.after, 0)) < FEWEST:
        return []
    out = []
    for kind, old, new in rows:
        before, after = (
            Share(hit / n[name], wilson(hit, n[name]), n[name])
            for name, hit in ((pair.before, min(old, n[pair.before])), (pair.after, min(new, n[pair.after])))
        )
        change = difference(before, after)
        low, high = change.interval_95
        out.append(
            {
                "kind": kind_name(kind),
                "before": percent(before.value),
                "before_spread": between(before.interval_95, " %", 1, 100),
                "after": percent(after.value),
                "after_spread": between(after.interval_95, " %", 1, 100),
                "change": signed(100 * change.value, 1),
                "change_spread": f"{signed(100 * low, 1)} to {signed(100 * high, 1)}",
                "verdict": T.releases.fewer if high < 0 else T.releases.more if low > 0 else T.releases.same,
                "tone": "good" if high < 0 else "bad" if low > 0 else "",
            }
        )
    return out
