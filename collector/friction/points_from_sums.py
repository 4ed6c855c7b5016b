"""Scores and friction points from the sums of hours: what pages read, in whole hours, at little cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from collector.metrics.intervals import wilson
from collector.metrics.period import Period
from collector.metrics.score import Sums
from collector.store.fingerprint import format_fingerprint
from collector.store.store import Store


def sums(store: Store, period: Period, by_release: bool = False, releases: Sequence[str] = ()) -> dict[str, Sums]:
    """As account.sums: by release, else one of ""; none where there were no visits."""
    rows = store.rows("summed_scores", **period.parameters(), by_release=by_release, releases=list(releases))
    return {value: Sums(*rest) for value, *rest in rows if rest[0]}


def points(store: Store, period: Period, *, limit: int = 15, point: int = 0) -> list[dict[str, Any]]:
    """As account.points: those that add most to the score first. `page_sessions` is about right (0.5 %) beyond 65,536."""
    total = sum(found.w for found in sums(store, period).values())
    rows = store.rows(
        "summed_points", **period.parameters(), **_overridden(store, period.app), limit=limit, point=point
    )
    pages = page_visits(store, period, sorted({row[1] for row in rows}))
    found = []
    for fingerprint, page, kind, target, name, met, moments, events, ws, *rest in rows:
        cause_class, sub, rule, severity, left, first, last = rest
        of_page = max(pages.get(page, 0), met)
        found.append(
            {
                "fingerprint": format_fingerprint(fingerprint),
                "page_group": page,
                "kind": kind,
                "target": target,
                "target_name": name,
                "sessions": met,
                "moments": moments,
                "events": events,
                "points": ws / total if total else 0.0,
                "severity": severity,
                "left": min(left, met),
                "first_ts": first,
                "last_ts": last,
                "page_sessions": of_page,
                "share": met / of_page if of_page else None,
                "share_95": wilson(met, of_page) if of_page else None,
                "cause_class": cause_class,
                "cause_sub": sub,
                "cause_rule": rule,
            }
        )
    return found


def classes(store: Store, period: Period) -> list[tuple[str, int, float]]:
    """Each class with its moments and what it adds to the friction score; they sum to it."""
    total = sum(found.w for found in sums(store, period).values())
    rows = store.rows("summed_classes", **period.parameters(), **_overridden(store, period.app))
    return [(name, moments, ws / total if total else 0.0) for name, moments, ws in rows]


def page_visits(store: Store, period: Period, pages: Sequence[str]) -> dict[str, int]:
    """Visits of each of these pages."""
    return dict(store.rows("page_visits", **period.parameters(), pages=list(pages))) if pages else {}


def examples(store: Store, period: Period, fingerprint: int) -> list[dict[str, Any]]:
    """As account.examples: the last three visits that met the point, each as what it did and met in the order of time."""
    found = store.rows("point_visits", **period.parameters(), point=fingerprint)
    if not found:
        return []
    steps = {session: [(*step[:4], bool(step[4])) for step in met] for session, _, _, met in found}
    views = store.rows(
        "visit_views",
        app=period.app,
        sessions=list(steps),
        start=min(row[1] for row in found),
        end=max(row[2] for row in found),
    )
    for session, *step in views:
        steps[session].append((*step, False))
    names = ("ts", "kind", "page_group", "where", "is_it")
    return [
        {"session": session, "sequence": [dict(zip(names, step, strict=True)) for step in sorted(some)]}
        for session, some in steps.items()
    ]


def _overridden(store: Store, app: str) -> dict[str, list[Any]]:
    rows = store.rows("cause_overrides", app=app)
    return {"overridden": [row[0] for row in rows], "overridden_to": [row[1] for row in rows]}
