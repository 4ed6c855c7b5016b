"""What senders of ill will, broken programs and bad lines meet: a clear 4xx, bounds, and nobody else harmed."""

import asyncio
import json
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.events import Beacon, Edge
from collector.intake import limits
from collector.intake.connections import Connections
from collector.intake.decode import BadBeacon, decode, queued, skew_ms
from collector.intake.dedupe import Duplicates
from collector.intake.http import Connection
from collector.intake.limits import Buckets
from collector.intake.routes import Intake
from collector.store.rows import readable
from collector.telemetry import Counts
from tests.conftest import NOW, beacon, body, event
from tests.intake.test_http import Lines, caller, client, counted, metrics, port, queue, raw  # noqa: F401

FRONT = (
    "import asyncio, resource, sys\n"
    "resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[2]), int(sys.argv[2])))\n"
    "from pathlib import Path\n"
    "from collector.server.public_port import public_port\n"
    "from collector.settings import Settings\n"
    "from collector.telemetry import Counts\n"
    "import uvloop\n"
    "async def main():\n"
    "    given = Settings(data_dir=sys.argv[1], dsn='clickhouse://nowhere/')\n"
    "    async with public_port(given, Path(sys.argv[1]), Counts(), port=0) as opened:\n"
    "        print(opened.port, flush=True)\n"
    "        await asyncio.to_thread(sys.stdin.read)\n"
    "uvloop.run(main())\n"
)


@contextmanager
def process(folder: Path, files: int):
    """A front in a process of its own, with so many file descriptors: gives its process and port."""
    with (folder / "stderr").open("w") as stderr:
        started = subprocess.Popen(
            [sys.executable, "-c", FRONT, str(folder), str(files)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    try:
        yield started, int(started.stdout.readline())
    finally:
        started.communicate(timeout=60)


def rss_mib(pid: int) -> float:
    (line,) = [x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


async def honest(number: int) -> int:
    """How an honest sender's beacon is answered meanwhile."""
    async with asyncio.timeout(20), aiohttp.ClientSession() as session:
        now = int(time.time() * 1000)
        sent = body(event(client_ts=now), sent_ts=now)
        async with session.post(f"http://127.0.0.1:{number}/v1/beacons", data=sent) as answer:
            return answer.status


async def idle(number: int, connections: int) -> list[asyncio.StreamWriter]:
    found = []
    for _ in range(connections):
        _, writer = await asyncio.open_connection("127.0.0.1", number)
        found.append(writer)
    return found


async def test_idle_connections_by_the_thousand_cost_little_and_stop_nobody(tmp_path):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    many = 10_000 if hard == resource.RLIM_INFINITY else min(10_000, hard - 500)
    resource.setrlimit(resource.RLIMIT_NOFILE, (many + 400, hard))
    with process(tmp_path, many + 300) as (started, number):
        assert await honest(number) == 204
        before = rss_mib(started.pid)
        held = await idle(number, many)
        assert rss_mib(started.pid) - before < 200 * many / 10_000
        assert await honest(number) == 204
        for writer in held:
            writer.close()


async def test_with_few_file_descriptors_the_longest_idle_connection_goes(tmp_path):
    with process(tmp_path, 200) as (_, number):
        held = await idle(number, 300)
        assert await honest(number) == 204
        for writer in held:
            writer.close()
    assert (tmp_path / "stderr").read_text() == ""


async def test_a_hundred_megabytes_in_chunks_are_not_kept(tmp_path):
    with process(tmp_path, 1000) as (started, number):
        assert await honest(number) == 204
        before = rss_mib(started.pid)
        reader, writer = await asyncio.open_connection("127.0.0.1", number)
        writer.write(b"POST /v1/beacons HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range(100):
                writer.write(b"100000\r\n" + b" " * 2**20 + b"\r\n")
                await writer.drain()
            answer = await reader.read(12)
        except ConnectionError:  # it has closed, with its answer on the way
            answer = b""
        assert answer in (b"HTTP/1.1 413", b"")
        assert rss_mib(started.pid) - before < 5
        assert await honest(number) == 204
        writer.close()


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 60_000, b'{"a":' * 10_000, b'{"events":[' + b"{}," * 20_000 + b"{}]}",
        json.dumps(beacon() | {f"k{i}": i for i in range(4000)}).encode(),
        json.dumps(beacon(event("web_vital", metric="LCP", value=1))).replace("1}", "NaN}").encode(),
        json.dumps(beacon(event("web_vital", metric="LCP", value=1))).replace('"value": 1', '"value": 1e999').encode(),
        body(event(client_ts=10**30)), body(event(client_ts=-1)), body(event(repeat_count=-1)),
        body(event(target="a\ud800b")), body(event(client_ts=NOW + 30 * 86_400_000)), body(sent_ts=10**14),
        body(*[event() for _ in range(201)]), b"\xff\xfe" + body(), b"\x00" * 100, body() + b"{}",
    ],
)  # fmt: skip
async def test_json_made_to_hurt_is_refused_in_words(client, queue, content):  # noqa: F811
    answer = await client.post("/v1/beacons", data=content)
    text = await answer.text()
    assert answer.status in (400, 413)
    assert 10 < len(text) < 1000
    assert "Traceback" not in text
    assert queue == []


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /agent.js/../events.py HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /%61gent.js%00 HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET //agent.js HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET http://evil.example/agent.js HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"DELETE /v1/beacons HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 20_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X-Y: z\r\n" * 200 + b"\r\n", 431),
        (b"GET /" + b"a" * 30_000 + b" HTTP/1.1\r\n\r\n", 431),
        (b"POST /v1/beacons HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST /v1/beacons HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", 400),
        (b"POST /v1/beacons HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        (b"POST /v1/beacons HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999\r\n\r\n", 413),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET /agent.js HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", 200),
    ],
)  # fmt: skip
async def test_heads_made_to_hurt_are_refused(queue, metrics, request_, status):  # noqa: F811
    async with port(queue, metrics, read_s=2) as number:
        answer = await raw(number, request_, end=True)
        assert int(answer.removeprefix(b"HTTP/1.1 ")[:3]) == status
        assert await honest(number) == 204
    assert len(queue) == 1


