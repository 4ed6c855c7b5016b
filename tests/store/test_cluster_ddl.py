"""The same migrations for one server and for a cluster, and who may read what."""

import re
from importlib.resources import files

import pytest

from collector.store.client import StoreUnreachable, cluster_of
from collector.store.schema.cluster_ddl import NotRendered, render
from collector.store.schema.migrate import _TABLE, migrations, statements

EVERY = [statement for migration in migrations() for statement in statements(migration.sql)] + [_TABLE]


def parsed(store, statement: str) -> str:
    """The statement as the engine's parser writes it; fails where it is no SQL."""
    found = store.client.query("SELECT formatQuerySingleLine({q:String})", parameters={"q": statement})
    return found.result_rows[0][0]


@pytest.mark.parametrize("statement", EVERY, ids=lambda s: " ".join(s.split()[:6])[:60])
def test_every_statement_is_rendered_for_a_cluster_and_is_sql(store, statement):
    done = render(statement, "main")
    assert done
    for one in done:
        assert "ON CLUSTER" in parsed(store, one)
    assert render(statement) == [statement]


def test_a_table_becomes_a_replicated_and_a_distributed_one_sharded_by_session():
    local, distributed = render(
        "CREATE TABLE IF NOT EXISTS a.t (\n    x UInt8\n) ENGINE = ReplacingMergeTree(revision)\n"
        "PARTITION BY y\nORDER BY (app, toStartOfHour(ts), session_id, event_id)\nTTL z",
        "main",
    )
    assert local.startswith("CREATE TABLE IF NOT EXISTS a.t_local ON CLUSTER 'main' (")
    assert "ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', revision)" in local
    assert local.endswith("ORDER BY (app, toStartOfHour(ts), session_id, event_id)\nTTL z")
    assert distributed == (
        "CREATE TABLE IF NOT EXISTS a.t ON CLUSTER 'main' AS a.t_local "
        "ENGINE = Distributed('main', a, t_local, sipHash64(session_id))"
    )


def test_rows_that_replace_each_other_stand_on_one_shard():
    """The shard is chosen by nothing but columns of the sort key: equal keys, equal shard."""
    for statement in EVERY:
        for one in render(statement, "main"):
            if "Distributed(" in one:
                sharding = re.search(r"sipHash64\((.*)\)\)", one)[1]
                order = re.search(r"ORDER BY (.*)", render(statement, "main")[0])[1]
                for name in re.findall(r"[a-z_]{3,}", sharding):
                    assert name in order, one


def test_no_table_of_a_cluster_is_left_unreplicated():
    for statement in EVERY:
        if "MergeTree" in statement:
            local, distributed = render(statement, "main")
            assert "ENGINE = Replicated" in local
            assert "ENGINE = Distributed" in distributed


def test_a_new_column_is_added_to_both_a_ttl_to_the_local_table_alone():
    assert len(render("ALTER TABLE a.t ADD COLUMN IF NOT EXISTS x UInt8", "main")) == 2
    assert render("ALTER TABLE a.t MODIFY TTL ts + INTERVAL 1 DAY", "main") == [
        "ALTER TABLE a.t_local ON CLUSTER 'main' MODIFY TTL ts + INTERVAL 1 DAY"
    ]


def test_what_is_not_known_how_to_run_on_a_cluster_is_refused():
    with pytest.raises(NotRendered, match="OPTIMIZE TABLE a"):
        render("OPTIMIZE TABLE a.t", "main")


def test_a_cluster_is_named_in_the_dsn():
    assert cluster_of("clickhouse://snag@db:8123/?cluster=main") == "main"
    assert cluster_of("clickhouse://snag@db:8123/") == ""
    with pytest.raises(StoreUnreachable, match="a name has letters"):
        cluster_of("clickhouse://db/?cluster=a'b")


# who may read what


def grants() -> list[tuple[str, str, str]]:
    """(rights, on, to) of every grant as it is written."""
    text = files("collector.store").joinpath("roles.sql").read_text(encoding="utf-8")
    return [
        re.fullmatch(r"GRANT (.*) ON (\S+) TO (\w+)", s).groups() for s in statements(text) if s.startswith("GRANT")
    ]


def test_roles_are_sql(store):
    text = files("collector.store").joinpath("roles.sql").read_text(encoding="utf-8")
    for statement in statements(text):
        parsed(store, statement)


def test_ux_never_reads_performance_and_sre_reads_both():
    on = {role: {where for _, where, to in grants() if to == role} for role in ("snag_ux", "snag_sre")}
    assert on == {"snag_ux": {"snag_experience.*"}, "snag_sre": {"snag_experience.*", "snag_performance.*"}}


def test_readers_only_read_and_ingest_never_drops_or_alters():
    for rights, _, role in grants():
        if role in ("snag_ux", "snag_sre"):
            assert set(rights.split(", ")) == {"SELECT", "SHOW"}
        if role == "snag_ingest":
            assert set(rights.split(", ")) <= {"INSERT", "SELECT"}
