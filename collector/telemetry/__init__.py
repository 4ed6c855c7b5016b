"""What the collector says of itself: metrics for Prometheus, traces, logs and events by OTLP, and its log."""

from collector.telemetry.counts import Counts
from collector.telemetry.metrics import Metrics
from collector.telemetry.shown import Shown
from collector.telemetry.tracing import start_tracing, tracer

__all__ = ["Counts", "Metrics", "Shown", "start_tracing", "tracer"]