async def test_names_made_up_without_end_cost_no_memory_and_no_metric(client, queue, metrics):  # noqa: F811
    def series() -> int:
        return sum(len(family.samples) for family in metrics.registry.collect())

    assert (await client.post("/v1/beacons", data=body(event(target="#first")))).status == 204
    before = series()
    for i in range(300):
        made_up = event(target=f"#x{i}", page_group=f"/p/{i}", error_type=f"E{i}")
        await client.post("/v1/beacons", data=body(made_up, app=f"app{i}", release=f"r{i}"))
    assert series() == before


def test_a_hundred_thousand_sessions_and_addresses_are_not_all_remembered(monkeypatch):
    monkeypatch.setattr(limits, "BEACONS_REMEMBERED", 1000)
    monkeypatch.setattr(limits, "SENDERS", 1000)
    duplicates, buckets = Duplicates(), Buckets(1, lambda: 0.0)
    for i in range(100_000):
        duplicates.add(i)
        buckets.take(i, 1)
    assert (len(duplicates), len(buckets)) == (1000, 1000)


async def test_bodies_under_way_are_bounded_together(queue, metrics, monkeypatch):  # noqa: F811
    monkeypatch.setattr(limits, "BUFFERED_BYTES", 100_000)
    head = b"POST /v1/beacons HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n"
    async with port(queue, metrics) as number:
        writers = []
        for _ in range(2):
            _, writer = await asyncio.open_connection("127.0.0.1", number)
            writer.write(head + b" " * 59_000)
            writers.append(writer)
        await asyncio.sleep(0.3)
        assert b" 503 " in await raw(number, head)
        for writer in writers:
            writer.close()
        await asyncio.sleep(0.3)
        assert await honest(number) == 204


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_beacon_or_are_refused_in_words(content):
    check(content)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(st.data())
def test_a_beacon_with_anything_changed_is_taken_whole_or_refused(data):
    one = beacon(event(), event("web_vital", metric="LCP", value=3.5), event("page_view"))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from([one, *one["events"]]))
        place[data.draw(st.sampled_from([*place, "new"]))] = data.draw(json_values)
        if not isinstance(one["events"], list) or not all(isinstance(e, dict) and e for e in one["events"]):
            break
    check(json.dumps(one).encode())


def check(content: bytes) -> None:
    try:
        found = decode(content)
    except BadBeacon:
        return
    assert isinstance(found, Beacon)
    line = queued(found, Edge(received_ts=NOW, skew_ms=skew_ms(found.sent_ts, NOW)))
    assert line.count(b"\n") == 1
    assert readable([line.strip()])[1] == []


class Wire(asyncio.Transport):
    """What a connection writes to, without a network."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.open = True

    def write(self, data):
        self.written += data

    def can_write_eof(self):
        return True

    def write_eof(self): ...
    def pause_reading(self): ...
    def resume_reading(self): ...

    def is_closing(self):
        return not self.open

    def close(self):
        self.open = False

    def get_extra_info(self, name, default=None):
        return ("127.0.0.1", 1) if name == "peername" else default


pieces = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"POST /v1/beacons HTTP/1.1\r\n",
            b"GET /agent.js HTTP/1.1\r\n",
            b"Content-Length: 3\r\n",
            b"\r\n",
            b"abc",
            b"Transfer-Encoding: chunked\r\n",
            b"3\r\nabc\r\n",
            b"0\r\n\r\n",
            b"Expect: 100-continue\r\n",
            b"Connection: close\r\n",
            b"OPTIONS /v1/beacons HTTP/1.0\r\n",
            b"Content-Encoding: br\r\n",
            b"HEAD / HTTP/1.1\r\n",
        ]
    ),
)


@given(st.lists(pieces, max_size=12))
def test_any_bytes_on_the_wire_are_answered_or_left_and_raise_nothing(sent):
    async def main() -> None:
        counts = Counts()
        connections = Connections(most=10, counts=counts, clock=time.monotonic)
        connection, wire = Connection(Intake(Lines(), counts), connections), Wire()
        connection.connection_made(wire)
        for piece in sent:
            if wire.open:
                connection.data_received(piece)
            await asyncio.sleep(0)
        connection.connection_lost(None)
        assert len(connections) == 0
        assert connections.buffered == 0
        assert wire.written == b"" or wire.written.startswith(b"HTTP/1.1 ")

    asyncio.run(main())
