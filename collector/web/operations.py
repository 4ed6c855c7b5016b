"""The page Operations: journeys failing now, is anything being lost, and what changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry

from collector.store.queries import contacts as contact_queries
from collector.store.queries import operations as operation_queries
from collector.web.charts import Chart, Line
from collector.web.format import Number, clock, count, duration, size
from collector.web.journeys import runs
from collector.web.scope import Scope
from collector.web.strings import T

SHOWN = {
    "snag_collector_beacons_total": "result", "snag_collector_beacons_refused_total": "reason",
    "snag_collector_events_dropped_total": "reason", "snag_agent_events_dropped_total": "reason",
    "snag_contacts_rows_total": "kind", "snag_contacts_refused_total": "reason",
    "snag_contacts_set_aside_total": "reason", "snag_store_insert_errors_total": "reason",
    "snag_store_chore_errors_total": "chore", "snag_collector_worker_restarts_total": "",
    "snag_collector_spool_corrupt_total": "",
}  # fmt: skip
"""Counters of this process that the page shows, and their label."""

LOST = (
    "snag_collector_events_dropped_total",
    "snag_agent_events_dropped_total",
    "snag_collector_spool_corrupt_total",
)
"""What was accepted and then dropped, or never arrived."""

FRESH = timedelta(minutes=15)
RECENT = timedelta(days=2)


def load(scope: Scope, registry: CollectorRegistry | None) -> dict[str, Any]:
    """The whole page; without a registry (a report) what the store alone knows."""
    counted = counters(registry) if registry else {}
    hours = visits(scope)
    return {
        "numbers": [*_freshness(scope), *_queue(registry)],
        "lost": [
            {"what": T.counters.of(name), "reason": label or "–", "n": count(n)}
            for name in LOST
            for label, n in counted.get(name, {}).items()
            if n
        ],
        "counters": [
            {"what": T.counters.of(name), "metric": name, "label": label or "–", "n": count(n)}
            for name, labels in counted.items()
            for label, n in labels.items()
        ],
        "in_process": registry is not None,
        "runs": runs(scope),
        "progress": [
            {"name": name, "through": clock(through, scope.zone), "age": _age(scope, through)}
            for name, through in operation_queries.progress(scope.store)
        ],
        "gaps": gaps(scope, hours),
        "visits": _chart(scope, hours),
        "changes": _changes(scope),
        "sizes": [
            {"table": table.name, "rows": count(table.found), "disk": size(table.disk)}
            for table in operation_queries.sizes(scope.store)[:12]
        ],
    }


def counters(registry: CollectorRegistry) -> dict[str, dict[str, float]]:
    """What this process has counted since it started: by metric, by label."""
    counts: dict[str, dict[str, float]] = {}
    for family in registry.collect():
        for sample in family.samples:
            if sample.name in SHOWN:
                label = sample.labels.get(SHOWN[sample.name], "")
                counts.setdefault(sample.name, {})[label] = sample.value
    return counts


def visits(scope: Scope, step: int = 3600) -> dict[int, int]:
    """Visits by the start of their hour, or `step` seconds (whole hours, UTC), in seconds since 1970."""
    rows = operation_queries.visits_by_hour(
        scope.store, app=scope.app, start=scope.start, end=scope.end, sources=list(scope.sources), step=step
    )
    return {row.at: row.visits for row in rows}


def gaps(scope: Scope, hours: dict[int, int]) -> list[dict[str, str]]:
    """Hours without any visit between hours with some, where the same hours of other days had them."""
    if not hours:
        return []
    by_clock: dict[int, list[int]] = {}
    for at, n in hours.items():
        by_clock.setdefault(at % 86_400, []).append(n)
    days = max(1, (max(hours) - min(hours)) // 86_400)
    stretches: list[tuple[int, int]] = []
    for at in range(min(hours), max(hours), 3600):
        # An hour that is empty on half of the days is not a gap when it is empty.
        if at not in hours and len(by_clock.get(at % 86_400, [])) * 2 > days:
            if stretches and stretches[-1][1] == at:
                stretches[-1] = (stretches[-1][0], at + 3600)
            else:
                stretches.append((at, at + 3600))
    return [
        {"from": clock(start, scope.zone), "to": clock(end, scope.zone), "length": duration(end - start)}
        for start, end in stretches[-20:]
    ]


def _freshness(scope: Scope) -> list[Number]:
    happened, stored = operation_queries.last_stored(scope.store, app=scope.app, start=scope.now - RECENT)[0]
    out = []
    last = _utc(happened)
    if last.year < 2000:
        out.append(Number(T.operations.last_visit, T.operations.none_recent, "", "", scope.href("/operations"), "bad"))
    else:
        age = scope.now - last
        out.append(
            Number(
                T.operations.last_visit,
                duration(max(0.0, age.total_seconds())),
                T.operations.ago.format(at=clock(last, scope.zone)),
                T.operations.stored.format(at=clock(stored, scope.zone)),
                scope.href("/operations"),
                "bad" if age > FRESH else "good",
            )
        )
    for name, ts in scope.store.watermarks().items():
        age = scope.now - ts
        out.append(
            Number(
                T.operations.contacts_of.format(name=name),
                duration(max(0.0, age.total_seconds())),
                T.operations.complete.format(at=clock(ts, scope.zone)),
                "",
                scope.href("/surges"),
                "bad" if age > RECENT else "",
            )
        )
    return out


def _queue(registry: CollectorRegistry | None) -> list[Number]:
    if registry is None:
        return []
    values = {s.name: s.value for s in _samples(registry, ("snag_collector_spool",)) if not s.labels}
    if "snag_collector_spool_bytes" not in values:
        return []
    waiting, limit = values["snag_collector_spool_bytes"], values.get("snag_collector_spool_limit_bytes", 0)
    oldest = values.get("snag_collector_spool_oldest_seconds", 0)
    return [
        Number(
            T.operations.queue,
            size(waiting),
            T.operations.queue_of.format(limit=size(limit), oldest=duration(oldest)),
            "",
            "/metrics",
            "bad" if oldest > 300 else "good",
        )
    ]


def _samples(registry: CollectorRegistry, prefixes: tuple[str, ...]) -> Iterable[Any]:
    return (s for family in registry.collect() for s in family.samples if s.name.startswith(prefixes))


def _chart(scope: Scope, hours: dict[int, int]) -> Chart | None:
    if not hours:
        return None
    step, title = 3600, T.operations.visits_chart
    if max(hours) - min(hours) > 8 * 86_400:
        step, title = 86_400, T.operations.visits_chart_days
        hours = visits(scope, step)
    first = min(hours)
    n = (max(hours) - first) // step + 1
    at = [datetime.fromtimestamp(first + i * step, scope.zone) for i in range(n)]
    values = [float(hours.get(first + i * step, 0)) for i in range(n)]
    return Chart(title, "", at, [Line(T.numbers.visits, values, "bars", "contacts")])


def _changes(scope: Scope) -> list[dict[str, str]]:
    rows = contact_queries.annotations_during(scope.store, app=scope.app, start=scope.start, end=scope.end)
    return [
        {
            "at": clock(start, scope.zone),
            "until": clock(end, scope.zone) if end else "",
            "kind": T.annotations.of(kind),
            "title": title,
        }
        for start, end, kind, title in rows
    ][::-1][:30]


def _age(scope: Scope, ts: datetime) -> str:
    return duration(max(0.0, (scope.now - _utc(ts)).total_seconds()))


def _utc(ts: datetime) -> datetime:
    return ts if ts.tzinfo else ts.replace(tzinfo=UTC)
