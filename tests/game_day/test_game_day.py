"""What goes wrong on a bad day, on real parts: an outage of the store, a rolling restart, a runner that is killed."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from aiohttp import web

from tests.conftest import event, wait_for
from tests.server.test_serve import Collector, clickhouse, free_port, now
from tests.servers import program

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200)]

ROOT = Path(__file__).parents[2]
RULES = ROOT / "helm/snagwatch/files/rules/collector.yaml"


class Store:
    """The tests' engine behind a port of its own, on a loop of its own: a ClickHouse that can be taken away."""

    def __init__(self, dsn: str) -> None:
        self.port = free_port()
        self.dsn = f"clickhouse://snag:secret@127.0.0.1:{self.port}/"
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._engine = dsn
        self._runner: web.AppRunner | None = None

    def up(self) -> None:
        async def start() -> None:
            self._runner = web.AppRunner(clickhouse(self._engine))
            await self._runner.setup()
            await web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True).start()

        asyncio.run_coroutine_threadsafe(start(), self._loop).result(20)

    def away(self) -> None:
        assert self._runner
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(60)


class Visitors:
    """Agents that send an event each, again and again, and remember what was acknowledged."""

    def __init__(self, url: str, number: int = 4, pause_s: float = 0.05) -> None:
        self.url, self.pause_s = url, pause_s
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(number)]

    def _send(self) -> None:
        while not self._stop.is_set():
            one = event("rage_click")
            body = json.dumps(now(one)).encode()
            try:
                with urllib.request.urlopen(f"{self.url}/v1/beacons", data=body, timeout=20) as answer:
                    assert answer.status == 204
                self.acknowledged.append(one["event_id"])
            except (urllib.error.URLError, OSError) as error:
                self.refused.append(str(error))
            time.sleep(self.pause_s)

    def __enter__(self) -> "Visitors":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def kept(store) -> list[str]:
    found = store.client.query("SELECT toString(event_id) FROM snag_experience.friction_events FINAL")
    return [row[0] for row in found.result_rows]


def a_prometheus() -> str:
    return program("prometheus")


