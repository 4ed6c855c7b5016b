"""SQL for readers: ordinary clients work, and nobody gets out of the tables."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import aiohttp
import clickhouse_connect
import pytest
from aiohttp import web
from clickhouse_connect.driver.exceptions import DatabaseError

from collector.store.sql_port.endpoint import SqlEndpoint, build_readers, readers
from collector.store.sql_port.protocol import native_hello
from tests.conftest import beacon, event
from tests.store.test_store import keep

USERS = readers("sre-password", "ux-password")


@pytest.fixture
async def url(store, dsn) -> AsyncIterator[str]:
    """The readers' endpoint in front of a store with a little in it."""
    keep(store, beacon(event("page_view"), event(), event("web_vital", metric="TTFB", value=120.0)))
    endpoint = SqlEndpoint(dsn)
    runner = web.AppRunner(build_readers(endpoint, USERS), auto_decompress=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": aiohttp.encode_basic_auth(user, password)}


async def ask(url: str, sql: str, user: str = "snag_sre", **more: str) -> tuple[int, str]:
    password = USERS[user][0]
    async with aiohttp.ClientSession(headers=basic(user, password)) as client:
        answer = await client.post(url, data=sql.encode(), params=more)
        return answer.status, await answer.text()


COUNT = "SELECT count() FROM snag_experience.page_views FINAL"


async def test_a_reader_asks_in_sql_and_is_answered(url):
    assert await ask(url, COUNT) == (200, "1\n")
    assert await ask(url, "SELECT {n:UInt8} + 1", param_n="41") == (200, "42\n")
    status, text = await ask(url, f"{COUNT} FORMAT JSON")
    assert (status, '"rows": 1' in text) == (200, True)


@pytest.mark.parametrize("sql", [
    "WITH 1 AS a SELECT a", "SHOW TABLES FROM snag_experience", "DESCRIBE TABLE snag_experience.page_views",
    "EXPLAIN SELECT 1", "EXISTS TABLE snag_experience.page_views", "SELECT sum(number) FROM numbers(10)",
    "SELECT page_group AS `the page` FROM snag_experience.page_views",
    "SELECT name FROM system.columns WHERE database = 'snag_experience' LIMIT 1",
    "SELECT toStartOfInterval(ts, INTERVAL 5 MINUTE) AS time, count() FROM page_views GROUP BY time ORDER BY time",
    "SELECT 'file(\\'/etc/passwd\\')' AS text", "SELECT 1 -- file('/etc/passwd')", "SELECT 1 SETTINGS max_threads = 2",
    "SELECT format('{} of {}', 1, 2)", "SELECT * FROM values('a UInt8', 1, 2)",
])  # fmt: skip
async def test_ordinary_sql_passes(url, sql):
    status, text = await ask(url, sql)
    assert status == 200, text


WAYS_OUT = [
    # files
    "SELECT * FROM file('/etc/passwd', 'LineAsString')", "SELECT file('/etc/passwd')", "SELECT FILE('/etc/passwd')",
    "SELECT `file`('/etc/passwd')", 'SELECT "file"(\'/etc/passwd\')', "SELECT * APPLY(file) FROM (SELECT '/etc/passwd')",
    "SELECT file/**/('/etc/passwd')", "SELECT file -- \n('/etc/passwd')", "SELECT fi\\x6ce('/etc/passwd')",
    "SELECT \u201cfile\u201d('/etc/passwd')", "SELECT arrayMap(x -> file(x), ['/etc/passwd'])",
    "SELECT * FROM '/etc/passwd'", "SELECT * FROM `/etc/passwd`", "SELECT * FROM default.`/etc/passwd`",
    "SELECT 1 INTO OUTFILE '/tmp/out'", "SELECT 1 INTO OUTFILE '/tmp/out' TRUNCATE FORMAT CSV",
    "INSERT INTO snag_experience.page_views FROM INFILE '/etc/passwd' FORMAT LineAsString",
    "DESCRIBE TABLE file('/etc/passwd', 'LineAsString')", "EXPLAIN SELECT file('/etc/passwd')",
    "SELECT * FROM fileCluster('default', '/etc/passwd', 'LineAsString')", "SELECT * FROM filesystem('/etc')",
    "WITH file('/etc/passwd') AS f SELECT f", "SELECT (SELECT file('/etc/passwd'))",
    "SELECT catboostEvaluate('/etc/passwd', 1)",
    "SELECT $$x$$, file('/etc/passwd')", "SELECT 1 UNION ALL SELECT length(file('/etc/passwd'))",
    # other machines
    "SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')", "SELECT * FROM s3('http://127.0.0.1:9/x', 'CSV')",
    "SELECT * FROM remote('127.0.0.1:9', system.one)", "SELECT * FROM remoteSecure('127.0.0.1:9', system.one)",
    "SELECT * FROM mysql('127.0.0.1:9', 'a', 'b', 'c', 'd')", "SELECT * FROM postgresql('127.0.0.1:9', 'a', 'b', 'c', 'd')",
    "SELECT * FROM sqlite('/tmp/x.db', 't')", "SELECT * FROM mongodb('127.0.0.1:9', 'a', 'b', 'c', 'd', 'e UInt8')",
    "SELECT * FROM cluster('default', system.one)", "SELECT * FROM clusterAllReplicas('default', system.one)",
    "SELECT * FROM iceberg('http://127.0.0.1:9/x')", "SELECT * FROM hdfs('hdfs://127.0.0.1:9/x', 'CSV')",
    "SELECT * FROM redis('127.0.0.1:9', 'k', 'k String')", "SELECT * FROM jdbc('jdbc:x', 'y')",
    # code
    "SELECT * FROM executable('id', 'TSV', 'a String')", "SELECT * FROM python('x')", "CREATE FUNCTION f AS x -> x",
    "SELECT * FROM eval('SELECT 1')",
    # writing
    "INSERT INTO snag_experience.page_views (app) VALUES ('x')", "DROP TABLE snag_experience.page_views",
    "TRUNCATE TABLE snag_experience.page_views", "ALTER TABLE snag_experience.page_views DELETE WHERE 1",
    "CREATE TABLE snag_experience.x (a UInt8) ENGINE = Memory", "CREATE TEMPORARY TABLE x (a UInt8)",
    "CREATE VIEW snag_experience.v AS SELECT 1", "OPTIMIZE TABLE snag_experience.page_views",
    "DROP DATABASE snag_experience",
    "DETACH TABLE snag_experience.page_views", "RENAME TABLE snag_experience.page_views TO snag_experience.x",
    "BACKUP DATABASE snag_experience TO File('/tmp/b')", "SELECT 1; DROP TABLE snag_experience.page_views",
    # the engine itself
    "SYSTEM SHUTDOWN", "SYSTEM FLUSH LOGS", "KILL QUERY WHERE 1", "SET readonly = 0", "SET max_memory_usage = 100000000000",
    "USE system", "GRANT ALL ON *.* TO default", "CREATE USER x", "SHOW USERS; SELECT 1", "EXECUTE AS root SELECT 1",
    "SELECT * FROM system.processes", "SELECT * FROM system.server_settings", "SELECT * FROM system.`processes`",
    "SELECT * FROM system.asynchronous_metrics", "SELECT * FROM merge('system', '.*')", "SELECT getMacro('shard')",
    "SELECT * FROM mergeTreeIndex('snag_experience', 'page_views')", "SELECT * FROM loop('system', 'processes')",
    # limits
    "SELECT 1 SETTINGS readonly = 0", "SELECT 1 SETTINGS max_execution_time = 100000",
    "SELECT 1 SETTINGS max_execution_time = 0",
    "SELECT 1 SETTINGS max_threads = 1, max_memory_usage = 1e15", "SELECT 1 SETTINGS max_result_rows = 0",
    "SELECT * FROM (SELECT 1 SETTINGS max_memory_usage = 0)", "SELECT 1 SETTINGS allow_introspection_functions = 1",
    "SELECT 1 SETTINGS max_memory_usage = '100000000000'", "SELECT 1 SETTINGS max_execution_time = DEFAULT",
]  # fmt: skip


@pytest.mark.parametrize("sql", WAYS_OUT)
async def test_no_way_out_of_the_tables(url, store, sql):
    status, text = await ask(url, sql)
    assert status != 200, text
    assert "root:" not in text
    assert await ask(url, COUNT) == (200, "1\n")


@pytest.mark.parametrize(("sql", "more"), [
    ("SELECT 1", {"max_execution_time": "100000"}), ("SELECT 1", {"max_memory_usage": "0"}),
    ("SELECT 1", {"database": "default"}),
    ("SELECT 1", {"database": "system"}), ("SELECT 1", {"allow_ddl": "1"}), ("SELECT 1", {"user_files_path": "/"}),
    ("SELECT * FROM {t:Identifier}", {"param_t": "/etc/passwd"}),
    ("SELECT * FROM {t:Identifier}", {"param_t": "system.processes"}),
    ("SELECT * FROM {t:Identifier}", {"param_t": "file('/etc/passwd')"}),
    ("SELECT 1 FROM {d:Identifier}.processes", {"param_d": "default"}),
])  # fmt: skip
async def test_nor_through_the_url(url, sql, more):
    status, text = await ask(url, sql, **more)
    if more.get("database") == "default":  # what Grafana says when nothing was chosen: it gets the experience
        assert (status, text) == (200, "1\n")
    elif more.get("database") == "system":
        assert status == 200
    else:
        assert status != 200, text
    assert "root:" not in text


async def test_a_ux_reader_sees_experience_and_no_performance(url):
    assert await ask(url, COUNT, user="snag_ux") == (200, "1\n")
    assert (await ask(url, "SELECT count() FROM snag_performance.web_vitals"))[0] == 200
    for sql in (
        "SELECT count() FROM snag_performance.web_vitals",
        "SELECT count() FROM `snag_performance`.web_vitals",
        "SELECT * FROM merge('snag_performance', '.*')",
        "SHOW CREATE TABLE snag_performance.web_vitals",
        "SELECT * FROM (SELECT * FROM snag_performance.web_vitals)",
    ):
        status, text = await ask(url, sql, user="snag_ux")
        assert status == 403, (sql, text)
    assert (await ask(url, "SELECT count() FROM web_vitals", user="snag_ux", database="snag_performance"))[0] == 403
    refused = await ask(url, "SELECT * FROM {t:Identifier}", user="snag_ux", param_t="snag_performance.web_vitals")
    assert refused[0] == 403


@pytest.mark.parametrize(
    ("user", "password"), [("snag_sre", ""), ("snag_sre", "ux-password"), ("nobody", ""), ("default", "")]
)
async def test_without_the_password_there_is_no_answer(url, user, password):
    async with aiohttp.ClientSession(headers=basic(user, password)) as client:
        answer = await client.post(url, data=b"SELECT 1")
    assert answer.status == 403
    assert answer.headers["X-ClickHouse-Exception-Code"] == "516"


async def test_limits_stop_what_takes_too_much(url):
    status, text = await ask(url, "SELECT count() FROM numbers(1000000000000)", max_execution_time="1")
    assert (status, "TIMEOUT_EXCEEDED" in text) == (408, True)
    status, text = await ask(url, "SELECT groupArray(number) FROM numbers(500000000)")
    assert status != 200
    assert "MEMORY_LIMIT_EXCEEDED" in text
    status, text = await ask(url, "SELECT number FROM numbers(5000000)", wait_end_of_query="1")
    assert status != 200
    assert "TOO_MANY_ROWS" in text or "limit" in text.lower()


async def test_clickhouse_connect_works_against_it(url):
    at = urlsplit(url)

    def use() -> None:
        client = clickhouse_connect.get_client(
            host=at.hostname, port=at.port, username="snag_sre", password="sre-password"
        )
        assert client.query(COUNT).result_rows == [(1,)]
        assert client.query("SELECT {a:String} AS a", parameters={"a": "x'y"}).first_row == ("x'y",)
        big = client.query("SELECT number, toString(number) FROM numbers(100000)")
        assert len(big.result_rows) == 100_000
        with client.query_row_block_stream("SELECT number FROM numbers(200000)") as blocks:
            assert sum(len(block) for block in blocks) == 200_000
        with pytest.raises(DatabaseError, match="ACCESS_DENIED"):
            client.command("DROP TABLE snag_experience.page_views")
        client.close()

    await asyncio.to_thread(use)


async def test_the_async_client_works_against_it(url):
    at = urlsplit(url)
    client = await clickhouse_connect.get_async_client(
        host=at.hostname, port=at.port, username="snag_sre", password="sre-password"
    )
    answers = await asyncio.gather(*(client.query(COUNT) for _ in range(6)))
    assert [answer.result_rows for answer in answers] == [[(1,)]] * 6
    await client.close()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd", "lz4"])
async def test_answers_are_compressed_when_asked_for(url, encoding):
    from collector.store.sql_port.compression import decompressed

    async with aiohttp.ClientSession(headers=basic("snag_sre", "sre-password"), auto_decompress=False) as client:
        answer = await client.post(
            url,
            data=b"SELECT number FROM numbers(20000)",
            params={"enable_http_compression": "1"},
            headers={"Accept-Encoding": encoding},
        )
        body = await answer.read()
    assert answer.headers["Content-Encoding"] == encoding
    assert decompressed(body, encoding, 10**6).count(b"\n") == 20_000


async def test_an_error_in_the_middle_of_an_answer_is_seen(url):
    status, text = await ask(
        url, "SELECT throwIf(number = 3000000, 'too far') FROM numbers(4000000)", max_result_rows="1000000"
    )
    assert status != 200 or "__exception__" in text


async def test_too_long_a_statement_is_refused(url):
    status, text = await ask(url, "SELECT '" + "x" * 300_000 + "'")
    assert status == 400
    assert "larger than" in text


def test_the_first_answer_to_the_go_client_is_one_block_of_four_columns():
    hello = native_hello("26.9.2.1", "UTC")
    assert hello[:8] == b"\x01\x00\x02\xff\xff\xff\xff\x00"
    assert hello[8:10] == bytes([4, 1])
    assert hello.count(b"String") == 3
    assert b"\x0arevision()\x06UInt32\x00\x00\x00\x00\x00" in hello
