"""Counters and histograms of one process, as plain numbers."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

MOST_LABELS = 60
"""Distinct values of a label; further ones are counted as OTHER. The vocabulary has half as many."""

OTHER = "other"

COUNTED = {
    "snag_collector_beacons": ("result", "Beacons by how they were answered."),
    "snag_collector_beacons_refused": ("reason", "Beacons that were refused, by reason."),
    "snag_collector_admission_steps": (
        "step",
        "Beacons that a step of admission changed, acknowledged without queueing, or refused, by step.",
    ),
    "snag_collector_events": ("kind", "Events that were accepted, by kind."),
    "snag_collector_events_dropped": ("reason", "Events of accepted beacons that were not kept, by reason."),
    "snag_agent_events_dropped": ("reason", "Events that agents say they had to give up, by reason."),
    "snag_foreign_events_left_out": ("reason", "Events of other agents that cannot be judged, by reason."),
    "snag_collector_connections_closed": ("reason", "Connections that were closed from our side, by reason."),
    "snag_collector_spool_corrupt": ("", "Queued lines that were no beacons and were set aside."),
    "snag_contacts_received": ("channel", "Contacts that were taken by webhook or pull, by channel."),
    "snag_contacts_rows": ("kind", "Rows of the support side that were taken, by kind."),
    "snag_contacts_refused": ("reason", "Deliveries that were refused, by reason."),
    "snag_contacts_set_aside": (
        "reason",
        "Records of a vendor that could not be read and are kept aside, by reason.",
    ),
    "snag_contacts_suppressed": ("", "Records of people who asked to be forgotten; nothing of them is kept."),
    "snag_store_insert_rows": ("", "Events, and rows of the support side, that the store took."),
    "snag_store_insert_errors": ("reason", "Attempts that the store did not take; they are repeated."),
    "snag_store_chore_errors": ("chore", "Turns of a chore, such as counting rollups, that failed."),
    "snag_telemetry_dropped": (
        "reason",
        "Spans, log lines and events that were not sent out by OTLP, by reason.",
    ),
    "snag_collector_worker_restarts": ("", "Workers that ended by themselves and were started again."),
}
"""Every counter with the name of its label and its meaning."""

LABELS_FROM_START: dict[str, tuple[str, ...]] = {
    "snag_collector_beacons": ("accepted", "duplicate", "refused"),
    "snag_collector_beacons_refused": ("overloaded", "shed", "spool_failed", "spool_full"),
    "snag_collector_events_dropped": ("sampled", "shed"),
    "snag_store_insert_errors": ("full", "other", "refused", "schema", "unreachable"),
    "snag_telemetry_dropped": ("defect", "full", "not_taken"),
}
"""Label values that are shown with 0 before they first occur. A counter that appears with its first increment has no
increase in Prometheus, so an alert on a single loss would stay silent."""

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LAG = (1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 86_400)
_RUN = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_BYTES = (256, 1024, 4096, 16_384, 65_536)
_ROWS = (1, 10, 100, 1000, 10_000, 100_000)

MEASURED: dict[str, tuple[tuple[float, ...], str]] = {
    "snag_collector_request_duration_seconds": (
        _SECONDS,
        "From the end of a beacon's body to its answer; the sync to disk is within.",
    ),
    "snag_collector_request_bytes": (_BYTES, "Bodies of accepted beacons as they came, packed or not."),
    "snag_collector_ingest_lag_seconds": (
        _LAG,
        "From the first event of a beacon, by the visitor's clock put right, until the store has it.",
    ),
    "snag_store_insert_duration_seconds": (_SECONDS, "Taking one batch of the queue into the store."),
    "snag_store_batch_rows": (_ROWS, "Events, and rows of the support side, in one batch."),
    "snag_store_chore_duration_seconds": (_SECONDS, "One turn of a chore, such as counting rollups."),
    "snag_correlation_run_duration_seconds": (_RUN, "Judging the contacts of one site."),
}
"""Every histogram with its bucket bounds and its meaning."""


class Exemplar(NamedTuple):
    """A value of a histogram bucket with the trace it was measured in."""

    trace_id: str
    value: float
    at: float
    """Seconds since 1970."""


class Counts:
    """Counts that are cheap to add to, to send to another process and to sum.

    Labels are bounded: results, reasons and kinds of the vocabulary; never a page, session or visitor.
    """

    def __init__(self) -> None:
        self.counted: dict[str, dict[str, float]] = {name: {} for name in COUNTED}
        self.measured: dict[str, list[float]] = {
            name: [0.0] * (len(bounds) + 2) for name, (bounds, _) in MEASURED.items()
        }
        self.exemplars: dict[str, dict[int, Exemplar]] = {}

    def add(self, name: str, label: str = "", n: float = 1) -> None:
        """Add `n` to a counter."""
        by_label = self.counted[name]
        if label not in by_label and len(by_label) >= MOST_LABELS:
            label = OTHER
        by_label[label] = by_label.get(label, 0) + n

    def add_each(self, name: str, labels: Iterable[str]) -> None:
        """Add 1 for each label. Only for kinds of the vocabulary, whose number is bounded."""
        by_label = self.counted[name]
        for label in labels:
            by_label[label] = by_label.get(label, 0) + 1

    def observe(self, name: str, value: float, trace_id: str = "") -> None:
        """Record one value: buckets first (the last has no upper bound), then the sum."""
        measured = self.measured[name]
        bucket = bisect_left(MEASURED[name][0], value)
        measured[bucket] += 1
        measured[-1] += value
        if trace_id:
            self.exemplars.setdefault(name, {})[bucket] = Exemplar(trace_id, value, time.time())

    def get(self, name: str, label: str = "") -> float:
        """Return the count so far."""
        return self.counted[name].get(label, 0)

    def snapshot(self) -> dict[str, Any]:
        """Return all counts as JSON."""
        exemplars = {name: list(found.items()) for name, found in self.exemplars.items()}
        return {"counted": self.counted, "measured": self.measured, "exemplars": exemplars}

    def restore(self, found: Mapping[str, Any]) -> None:
        """Replace all counts by a snapshot of another process."""
        self.counted = {name: dict(found["counted"].get(name, {})) for name in COUNTED}
        self.measured = {name: list(found["measured"].get(name, self.measured[name])) for name in MEASURED}
        self.exemplars = {
            name: {int(bucket): Exemplar(*one) for bucket, one in pairs} for name, pairs in found["exemplars"].items()
        }
