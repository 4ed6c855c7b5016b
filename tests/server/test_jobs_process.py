"""`snag chores`: what several collectors on one server need done once."""

import asyncio
import urllib.request
from pathlib import Path

import pytest
from aiohttp import web

from collector.server.jobs_process import jobs_process
from collector.server.service import Ending
from collector.settings import BadSetting, Settings
from collector.store.sql_port.endpoint import SqlEndpoint, build_readers
from collector.store.sql_port.sessions import Role
from tests.conftest import beacon, event
from tests.server.test_serve import free_port
from tests.store.test_store import keep


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read().decode()


async def test_the_rollups_of_a_server_are_counted_and_its_health_is_shown(dsn, store):
    keep(store, beacon(event("rage_click"), event("page_view")))
    port = free_port()
    app = build_readers(SqlEndpoint(dsn), {"snag": ("secret", Role("snag", writes=True))})
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    ending, urls = Ending.none(), []
    settings = Settings(dsn=f"clickhouse://snag:secret@127.0.0.1:{port}/", private_port=0)
    task = asyncio.create_task(jobs_process(settings, ending=ending, on_ready=urls.append))
    try:

        def counted() -> int:
            return store.client.query("SELECT count() FROM snag_experience.friction_5m").result_rows[0][0]

        for _ in range(300):
            if await asyncio.to_thread(counted):
                break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("no rollup was counted")
        assert await asyncio.to_thread(fetch, f"{urls[0]}/livez") == "ok\n"
        assert await asyncio.to_thread(fetch, f"{urls[0]}/readyz") == "ready\n"
        for _ in range(300):
            metrics = await asyncio.to_thread(fetch, f"{urls[0]}/metrics")
            if (
                'snag_experience_sessions_total{app="shop",quality="good"}' in metrics
                and "correlation_answer{" in metrics
            ):
                break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("what visitors met is not shown")
        assert "snag_store_chore_duration_seconds_count" in metrics
        # There are no contacts, so nothing could be judged: no success, and no "as usual".
        assert "\nsnag_correlation_last_success_timestamp_seconds " not in metrics
        assert 'snag_correlation_answer{answer="cannot_say",app="shop"} 1.0' in metrics
        assert 'snag_correlation_answer{answer="as_usual",app="shop"} 0.0' in metrics
    finally:
        ending.ask()
        await asyncio.wait_for(task, 20)
        await runner.cleanup()


async def test_a_server_that_is_away_is_counted_and_stops_nothing():
    ending, urls = Ending.none(), []
    settings = Settings(dsn=f"clickhouse://snag:secret@127.0.0.1:{free_port()}/", private_port=0)
    task = asyncio.create_task(jobs_process(settings, ending=ending, on_ready=urls.append))
    try:
        for _ in range(300):
            if urls and "snag_store_chore_errors_total{" in await asyncio.to_thread(fetch, f"{urls[0]}/metrics"):
                break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("no failed turn was counted")
        assert not task.done()
    finally:
        ending.ask()
        await asyncio.wait_for(task, 20)


async def test_an_embedded_store_belongs_to_serve(tmp_path: Path):
    with pytest.raises(BadSetting, match="embedded store belongs to one `snag serve`"):
        await jobs_process(Settings(data_dir=str(tmp_path)))
