"""What the collector says of itself: Prometheus metrics, and traces for whoever asks for them."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from typing import Any

from opentelemetry import trace
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

from collector import __version__

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


COUNTED = {
    "snag_collector_beacons": ("result", "Beacons by how they were answered."),
    "snag_collector_beacons_refused": ("reason", "Beacons that were refused, by reason."),
    "snag_collector_events": ("kind", "Events that were accepted, by kind."),
    "snag_collector_events_dropped": ("reason", "Events of accepted beacons that were not kept, by reason."),
    "snag_agent_events_dropped": ("reason", "Events that agents say they had to give up, by reason."),
    "snag_collector_connections_closed": ("reason", "Connections that were closed from our side, by reason."),
    "snag_collector_spool_corrupt": ("", "Queued lines that were no beacons and were set aside."),
    "snag_contacts_received": ("kind", "Rows of the support side that were taken, by kind."),
    "snag_contacts_refused": ("reason", "Deliveries that were refused, by reason."),
    "snag_contacts_set_aside": (
        "reason",
        "Records of a vendor that could not be read and are kept aside, by reason.",
    ),
    "snag_contacts_suppressed": ("", "Records of people who asked to be forgotten; nothing of them is kept."),
    "snag_store_insert_errors": ("", "Attempts that the store did not take; they are repeated."),
    "snag_store_chore_errors": ("chore", "Turns of a chore, such as counting rollups, that failed."),
    "snag_collector_worker_restarts": ("", "Workers that ended by themselves and were started again."),
}
"""Every counter with the name of its label and its meaning."""

TIMED = {
    "snag_collector_request_duration_seconds": "From the end of a beacon's body to its answer; the sync to disk is within.",
    "snag_store_insert_duration_seconds": "Taking one batch of the queue into the store.",
    "snag_store_chore_duration_seconds": "One turn of a chore, such as counting rollups.",
}


class Counts:
    """What one process counts, as plain numbers: cheap to add to, easy to send to another process and to sum.

    Labels are bounded: results, reasons and kinds of the vocabulary; never a page, session or visitor.
    """

    def __init__(self) -> None:
        self.counted: dict[str, dict[str, float]] = {name: {} for name in COUNTED}
        self.timed: dict[str, list[float]] = {name: [0.0] * (len(SECONDS) + 2) for name in TIMED}

    def add(self, name: str, label: str = "", n: float = 1) -> None:
        """Count `n` more."""
        by_label = self.counted[name]
        by_label[label] = by_label.get(label, 0) + n

    def add_each(self, name: str, labels: Iterable[str]) -> None:
        """Count one more for each label."""
        by_label = self.counted[name]
        for label in labels:
            by_label[label] = by_label.get(label, 0) + 1

    def observe(self, name: str, seconds: float) -> None:
        """Count one that took `seconds`: by bucket, the last one without limit, then their sum."""
        timed = self.timed[name]
        timed[bisect_left(SECONDS, seconds)] += 1
        timed[-1] += seconds

    def get(self, name: str, label: str = "") -> float:
        """The count until now."""
        return self.counted[name].get(label, 0)

    def snapshot(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {"counted": self.counted, "timed": self.timed}

    def restore(self, found: Mapping[str, Any]) -> None:
        """Take over a snapshot of another process."""
        self.counted = {name: dict(found["counted"].get(name, {})) for name in COUNTED}
        self.timed = {name: list(found["timed"].get(name, self.timed[name])) for name in TIMED}


class Metrics:
    """The collector's metrics, in a registry of their own so that two collectors fit into one process.

    `counts` is what this process counts; `sources` are all that are summed, such as those of workers.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.counts = Counts()
        self.sources = [self.counts]
        registry.register(self)
        Gauge("snag_build_info", "Version of this program.", ["version"], registry=registry).labels(
            __version__
        ).set(1)

    def collect(self) -> Iterator[Metric]:
        """Called by the registry when it is asked for the metrics."""
        for name, (label, meaning) in COUNTED.items():
            counter = CounterMetricFamily(name, meaning, labels=[label] if label else [])
            by_label: dict[str, float] = {} if label else {"": 0}
            for source in self.sources:
                for value, n in source.counted[name].items():
                    by_label[value] = by_label.get(value, 0) + n
            for value, n in by_label.items():
                counter.add_metric([value] if label else [], n)
            yield counter
        for name, meaning in TIMED.items():
            sums = [
                sum(numbers) for numbers in zip(*(source.timed[name] for source in self.sources), strict=True)
            ]
            upto = list(accumulate(sums[:-1]))
            bounds = [*(str(float(bound)) for bound in SECONDS), "+Inf"]
            yield HistogramMetricFamily(
                name, meaning, buckets=list(zip(bounds, upto, strict=True)), sum_value=sums[-1]
            )

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Show something as it is when it is asked for."""
        Gauge(name, meaning, registry=self.registry).set_function(value)

    def watch_connections(self, number: Callable[[], float]) -> None:
        """Show how many connections the public port has."""
        self.watch("snag_collector_connections", "Open connections of the public port.", number)

    def watch_spool(self, *, size: Callable[[], float], limit: float, oldest_s: Callable[[], float]) -> None:
        """Show the queue as it is when it is asked for."""
        self.watch("snag_collector_spool_bytes", "Bytes acknowledged and not in the store.", size)
        self.watch("snag_collector_spool_limit_bytes", "Size that the queue may reach.", lambda: limit)
        self.watch(
            "snag_collector_spool_oldest_seconds",
            "Age of the oldest event that is acknowledged and not in the store.",
            oldest_s,
        )


def start_tracing(env: Mapping[str, str] = os.environ) -> Callable[[], None]:
    """Send traces by OTLP if the standard OTEL_* environment asks for it; otherwise tracing costs nothing.

    Asked for means an endpoint (OTEL_EXPORTER_OTLP_ENDPOINT or …_TRACES_ENDPOINT), and neither
    OTEL_SDK_DISABLED=true nor OTEL_TRACES_EXPORTER=none. Returns what flushes and stops it.
    """
    endpoint = env.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or env.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    off = env.get("OTEL_SDK_DISABLED", "").lower() == "true" or env.get("OTEL_TRACES_EXPORTER") == "none"
    if not endpoint or off:
        return lambda: None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = {} if "OTEL_SERVICE_NAME" in env else {"service.name": "snagwatch-collector"}
    provider = TracerProvider(resource=Resource.create({**named, "service.version": __version__}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider.shutdown


tracer = trace.get_tracer("snagwatch.collector", __version__)
