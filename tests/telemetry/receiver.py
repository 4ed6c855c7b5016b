"""An OTLP receiver: takes protobuf over HTTP, answers as its specification says, can be slow or refuse."""

import asyncio
import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


class Receiver:
    """What it got; times in it are nanoseconds."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.wait_s = 0.0
        self.traces: list[ExportTraceServiceRequest] = []
        self.logs: list[ExportLogsServiceRequest] = []

    @property
    def spans(self) -> list:
        """Every span."""
        return [span for one in self.traces for r in one.resource_spans for s in r.scope_spans for span in s.spans]

    @property
    def records(self) -> list:
        """Every log record."""
        return [
            record for one in self.logs for r in one.resource_logs for s in r.scope_logs for record in s.log_records
        ]

    async def _take(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.wait_s)
        body = await request.read()
        if request.headers.get("Content-Encoding") == "gzip" and body[:2] == b"\x1f\x8b":
            body = gzip.decompress(body)
        if self.status != 200:
            return web.Response(status=self.status)
        traces = request.path.endswith("traces")
        found = (ExportTraceServiceRequest if traces else ExportLogsServiceRequest)()
        found.ParseFromString(body)
        (self.traces if traces else self.logs).append(found)
        answer = (ExportTraceServiceResponse if traces else ExportLogsServiceResponse)()
        return web.Response(body=answer.SerializeToString(), content_type="application/x-protobuf")


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver in a thread of its own."""
    found = Receiver()
    loop = asyncio.new_event_loop()
    app = web.Application()
    app.router.add_post("/v1/traces", found._take)
    app.router.add_post("/v1/logs", found._take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    loop.run_until_complete(runner.setup())
    loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def plain(attributes) -> dict:
    """Attributes as plain values."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}
