"""One OpenTelemetry trace for each run, one span for each step; the site's own requests carry `traceparent`.

Only requests of the site itself carry it: to others it would give away that we are there, and make browsers ask first
(CORS preflight). That is why it is put on each request as it leaves, and not on the context as a whole. It costs a
round trip for every request, so nothing of it happens unless an OTLP endpoint is set up.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Mapping
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TraceState

from collector import __version__
from synthetic.journey import Definition, Step
from synthetic.observations import Observer, is_first_party

tracer = trace.get_tracer("snagwatch.synthetic")


class Tracing:
    """The trace of one run. Without a provider that records, everything here does nothing."""

    def __init__(self, definition: Definition, run_id: str, location: str) -> None:
        self._run = tracer.start_span(
            f"journey {definition.name}",
            kind=SpanKind.CLIENT,
            attributes={"snag.journey": definition.name, "snag.run_id": run_id, "snag.location": location},
        )
        self._run.set_attribute("synthetic", True)
        self._run.set_attribute("user_agent.synthetic.type", "test")
        self.on = self._run.is_recording()
        self._steps: dict[int, Span] = {}
        self._tasks: set[Any] = set()

    @property
    def trace_id(self) -> str:
        """In hex; "" where nothing is recorded."""
        return f"{self._run.get_span_context().trace_id:032x}" if self.on else ""

    def begin(self, step: Step) -> None:
        """A span for a step, within that of the step around it."""
        if self.on:
            parents = [span for span in self._steps.values() if span.is_recording()]
            around = trace.set_span_in_context(parents[-1] if parents else self._run)
            self._steps[id(step)] = span = tracer.start_span(f"step {step.name}", context=around)
            span.set_attribute("snag.step", step.name)
            span.set_attribute("snag.attempt", step.attempt)

    def end(self, step: Step) -> None:
        """The step is over."""
        if span := self._steps.get(id(step)):
            if step.failed:
                span.set_status(Status(StatusCode.ERROR))
            span.set_attribute("snag.duration_ms", step.duration_ms)
            span.end()

    def close(self, status: str, fault: str, reason: str) -> None:
        """The run is over."""
        if self.on:
            self._run.set_attributes({"snag.status": status, "snag.fault": fault, "snag.reason": reason})
            if status in ("failed", "error"):
                self._run.set_status(Status(StatusCode.ERROR, reason))
            self._run.end()

    def follow(self, context: Any, observer: Observer) -> None:
        """Put `traceparent` on the site's own requests of every page that `context` opens from now on."""
        if self.on:
            observer.listen(context, "page", lambda page: self._later(self._intercept(context, page, observer)))

    async def ride_along(self, context: Any, page: Any, observer: Observer) -> None:
        """The same for a page before its first request."""
        if self.on:
            await self._intercept(context, page, observer)
            self.follow(context, observer)

    async def _intercept(self, context: Any, page: Any, observer: Observer) -> None:
        session = await context.new_cdp_session(page)
        session.on("Fetch.requestPaused", lambda event: self._later(self._let_go(session, event, observer)))
        # A redirect pauses again with its new address: what was added for the site is not passed on to another.
        await session.send("Fetch.enable", {"patterns": [{"urlPattern": "http*", "requestStage": "Request"}]})

    async def _let_go(self, session: Any, event: dict[str, Any], observer: Observer) -> None:
        request = event["request"]
        known = {k: v for k, v in request["headers"].items() if k.lower() not in ("traceparent", "tracestate")}
        if is_first_party(request["url"], observer.first_parties):
            known |= self._headers()
        headers = [{"name": name, "value": value} for name, value in known.items()]
        with contextlib.suppress(Exception):  # the page may be gone meanwhile
            await session.send("Fetch.continueRequest", {"requestId": event["requestId"], "headers": headers})

    def _headers(self) -> dict[str, str]:
        """W3C Trace Context, of the step that is open."""
        open_ = [span for span in self._steps.values() if span.is_recording()]
        found = (open_[-1] if open_ else self._run).get_span_context()
        state = TraceState([("snag", "synthetic")]).to_header()
        return {
            "traceparent": f"00-{found.trace_id:032x}-{found.span_id:016x}-{int(found.trace_flags):02x}",
            "tracestate": state,
        }

    def _later(self, work: Any) -> None:
        self._tasks.add(task := asyncio.ensure_future(work))
        task.add_done_callback(self._tasks.discard)


def start_tracing(env: Mapping[str, str] = os.environ) -> Callable[[], None]:
    """Returns what flushes and stops it. Without an endpoint nothing is recorded, and tracing costs nothing."""
    endpoint = env.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or env.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    off = env.get("OTEL_SDK_DISABLED", "").lower() == "true" or env.get("OTEL_TRACES_EXPORTER") == "none"
    if not endpoint or off:
        return lambda: None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    named = {} if "OTEL_SERVICE_NAME" in env else {"service.name": "snagwatch-journeys"}
    provider = TracerProvider(resource=Resource.create({**named, "service.version": __version__}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider.shutdown