@contextlib.contextmanager
def prometheus(folder: Path, target: str):
    """A real one with the chart's rules, scraping `target` often; gives the alerts that fire now."""
    folder.mkdir()
    shutil.copy(RULES, folder)
    config = {
        "global": {"scrape_interval": "5s", "evaluation_interval": "5s"},
        "rule_files": ["collector.yaml"],
        "scrape_configs": [
            {"job_name": "snag-collector", "static_configs": [{"targets": [target.removeprefix("http://")]}]}
        ],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config))
    port = free_port()
    command = [
        a_prometheus(),
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    process = subprocess.Popen(command)

    def firing() -> set[str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/alerts", timeout=10) as answer:
                alerts = json.load(answer)["data"]["alerts"]
        except OSError:
            return set()
        return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"}

    try:
        yield firing
    finally:
        process.terminate()
        process.wait(30)


def test_the_store_goes_away_the_alert_fires_and_clears_and_nothing_is_refused_or_lost(tmp_path, dsn, store):
    server = Store(dsn)
    server.up()
    folder = tmp_path / "collector"
    folder.mkdir()
    collector = Collector(folder, SNAG_DSN=server.dsn, SNAG_CHORES="0")
    try:
        with (
            prometheus(tmp_path / "prometheus", collector.private) as firing,
            Visitors(collector.url) as visitors,
        ):
            wait_for(lambda: kept(store), 60)
            assert "SnagSpoolOld" not in firing()
            server.away()
            wait_for(lambda: "SnagSpoolOld" in firing(), 400)  # older than two minutes for one minute
            server.up()
            wait_for(lambda: "SnagSpoolOld" not in firing(), 200)
        assert visitors.refused == []
        assert len(visitors.acknowledged) > 500
        wait_for(lambda: len(kept(store)) >= len(visitors.acknowledged), 120)
        assert sorted(kept(store)) == sorted(visitors.acknowledged)
    finally:
        collector.process.terminate()
        collector.process.wait(60)
        server.away()


class Service:
    """What a Kubernetes Service does: connections go to pods that were ready when they were last asked."""

    def __init__(self, pods: list[Collector]) -> None:
        self.pods = pods
        self.ready: list[Collector] = []
        self._turn = 0
        self.port = free_port()
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        threading.Thread(target=self._ask, daemon=True).start()
        wait_for(lambda: len(self.ready) == len(pods), 30)
        serving = asyncio.start_server(self._pass_on, "127.0.0.1", self.port, backlog=1000)
        asyncio.run_coroutine_threadsafe(serving, self.loop).result(10)

    def _ask(self) -> None:
        while True:
            self.ready = [pod for pod in self.pods if self._is_ready(pod)]
            time.sleep(0.3)

    @staticmethod
    def _is_ready(pod: Collector) -> bool:
        try:
            with urllib.request.urlopen(f"{pod.private}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._turn += 1
        pod = self.ready[self._turn % len(self.ready)]
        host, port = pod.url.removeprefix("http://").split(":")
        with contextlib.suppress(OSError):
            back_reader, back_writer = await asyncio.open_connection(host, int(port))
            both = self._pipe(reader, back_writer), self._pipe(back_reader, writer)
            await asyncio.gather(*both)
        writer.close()

    @staticmethod
    async def _pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
            sink.close()


def test_a_rolling_restart_of_two_collectors_behind_one_port_loses_and_refuses_nothing(tmp_path, dsn, store):
    server = Store(dsn)
    server.up()
    pods = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        pods.append(Collector(tmp_path / name, SNAG_DSN=server.dsn, SNAG_CHORES="0", SNAG_LINGER_S="5"))
    try:
        service = Service(pods)
        with Visitors(f"http://127.0.0.1:{service.port}", number=6, pause_s=0.02) as visitors:
            time.sleep(3)
            for pod in pods:
                pod.process.send_signal(signal.SIGTERM)
                pod.process.wait(60)
                pod.start()
                wait_for(lambda: len(service.ready) == 2, 60)
                time.sleep(2)
        assert visitors.refused == []
        wait_for(lambda: len(kept(store)) >= len(visitors.acknowledged), 120)
        assert sorted(kept(store)) == sorted(visitors.acknowledged)
    finally:
        for pod in pods:
            pod.process.terminate()
            pod.process.wait(60)
        server.away()


JOURNEYS = "\n".join(
    ["from synthetic import journey, step", ""]
    + [
        f"""
@journey("{name}", every="4s", slow="9s")
async def {name}(page, run):
    async with step("open"):
        await page.goto("data:text/html,<h1>up</h1>")
"""
        for name in ("home", "search", "basket", "pay")
    ]
)


class Runner:
    """`snag journeys watch` of one shard, as its Deployment starts it."""

    def __init__(self, folder: Path, shard: str, collector: str) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "collector",
                "journeys",
                "watch",
                str(folder / "journeys.py"),
                "--app=shop",
                f"--collector={collector}",
                f"--shard={shard}",
                f"--metrics-port={self.port}",
                f"--buffer={folder / shard.replace('/', '-')}",
            ],
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )

    def runs(self) -> dict[str, float]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
                text = answer.read().decode()
        except OSError:
            return {}
        return {
            found[1]: float(found[2])
            for found in re.finditer(r'snag_journey_runs_total\{.*?journey="(\w+)".*?status="passed".*?\} (\S+)', text)
        }

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(60)


def test_a_runner_is_killed_and_its_journeys_move_to_the_one_that_takes_its_place(tmp_path):
    (tmp_path / "journeys.py").write_text(JOURNEYS)
    data = tmp_path / "data"
    data.mkdir()
    collector = Collector(data)
    runners = [Runner(tmp_path, shard, collector.url) for shard in ("1/2", "2/2")]
    try:
        wait_for(lambda: sum(len(one.runs()) for one in runners) == 4, 120)
        shares = [set(one.runs()) for one in runners]
        assert shares[0]
        assert shares[1]
        assert not shares[0] & shares[1]
        os.killpg(runners[0].process.pid, signal.SIGKILL)
        runners[0].process.wait(30)
        runners[0] = Runner(tmp_path, "1/2", collector.url)
        wait_for(lambda: set(runners[0].runs()) == shares[0], 120)
        assert set(runners[1].runs()) == shares[1]

        def stored() -> set[str]:
            sql = "SELECT DISTINCT journey FROM snag_experience.journey_runs"
            return set(re.findall(r"home|search|basket|pay", collector.snag("store", "query", sql)))

        wait_for(lambda: stored() == {"home", "search", "basket", "pay"}, 60)
    finally:
        for one in runners:
            one.end()
        collector.process.terminate()
        collector.process.wait(60)
