"""Traces, logs and events by OTLP, for whoever asks for them by the standard OTEL_* environment.

Asked for means an endpoint (OTEL_EXPORTER_OTLP_ENDPOINT, or …_TRACES_ENDPOINT and …_LOGS_ENDPOINT), and neither
OTEL_SDK_DISABLED=true nor OTEL_TRACES_EXPORTER=none or OTEL_LOGS_EXPORTER=none. Without it
nothing of the SDK is loaded. A receiver that is away holds up nothing: what does not fit is dropped and counted.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from opentelemetry import trace

from collector import __version__
from collector.telemetry.counts import Counts

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource

    from collector.telemetry.outward import Outward

log = logging.getLogger(__name__)

SERVICE = "snagwatch-collector"
STOPPING_S = 5.0
"""How long the end waits for what is still to be sent."""

tracer = trace.get_tracer("snagwatch.collector", __version__)


class Export(NamedTuple):
    """What is sent out, and what stops it."""

    stop: Callable[[], None]
    outward: Outward | None
    """What the intake tells of beacons; None: nobody asked."""


def start_export(counts: Counts | None = None, env: Mapping[str, str] = os.environ) -> Export:
    """Begin to send what `env` asks for; drops are counted in `counts`."""
    traces, logs = wanted("traces", env), wanted("logs", env)
    if not traces and not logs:
        return Export(lambda: None, None)
    from opentelemetry.sdk.resources import Resource

    from collector.telemetry.outward import Outward

    if env.get("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf") != "http/protobuf":
        log.warning("OTEL_EXPORTER_OTLP_PROTOCOL: only http/protobuf is spoken here, and that is what is sent")
    counts = counts or Counts()
    named = {} if "OTEL_SERVICE_NAME" in env else {"service.name": SERVICE}
    resource = Resource.create({**named, "service.version": __version__})
    stops = []
    if traces:
        stops.append(_traces(resource, counts))
    events = None
    if logs:
        events, stop = _logs(resource, counts)
        stops.append(stop)
    return Export(lambda: _within(stops), Outward(tracer if traces else None, events, counts))


def wanted(signal: str, env: Mapping[str, str]) -> bool:
    """Whether `signal`, traces or logs, is to be sent."""
    endpoint = env.get(f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT") or env.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    off = env.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return bool(endpoint) and not off and env.get(f"OTEL_{signal.upper()}_EXPORTER", "otlp") != "none"


def _traces(resource: Resource, counts: Counts) -> Callable[[], None]:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider

    from collector.telemetry.bounded import BoundedSpans

    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BoundedSpans(OTLPSpanExporter(), counts))
    trace.set_tracer_provider(provider)
    return provider.shutdown


def _logs(resource: Resource, counts: Counts) -> tuple[object, Callable[[], None]]:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider

    from collector.telemetry.bounded import BoundedRecords
    from collector.telemetry.outward import LogHandler
    from collector.telemetry.semconv import SCHEMA_URL

    provider = LoggerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_log_record_processor(BoundedRecords(OTLPLogExporter(), counts))
    handler = LogHandler(provider.get_logger("snagwatch.log", __version__))
    logging.getLogger().addHandler(handler)

    def stop() -> None:
        logging.getLogger().removeHandler(handler)
        provider.shutdown()

    return provider.get_logger("snagwatch.events", __version__, schema_url=SCHEMA_URL), stop


def _within(stops: list[Callable[[], None]]) -> None:
    """Let them send what they hold, side by side and not for ever: the SDK would wait for a minute."""
    threads = [threading.Thread(target=stop, daemon=True) for stop in stops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(STOPPING_S)
