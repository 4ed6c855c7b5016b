"""What waits to be sent out by OTLP: a bounded number, and what does not fit or does not arrive is counted.

The SDK's own queue drops without a count that we could show, and warns in the log for each.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from opentelemetry.sdk._logs import LogRecordProcessor, ReadWriteLogRecord
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter, LogRecordExportResult
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from collector.telemetry.counts import Counts

MOST = 2048
"""Spans, and records, that may wait; the SDK's own bound by default."""

DROPPED = "snag_telemetry_dropped"


class _Waiting:
    """How many wait; one more only while there is room."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._lock = threading.Lock()
        self._n = 0

    def enter(self) -> bool:
        with self._lock:
            if self._n >= MOST:
                self._counts.add(DROPPED, "full")
                return False
            self._n += 1
            return True

    def leave(self, n: int, sent: bool) -> None:
        with self._lock:
            self._n -= n
        if not sent:
            self._counts.add(DROPPED, "not_taken", n)


class _Spans(SpanExporter):
    def __init__(self, exporter: SpanExporter, waiting: _Waiting) -> None:
        self._exporter, self._waiting = exporter, waiting

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = SpanExportResult.FAILURE
        try:
            result = self._exporter.export(spans)
        finally:
            self._waiting.leave(len(spans), result is SpanExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


class _Records(LogRecordExporter):
    def __init__(self, exporter: LogRecordExporter, waiting: _Waiting) -> None:
        self._exporter, self._waiting = exporter, waiting

    def export(self, batch: Sequence[Any]) -> LogRecordExportResult:
        result = LogRecordExportResult.FAILURE
        try:
            result = self._exporter.export(batch)
        finally:
            self._waiting.leave(len(batch), result is LogRecordExportResult.SUCCESS)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 10_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


class BoundedSpans(SpanProcessor):
    """Spans on their way to `exporter`."""

    def __init__(self, exporter: SpanExporter, counts: Counts) -> None:
        self._waiting = _Waiting(counts)
        self._batches = BatchSpanProcessor(_Spans(exporter, self._waiting), max_queue_size=MOST)

    def on_start(self, span: Span, parent_context: Any = None) -> None:
        self._batches.on_start(span, parent_context)

    def on_end(self, span: ReadableSpan) -> None:
        sampled = span.context is not None and span.context.trace_flags.sampled
        if sampled and self._waiting.enter():
            self._batches.on_end(span)

    def shutdown(self) -> None:
        self._batches.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return self._batches.force_flush(timeout_millis)


class BoundedRecords(LogRecordProcessor):
    """Log records and events on their way to `exporter`."""

    def __init__(self, exporter: LogRecordExporter, counts: Counts) -> None:
        self._waiting = _Waiting(counts)
        self._batches = BatchLogRecordProcessor(_Records(exporter, self._waiting), max_queue_size=MOST)

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        if self._waiting.enter():
            self._batches.on_emit(log_record)

    def shutdown(self) -> None:
        self._batches.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        return bool(self._batches.force_flush(timeout_millis))
