"""The collector as a process: started, killed, drained, and with commands beside it."""

import asyncio
import atexit
import base64
import functools
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web

from collector.events import Edge
from collector.intake.decode import decode, queued
from collector.store.sql_port.endpoint import SqlEndpoint, build_readers
from collector.store.sql_port.owner import open_store, owner_file
from collector.store.sql_port.sessions import Role
from tests.conftest import beacon, event, wait_for


@functools.cache
def migrated_store() -> Path:
    """An empty embedded store with its schema, to copy: making one costs more than the rest of a collector's start."""
    folder = Path(tempfile.mkdtemp(prefix="snag-migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    env = {key: value for key, value in os.environ.items() if not key.startswith("SNAG_")}
    run = [sys.executable, "-m", "collector", "store", "migrate", "--data-dir", str(folder)]
    subprocess.run(run, env=env, check=True, capture_output=True)
    return folder / "store"


class Collector:
    """`snag serve` in a folder of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SNAG_")}
        given = {
            "SNAG_DATA_DIR": str(folder),
            "SNAG_PUBLIC_PORT": "0",
            "SNAG_PRIVATE_PORT": "0",
            "SNAG_DRAIN_S": "20",
        }
        self.env = {**clean, **given, **settings}
        self.log = folder / "serve.log"
        if not (folder / "store").exists() and "SNAG_DSN" not in settings:
            shutil.copytree(migrated_store(), folder / "store", symlinks=True)
        self.start()

    def start(self) -> None:
        with self.log.open("w") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "collector", "serve"], env=self.env, stderr=log)
        said = wait_for(lambda: re.search(r"beacons at (\S+), private port (\S+),", self.log.read_text()), 60)
        self.url, self.private = said[1], said[2]

    def snag(self, *args: str, code: int = 0) -> str:
        done = subprocess.run([sys.executable, "-m", "collector", *args], env=self.env, capture_output=True, text=True)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout if code == 0 else done.stderr

    def count(self, table: str) -> int:
        out = self.snag(
            "store", "query", "--json", f"SELECT uniqExact(event_id) AS n, count() AS rows FROM {table} FINAL"
        )
        row = json.loads(out)
        assert row["n"] == row["rows"], "an event is there twice"
        return row["n"]


@contextmanager
def running(folder: Path, **settings: str):
    collector = Collector(folder, **settings)
    try:
        yield collector
    finally:
        if collector.process.poll() is None:
            collector.process.terminate()
        collector.process.wait(30)


def post(url: str, *events: dict) -> int:
    request = urllib.request.Request(f"{url}/v1/beacons", data=json.dumps(now(*events)).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status


def now(*events: dict) -> dict:
    ts = int(time.time() * 1000)
    return beacon(*({**one, "client_ts": ts} for one in events), sent_ts=ts)


@pytest.mark.long
def test_kill_9_in_the_middle_of_traffic_loses_nothing_acknowledged(tmp_path):
    acknowledged, stop = [], threading.Event()
    with running(tmp_path) as collector:

        def send() -> None:
            while not stop.is_set():
                one = event("rage_click")
                try:
                    if post(collector.url, one) == 204:
                        acknowledged.append(one["event_id"])
                except (urllib.error.URLError, OSError):
                    time.sleep(0.02)

        senders = [threading.Thread(target=send) for _ in range(8)]
        for sender in senders:
            sender.start()
        for kill in range(3):
            target = len(acknowledged) + 150
            wait_for(lambda target=target: len(acknowledged) >= target, 60)
            collector.process.send_signal(signal.SIGKILL)
            collector.process.wait()
            if kill == 2:
                stop.set()
            collector.start()
        for sender in senders:
            sender.join()
        assert len(acknowledged) >= 450

        def stored() -> set[str]:
            out = collector.snag(
                "store", "query", "--json", "SELECT event_id FROM snag_experience.friction_events FINAL"
            )
            return {json.loads(line)["event_id"] for line in out.splitlines()}

        wait_for(lambda: set(acknowledged) <= stored(), 60)
        # An event that was kept just before the kill may be there without its acknowledgement having arrived.
        assert collector.count("snag_experience.friction_events") <= len(set(acknowledged)) + 3 * len(senders)


def test_sigterm_ships_what_is_queued_and_leaves_nothing_behind(tmp_path):
    with running(tmp_path) as collector:
        for _ in range(20):
            assert post(collector.url, event("page_view")) == 204
        collector.process.terminate()
        assert collector.process.wait(30) == 0
        assert list((tmp_path / "spool").rglob("*.ndjson")) == []
        assert not owner_file(f"chdb://{tmp_path / 'store'}").exists()
        collector.start()
        assert collector.count("snag_experience.page_views") == 20


@pytest.mark.long
def test_commands_beside_a_running_collector_work_without_set_up(tmp_path):
    contacts = tmp_path / "desk.csv"
    contacts.write_text("source_contact_id,created_ts,channel\nC1,2026-11-21T12:00:00Z,phone\n")
    with running(tmp_path) as collector:
        post(collector.url, event("page_view"), event("dead_click", target_name="Pay"))
        wait_for(lambda: collector.count("snag_experience.friction_events"))
        point = json.loads(collector.snag("friction", "top", "--json"))["friction_points"][0]
        assert (point["kind"], point["target_name"], point["sessions"]) == ("dead_click", "Pay", 1)
        assert "1 new, 0 replaced" in collector.snag("contacts", "import", str(contacts))
        assert "0 new, 1 replaced" in collector.snag("contacts", "import", str(contacts))
        assert collector.snag("store", "migrate") == "the schema is up to date\n"
        assert collector.snag("correlate", "--json", code=2).startswith("snag: ")
        file = owner_file(f"chdb://{tmp_path / 'store'}")
        assert file.stat().st_mode & 0o777 == 0o600


def test_the_way_to_the_store_needs_the_token(tmp_path):
    with running(tmp_path) as collector:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            request = urllib.request.Request(f"{collector.private}/v1/sql?query=SELECT+1", headers=headers)
            with pytest.raises(urllib.error.HTTPError) as error:
                urllib.request.urlopen(request, timeout=10)
            assert error.value.code == 403
            error.value.close()


def test_through_the_owner_the_store_is_the_same(tmp_path):
    with running(tmp_path) as collector:
        post(collector.url, event("page_view"))
        store = open_store(f"chdb://{tmp_path / 'store'}")
        try:
            wait_for(store.apps)
            assert store.apps() == ["shop"]
            big = 20_000
            store.client.command("CREATE TABLE snag_experience.t (a UInt64, b String) ENGINE = MergeTree ORDER BY a")
            store.client.insert("snag_experience.t", [[i, "ä\n\0" * 5] for i in range(big)], column_names=["a", "b"])
            asked = store.client.query(
                "SELECT count(), uniqExact(b), any(b) FROM snag_experience.t WHERE b = {b:String}",
                parameters={"b": "ä\n\0" * 5},
            )
            assert asked.result_rows[0] == (big, 1, "ä\n\0" * 5)
            with pytest.raises(Exception, match="UNKNOWN_TABLE"):
                store.client.query("SELECT * FROM snag_experience.nothing")
        finally:
            store.close()


def test_a_second_collector_on_the_same_folder_is_told_why_not(tmp_path):
    with running(tmp_path) as collector:
        assert collector.snag("serve", code=2) == (
            f"snag: the queue's folder {tmp_path / 'spool'} is in use by process {collector.process.pid}; "
            "stop it, or set SNAG_SPOOL_DIR to another folder\n"
        )
        collector.env["SNAG_SPOOL_DIR"] = str(tmp_path / "other")
        assert collector.snag("serve", code=2) == (
            f"snag: the store {tmp_path / 'store'} is in use by process {collector.process.pid}; "
            "stop it, or set SNAG_DSN to another folder\n"
        )


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        env = {
            **os.environ,
            "SNAG_DATA_DIR": str(tmp_path),
            "SNAG_PRIVATE_PORT": "0",
            "SNAG_PUBLIC_PORT": str(port),
        }
        done = subprocess.run([sys.executable, "-m", "collector", "serve"], env=env, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        f"snag: cannot open the public port 127.0.0.1:{port}: address already in use; "
        "set SNAG_PUBLIC_PORT to a free one"
    )


def test_a_server_that_cannot_be_reached_is_named_without_its_password(tmp_path):
    port = free_port()
    dsn = f"clickhouse://snag:secret@127.0.0.1:{port}/"
    env = {**os.environ, "SNAG_DATA_DIR": str(tmp_path), "SNAG_DSN": dsn}
    command = [sys.executable, "-m", "collector", "store", "migrate"]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == (
        f"snag: the store clickhouse://snag:***@127.0.0.1:{port}/ cannot be reached: connection refused; "
        "is it up, and is SNAG_DSN right?\n"
    )
    assert "secret" not in done.stdout + done.stderr


async def test_a_server_that_is_away_stops_no_beacon_and_gets_them_later(tmp_path, dsn, store):
    """ClickHouse's HTTP protocol in front of the tests' own engine is the server."""
    port = free_port()
    folder = tmp_path / "collector"
    folder.mkdir()
    start = functools.partial(Collector, folder, SNAG_DSN=f"clickhouse://snag:secret@127.0.0.1:{port}/")
    collector = await asyncio.to_thread(start)
    try:
        for _ in range(5):
            assert await asyncio.to_thread(post, collector.url, event("page_view")) == 204
        assert "cannot be reached: connection refused" in collector.log.read_text()
        runner = web.AppRunner(clickhouse(dsn))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        async with asyncio.timeout(90):
            while store.apps() != ["shop"]:  # noqa: ASYNC110 (another process fills it)
                await asyncio.sleep(0.2)
        assert store.client.query("SELECT count() FROM snag_experience.page_views FINAL").result_rows == [(5,)]
        assert "secret" not in collector.log.read_text()
        await runner.cleanup()
    finally:
        collector.process.terminate()
        await asyncio.to_thread(collector.process.wait, 30)


def clickhouse(dsn: str) -> web.Application:
    """The same protocol as a server's, in front of the tests' own engine; it lets `snag` in with a password."""
    endpoint = SqlEndpoint(dsn)
    return build_readers(endpoint, {"snag": ("secret", Role("snag", writes=True))})


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def metric(collector: Collector, name: str) -> float:
    with urllib.request.urlopen(f"{collector.private}/metrics", timeout=10) as answer:
        found = re.search(rf"^{re.escape(name)} (\S+)$", answer.read().decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


def ready(collector: Collector) -> int:
    try:
        with urllib.request.urlopen(f"{collector.private}/readyz", timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_a_worker_that_dies_is_started_again_and_nothing_it_acknowledged_is_lost(tmp_path):
    with running(tmp_path, SNAG_WORKERS="2") as collector:
        children = Path(f"/proc/{collector.process.pid}/task/{collector.process.pid}/children")
        sent = 0
        for kill in range(2):
            for _ in range(40):
                try:
                    sent += post(collector.url, event("page_view")) == 204
                except (urllib.error.URLError, OSError):
                    time.sleep(0.05)
            if kill == 0:
                os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
                wait_for(lambda: metric(collector, "snag_collector_worker_restarts_total") == 1)
        wait_for(lambda: collector.count("snag_experience.page_views") >= sent, 60)
        assert collector.count("snag_experience.page_views") == sent
        assert metric(collector, 'snag_collector_beacons_total{result="accepted"}') >= 40
    assert collector.process.returncode == 0


def test_workers_that_are_no_more_leave_nothing_behind(tmp_path):
    for worker in (3, 7):
        left = tmp_path / "spool" / f"worker-{worker}"
        left.mkdir(parents=True)
        taken = decode(json.dumps(now(event("page_view"))).encode())
        line = queued(taken, Edge(received_ts=int(time.time() * 1000)))
        (left / "0000000000001-9-000001.open").write_bytes(line + b'{"type":"beac')
    with running(tmp_path) as collector:
        wait_for(lambda: collector.count("snag_experience.page_views") == 2)
        assert list((tmp_path / "spool").rglob("*-*-*.*")) == []


@pytest.mark.long
def test_sigterm_is_told_to_the_load_balancer_before_anything_is_refused(tmp_path):
    with running(tmp_path, SNAG_LINGER_S="3") as collector:
        assert ready(collector) == 200
        collector.process.terminate()
        wait_for(lambda: ready(collector) == 503)
        assert post(collector.url, event("page_view")) == 204
        assert collector.process.wait(30) == 0
        collector.start()
        assert collector.count("snag_experience.page_views") == 1


def test_a_second_sigterm_hurries(tmp_path):
    with running(tmp_path, SNAG_LINGER_S="300") as collector:
        assert post(collector.url, event("page_view")) == 204
        collector.process.terminate()
        wait_for(lambda: ready(collector) == 503)
        collector.process.terminate()
        assert collector.process.wait(30) == 0
        collector.env["SNAG_LINGER_S"] = "0"
        collector.start()
        wait_for(lambda: collector.count("snag_experience.page_views") == 1)


def test_two_collectors_do_not_share_a_port_unnoticed(tmp_path):
    (tmp_path / "other").mkdir()
    with running(tmp_path, SNAG_WORKERS="2") as collector:
        port = collector.url.rpartition(":")[2]
        env = {**collector.env, "SNAG_DATA_DIR": str(tmp_path / "other"), "SNAG_PUBLIC_PORT": port}
        done = subprocess.run([sys.executable, "-m", "collector", "serve"], env=env, capture_output=True, text=True)
        assert done.returncode == 2
        assert f"cannot open the public port 127.0.0.1:{port}: address already in use" in done.stderr


def test_the_queue_can_be_shown_and_changed_beside_a_running_collector(tmp_path):
    with running(tmp_path) as collector:
        aside = tmp_path / "spool" / "quarantine"
        aside.mkdir()
        line = queued(decode(json.dumps(now(event("page_view"))).encode()), Edge(received_ts=int(time.time() * 1000)))
        (aside / "0000000000001-9-000001.ndjson").write_bytes(line)
        found = json.loads(collector.snag("spool", "status", "--json"))["waiting"]
        assert [one["lines"] for one in found if one["folder"] == "quarantine"] == [1]
        assert collector.snag("spool", "replay").startswith("1 lines put back into the queue")
        wait_for(lambda: collector.count("snag_experience.page_views") == 1)
        assert collector.snag("spool", "drop", code=2).endswith("confirm with --yes\n")
        assert collector.snag("spool", "drop", "--yes") == "0 lines deleted\n"


def test_the_tag_carries_the_hash_of_what_is_served(tmp_path):
    with running(tmp_path) as collector:
        (found,) = [
            one
            for one in json.loads(collector.snag("tag", "--json", "--url", collector.url))["scripts"]
            if "/agent.js?" in one["url"]
        ]
        with urllib.request.urlopen(found["url"], timeout=10) as answer:
            content = answer.read()
        digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
        assert found["integrity"] == f"sha384-{digest}"
        assert found["integrity"] in collector.snag("tag")
