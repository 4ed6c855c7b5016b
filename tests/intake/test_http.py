"""The public and the private port, as senders and an SRE meet them."""

import asyncio
import gzip
import zlib

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from collector.intake.private import build_private
from collector.intake.public import build_public
from collector.spool import Full, SpoolFailed
from collector.telemetry import Metrics
from tests.conftest import body, event


class Lines(list[bytes]):
    """A queue that is a list, and can be made to refuse."""

    error: Exception | None = None

    async def put(self, line: bytes) -> None:
        if self.error:
            raise self.error
        self.append(line)


@pytest.fixture
def queue() -> Lines:
    return Lines()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry())


@pytest.fixture
async def client(queue, metrics):
    # As `collector.serve` does it: what is packed is unpacked by us and within bounds, not by the server.
    server = TestServer(build_public(queue, metrics))
    await server.start_server(auto_decompress=False)
    async with TestClient(server) as found:
        yield found


def counted(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(name, labels) or 0.0


async def test_a_beacon_is_acknowledged_once_it_is_queued(client, queue, metrics):
    answer = await client.post("/v1/beacons", data=body(event("rage_click"), event("page_view")))
    assert (answer.status, await answer.read(), len(queue)) == (204, b"", 1)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert counted(metrics, "snag_collector_events_total", kind="rage_click") == 1


@pytest.mark.parametrize(
    ("content", "headers", "status", "reason", "text"),
    [
        (b"{", {}, 400, "not_json", "beacon is not JSON: Input data was truncated\n"),
        (b"x" * 65537, {}, 413, "too_large", "beacon is 65537 bytes, more than the 65536 that a browser can send\n"),
        (b"plain", {"Content-Encoding": "gzip"}, 415, "encoding",
         "the body is not gzip: Error -3 while decompressing data: incorrect header check\n"),
        (gzip.compress(body())[:-4], {"Content-Encoding": "gzip"}, 415, "encoding",
         "the body is not gzip: it ends too early\n"),
        (b"x", {"Content-Encoding": "gz"}, 415, "encoding",
         "Content-Encoding is 'gz', which is not taken; known: identity, gzip, deflate\n"),
        (b"x", {"Content-Encoding": "lzma"}, 415, "encoding",
         "Content-Encoding is 'lzma', which is not taken; known: identity, gzip, deflate\n"),
        (gzip.compress(b" " * 10_000_000), {"Content-Encoding": "gzip"}, 413, "too_large",
         "beacon is over 65536 bytes, more than the 65536 that a browser can send\n"),
    ],
)  # fmt: skip
async def test_a_bad_body_is_refused_by_reason_and_counted(
    client, queue, metrics, content, headers, status, reason, text
):
    answer = await client.post("/v1/beacons", data=content, headers=headers)
    assert (answer.status, await answer.text()) == (status, text)
    assert counted(metrics, "snag_collector_beacons_refused_total", reason=reason) == 1
    assert counted(metrics, "snag_collector_beacons_total", result="refused") == 1
    assert queue == []


async def test_a_body_without_a_length_is_bounded_too(client, queue):
    async def endless():
        for _ in range(100):
            yield b" " * 16384

    answer = await client.post("/v1/beacons", data=endless())
    assert (answer.status, queue) == (413, [])


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_a_packed_beacon_is_unpacked(client, queue, encoding, pack):
    answer = await client.post("/v1/beacons", data=pack(body()), headers={"Content-Encoding": encoding})
    assert (answer.status, len(queue)) == (204, 1)


@pytest.mark.parametrize("error", [Full("the queue is full"), SpoolFailed("the disk refused")])
async def test_without_room_the_sender_is_asked_to_come_back(client, queue, metrics, error):
    queue.error = error
    answer = await client.post("/v1/beacons", data=body())
    assert (answer.status, answer.headers["Retry-After"], await answer.text()) == (503, "30", f"{error}\n")
    assert counted(metrics, "snag_collector_events_total", kind="rage_click") == 0


async def test_a_preflight_allows_json_for_a_day(client):
    answer = await client.request("OPTIONS", "/v1/beacons")
    assert answer.status == 204
    assert answer.headers["Access-Control-Max-Age"] == "86400"
    assert answer.headers["Access-Control-Allow-Headers"] == "content-type, content-encoding"


async def test_the_agent_is_served_and_asked_for_once(client):
    answer = await client.get("/agent.js")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    again = await client.get("/agent.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/", "/metrics", "/livez", "/v1/sql", "/v1/contacts/desk", "/static/", "/agent.js.map"]
)
async def test_nothing_else_is_on_the_public_port(client, path):
    assert (await client.get(path)).status == 404


async def test_the_private_port_tells_health_and_metrics(metrics):
    why = ""
    app = build_private(metrics, lambda: why, max_body=1000)
    async with TestClient(TestServer(app)) as private:
        assert (await private.get("/livez")).status == 200
        assert (await private.get("/readyz")).status == 200
        why = "the queue is full"
        answer = await private.get("/readyz")
        assert (answer.status, await answer.text()) == (503, "not ready: the queue is full\n")
        assert (await private.get("/livez")).status == 200, "liveness asks for nothing but the event loop"
        assert "# TYPE snag_collector_beacons_total counter" in await (await private.get("/metrics")).text()
        openmetrics = await private.get("/metrics", headers={"Accept": "application/openmetrics-text"})
        assert (await openmetrics.text()).endswith("# EOF\n")


async def test_a_body_that_dribbles_is_given_up_and_counted(client, queue, metrics, monkeypatch):
    monkeypatch.setattr("collector.intake.public.READ_S", 0.2)

    async def dribble():
        yield b"{"
        await asyncio.sleep(5)
        yield b"}"

    answer = await client.post("/v1/beacons", data=dribble())
    assert (answer.status, await answer.text()) == (408, "the body did not come within 0.2 s\n")
    assert counted(metrics, "snag_collector_beacons_refused_total", reason="too_slow") == 1


async def test_a_tab_that_closes_in_mid_body_is_counted_and_makes_no_noise(queue, metrics, caplog):
    runner = web.AppRunner(build_public(queue, metrics), access_log=None, auto_decompress=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    _, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
    writer.write(b"POST /v1/beacons HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")
    await writer.drain()
    await asyncio.sleep(0.3)
    writer.close()
    async with asyncio.timeout(10):
        while not counted(metrics, "snag_collector_beacons_refused_total", reason="cut_off"):  # noqa: ASYNC110 (a counter tells nobody)
            await asyncio.sleep(0.02)
    await runner.cleanup()
    assert "Traceback" not in caplog.text


async def test_nobody_can_write_lines_of_their_own_into_the_log(client, caplog):
    caplog.set_level("INFO")
    await client.post("/v1/beacons", data=body(event("x\n2026 ERROR forged")))
    (line,) = [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]
    assert "\n" not in line
    assert "x\\n2026 ERROR forged" in line
