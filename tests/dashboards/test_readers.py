"""The SQL port lets the boards through: experience's to both readers, Vitals to snag_sre alone."""

import json

import aiohttp
import pytest
from aiohttp import web

from collector.store.sql_port import allowlist
from collector.store.sql_port.endpoint import SqlEndpoint, build_readers, readers
from tests.dashboards.conftest import BOARDS
from tests.dashboards.test_queries import SQL_BOARDS, asked
from tools.lint_boards import sql

USERS = readers("sre-password", "ux-password")


@pytest.fixture
async def ask(seeded, dsn):
    endpoint = SqlEndpoint(dsn)
    runner = web.AppRunner(build_readers(endpoint, USERS), auto_decompress=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def ask(user, text):
        """As the data source does it over HTTP: the statement as the body, the password in a header."""
        headers = {"X-ClickHouse-User": user, "X-ClickHouse-Key": USERS[user][0]}
        async with aiohttp.ClientSession(headers=headers) as client:
            answer = await client.post(url, data=text.encode(), params={"default_format": "JSONCompact"})
            return answer.status, await answer.text()

    yield ask
    await runner.cleanup()


@pytest.mark.parametrize("uid", SQL_BOARDS)
async def test_every_query_passes_the_fence_of_whom_the_board_is_for(ask, uid):
    who = ("snag_sre",) if uid == "snag-vitals" else ("snag_ux", "snag_sre")
    for place, text in sql(BOARDS[uid]):
        for user in who:
            status, said = await ask(user, asked("several", text))
            assert status == 200, f"{place} as {user}: {said[:500]}"
            assert "data" in json.loads(said)


async def test_ux_is_refused_what_is_of_performance(ask):
    refused = 0
    for place, text in sql(BOARDS["snag-vitals"]):
        if "snag_performance" in text:
            status, said = await ask("snag_ux", asked("all", text))
            assert (status, "snag_performance: this user may not read it" in said) == (403, True), place
            refused += 1
    assert refused > 10


async def test_limits_of_a_reader_are_wide_enough_for_ninety_days(ask):
    for uid in SQL_BOARDS:
        for place, text in sql(BOARDS[uid]):
            status, said = await ask("snag_sre", asked("ninety days", text))
            assert status == 200, f"{uid}, {place}: {said[:300]}"


def test_roles_of_a_server_grant_ux_experience_alone(root):
    roles = (root / "collector/store/roles.sql").read_text()
    granted = [line for line in roles.splitlines() if line.startswith("GRANT") and "TO snag_ux" in line]
    assert granted == ["GRANT SELECT, SHOW ON snag_experience.* TO snag_ux;"]
    assert "snag_performance" in allowlist.OURS
