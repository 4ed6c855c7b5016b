"""The store as the shipper sees it: opens and migrates on first use, and times inserts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from clickhouse_connect.driver.exceptions import ClickHouseError

from collector.contacts.ingest import SUPPORT, land_lines
from collector.spool.line import Line
from collector.store import SchemaMismatch, Store, StoreUnreachable
from collector.store.embedded import MACHINE, Limits, StoreFull, ensure_room
from collector.telemetry import Counts, tracer
from collector.telemetry.outward import links

log = logging.getLogger(__name__)

_REASONS: dict[type[Exception], str] = {
    StoreUnreachable: "unreachable",
    StoreFull: "full",
    SchemaMismatch: "schema",
    ClickHouseError: "refused",
}

UNMAPPED = b'{"type":"unmapped"'


class StoreSink:
    """Opens the store on first use, and again after it was away."""

    def __init__(
        self,
        dsn: str,
        counts: Counts,
        limits: Limits = MACHINE,
        *,
        min_free_bytes: int = 0,
        again: Callable[[bytes], bytes | None] = lambda payload: None,
    ) -> None:
        """`again` reads a quarantined contact record once more; None: it still cannot be read."""
        self._dsn = dsn
        self._counts = counts
        self._limits = limits
        self._min_free = min_free_bytes
        self._again = again
        self._store: Store | None = None

    def insert(self, lines: Sequence[Line]) -> list[Line]:
        """Store the lines; return those that cannot be read. Raises StoreFull and what Store.insert raises."""
        store = self.opened()
        if self._min_free:
            ensure_room(self._dsn, self._min_free)
        started = time.perf_counter()
        traces = [line.note.trace for line in lines if line.note.trace]
        attributes = {"snag.lines": len(lines)}
        with tracer.start_as_current_span("ship", links=links(traces), attributes=attributes) as span:
            with tracer.start_as_current_span("insert"):
                bad = self._insert(store, lines)
            took = span.get_span_context()
        trace_id = f"{took.trace_id:032x}" if took.trace_flags.sampled else ""
        self._counts.observe("snag_store_insert_duration_seconds", time.perf_counter() - started, trace_id)
        # A trace of a beacon tells more of its lag than that of the batch.
        self._count(lines, bad, traces[0].split("-")[1] if traces else trace_id)
        return bad

    def _count(self, lines: Sequence[Line], bad: Sequence[Line], trace_id: str) -> None:
        now_ms = time.time() * 1000
        rejected = set(map(id, bad))
        rows = 0
        for line in lines:
            if id(line) in rejected:
                continue
            rows += line.note.events or 1
            if line.note.occurred_ms:
                lag_s = max(0.0, (now_ms - line.note.occurred_ms) / 1000)
                self._counts.observe("snag_collector_ingest_lag_seconds", lag_s, trace_id)
        self._counts.add("snag_store_insert_rows", n=rows)
        self._counts.observe("snag_store_batch_rows", rows, trace_id)

    def _insert(self, store: Store, lines: Sequence[Line]) -> list[Line]:
        beacons: dict[bytes, Line] = {}
        contacts: dict[bytes, Line] = {}
        bad: list[Line] = []
        for line in lines:
            if line.payload.startswith(UNMAPPED):
                mapped = self._again(line.payload)
                if mapped is None:
                    bad.append(line)
                else:
                    contacts[mapped] = line
            elif line.payload.startswith(SUPPORT):
                contacts[line.payload] = line
            else:
                beacons[line.payload] = line
        if beacons:
            bad += [beacons[payload] for payload in store.insert(list(beacons))]
        if contacts:
            bad += [contacts[payload] for payload in land_lines(store, list(contacts))]
        return bad

    def opened(self) -> Store:
        """Raises StoreUnreachable, StoreInUse, SchemaMismatch."""
        if self._store is None:
            store = Store.open(self._dsn, self._limits)
            for migration in store.migrate():
                log.info("applied migration %s", migration.name)
            self._store = store
        return self._store

    def close(self) -> None:
        """Let go of the store."""
        if self._store is not None:
            self._store.close()


def reason_of(error: Exception) -> str:
    """Return in one word why the store accepted nothing."""
    return next((reason for kind, reason in _REASONS.items() if isinstance(error, kind)), "other")
