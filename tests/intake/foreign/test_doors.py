"""The paths for agents of others: there only when asked for, answered when it is on disk, as their SDKs need it."""

import asyncio
import gzip
import json
import time
from datetime import UTC, datetime

import aiohttp
import pytest
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from prometheus_client import CollectorRegistry

from collector.intake.admission import Policy
from collector.intake.apps import App, Apps
from collector.server.public_port import foreign
from collector.settings import BadSetting
from collector.spool import SpoolFailed
from collector.telemetry import Metrics
from tests.intake.foreign.test_faro import body, event
from tests.intake.foreign.test_otlp import record, request
from tests.intake.test_http import Lines, port

BOTH = Policy(foreign=frozenset(("faro", "otlp")))
PAGE = {"Origin": "https://shop.test", "Content-Type": "application/json"}


@pytest.fixture
def queue() -> Lines:
    return Lines()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry())


def now_body() -> bytes:
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    return body(events=[event("contact_opened") | {"timestamp": at}, event("session_start")])


def now_request() -> bytes:
    return json.dumps(request(record("contact_opened", at_ms=int(time.time() * 1000)))).encode()


async def posted(at, path, data, headers=PAGE, method="POST"):
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"http://127.0.0.1:{at}{path}", data=data, headers=headers) as answer,
    ):
        return answer.status, await answer.text(), answer.headers


async def test_without_being_asked_for_there_is_nothing(queue, metrics):
    async with port(queue, metrics) as at:
        for path in ("/faro/collect", "/otlp/v1/logs"):
            assert (await posted(at, path, b"{}"))[0] == 404
            assert (await posted(at, path, b"", method="OPTIONS"))[0] == 404


async def test_faro_is_answered_202_when_it_is_kept_and_a_retry_is_kept_once(queue, metrics):
    async with port(queue, metrics, BOTH) as at:
        raw = now_body()
        for _ in range(2):
            status, text, headers = await posted(at, "/faro/collect", raw)
            assert (status, text) == (202, "ok")
            assert headers["Access-Control-Allow-Origin"] == "https://shop.test"
        assert len(queue) == 1
        assert b'"help_events":[{"kind":"contact_opened"' in queue[0]
    assert metrics.counts.get("snag_collector_beacons", "accepted") == 1
    assert metrics.counts.get("snag_collector_beacons", "duplicate") == 1
    assert metrics.counts.get("snag_collector_events", "contact_opened") == 1
    assert metrics.counts.get("snag_foreign_events_left_out", "unjudged") == 2


async def test_the_browser_s_question_is_answered_as_the_sdk_needs_it(queue, metrics):
    asked = {"Origin": "https://shop.test", "Access-Control-Request-Method": "POST"}
    async with port(queue, metrics, BOTH) as at:
        for path in ("/faro/collect", "/otlp/v1/logs"):
            status, _, headers = await posted(at, path, b"", asked, "OPTIONS")
            allowed = headers["Access-Control-Allow-Headers"].split(", ")
            assert status == 204
            assert {"content-type", "idempotency-key", "x-faro-session-id", "x-api-key"} <= set(allowed)
        ours = (await posted(at, "/v1/beacons", b"", asked, "OPTIONS"))[2]["Access-Control-Allow-Headers"]
        assert ours == "content-type, content-encoding"


async def test_otlp_is_answered_as_its_specification_says(queue, metrics):
    async with port(queue, metrics, BOTH) as at:
        status, text, headers = await posted(
            at, "/otlp/v1/logs", gzip.compress(now_request()), PAGE | {"Content-Encoding": "gzip"}
        )
        assert (status, text, headers["Content-Type"]) == (200, "{}", "application/json")
    assert len(queue) == 1


async def test_opentelemetry_s_own_exporter_is_understood(queue, metrics):
    def export(url: str) -> None:
        provider = LoggerProvider(resource=Resource({"service.name": "shop", "service.version": "7"}))
        provider.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter(endpoint=url)))
        provider.get_logger("page").emit(
            LogRecord(
                event_name="exception",
                severity_number=SeverityNumber.ERROR,
                timestamp=None,
                attributes={
                    "session.id": "s-1",
                    "exception.type": "TypeError",
                    "exception.message": "x is 5",
                    "browser.document.url.full": "https://shop.test/cart/17",
                },
            )
        )
        provider.shutdown()

    async with port(queue, metrics, BOTH) as at:
        await asyncio.to_thread(export, f"http://127.0.0.1:{at}/otlp/v1/logs")
    (line,) = queue
    found = json.loads(line)
    (one,) = found["friction_events"]
    assert (found["app"], one["error_message"], one["page_group"]) == ("shop", "x is #", "/cart/:id")


async def test_what_is_not_on_disk_is_not_answered_2xx(queue, metrics):
    queue.error = SpoolFailed("disk")
    async with port(queue, metrics, BOTH) as at:
        status, _, headers = await posted(at, "/faro/collect", now_body())
        assert (status, "Retry-After" in headers) == (503, True)
        assert (await posted(at, "/otlp/v1/logs", now_request()))[0] == 503
        queue.error = None
        assert (await posted(at, "/faro/collect", now_body()))[0] == 202
    assert metrics.counts.get("snag_collector_beacons_refused", "spool_failed") == 2


async def test_sites_and_origins_are_asked_for_as_with_our_own_agent(queue, metrics):
    known = Policy(apps=Apps({"shop": App(origins=("https://shop.test",))}), foreign=frozenset(("faro",)))
    async with port(queue, metrics, known) as at:
        assert (await posted(at, "/faro/collect", now_body()))[0] == 202
        assert (await posted(at, "/faro/collect", now_body(), PAGE | {"Origin": "https://evil.test"}))[0] == 403
        at_once = event("contact_opened") | {"timestamp": datetime.now(UTC).isoformat()}
        other = body({"app": {"name": "other"}}, events=[at_once])
        assert (await posted(at, "/faro/collect", other))[0] == 403
    assert len(queue) == 1


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [
        (b"{}", PAGE, 400),
        (b"{", PAGE, 400),
        (b"x" * 70_000, PAGE, 413),
        (gzip.compress(b" " * 10_000_000), PAGE | {"Content-Encoding": "gzip"}, 413),
        (b"{}", PAGE | {"Content-Type": "application/x-www-form-urlencoded"}, 400),
        (b"{}", PAGE | {"Content-Type": "image/png"}, 400),
    ],
)
async def test_what_cannot_be_taken_is_refused_and_counted(queue, metrics, data, headers, status):
    async with port(queue, metrics, BOTH) as at:
        for path in ("/faro/collect", "/otlp/v1/logs"):
            got = (await posted(at, path, data, headers))[0]
            assert got == (415 if "json" not in headers["Content-Type"] else status)
    assert queue == []
    assert metrics.counts.get("snag_collector_beacons", "refused") == 2


def test_an_agent_that_is_not_known_is_said_at_the_start():
    assert foreign(" faro, otlp") == {"faro", "otlp"}
    assert foreign("") == frozenset()
    with pytest.raises(BadSetting, match="'sentry' is not a supported agent; expected faro, otlp or nothing"):
        foreign("faro,sentry")
