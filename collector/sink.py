"""The store as the shipper sees it: opened and migrated when it is first there, timed when it is used."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from collector.contacts.landing import SUPPORT, land_lines
from collector.store import Store
from collector.store.embedded import MACHINE, Limits, ensure_room
from collector.telemetry import Counts, tracer

log = logging.getLogger(__name__)

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
        with tracer.start_as_current_span("ship"):
            bad = self._insert(store, lines)
        self._counts.observe("snag_store_insert_duration_seconds", time.perf_counter() - began)
        return bad

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
