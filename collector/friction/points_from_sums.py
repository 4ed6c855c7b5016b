"""Scores and friction points from the sums of hours: what pages read, in whole hours, at little cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from collector.metrics.intervals import wilson
from collector.metrics.period import Period
from collector.metrics.score import Sums
from collector.store.fingerprint import format_fingerprint
from collector.store.queries import causes as cause_queries
from collector.store.queries import friction as friction_queries
from collector.store.queries import scores as score_queries
from collector.store.store import Store


def sums(store: Store, period: Period, by_release: bool = False, releases: Sequence[str] = ()) -> dict[str, Sums]:
    """As account.sums: by release, else one of ""; none where there were no visits."""
    rows = score_queries.hourly(store, **period.parameters(), by_release=by_release, releases=list(releases))
    return {row.value: Sums(*row[1:]) for row in rows if row.n}


def points(store: Store, period: Period, *, limit: int = 15, point: int = 0) -> list[dict[str, Any]]:
    """As account.points: those that add most to the score first. `page_sessions` is about right (0.5 %) beyond 65,536."""
    total = sum(found.w for found in sums(store, period).values())
    rows = friction_queries.summed_points(
        store, **period.parameters(), **_overridden(store, period.app), limit=limit, point=point
    )
    pages = page_visits(store, period, sorted({row.a_page for row in rows}))
    found = []
    for row in rows:
        of_page = max(pages.get(row.a_page, 0), row.visits)
        found.append(
            {
                "fingerprint": format_fingerprint(row.fingerprint),
                "page_group": row.a_page,
                "kind": row.a_kind,
                "target": row.a_target,
                "target_name": row.a_name,
                "sessions": row.visits,
                "moments": row.all_moments,
                "events": row.all_events,
                "points": row.ws / total if total else 0.0,
                "severity": row.worst,
                "left": min(row.all_gone, row.visits),
                "first_ts": row.first_ts,
                "last_ts": row.last_ts,
                "page_sessions": of_page,
                "share": row.visits / of_page if of_page else None,
                "share_95": wilson(row.visits, of_page) if of_page else None,
                "cause_class": row.cause,
                "cause_sub": row.sort,
                "cause_rule": row.by_rule,
            }
        )
    return found


def classes(store: Store, period: Period) -> list[tuple[str, int, float]]:
    """Each class with its moments and what it adds to the friction score; they sum to it."""
    total = sum(found.w for found in sums(store, period).values())
    rows = score_queries.classes(store, **period.parameters(), **_overridden(store, period.app))
    return [(name, moments, ws / total if total else 0.0) for name, moments, ws in rows]


def page_visits(store: Store, period: Period, pages: Sequence[str]) -> dict[str, int]:
    """Visits of each of these pages."""
    if not pages:
        return {}
    rows = friction_queries.page_visits(store, **period.parameters(), pages=list(pages))
    return {row.page_group: row.visits for row in rows}


def examples(store: Store, period: Period, fingerprint: int) -> list[dict[str, Any]]:
    """As account.examples: the last three visits that met the point, each as what it did and met in the order of time."""
    found = friction_queries.point_visits(store, **period.parameters(), point=fingerprint)
    if not found:
        return []
    steps = {row.session: [(*step[:4], bool(step[4])) for step in row.met] for row in found}
    views = friction_queries.visit_views(
        store,
        app=period.app,
        sessions=[UUID(session) for session in steps],
        start=min(row.start_ts for row in found),
        end=max(row.end_ts for row in found),
    )
    for view in views:
        steps[view.session].append((view.ts, view.kind, view.page_group, view.where_at, False))
    names = ("ts", "kind", "page_group", "where", "is_it")
    return [
        {"session": session, "sequence": [dict(zip(names, step, strict=True)) for step in sorted(some)]}
        for session, some in steps.items()
    ]


def _overridden(store: Store, app: str) -> dict[str, Any]:
    rows = cause_queries.overrides(store, app=app)
    return {"overridden": [row.of_fingerprint for row in rows], "overridden_to": [row.cause_class for row in rows]}
