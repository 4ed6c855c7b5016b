"""What a number of sessions needs: from figures that the benchmarks print to cores, disk, pods and shards.

`python -m tools.generate` writes docs/capacity.md, which tells measured from extrapolated figures.
"""

from __future__ import annotations

import math
from typing import NamedTuple

FRONT_S = 17.6
"""CPU-s per million events: taken, checked, synced, answered (benchmarks.ingest, beacons of six events)."""

INSERT_S = 5.9
"""CPU-s per million events: from the queue into the tables (benchmarks.store)."""

ROLLUP_S = 18.0
"""CPU-s per million events: counted again about six times, every minute within its five and every ten within its hour."""

EVENT_BYTES = 50.5
"""Bytes of one event on disk after compression (benchmarks.store, 10 million events)."""

ROLLUP_BYTES = 10.0
"""Bytes of rollups per event (benchmarks.store: 97 MiB for 10 million events of fifty pages). Fewer where more visitors
share the same pages, so that this is the most."""

FRONT_MB, ENGINE_MB = 60, 1000
"""Memory of one worker, and of an embedded engine with ten million events (benchmarks.ingest, benchmarks.store)."""

PEAK = 3.0
"""Busiest hour against the mean of the day, as shops and offices have it."""

LOAD = 0.6
"""Share of a core that may be used at the peak: the rest is for bursts and for a pod that is missing."""

CORES_A_SHARD, BYTES_A_SHARD = 8, 2e12
"""A server of usual size; two replicas of each."""

EMBEDDED_EVENTS = 20e6
"""A choice, not a measurement: up to so many events a day one pod is planned, beyond it a server that has a replica."""

MEASURED_EVENTS = 10e6
"""Events in the store up to which the figures were measured; beyond it they are carried on in proportion."""


class Plan(NamedTuple):
    """What is needed. Bytes, cores and numbers of things; cores at the peak with LOAD kept."""

    sessions_per_day: float
    events_per_day: float
    peak_events_per_s: float
    front_cores: float
    collectors: int
    store_cores: float
    disk_bytes: float
    form: str
    shards: int
    queue_bytes: float
    extrapolated: bool


def plan(
    sessions_per_day: float,
    *,
    events_per_session: float = 10,
    keep_experience_days: int = 90,
    keep_performance_days: int = 30,
    keep_rollups_days: int = 760,
    outage_hours: float = 4,
) -> Plan:
    """What `sessions_per_day` need; six of ten events are experience, four performance.

    The queue must hold `outage_hours` of the peak while the store is away, at 300 bytes an event.
    """
    events = sessions_per_day * events_per_session
    peak = events / 86_400 * PEAK
    front = peak * FRONT_S / 1e6 / LOAD
    store = peak * (INSERT_S + ROLLUP_S) / 1e6 / LOAD
    kept = 0.6 * keep_experience_days + 0.4 * keep_performance_days
    disk = events * (EVENT_BYTES * kept + ROLLUP_BYTES * keep_rollups_days)
    embedded = events <= EMBEDDED_EVENTS
    shards = 0 if embedded else max(1, math.ceil(store / CORES_A_SHARD), math.ceil(disk / BYTES_A_SHARD))
    return Plan(
        sessions_per_day=sessions_per_day,
        events_per_day=events,
        peak_events_per_s=peak,
        front_cores=front,
        collectors=1 if embedded else max(2, math.ceil(front / 2) + 1),
        store_cores=store,
        disk_bytes=disk,
        form="one pod, embedded" if embedded else "one server" if shards == 1 else f"{shards} shards × 2 replicas",
        shards=shards,
        queue_bytes=peak * outage_hours * 3600 * 300,
        extrapolated=events * keep_performance_days > MEASURED_EVENTS,
    )


HEADINGS = (
    "sessions a day", "events a day", "events/s at the peak", "cores that take them", "collectors",
    "cores of the store", "disk", "store", "queue for 4 h without it", "figures",
)  # fmt: skip

_PAGE = """<!-- Written by `python -m tools.generate`. Do not edit. -->
# Capacity

What a site needs, from a laptop to a billion sessions a day. `snag plan --sessions-per-day N` prints the row for yours.

{table}

A session has ten events, the busiest hour {peak:g} times the day's mean, a core is planned to {load:.0%}. Experience is kept
90 days, performance 30, rollups 760.

## Where the figures come from

| what | figure | measured by |
|---|---|---|
| taking an event: check, sync to disk, answer | {front} CPU-s per million | `python -m benchmarks.ingest` |
| from the queue into the tables | {insert} CPU-s per million | `python -m benchmarks.store` |
| rollups, each event counted about six times | {rollup} CPU-s per million | `python -m benchmarks.store` |
| an event on disk | {event:g} bytes | `python -m benchmarks.store`, 10 million events |
| rollups on disk | {rollups:g} bytes an event at most | the same |
| memory | {front_mb} MB a worker, {engine_mb} MB an embedded engine | both |

Measured on two cores of a virtual machine, with the embedded engine and up to ten million events. *Carried on* means in
proportion from there: a ClickHouse server or cluster was not measured. Where one pod ends and a server begins is a choice.

What drives the cost is the number of events (`data-snag-sample` keeps whole sessions with friction and a share of the
others), then how long they are kept. Below a hundred thousand sessions a day the correlation, the pages and the browser
of the journeys cost more than the events.
"""


def cells(found: Plan) -> tuple[str, ...]:
    """One row of a table, under HEADINGS."""
    return (
        _number(found.sessions_per_day),
        _number(found.events_per_day),
        _number(found.peak_events_per_s),
        f"{found.front_cores:.2g}" if found.front_cores < 10 else _number(found.front_cores),
        _number(found.collectors),
        f"{found.store_cores:.2g}" if found.store_cores < 10 else _number(found.store_cores),
        _bytes(found.disk_bytes),
        found.form,
        _bytes(found.queue_bytes),
        "carried on" if found.extrapolated else "measured",
    )


def to_markdown() -> str:
    """docs/capacity.md."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(cells(plan(10.0**power)) for power in range(3, 10))]
    return _PAGE.format(
        table="\n".join(f"| {' | '.join(row)} |" for row in rows),
        peak=PEAK,
        load=LOAD,
        front=FRONT_S,
        insert=INSERT_S,
        rollup=ROLLUP_S,
        event=EVENT_BYTES,
        rollups=ROLLUP_BYTES,
        front_mb=FRONT_MB,
        engine_mb=ENGINE_MB,
    )


def _number(n: float) -> str:
    for unit, name in ((1e9, " bn"), (1e6, " m"), (1e3, " k")):
        if n >= unit:
            return f"{n / unit:.3g}{name}"
    return f"{n:.2g}" if n < 10 else f"{n:.0f}"


def _bytes(n: float) -> str:
    for unit, name in ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if n >= unit:
            return f"{n / unit:.3g} {name}"
    return f"{max(n, 1e6) / 1e6:.0f} MB"
