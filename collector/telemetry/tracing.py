"""Traces, for whoever asks for them by the standard OTEL_* environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from opentelemetry import trace

from collector import __version__


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
