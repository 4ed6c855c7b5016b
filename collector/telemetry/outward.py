"""What the intake tells of beacons to the outside: a trace of each, its events as log records. Never in anybody's way."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

import msgspec
from opentelemetry import trace
from opentelemetry._logs import Logger, LogRecord, SeverityNumber
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from collector.telemetry.counts import Counts
from collector.telemetry.semconv import attributes, event_name

MOST_LINKS = 100
"""Beacons that the span of a batch is linked with; a batch may hold thousands."""

_LEVELS = (
    (logging.ERROR, SeverityNumber.ERROR), (logging.WARNING, SeverityNumber.WARN),
    (logging.INFO, SeverityNumber.INFO), (0, SeverityNumber.DEBUG),
)  # fmt: skip


class Passage:
    """One beacon on its way to the disk: a span, and one within it for the queue."""

    def __init__(self, tracer: trace.Tracer, app: str, events: int, traceparent: str, since_ns: int) -> None:
        parent = TraceContextTextMapPropagator().extract({"traceparent": traceparent}) if traceparent else None
        self._span = tracer.start_span(
            "beacon",
            context=parent,
            kind=SpanKind.SERVER,
            start_time=since_ns,
            attributes={"snag.app": app, "snag.events": events},
        )
        self._queue = tracer.start_span("spool", context=trace.set_span_in_context(self._span))

    @property
    def trace(self) -> str:
        """W3C traceparent of it; "" where it is not sampled."""
        return traceparent_of(self._span)

    def end(self, error: Exception | None) -> None:
        """It is on disk, or was refused there."""
        for span in (self._queue, self._span):
            if error is not None:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            span.end()


class Outward:
    """Begins passages and tells events. Nothing here raises or waits."""

    def __init__(self, tracer: trace.Tracer | None, events: Any, counts: Counts) -> None:
        self._tracer = tracer
        self._events: Logger | None = events
        self._counts = counts

    def begin(self, app: str, events: int, traceparent: bytes, since_ns: int) -> Passage | None:
        """A beacon was understood; `traceparent` as its request had it, `since_ns` when it came."""
        if self._tracer is None:
            return None
        return Passage(self._tracer, app, events, traceparent.decode("latin-1"), since_ns)

    def tell(self, beacon: msgspec.Struct, skew_ms: int, is_bot: bool) -> None:
        """Its events as log records, at the time that they happened by a clock put right."""
        if self._events is None:
            return
        try:
            whole = msgspec.to_builtins(beacon)
            for event in whole.pop("events"):
                self._events.emit(
                    LogRecord(
                        event_name=event_name(event["kind"]),
                        timestamp=(event["client_ts"] + skew_ms) * 1_000_000,
                        observed_timestamp=time.time_ns(),
                        severity_number=SeverityNumber.INFO,
                        attributes=attributes(event, whole, is_bot=is_bot),
                    )
                )
        except Exception:  # whatever the SDK may think of them: the beacon is kept, and that is what counts
            self._counts.add("snag_telemetry_dropped", "defect", 1)


class LogHandler(logging.Handler):
    """Our own log as log records, with the trace that a line was written in."""

    def __init__(self, logger: Logger) -> None:
        super().__init__()
        self._logger = logger

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line; those of the sending itself would go round in circles."""
        if record.name.partition(".")[0] in ("opentelemetry", "urllib3", "requests"):
            return
        severity = next(number for level, number in _LEVELS if record.levelno >= level)
        said = {"log.logger": record.name}
        if record.exc_info and record.exc_info[0]:
            said["exception.type"] = record.exc_info[0].__name__
        try:
            self._logger.emit(
                LogRecord(
                    timestamp=int(record.created * 1e9),
                    observed_timestamp=time.time_ns(),
                    severity_number=severity,
                    severity_text=record.levelname,
                    body=record.getMessage(),
                    attributes=said,
                )
            )
        except Exception:
            self.handleError(record)


def traceparent_of(span: Span) -> str:
    """W3C Trace Context of a span that is sampled; "" of any other."""
    found = span.get_span_context()
    if not found.trace_flags.sampled:
        return ""
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-01"


def links(traceparents: Sequence[str]) -> list[Link]:
    """Links with the beacons of a batch, MOST_LINKS at most."""
    found = []
    for text in traceparents[:MOST_LINKS]:
        _, trace_id, span_id, _ = text.split("-")
        found.append(Link(SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(1))))
    return found
