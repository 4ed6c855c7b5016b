"""The store as the shipper sees it: opened and migrated when it is first there, timed when it is used."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Sequence

from clickhouse_connect.driver.exceptions import ClickHouseError

from collector.contacts.ingest import SUPPORT, land_lines
from collector.intake.decode import TRACED, UNTRACED
from collector.store import SchemaMismatch, Store, StoreUnreachable
from collector.store.embedded import MACHINE, Limits, StoreFull, ensure_room
from collector.telemetry import Counts, tracer
from collector.telemetry.outward import links

log = logging.getLogger(__name__)

_FIRST_EVENT = re.compile(rb'"client_ts":(\d+)')
_SKEW = re.compile(rb'"skew_ms":(-?\d+)')

_REASONS: dict[type[Exception], str] = {
    StoreUnreachable: "unreachable",
    StoreFull: "full",
    SchemaMismatch: "schema",
    ClickHouseError: "refused",
}

UNMAPPED = b'{"type":"unmapped"'


class StoreSink:
    """Opens the store at the first use, and again after it was away."""

    def __init__(
        self,
        dsn: str,
        counts: Counts,
        limits: Limits = MACHINE,
        *,
        min_free_bytes: int = 0,
        again: Callable[[bytes], bytes | None] = lambda line: None,
    ) -> None:
        """`again` reads once more a record that was set aside; None: it still cannot be read."""
        self._dsn = dsn
        self._counts = counts
        self._limits = limits
        self._min_free = min_free_bytes
        self._again = again
        self._store: Store | None = None

    def insert(self, lines: Sequence[bytes]) -> list[bytes]:
        """As Store.insert; also raises StoreFull."""
        store = self.opened()
        if self._min_free:
            ensure_room(self._dsn, self._min_free)
        began = time.perf_counter()
        lines, traces = untraced(lines)
        attributes = {"snag.lines": len(lines)}
        with tracer.start_as_current_span("ship", links=links(traces), attributes=attributes) as span:
            with tracer.start_as_current_span("insert"):
                bad = self._insert(store, lines)
            took = span.get_span_context()
        trace_id = f"{took.trace_id:032x}" if took.trace_flags.sampled else ""
        self._counts.observe("snag_store_insert_duration_seconds", time.perf_counter() - began, trace_id)
        # A trace of a beacon tells more of its lag than that of the batch.
        self._count(lines, bad, traces[0].split("-")[1] if traces else trace_id)
        return bad

    def _count(self, lines: Sequence[bytes], bad: Sequence[bytes], trace_id: str) -> None:
        """By what stands in the queued lines as bytes: reading them once more would cost as much as storing them."""
        now_ms = time.time() * 1000
        taken = set(lines) - set(bad) if bad else lines
        rows = 0
        for line in taken:
            found = _FIRST_EVENT.search(line)
            if found is None:
                rows += 1
                continue
            rows += line.count(b'"client_ts":')
            skew = _SKEW.search(line)
            lag_ms = now_ms - int(found[1]) - (int(skew[1]) if skew else 0)
            self._counts.observe("snag_collector_ingest_lag_seconds", max(0.0, lag_ms / 1000), trace_id)
        self._counts.add("snag_store_insert_rows", n=rows)
        self._counts.observe("snag_store_batch_rows", rows, trace_id)

    def _insert(self, store: Store, lines: Sequence[bytes]) -> list[bytes]:
        beacons: list[bytes] = []
        support: list[bytes] = []
        bad: list[bytes] = []
        for line in lines:
            if line.startswith(UNMAPPED):
                found = self._again(line)
                if found is None:
                    bad.append(line)
                else:
                    support.append(found)
            elif line.startswith(SUPPORT):
                support.append(line)
            else:
                beacons.append(line)
        if beacons:
            bad += store.insert(beacons)
        if support:
            bad += land_lines(store, support)
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


def untraced(lines: Sequence[bytes]) -> tuple[Sequence[bytes], list[str]]:
    """The lines without the traces that they came in, and those traces; what comes without is left as it is."""
    start = TRACED.index(b"%s")
    begin, end = TRACED[:start], start + len("00-") + 32 + 1 + 16 + len("-01")
    if not any(line.startswith(begin) for line in lines):
        return lines, []
    cut: list[bytes] = []
    traces: list[str] = []
    for line in lines:
        if line.startswith(begin):
            traces.append(line[start:end].decode("latin-1"))
            line = UNTRACED + line[end + len('",') :]
        cut.append(line)
    return cut, traces


def reason_of(error: Exception) -> str:
    """In one word why the store took nothing."""
    return next((reason for kind, reason in _REASONS.items() if isinstance(error, kind)), "other")
