"""Background jobs run at their intervals, and none of them stops the collector."""

import asyncio
import threading

from collector.server.jobs import Job, all_jobs, run_jobs
from collector.settings import Settings
from collector.store import Store, StoreUnreachable
from collector.telemetry import Counts
from tests.conftest import beacon, event
from tests.store.test_store import keep


async def done(todo: list[Job], opened, counts: Counts, until) -> None:
    task = asyncio.create_task(run_jobs(todo, opened, counts))
    async with asyncio.timeout(60):
        while not until():  # noqa: ASYNC110 (threads fill it)
            await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_rollups_and_retention_are_jobs(store, dsn):
    keep(store, beacon(event("page_view"), event()))
    counts = Counts()

    def rolled() -> bool:
        return store.client.query("SELECT count() FROM snag_experience.friction_1d FINAL").result_rows[0][0] == 1

    await done(all_jobs(Settings(keep_performance_days=31)), lambda: Store.open(dsn), counts, rolled)
    text = store.client.query("SHOW CREATE TABLE snag_performance.web_vitals").result_rows[0][0]
    assert "toIntervalDay(31)" in text
    assert not any(counts.counted["snag_store_chore_errors"].values())
    store.keep({"performance": 90, "experience": 90})


async def test_a_job_that_fails_is_counted_and_tried_again_and_does_not_stop_the_others(store, dsn):
    turns: list[str] = []

    def fails(_: Store, __: threading.Event) -> None:
        turns.append("fails")
        raise RuntimeError("no")

    counts = Counts()
    todo = [Job("first", 0.1, fails), Job("second", 0.1, lambda *_: turns.append("works"))]
    await done(todo, lambda: Store.open(dsn), counts, lambda: turns.count("works") >= 2)
    assert turns[:4] == ["fails", "works", "fails", "works"]
    assert counts.get("snag_store_chore_errors", "first") >= 2


async def test_a_store_that_is_away_is_waited_for():
    tries: list[int] = []

    def opened() -> Store:
        tries.append(1)
        raise StoreUnreachable("away")

    counts = Counts()
    await done([Job("one", 0.1, lambda *_: None)], opened, counts, lambda: len(tries) >= 3)
    assert counts.get("snag_store_chore_errors", "one") >= 2
