"""The page Release comparison: whether a release helped, with its interval, and what came with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from collector.friction import points_from_sums
from collector.metrics.compare import Comparison, compare, difference
from collector.metrics.intervals import wilson
from collector.metrics.period import Period
from collector.metrics.score import FEWEST, Share, Sums
from collector.surges.wording import friction_point
from collector.web.format import Number, between, clock, in_95, percent, plain
from collector.web.scope import BadLook, Look
from collector.web.strings import T

BACK = timedelta(days=30)
"""A release is compared over at least so much: the one before it was out earlier."""


class Release(NamedTuple):
    """A release that visits had, and when."""

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


def answer(look: Look) -> dict[str, Any]:
    """The two releases that the address names, else the last two, side by side. Raises BadLook."""
    known = releases(look)
    pair = _pair(look, known)
    if pair is None:
        return {"releases": known, "pair": None, "alone": known[0].name if known else ""}
    return {
        "releases": known,
        "alone": "",
        "pair": {
            **_told(look, pair),
            "kinds": _kinds(look, pair),
            "new": [
                {
                    "href": look.href(f"/friction/{point:016x}"),
                    "visits": plain(visits),
                    "cause": T.classes.of(cause[0]),
                    "rule": cause[1],
                    "title": friction_point(f"{page}|{kind}", {f"{page}|{kind}": element}),
                }
                for point, page, kind, element, visits, cause in look.store.rows(
                    "release_new_points", **pair.period.parameters(), before=pair.before, after=pair.after
                )
            ],
        },
    }


def chosen(look: Look) -> dict[str, Any] | None:
    """In short, for other pages: the last two releases and whether the newer one helped."""
    pair = _pair(look, releases(look), asked=False)
    return _told(look, pair) if pair else None


def releases(look: Look) -> list[Release]:
    """Those that were out in this time, the newest first."""
    period = _period(look)
    return [
        Release(name, clock(first, look.zone), clock(last, look.zone), visits)
        for name, first, last, visits in look.store.rows("releases", **period.parameters())
    ]


def _period(look: Look) -> Period:
    return look.period._replace(start=min(look.start, look.end - BACK))


def _pair(look: Look, known: list[Release], *, asked: bool = True) -> Pair | None:
    names = [one.name for one in known]
    before, after = (look.asked.get(key, "") if asked else "" for key in ("before", "after"))
    for name in filter(None, (before, after)):
        if name not in names:
            raise BadLook(T.releases.unknown.format(name=name[:60], known=", ".join(names[:10]) or "–"))
    enough = [one.name for one in known if one.visits >= FEWEST] or names
    after = after or next((name for name in enough if name != before), "")
    before = before or next((name for name in enough[enough.index(after) + 1 :] if name != after), "") if after else ""
    if not before or not after or before == after:
        return None
    period = _period(look)
    sums = points_from_sums.sums(look.store, period, True, (before, after))
    both = sums.get(before), sums.get(after)
    return Pair(before, after, period, sums, compare(both[0], both[1]) if both[0] and both[1] else None)


def _told(look: Look, pair: Pair) -> dict[str, Any]:
    href = look.href("/releases", before=pair.before, after=pair.after)
    found: dict[str, Any] = {"before": pair.before, "after": pair.after, "href": href, "numbers": []}
    if pair.compared is None:
        return found | {"verdict": "not known", "words": T.releases.too_few.format(least=FEWEST)}
    both = pair.compared
    for name, one in ((pair.before, both.before), (pair.after, both.after)):
        n = f"n = {one.score.visits:,} {T.numbers.visits}"
        found["numbers"] += [
            Number(
                T.releases.score_of.format(name=name),
                f"{one.score.value:.1f}",
                in_95(between(one.score.interval_95)),
                n,
                href,
            ),
            Number(
                T.releases.rate_of.format(name=name),
                percent(one.rate.value),
                in_95(between(one.rate.interval_95, " %", 1, 100)),
                n,
                href,
            ),
        ]
    n = f"n = {both.before.score.visits + both.after.score.visits:,} {T.numbers.visits}"
    found["numbers"].append(
        Number(T.releases.change, f"{both.score.value:+.1f}", in_95(between(both.score.interval_95)), n, href)
    )
    return found | {"verdict": both.verdict, "words": both.words}


def _kinds(look: Look, pair: Pair) -> list[dict[str, str]]:
    """Each kind of friction as a share of the visits, and the difference with its interval."""
    rows = look.store.rows("release_kinds", **pair.period.parameters(), before=pair.before, after=pair.after)
    n = {name: found.visits for name, found in pair.sums.items()}
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
                "kind": T.kinds.of(kind),
                "before": percent(before.value),
                "before_spread": between(before.interval_95, " %", 1, 100),
                "after": percent(after.value),
                "after_spread": between(after.interval_95, " %", 1, 100),
                "change": f"{100 * change.value:+.1f}",
                "change_spread": f"{100 * low:+.1f} to {100 * high:+.1f}",
                "verdict": T.releases.fewer if high < 0 else T.releases.more if low > 0 else T.releases.same,
                "tone": "good" if high < 0 else "bad" if low > 0 else "",
            }
        )
    return out
