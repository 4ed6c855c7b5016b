"""The store as the shipper sees it: opened and migrated when it is first there, timed when it is used."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from collector.store import Store
from collector.store.embedded import MACHINE, Limits, ensure_room
from collector.telemetry import Counts, tracer

log = logging.getLogger(__name__)


class StoreSink:
    """Opens the store at the first use, and again after it was away."""

    def __init__(
        self, dsn: str, counts: Counts, limits: Limits = MACHINE, *, min_free_bytes: int = 0
    ) -> None:
        self._dsn = dsn
        self._counts = counts
        self._limits = limits
        self._min_free = min_free_bytes
        self._store: Store | None = None

    def insert(self, lines: Sequence[bytes]) -> list[bytes]:
        """As Store.insert; also raises StoreFull."""
        store = self.opened()
        if self._min_free:
            ensure_room(self._dsn, self._min_free)
        began = time.perf_counter()
        with tracer.start_as_current_span("ship"):
            bad = store.insert(lines)
        self._counts.observe("snag_store_insert_duration_seconds", time.perf_counter() - began)
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
