"""Every limit of the public port has one home: turned there, the result changes."""

import asyncio

import pytest
from prometheus_client import CollectorRegistry

from collector.intake import limits
from collector.intake.decode import skew_ms
from collector.intake.dedupe import Duplicates
from collector.intake.limits import Buckets
from collector.spool import Full
from collector.telemetry import Metrics
from tests.conftest import beacon, body, event
from tests.intake.test_http import Lines, caller, port, raw

HEAD = b"POST /v1/beacons HTTP/1.1\r\nHost: x\r\n"


async def posted(content: bytes | None = None, queue: Lines | None = None, method: str = "POST"):
    async with caller(Lines() if queue is None else queue, Metrics(CollectorRegistry())) as client:
        answer = await client.request(method, "/v1/beacons", data=body() if content is None else content)
        return answer.status, answer.headers


async def status(content: bytes | None = None) -> int:
    return (await posted(content))[0]


async def raw_status(sent: bytes) -> int:
    async with port(Lines(), Metrics(CollectorRegistry())) as number, asyncio.timeout(20):
        return int((await raw(number, sent)).removeprefix(b"HTTP/1.1 ")[:3] or 0)


async def least_wait(error: Exception) -> bool:
    """Whether the sender is asked to wait for a quarter of an hour."""
    queue = Lines()
    queue.error = error
    return int((await posted(queue=queue))[1]["Retry-After"]) >= 900


async def preflight() -> str:
    return (await posted(b"", method="OPTIONS"))[1]["Access-Control-Max-Age"]


async def wait_after_a_burst() -> float:
    buckets = Buckets(1.0, lambda: 0.0)
    buckets.take("sender", 50)
    return buckets.wait_s("sender")


async def senders_remembered() -> int:
    buckets = Buckets(1.0, lambda: 0.0)
    for sender in range(100):
        buckets.take(sender, 1)
    return len(buckets)


async def beacons_remembered() -> int:
    duplicates = Duplicates()
    for key in range(100):
        duplicates.add(key)
    return len(duplicates)


async def skew() -> int:
    return skew_ms(0, 1500)


old = event(client_ts=beacon()["sent_ts"] - 60_000)

TURNED = [
    ("HEAD_BYTES", 300, lambda: raw_status(HEAD + b"X: " + b"a" * 500 + b"\r\nConnection: close\r\n\r\n"), 400, 431),
    ("HEAD_FIELDS", 3, lambda: raw_status(HEAD + b"A: 1\r\nB: 2\r\nC: 3\r\nConnection: close\r\n\r\n"), 400, 431),
    ("BODY_BYTES", 50, status, 204, 413),
    ("UNPACKED_BYTES", 50, status, 204, 413),
    ("AGE_MS", 1000, lambda: status(body(old)), 204, 400),
    ("CLOCK_TOLERANCE_MS", 1000, skew, 0, 1500),
    ("RETRY_S", 1000.0, lambda: least_wait(Full("full")), False, True),
    ("PREFLIGHT_S", 5, preflight, "86400", "5"),
    ("BURST_S", 10, wait_after_a_burst, 0, 41.0),
    ("SENDERS", 3, senders_remembered, 100, 3),
    ("BEACONS_REMEMBERED", 3, beacons_remembered, 100, 3),
]


@pytest.mark.parametrize(("name", "value", "observe", "before", "after"), TURNED, ids=[row[0] for row in TURNED])
async def test_a_limit_that_is_turned_changes_the_result(monkeypatch, name, value, observe, before, after):
    assert await observe() == before
    monkeypatch.setattr(limits, name, value)
    assert await observe() == after
