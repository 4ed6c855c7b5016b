"""`snag store query` only reads, unless it is told to write."""

import pytest

from collector.commands.store import only_reads


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count() FROM snag_experience.page_views",
        "  with 1 AS x select x ;",
        "(SELECT 1) UNION ALL (SELECT 2)",
        "-- DROP TABLE x\nSELECT 1",
        "/* ; */ SHOW TABLES FROM snag_experience",
        "SELECT 'it''s; DROP TABLE x', \"a;b\"",
        "EXPLAIN SELECT 1",
    ],
)
def test_what_reads_is_let_through(sql):
    assert only_reads(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "DROP TABLE snag_experience.page_views",
        "SELECT 1; DROP TABLE x",
        "SELECT 'a\\''; DROP TABLE x; --'",
        "SELECT $$'$$; DROP TABLE x; SELECT '1'",
        "SELECT 1 INTO OUTFILE 'x'",
        "WITH 1 AS x INSERT INTO t SELECT x",
        "/* SELECT */ TRUNCATE TABLE x",
        "SET readonly = 0",
        "SYSTEM STOP MERGES",
    ],
)
def test_what_may_change_the_store_is_refused(sql):
    assert not only_reads(sql)
