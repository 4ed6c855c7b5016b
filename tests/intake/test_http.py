"""The public and the private port, as senders and an SRE meet them."""

import asyncio
import gzip
import json
import time
import zlib
from contextlib import asynccontextmanager

import aiohttp
import brotli
import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from collector.intake.admission import Policy
from collector.intake.apps import App, Apps
from collector.intake.client_info import Visitors
from collector.intake.connections import Connections
from collector.intake.http import Connection
from collector.intake.private_port import build_private
from collector.intake.routes import Intake
from collector.settings import networks
from collector.spool import Full, SpoolFailed
from collector.telemetry import Metrics
from tests.conftest import beacon, body, event

COMMON = {"Content-Type": "text/plain;charset=UTF-8"}


class Lines(list[bytes]):
    """A queue that is a list, and can be made to refuse or to seem full."""

    error: Exception | None = None
    held_bytes = 0
    max_bytes = 100

    def enqueue(self, line, done, note):
        if isinstance(self.error, Full):
            raise self.error
        if self.error is None:
            self.append(line)
        asyncio.get_running_loop().call_soon(done, self.error)


@pytest.fixture
def queue() -> Lines:
    return Lines()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(CollectorRegistry())


@asynccontextmanager
async def port(queue, metrics, rules=None, **patience):
    """The public port on loopback; gives its number."""
    given = {"most": 1000, "counts": metrics.counts, "clock": time.monotonic} | patience
    connections = Connections(**given)
    intake = Intake(queue, metrics.counts, rules)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(intake, connections), "127.0.0.1", 0)
    watching = asyncio.create_task(connections.watch())
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        watching.cancel()
        server.close()
        for connection in connections.everyone():
            connection.expire("stopping")
        await asyncio.sleep(0)


@asynccontextmanager
async def caller(queue, metrics, rules=None, **patience):
    async with (
        port(queue, metrics, rules, **patience) as number,
        aiohttp.ClientSession(f"http://127.0.0.1:{number}", headers=COMMON, auto_decompress=False) as found,
    ):
        yield found


@pytest.fixture
async def client(queue, metrics):
    async with caller(queue, metrics) as found:
        yield found


