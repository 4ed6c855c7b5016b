"""What the collector says of itself: Prometheus metrics, and traces for whoever asks for them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from opentelemetry import trace
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from collector import __version__

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The collector's metrics, in a registry of their own so that two collectors fit into one process.

    Labels are bounded: results, reasons and kinds of the vocabulary; never a page, session or visitor.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.beacons = Counter(
            "snag_collector_beacons", "Beacons by how they were answered.", ["result"], registry=registry
        )
        self.refused = Counter(
            "snag_collector_beacons_refused",
            "Beacons that were refused, by reason.",
            ["reason"],
            registry=registry,
        )
        self.events = Counter(
            "snag_collector_events", "Events that were accepted, by kind.", ["kind"], registry=registry
        )
        self.request_seconds = Histogram(
            "snag_collector_request_duration_seconds",
            "From the first byte of a beacon to its answer; the sync to disk is within.",
            registry=registry,
            buckets=SECONDS,
        )
        self.insert_seconds = Histogram(
            "snag_store_insert_duration_seconds",
            "Taking one segment of the queue into the store.",
            registry=registry,
            buckets=SECONDS,
        )
        self.insert_errors = Counter(
            "snag_store_insert_errors",
            "Attempts that the store did not take; they are repeated.",
            registry=registry,
        )
        self.quarantined = Counter(
            "snag_collector_spool_corrupt",
            "Queued lines that were no beacons and were set aside.",
            registry=registry,
        )
        Gauge("snag_build_info", "Version of this program.", ["version"], registry=registry).labels(
            __version__
        ).set(1)

    def watch_spool(self, *, size: Callable[[], float], limit: float, oldest_s: Callable[[], float]) -> None:
        """Show the queue as it is when it is asked for."""
        spool_bytes = Gauge(
            "snag_collector_spool_bytes", "Bytes acknowledged and not in the store.", registry=self.registry
        )
        spool_bytes.set_function(size)
        Gauge(
            "snag_collector_spool_limit_bytes", "Size that the queue may reach.", registry=self.registry
        ).set(limit)
        oldest = Gauge(
            "snag_collector_spool_oldest_seconds",
            "Age of the oldest event that is acknowledged and not in the store.",
            registry=self.registry,
        )
        oldest.set_function(oldest_s)


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
