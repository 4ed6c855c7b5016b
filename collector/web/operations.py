"""The page Operations: journeys failing now, us or them, is anything being lost, and what changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from prometheus_client import CollectorRegistry

from collector.store.queries import contacts as contact_queries
from collector.web.charts import Chart, Line
from collector.web.format import Number, clock, duration, plain, size
from collector.web.journeys import runs
from collector.web.scope import Look
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
"""What was accepted and is not kept, or never came."""

GAP = timedelta(hours=1)
FRESH = timedelta(minutes=15)
RECENT = timedelta(days=2)


def answer(look: Look, registry: CollectorRegistry | None) -> dict[str, Any]:
    """Everything of the page; without a registry (a report) what the store alone knows."""
    counted = counters(registry) if registry else {}
    hours = visits(look)
    return {
        "numbers": [*_freshness(look), *_queue(registry)],
        "lost": [
            {"what": T.counters.of(name), "reason": label or "–", "n": plain(n)}
            for name in LOST
            for label, n in counted.get(name, {}).items()
            if n
        ],
        "counters": [
            {"what": T.counters.of(name), "metric": name, "label": label or "–", "n": plain(n)}
            for name, labels in counted.items()
            for label, n in labels.items()
        ],
        "in_process": registry is not None,
        "runs": runs(look),
        "progress": [
            {"name": name, "through": clock(through, look.zone), "age": _age(look, through)}
            for name, through in look.store.rows("progress")
        ],
        "gaps": gaps(look, hours),
        "visits": _chart(look, hours),
        "changes": _changes(look),
        "sizes": [
            {"table": name, "rows": plain(rows), "disk": size(disk)}
            for name, rows, disk, *_ in look.store.rows("sizes")[:12]
        ],
    }


def counters(registry: CollectorRegistry) -> dict[str, dict[str, float]]:
    """What this process has counted since it began: by metric, by label."""
    found: dict[str, dict[str, float]] = {}
    for family in registry.collect():
        for sample in family.samples:
            if sample.name in SHOWN:
                label = sample.labels.get(SHOWN[sample.name], "")
                found.setdefault(sample.name, {})[label] = sample.value
    return found


def visits(look: Look, step: int = 3600) -> dict[int, int]:
    """Visits by the start of their hour, or `step` seconds (whole hours, UTC), in seconds since 1970."""
    rows = look.store.rows(
        "visits_by_hour", app=look.app, start=look.start, end=look.end, sources=list(look.sources), step=step
    )
    return {int(at): int(n) for at, n in rows}


def gaps(look: Look, hours: dict[int, int]) -> list[dict[str, str]]:
    """Hours without any visit between hours with some, where the same hours of other days had them."""
    if not hours:
        return []
    by_clock: dict[int, list[int]] = {}
    for at, n in hours.items():
        by_clock.setdefault(at % 86_400, []).append(n)
    days = max(1, (max(hours) - min(hours)) // 86_400)
    found: list[tuple[int, int]] = []
    for at in range(min(hours), max(hours), 3600):
        # An hour that is empty on half of the days says nothing when it is empty.
        if at not in hours and len(by_clock.get(at % 86_400, [])) * 2 > days:
            if found and found[-1][1] == at:
                found[-1] = (found[-1][0], at + 3600)
            else:
                found.append((at, at + 3600))
    return [
        {"from": clock(start, look.zone), "to": clock(end, look.zone), "length": duration(end - start)}
        for start, end in found[-20:]
    ]


def _freshness(look: Look) -> list[Number]:
    happened, stored = look.store.rows("last_stored", app=look.app, start=look.now - RECENT)[0]
    out = []
    seen = _utc(happened)
    if seen.year < 2000:
        out.append(Number(T.operations.last_visit, T.operations.none_recent, "", "", look.href("/operations"), "bad"))
    else:
        age = look.now - seen
        out.append(
            Number(
                T.operations.last_visit,
                duration(max(0.0, age.total_seconds())),
                T.operations.ago.format(at=clock(seen, look.zone)),
                T.operations.stored.format(at=clock(stored, look.zone)),
                look.href("/operations"),
                "bad" if age > FRESH else "good",
            )
        )
    for name, ts in look.store.watermarks().items():
        age = look.now - ts
        out.append(
            Number(
                T.operations.contacts_of.format(name=name),
                duration(max(0.0, age.total_seconds())),
                T.operations.complete.format(at=clock(ts, look.zone)),
                "",
                look.href("/surges"),
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


def _chart(look: Look, hours: dict[int, int]) -> Chart | None:
    if not hours:
        return None
    step, title = 3600, T.operations.visits_chart
    if max(hours) - min(hours) > 8 * 86_400:
        step, title = 86_400, T.operations.visits_chart_days
        hours = visits(look, step)
    first = min(hours)
    n = (max(hours) - first) // step + 1
    at = [datetime.fromtimestamp(first + i * step, look.zone) for i in range(n)]
    values = [float(hours.get(first + i * step, 0)) for i in range(n)]
    return Chart(title, "", at, [Line(T.numbers.visits, values, "bars", "contacts")])


def _changes(look: Look) -> list[dict[str, str]]:
    rows = contact_queries.annotations_during(look.store, app=look.app, start=look.start, end=look.end)
    return [
        {
            "at": clock(start, look.zone),
            "until": clock(end, look.zone) if end else "",
            "kind": T.annotations.of(kind),
            "title": title,
        }
        for start, end, kind, title in rows
    ][::-1][:30]


def _age(look: Look, ts: datetime) -> str:
    return duration(max(0.0, (look.now - _utc(ts)).total_seconds()))


def _utc(ts: datetime) -> datetime:
    return ts if ts.tzinfo else ts.replace(tzinfo=UTC)
