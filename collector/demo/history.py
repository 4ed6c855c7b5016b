"""Writes simulated visits into the store, plainly marked: `traffic_source` is `simulated` in every row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import numpy as np

from collector.demo import world
from collector.demo.world import Visits
from collector.store.store import Store

RELEASE = "2.4.1"
CHUNK = 50_000


def keep(store: Store, visits: Visits, rng: np.random.Generator, advance: Any = lambda rows: None) -> int:
    """Write `visits`; returns the number of rows."""
    sessions = ids(len(visits.start_ts), rng)
    views = ids(len(visits.view_ts), rng)
    groups = [page for page, _ in world.STEPS]
    session_of = [sessions[i] for i in visits.view_visit]
    page_of = [groups[i] for i in visits.view_page]
    rows = 0

    of_view = {**_common(visits.view_ts, session_of, rng), "view_id": views, "page_group": page_of}
    n = len(views)
    ttfb_ms = visits.view_ttfb_ms.astype(int).tolist()
    page_views = {
        **of_view,
        "kind": ["page_view"] * n,
        "referrer_group": ["none" if page == "/" else "internal" for page in page_of],
    }
    vitals = {
        **of_view,
        "event_id": ids(n, rng),
        "kind": ["web_vital"] * n,
        "metric": ["TTFB"] * n,
        "value": visits.view_ttfb_ms.tolist(),
    }
    timings = {
        **of_view,
        "event_id": ids(n, rng),
        "kind": ["resource_timing"] * n,
        "initiator": ["document"] * n,
        "route": page_of,
        "status": visits.view_status.tolist(),
        "ttfb_ms": ttfb_ms,
        "duration_ms": ttfb_ms,
    }
    for table, columns in {
        "snag_experience.page_views": page_views,
        "snag_performance.web_vitals": vitals,
        "snag_performance.resource_timings": timings,
        "snag_experience.friction_events": _friction(visits, sessions, rng),
    }.items():
        for chunk, size in _chunks(columns):
            store.insert_columns(table, chunk)
            rows += size
            advance(size)
    return rows


def size(visits: Visits) -> int:
    """How many rows `keep` will write."""
    return 3 * len(visits.view_ts) + len(visits.friction_ts)


def ids(n: int, rng: np.random.Generator) -> list[UUID]:
    """Random ids, the same for the same generator."""
    raw = rng.bytes(16 * n)
    return [UUID(bytes=raw[16 * i : 16 * i + 16], version=4) for i in range(n)]


def _friction(visits: Visits, sessions: list[UUID], rng: np.random.Generator) -> dict[str, list[Any]]:
    points = visits.friction
    return {
        **_common(visits.friction_ts, [sessions[i] for i in visits.friction_visit], rng),
        "kind": [point.kind for point in points],
        "page_group": [point.page_group for point in points],
        "target": [point.target for point in points],
        "target_name": [point.target_name for point in points],
        "repeat_count": [3 if point.kind == "rage_click" else 1 for point in points],
    }


def _common(ts: world.Floats, session_of: list[UUID], rng: np.random.Generator) -> dict[str, list[Any]]:
    at = (ts * 1000).astype(np.int64).tolist()
    n = len(at)
    return {
        "ts": at,
        "received_ts": at,
        "client_ts": at,
        "event_id": ids(n, rng),
        "session_id": session_of,
        "app": ["shop"] * n,
        "env": ["demo"] * n,
        "release": [RELEASE] * n,
        "traffic_source": ["simulated"] * n,
        "consent": ["measurement"] * n,
        "device": ["unknown"] * n,
    }


def _chunks(columns: dict[str, list[Any]]) -> Iterator[tuple[dict[str, list[Any]], int]]:
    n = len(columns["ts"])
    for i in range(0, n, CHUNK):
        yield {name: values[i : i + CHUNK] for name, values in columns.items()}, min(CHUNK, n - i)