async def raw(number: int, *pieces: bytes, pause_s: float = 0.0, end: bool = False) -> bytes:
    """What comes back on a bare connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", number)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause_s)
        if end:
            writer.write_eof()
        async with asyncio.timeout(20):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


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
        (b"{", {}, 400, "not_json", "beacon: not valid JSON (Input data was truncated)\n"),
        (b"x" * 65537, {}, 413, "too_large", "body: 65537 bytes; expected at most 65536, as a browser can send\n"),
        (b"plain", {"Content-Encoding": "gzip"}, 415, "encoding",
         "body: not valid gzip data (Error -3 while decompressing data: incorrect header check)\n"),
        (gzip.compress(body())[:-4], {"Content-Encoding": "gzip"}, 415, "encoding",
         "body: not complete gzip data; it ends too early\n"),
        (b"x", {"Content-Encoding": "gz"}, 415, "encoding",
         "Content-Encoding: 'gz' is not supported; expected one of identity, gzip, deflate, br\n"),
        (b"x", {"Content-Encoding": "lzma"}, 415, "encoding",
         "Content-Encoding: 'lzma' is not supported; expected one of identity, gzip, deflate, br\n"),
        (gzip.compress(b" " * 10_000_000), {"Content-Encoding": "gzip"}, 413, "too_large",
         "body: over 262144 bytes decompressed; expected at most 262144\n"),
        (brotli.compress(b" " * 10_000_000), {"Content-Encoding": "br"}, 413, "too_large",
         "body: over 262144 bytes decompressed; expected at most 262144\n"),
        (brotli.compress(body())[:-4], {"Content-Encoding": "br"}, 415, "encoding",
         "body: not complete br data; it ends too early\n"),
        (b"x", {"Content-Type": "multipart/form-data; boundary=x"}, 415, "content_type",
         "Content-Type: not accepted; expected text/plain or application/json\n"),
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


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress)]
)
async def test_a_packed_beacon_is_unpacked(client, queue, encoding, pack):
    answer = await client.post("/v1/beacons", data=pack(body()), headers={"Content-Encoding": encoding})
    assert (answer.status, len(queue)) == (204, 1)


@pytest.mark.parametrize(
    ("error", "said"),
    [(Full("/var/q holds 9"), "the queue is full\n"), (SpoolFailed("/var/q refused"), "the queue failed\n")],
)
async def test_without_room_the_sender_is_asked_to_come_back_and_not_told_where_the_queue_is(
    client, queue, metrics, error, said
):
    queue.error = error
    answer = await client.post("/v1/beacons", data=body())
    assert (answer.status, await answer.text()) == (503, said)
    assert 30 <= int(answer.headers["Retry-After"]) <= 45
    assert counted(metrics, "snag_collector_events_total", kind="rage_click") == 0


async def test_a_preflight_allows_json_for_a_day(client):
    answer = await client.request("OPTIONS", "/v1/beacons")
    assert answer.status == 204
    assert answer.headers["Access-Control-Max-Age"] == "86400"
    assert answer.headers["Access-Control-Allow-Headers"] == "content-type, content-encoding"


@pytest.mark.parametrize(("accepts", "unpack"), [
    ("br, gzip", brotli.decompress), ("gzip;q=1.0, br;q=0", gzip.decompress), ("", bytes)])  # fmt: skip
async def test_the_agent_is_served_packed_and_asked_for_once(client, root, accepts, unpack):
    answer = await client.get("/agent.js", headers={"Accept-Encoding": accepts})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert unpack(await answer.read()) == (root / "collector/static/agent.js").read_bytes()
    again = await client.get("/agent.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")


async def test_under_the_hash_of_its_content_the_agent_may_be_kept_for_good(client):
    tag = (await client.get("/agent.js")).headers["ETag"].strip('"')
    kept = [(await client.get(f"/agent.js?v={v}")).headers["Cache-Control"] for v in (tag, "older")]
    assert kept == ["public, max-age=31536000, immutable", "public, max-age=3600"]


async def test_a_page_of_any_origin_may_load_the_agent_and_check_its_integrity(client):
    answer = await client.head("/agent.js", headers={"Origin": "https://shop.example"})
    assert (answer.status, await answer.read()) == (200, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


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


async def test_a_body_that_dribbles_is_given_up_and_counted(queue, metrics):
    async def dribble():
        for _ in range(100):
            yield b"{"
            await asyncio.sleep(0.05)

    async with caller(queue, metrics, read_s=0.3) as client:
        answer = await client.post("/v1/beacons", data=dribble())
        assert (answer.status, await answer.text()) == (408, "body: not complete after 0.3 s\n")
    assert counted(metrics, "snag_collector_beacons_refused_total", reason="too_slow") == 1


async def test_a_head_that_dribbles_and_a_connection_that_says_nothing_are_closed(queue, metrics):
    async with port(queue, metrics, read_s=0.3) as number:
        assert await raw(number) == b""
        assert (
            await raw(number, *[b"POST /v1/be", b"acons HTT", b"P/1.1\r\n"] + [b"A: b\r\n"] * 20, pause_s=0.05)
            != b"204"
        )
    assert counted(metrics, "snag_collector_connections_closed_total", reason="too_slow") == 2


async def test_a_connection_that_stays_idle_is_closed_and_one_in_use_is_not(queue, metrics):
    async with port(queue, metrics, read_s=0.4, idle_s=0.8) as number:
        reader, writer = await asyncio.open_connection("127.0.0.1", number)
        for _ in range(3):
            writer.write(
                b"POST /v1/beacons HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body()), body())
            )
            assert b" 204 " in await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(0.5)
        async with asyncio.timeout(10):
            assert await reader.read() == b""
        writer.close()
    assert len(queue) == 3


async def test_a_tab_that_closes_in_mid_body_is_counted_and_makes_no_noise(queue, metrics, caplog):
    async with port(queue, metrics) as number:
        await raw(number, b"POST /v1/beacons HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{", end=True)
        assert counted(metrics, "snag_collector_beacons_refused_total", reason="cut_off") == 1
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("bad", [{"kind": "x\n2026 ERROR forged"}, {"target": "secret" * 50}, {"secret": 1}])
async def test_nothing_of_a_beacon_gets_into_the_log(client, caplog, bad):
    caplog.set_level("DEBUG")
    assert (await client.post("/v1/beacons", data=body(event() | bad))).status == 400
    (line,) = [record.getMessage() for record in caplog.records if "Rejected" in record.getMessage()]
    assert line.startswith("Rejected a beacon (")
    assert "events[0]" in line
    assert "secret" not in line
    assert "forged" not in line


async def test_refusals_do_not_flood_the_log(client, caplog, metrics):
    caplog.set_level("INFO")
    for _ in range(50):
        await client.post("/v1/beacons", data=b"{")
    lines = [record.getMessage() for record in caplog.records if "Rejected" in record.getMessage()]
    assert len(lines) <= 10
    assert lines[4].endswith("(more of these are not logged this minute)")
    assert counted(metrics, "snag_collector_beacons_refused_total", reason="not_json") == 50


async def test_a_retry_is_acknowledged_and_not_kept_twice(client, queue, metrics):
    once = beacon(event())
    for sent in range(3):
        answer = await client.post("/v1/beacons", data=json.dumps(once | {"sent_ts": once["sent_ts"] + sent}))
        assert answer.status == 204
    assert len(queue) == 1
    assert counted(metrics, "snag_collector_beacons_total", result="duplicate") == 2


async def test_a_retry_of_what_was_refused_is_no_duplicate(client, queue):
    once = body()
    queue.error = SpoolFailed("the disk")
    assert (await client.post("/v1/beacons", data=once)).status == 503
    queue.error = None
    assert (await client.post("/v1/beacons", data=once)).status == 204
    assert len(queue) == 1


async def test_a_sender_that_gives_all_its_beacons_one_id_loses_none(client, queue):
    same = beacon()["beacon_id"]
    for _ in range(3):
        await client.post("/v1/beacons", data=body(beacon_id=same))
    assert len(queue) == 3


async def test_the_app_may_stand_in_the_url(client, queue):
    without = beacon()
    del without["app"]
    said = [
        (await client.post(f"/v1/beacons{query}", data=json.dumps(given))).status
        for query, given in (
            ("?app=shop", without),
            ("?x=1&app=shop", beacon()),
            ("", without),
            ("?app=a%20b", without),
            ("?app=other", beacon()),
        )
    ]
    assert said == [204, 204, 400, 400, 400]
    assert [json.loads(line)["app"] for line in queue] == ["shop", "shop"]


SHOP = Policy(apps=Apps({"shop": App(origins=("https://shop.example", "https://*.shop.example"), events_per_s=1)}))


@pytest.mark.parametrize(
    ("app", "origin", "status", "reason"),
    [
        ("shop", "https://shop.example", 204, ""), ("shop", "https://www.shop.example", 204, ""), ("shop", None, 204, ""),
        ("shop", "https://evilshop.example", 403, "origin"), ("shop", "http://shop.example", 403, "origin"),
        ("shop", "null", 403, "origin"), ("shpo", "https://shop.example", 403, "unknown_app"),
    ],
)  # fmt: skip
async def test_only_registered_sites_may_send_from_their_origins(queue, metrics, caplog, app, origin, status, reason):
    caplog.set_level("INFO")
    async with caller(queue, metrics, SHOP) as client:
        answer = await client.post("/v1/beacons", data=body(app=app), headers={"Origin": origin} if origin else {})
    assert (answer.status, len(queue)) == (status, 1 if status == 204 else 0)
    if reason:
        assert counted(metrics, "snag_collector_beacons_refused_total", reason=reason) == 1
        assert f"({reason}): app {app}" in caplog.text


async def test_a_site_that_sends_too_much_has_to_wait_and_others_need_not(queue, metrics):
    rules = Policy(apps=Apps({"shop": App(events_per_s=0.1), "other": App()}))  # six at once, then one in ten seconds
    async with caller(queue, metrics, rules) as client:
        said = [(await client.post("/v1/beacons", data=body())) for _ in range(8)]
        assert [answer.status for answer in said] == [204] * 6 + [429] * 2
        assert 10 <= int(said[-1].headers["Retry-After"]) <= 16
        assert (await client.post("/v1/beacons", data=body(app="other"))).status == 204


async def test_addresses_are_limited_by_range_and_only_proxies_of_ours_are_believed(queue, metrics):
    async def statuses(trusted: str, *addresses: str) -> list[int]:
        rules = Policy(visitors=Visitors(networks(trusted, "TRUSTED")), address_events_per_s=1 / 60)
        async with caller(queue, metrics, rules) as client:
            return [
                (await client.post("/v1/beacons", data=body(), headers={"X-Forwarded-For": address})).status
                for address in addresses
            ]

    one, same, other = "198.51.100.1", "1.2.3.4, 198.51.100.200", "203.0.113.9"
    assert await statuses("127.0.0.1", one, same, other) == [204, 429, 204]
    assert await statuses("", one, same, other) == [204, 204, 204], "unbelieved: this machine, which is no visitor"


async def test_a_sampled_site_keeps_whole_sessions(queue, metrics):
    rules = Policy(apps=Apps({"shop": App(sample=0.5)}))
    async with caller(queue, metrics, rules) as client:
        sessions = [beacon()["session_id"] for _ in range(60)] * 2
        for session in sessions:
            assert (await client.post("/v1/beacons", data=body(session_id=session))).status == 204
    kept = [json.loads(line)["session_id"] for line in queue]
    assert 10 < len(set(kept)) < 50
    assert len(kept) == 2 * len(set(kept))
    assert counted(metrics, "snag_collector_events_dropped_total", reason="sampled") == 120 - len(kept)


@pytest.mark.parametrize(
    ("full", "left"),
    [(79, {"web_vital", "page_view", "dead_click", "help_opened", "rage_click"}),
     (85, {"page_view", "dead_click", "help_opened", "rage_click"}), (92, {"page_view", "dead_click", "rage_click"}),
     (97, {"rage_click"})],
)  # fmt: skip
async def test_a_queue_that_fills_up_takes_what_stops_people_first(client, queue, metrics, full, left):
    queue.held_bytes = full
    kinds = ("web_vital", "page_view", "dead_click", "help_opened", "rage_click")
    events = [event(kind, **({"metric": "LCP", "value": 1.0} if kind == "web_vital" else {})) for kind in kinds]
    assert (await client.post("/v1/beacons", data=body(*events))).status == 204
    (line,) = queue
    kept = {one["kind"] for found in json.loads(line).values() if isinstance(found, list) for one in found}
    assert kept == left
    assert counted(metrics, "snag_collector_events_dropped_total", reason="shed") == 5 - len(left)


async def test_a_beacon_of_which_nothing_would_be_left_is_to_come_back(client, queue, metrics):
    queue.held_bytes = 85
    answer = await client.post("/v1/beacons", data=body(event("web_vital", metric="LCP", value=1.0)))
    assert (answer.status, "Retry-After" in answer.headers) == (503, True)
    assert counted(metrics, "snag_collector_beacons_refused_total", reason="shed") == 1


async def test_query_strings_are_stripped_and_questions_in_messages_stay(client, queue):
    asked = event("failed_action", route="shop.test/api?token=1", page_group="/pay?mail=a@b", error_message="why?")
    await client.post("/v1/beacons", data=body(asked))
    (kept,) = json.loads(queue[0])["friction_events"]
    assert (kept["route"], kept["page_group"], kept["error_message"]) == ("shop.test/api", "/pay", "why?")


async def test_browser_device_and_program_are_told_by_the_user_agent_and_no_address_is_kept(client, queue):
    phone = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/17.5 Mobile/15E148 Safari/604.1"
    )
    google = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    for agent in (phone, google, "curl/8.1"):
        await client.post("/v1/beacons", data=body(), headers={"User-Agent": agent})
    found = [json.loads(line) for line in queue]
    assert [(one.get("browser_family"), one["device"], one.get("is_bot", False)) for one in found] == [
        ("Mobile Safari", "phone", False),
        ("Googlebot", "unknown", True),
        ("curl", "unknown", False),
    ]
    assert b"127.0.0" not in b"".join(queue)


async def test_the_answers_of_requests_sent_ahead_come_in_their_order(queue, metrics):
    good, bad = body(), b"{"
    many = b"".join(
        b"POST /v1/beacons HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(one), one)
        for one in (good, bad, body(), bad)
    )
    async with port(queue, metrics) as number:
        answers = await raw(number, many + b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert [int(part[:3]) for part in answers.split(b"HTTP/1.1 ")[1:]] == [204, 400, 204, 400, 404]


async def test_what_an_agent_gave_up_is_counted_by_reason(client, metrics):
    told = json.loads(body(event("page_view"))) | {"dropped": {"cap": 3, "refused": 2}}
    answer = await client.post("/v1/beacons", data=json.dumps(told))
    assert answer.status == 204
    assert counted(metrics, "snag_agent_events_dropped_total", reason="cap") == 3
    assert counted(metrics, "snag_agent_events_dropped_total", reason="refused") == 2
