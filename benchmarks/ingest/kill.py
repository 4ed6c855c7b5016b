"""Kills the collector at random moments under load and counts what it had acknowledged. Run from the root:

python -m benchmarks.ingest.kill [--kills 20] [--workers 1|2] [--power-cut] [--answer-before-sync]

`--power-cut` takes from the disk what no fdatasync had returned for, as the loss of power would: a plain kill -9 keeps
the page cache, and so proves nothing about syncing. Which bytes were synced, the process that is killed writes down
itself (a switch of this harness alone, see `harness`). `--answer-before-sync` answers too early on purpose: then events
must be found missing, or the test proves nothing. Exit code 1: something acknowledged is missing, or is there twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import aiohttp

from benchmarks.ingest import corpus
from benchmarks.ingest.servers import free_port

SENDERS = 16


class Result(NamedTuple):
    """What became of the events of all rounds."""

    acknowledged: int
    missing: int
    doubled: int
    cut_bytes: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--power-cut", action="store_true")
    parser.add_argument("--answer-before-sync", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(
            play(
                Path(folder),
                options.kills,
                options.workers,
                options.seed,
                power_cut=options.power_cut,
                early=options.answer_before_sync,
            )
        )
    how = ", unsynced bytes cut" * options.power_cut + ", answered before the sync" * options.answer_before_sync
    print(
        f"{options.kills} kills, {options.workers} worker(s){how}: {found.acknowledged} events acknowledged, "
        f"{found.missing} missing, {found.doubled} doubled, {found.cut_bytes} bytes cut"
    )
    sys.exit(1 if found.missing or found.doubled else 0)


async def play(folder: Path, kills: int, workers: int, seed: int, *, power_cut: bool, early: bool) -> Result:
    """Load, kill, cut, start again, `kills` times; then let it drain and compare."""
    chance = random.Random(seed)
    acknowledged: set[str] = set()
    collector = _Collector(folder, workers, power_cut=power_cut, early=early)
    cut = 0
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        for round_ in range(kills):
            await collector.start()
            sending = [
                asyncio.create_task(_send(session, collector.url, acknowledged, seed * 10_000 + round_ * SENDERS + i))
                for i in range(SENDERS)
            ]
            await asyncio.sleep(chance.uniform(0.2, 1.5))
            # With several workers the death of one, now and then, and otherwise of all of them.
            collector.kill(one_worker=workers > 1 and chance.random() < 0.5)
            for task in sending:
                task.cancel()
            await asyncio.gather(*sending, return_exceptions=True)
            cut += collector.bury()
    await collector.start()
    await asyncio.to_thread(_drained, folder)
    stored = await asyncio.to_thread(collector.stored)
    await asyncio.to_thread(collector.stop)
    return Result(len(acknowledged), len(acknowledged - stored.keys()), sum(n > 1 for n in stored.values()), cut)


async def _send(session: aiohttp.ClientSession, url: str, acknowledged: set[str], seed: int) -> None:
    """Beacons without end; a beacon whose answer did not come is sent again, as an agent does."""
    for n in range(10**9):
        (one,) = corpus.beacons(1, random.Random(seed + n).choice((2, 6, 12)), seed * 1000 + n)
        for _ in range(3):
            try:
                async with session.post(url + "/v1/beacons", data=json.dumps(one)) as answer:
                    if answer.status == 204:
                        acknowledged.update(event["event_id"] for event in one["events"])
                        break
            except (aiohttp.ClientError, OSError, TimeoutError):
                await asyncio.sleep(0.01)


class _Collector:
    """`snag serve` under the harness."""

    def __init__(self, folder: Path, workers: int, *, power_cut: bool, early: bool) -> None:
        self.url = ""
        self._folder = folder
        self._synced = folder / "synced"
        self._synced.mkdir()
        self._power_cut = power_cut
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SNAG_")}
        self._env = {
            **clean,
            "SNAG_DATA_DIR": str(folder / "data"),
            "SNAG_WORKERS": str(workers),
            "SNAG_PRIVATE_PORT": "0",
            "SNAG_PUBLIC_PORT": str(free_port()),
            "SNAG_LOG_LEVEL": "INFO",
            "HARNESS_SYNCED": str(self._synced),
            "HARNESS_EARLY": "1" if early else "",
            # Every interpreter below reads harness/sitecustomize.py at its start, workers too.
            "PYTHONPATH": f"{Path(__file__).parent / 'harness'}:{os.getcwd()}",
        }

    async def start(self) -> None:
        log = self._folder / "log"
        with log.open("w") as file:
            self._process = subprocess.Popen(  # noqa: ASYNC220 (starting is quick)
                [sys.executable, "-m", "collector", "serve"],
                env=self._env,
                stderr=file,
                start_new_session=True,
            )
        for _ in range(600):
            if said := re.search(r"beacons at (\S+),", log.read_text()):
                self.url = said[1]
                return
            if self._process.poll() is not None:
                break
            await asyncio.sleep(0.05)
        raise SystemExit(f"the collector did not start: {log.read_text()[-2000:]}")

    def kill(self, *, one_worker: bool) -> None:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        if one_worker and children:
            os.kill(int(children[0]), signal.SIGKILL)
            time.sleep(0.4)
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def bury(self) -> int:
        """Cut from each segment what was not synced; returns the bytes."""
        cut = 0
        for note in list(self._synced.iterdir()):
            if note.suffix == ".new":
                continue
            path, _, size = note.read_text().rpartition(" ")
            for found in (Path(path), Path(path).with_suffix(".ndjson")):
                if self._power_cut and found.exists() and found.stat().st_size > int(size):
                    cut += found.stat().st_size - int(size)
                    os.truncate(found, int(size))
            note.unlink()
        return cut

    def stored(self) -> dict[str, int]:
        """How often each event is in the store, as readers see it."""
        found: dict[str, int] = {}
        for table in (
            "snag_experience.page_views",
            "snag_experience.friction_events",
            "snag_performance.web_vitals",
            "snag_performance.resource_timings",
        ):
            done = subprocess.run(
                [sys.executable, "-m", "collector", "store", "query", "--json", f"SELECT event_id FROM {table} FINAL"],
                env=self._env,
                capture_output=True,
                text=True,
                check=True,
            )
            for line in done.stdout.splitlines():
                event_id = json.loads(line)["event_id"]
                found[event_id] = found.get(event_id, 0) + 1
        return found

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(60)


def _drained(folder: Path) -> None:
    end = time.monotonic() + 120
    while any(part.stat().st_size for part in (folder / "data" / "spool").rglob("*-*.*")):
        if time.monotonic() > end:
            raise SystemExit("the queue did not drain")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
