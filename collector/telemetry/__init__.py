"""What the collector says of itself: metrics for Prometheus, traces, logs and events by OTLP, and its log."""

from collector.telemetry.counts import Counts
from collector.telemetry.metrics import Metrics
from collector.telemetry.otlp import start_export, tracer
from collector.telemetry.shown import Shown

__all__ = ["Counts", "Metrics", "Shown", "start_export", "tracer"]
