"""A ClickHouse server that is slow, fails, or breaks off in the middle costs no event and doubles none."""

import asyncio
import functools
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web

from collector.store.sql_port.endpoint import SqlEndpoint, build_readers
from collector.store.sql_port.sessions import Role
from tests.conftest import event
from tests.server.test_serve import Collector, free_port, post

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Trouble:
    """What the server does to inserts, in turn; afterwards it behaves."""

    def __init__(self) -> None:
        self.plan = ["fail", "cut", "slow", "overloaded"]
        self.met: list[str] = []
        self.armed = False

    @web.middleware
    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not self.armed or (request.content_length or 0) < 300:  # an insert carries its data
            return await handler(request)
        kind = self.plan.pop(0) if self.plan else ""
        self.met.append(kind)
        if kind == "fail":
            return web.Response(status=500, text="Code: 999. DB::Exception: Keeper is away. (KEEPER_EXCEPTION)")
        if kind == "overloaded":
            return web.Response(status=503, text="try later")
        if kind == "slow":
            await asyncio.sleep(3)
        answer = await handler(request)
        if kind == "cut":  # it was done, but nobody hears of it
            assert request.transport
            request.transport.abort()
        return answer


@pytest.mark.long
@pytest.mark.timeout(400)
async def test_nothing_is_lost_or_doubled_whatever_the_server_does(tmp_path, dsn, store):
    port, trouble = free_port(), Trouble()
    app = build_readers(SqlEndpoint(dsn), {"snag": ("secret", Role("snag", writes=True))})
    app.middlewares.append(trouble.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    folder = tmp_path / "collector"
    folder.mkdir()
    start = functools.partial(
        Collector, folder, SNAG_DSN=f"clickhouse://snag:secret@127.0.0.1:{port}/", SNAG_CHORES="0"
    )
    collector = await asyncio.to_thread(start)
    trouble.armed = True
    try:
        for _ in range(12):
            assert await asyncio.to_thread(post, collector.url, event("page_view"), event()) == 204
            await asyncio.sleep(0.2)
        async with asyncio.timeout(240):
            while trouble.plan or _count(store) < 12:  # noqa: ASYNC110 (another process fills it)
                await asyncio.sleep(0.3)
    finally:
        collector.process.terminate()
        await asyncio.to_thread(collector.process.wait, 30)
        await runner.cleanup()
    assert _count(store) == 12
    rows = store.client.query(
        "SELECT count(), uniqExact(event_id) FROM snag_experience.friction_events FINAL"
    ).result_rows
    assert tuple(rows[0]) == (12, 12)
    assert {"fail", "cut", "slow", "overloaded"} <= set(trouble.met)


def _count(store) -> int:
    return store.client.query("SELECT count() FROM snag_experience.page_views FINAL").result_rows[0][0]
