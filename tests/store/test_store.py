"""The store on the real embedded engine: what is kept, what is counted, what is refused."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from collector.events import FRICTION_KINDS, KINDS, NO_ID, TABLES, Edge
from collector.intake.decode import decode, queued, skew_ms
from collector.store import Annotation, Contact, Store, StoreUnreachable
from collector.store.client import connect, redacted
from collector.store.grids import read
from collector.store.queries import contacts as contact_queries
from collector.store.queries import friction as friction_queries
from collector.store.schema import migrate as migrating
from collector.store.schema.desired import columns
from collector.store.schema.migrate import Migration, SchemaMismatch, migrations
from tests.conftest import NOW, beacon, event

START = datetime.fromtimestamp(NOW / 1000, UTC)
STEP_MS = 300_000


def keep(store: Store, *beacons: dict, received_ts: int = NOW) -> None:
    lines = []
    for found in beacons:
        taken = decode(json.dumps(found).encode())
        skew = skew_ms(taken.sent_ts, received_ts)
        lines.append(queued(taken, Edge(received_ts=received_ts, skew_ms=skew)).strip())
    assert store.insert(lines) == []


def count(store: Store, table: str) -> int:
    return store.client.query(f"SELECT count() FROM {table} FINAL").result_rows[0][0]


def grids(store: Store, hours: int = 1, sources: tuple[str, ...] = ("rum",)):
    store.refresh()
    return read(store, "shop", START, START + timedelta(hours=hours), sources)


def test_every_kind_of_event_comes_back_as_it_was_sent(store):
    needed = {
        "web_vital": {"metric": "TTFB", "value": 12.5},
        "journey_run": {"run_status": "passed"},
        "journey_step": {"step_status": "ok"},
        "survey_answer": {"metric": "nps"},
    }
    keep(store, beacon(*(event(kind, **needed.get(kind, {})) for kind in KINDS), release="2.0", env="test"))
    found = {
        row
        for table in TABLES
        for row in store.client.query(f"SELECT kind, release, env, page_group, ts FROM {table}").result_rows
    }
    assert {row[0] for row in found} == set(KINDS)
    assert {row[1:4] for row in found} == {("2.0", "test", "/pay")}
    assert {row[4].replace(tzinfo=UTC) for row in found} == {START}


def test_a_retried_beacon_counts_once(store):
    once = beacon(event(), event("page_view"))
    keep(store, once)
    keep(store, once | {"sent_ts": NOW + 40_000}, received_ts=NOW + 40_000)
    assert (count(store, "snag_experience.friction_events"), count(store, "snag_experience.page_views")) == (
        1,
        1,
    )


def test_a_revised_event_replaces_the_one_before_even_if_it_comes_first(store):
    first = event("rage_click", repeat_count=3)
    later = first | {"repeat_count": 7, "revision": 1}
    session = beacon()["session_id"]
    keep(store, beacon(later, session_id=session))
    keep(store, beacon(first, session_id=session))
    rows = store.client.query("SELECT repeat_count FROM snag_experience.friction_events FINAL").result_rows
    assert list(rows) == [(7,)]


def test_a_clock_that_is_years_off_makes_no_partition_of_its_own(store):
    times = [NOW - years * 365 * 86_400_000 // 3 for years in range(120)]
    keep(store, *(beacon(event(client_ts=ts), sent_ts=ts) for ts in times))
    parts = store.client.query(
        "SELECT uniqExact(partition) FROM system.parts WHERE active AND table = 'friction_events'"
    ).result_rows[0][0]
    assert count(store, "snag_experience.friction_events") == 120
    assert parts <= 28


def test_sessions_are_counted_on_the_grid_and_quiet_steps_are_zero(store):
    twice = beacon(event("page_view"), event("page_view"))
    keep(store, twice, beacon(event("page_view", client_ts=NOW + 2 * STEP_MS)))
    assert grids(store).sessions.tolist() == [1, 0, 1] + [0] * 9


def test_friction_is_counted_by_page_and_kind_in_sessions(store):
    keep(
        store,
        beacon(event("page_view"), event(), event(), event("dead_click")),
        beacon(event(client_ts=NOW + STEP_MS)),
    )
    found = grids(store).friction
    assert found["/pay|rage_click"].tolist()[:3] == [1, 1, 0]
    assert found["/pay|dead_click"].tolist()[:3] == [1, 0, 0]


def test_a_refused_input_is_evidence_and_no_friction(store):
    keep(store, beacon(event("page_view"), event("input_refused")))
    assert grids(store).friction == {}


def test_performance_without_data_is_not_zero(store):
    vitals = [event("web_vital", metric="TTFB", value=ms) for ms in (100.0, 200.0, 300.0, 400.0)]
    timings = [event("resource_timing", status=status) for status in (200, 200, 200, 503)]
    keep(store, beacon(event("page_view"), *vitals, *timings))
    found = grids(store).performance
    assert found["ttfb_p75_ms"][0] in (300.0, 400.0)
    assert found["http_5xx_rate"][0] == 0.25
    assert np.isnan(found["ttfb_p75_ms"][1:]).all()
    assert np.isnan(found["http_5xx_rate"][1:]).all()


def test_simulated_and_synthetic_traffic_is_never_counted_with_visitors(store):
    for source in ("rum", "synthetic", "simulated"):
        keep(store, beacon(event("page_view"), event(), traffic_source=source))
    assert grids(store).sessions[0] == 1
    assert grids(store).friction["/pay|rage_click"][0] == 1
    assert grids(store, sources=("rum", "simulated")).sessions[0] == 2


def contact(at_ms: int, **fields) -> Contact:
    given = {
        "source": "desk",
        "source_contact_id": "C1",
        "version": 1,
        "is_deleted": 0,
        "created_ts": datetime.fromtimestamp(at_ms / 1000, UTC),
        "channel": "phone",
        "channel_raw": "Phone",
        "contact_reason": "checkout",
        "language": "",
        "country": "",
        "product": "",
    }
    return Contact(**given | fields)


def test_contacts_are_counted_by_channel_and_reason_with_no_data_before_the_first(store):
    keep(store, beacon(event("page_view")))
    store.add_contacts(
        [contact(NOW + STEP_MS), contact(NOW + 2 * STEP_MS, source_contact_id="C2", channel="chat", contact_reason="")]
    )
    found = grids(store)
    assert np.isnan(found.channels["phone"][0])
    assert found.channels["phone"].tolist()[1:3] == [1, 0]
    assert found.channels["chat"].tolist()[1:3] == [0, 1]
    assert found.topics[""].tolist()[1:3] == [0, 1]


def test_a_corrected_contact_moves_and_a_deleted_one_goes(store):
    keep(store, beacon(event("page_view")))
    store.add_contacts([contact(NOW), contact(NOW, source_contact_id="C2")])
    store.add_contacts(
        [contact(NOW + STEP_MS, version=2), contact(NOW, source_contact_id="C2", version=2, is_deleted=1)]
    )
    store.add_contacts([contact(NOW, version=1)])  # what was older stays older
    assert np.nansum(grids(store).channels["phone"]) == 1
    assert grids(store).channels["phone"][1] == 1
    assert store.contact_versions("desk") == {"C1": 2, "C2": 2}


def test_watermarks_move(store):
    store.set_watermark("desk", START)
    store.set_watermark("desk", START + timedelta(hours=1))
    assert store.watermarks() == {"desk": START + timedelta(hours=1)}


def test_annotations_are_found_where_they_overlap(store):
    def note(title: str, start_h: float, end_h: float | None) -> Annotation:
        end = START + timedelta(hours=end_h) if end_h is not None else None
        return Annotation(beacon_id(), 1, START + timedelta(hours=start_h), end, "campaign", "shop", title)

    def beacon_id():
        import uuid

        return uuid.uuid4()

    store.add_annotations([note("before", -3, -2), note("over", -1, 0.5), note("in", 0.5, None), note("after", 2, 3)])
    rows = contact_queries.annotations_during(store, app="shop", start=START, end=START + timedelta(hours=1))
    assert [title for *_, title in rows] == ["over", "in"]


def test_the_friction_points_that_hit_most_sessions_come_first(store):
    for _ in range(3):
        keep(store, beacon(event("page_view"), event("dead_click", target_name="Pay")))
    keep(store, beacon(event("page_view"), event("page_error")))
    rows = friction_queries.top(
        store, app="shop", start=START, end=START + timedelta(hours=1), sources=["rum"], limit=10
    )
    assert [(row[1], row[3], row[4], row[6]) for row in rows] == [
        ("dead_click", "Pay", 3, 4),
        ("page_error", "", 1, 4),
    ]


# the schema


def test_the_tables_hold_the_vocabulary(store):
    for table in TABLES:
        database, name = table.split(".")
        found = store.client.query(
            "SELECT name, type, comment FROM system.columns WHERE database = {d:String} AND table = {t:String}",
            parameters={"d": database, "t": name},
        ).result_rows
        assert [tuple(column) for column in columns(table)] == [tuple(row) for row in found if row[0] != "stored_ts"]


PERFORMANCE_ONLY = {"metric", "value", "ttfb_ms", "initiator", "lcp_ms", "inp_ms", "cls"}
EXPERIENCE_ONLY = {"target", "target_name", "repeat_count", "acknowledged", "blocked", "error_source", "run_status",
                   "step_status", "channel", "contact_reason", "created_ts"}  # fmt: skip


def test_experience_and_performance_share_no_column_of_the_other_s_kind(store):
    found = store.client.query(
        "SELECT database, name, table FROM system.columns WHERE database LIKE 'snag_%'"
    ).result_rows
    # NPS, CSAT or CES, or a counter of the collector: the same word, another thing.
    others = ("survey_responses", "survey_answers", "metric_surveys", "metric_totals")
    assert not [
        row for row in found if row[0] == "snag_experience" and row[1] in PERFORMANCE_ONLY and row[2] not in others
    ]
    assert not [row for row in found if row[0] == "snag_performance" and row[1] in EXPERIENCE_ONLY]


def test_no_view_joins_experience_and_performance(store):
    views = store.client.query("SELECT create_table_query FROM system.tables WHERE engine LIKE '%View'").result_rows
    assert not [sql for (sql,) in views if "snag_experience" in sql and "snag_performance" in sql]
    for migration in migrations():
        assert not [
            part
            for part in migration.sql.split(";\n")
            if "VIEW" in part.upper() and "snag_experience" in part and "snag_performance" in part
        ]


def test_friction_is_never_kept_beside_performance():
    assert {KINDS[kind].table for kind in FRICTION_KINDS} == {"snag_experience.friction_events"}
    assert {KINDS[kind].table.split(".")[0] for kind in ("web_vital", "resource_timing")} == {"snag_performance"}
    assert NO_ID.int == 0


def test_migrating_again_changes_nothing(store):
    assert store.migrate() == []
    assert store.pending() == []


def test_a_changed_migration_is_refused(store, monkeypatch):
    first, *rest = migrations()
    monkeypatch.setattr(migrating, "migrations", lambda: [first._replace(sql=first.sql + "\n-- edited"), *rest])
    with pytest.raises(SchemaMismatch) as error:
        store.migrate()
    assert str(error.value) == (
        "migration 0001_events.sql was changed after it was applied; a change needs a new, higher number"
    )


def test_a_store_that_is_newer_than_the_program_is_refused(store, monkeypatch):
    known = migrations()
    monkeypatch.setattr(migrating, "migrations", lambda: known[:1])
    with pytest.raises(SchemaMismatch) as error:
        store.migrate()
    assert str(error.value) == (
        f"the store has migration {known[1].name}, which this version does not know; its newest is 0001: "
        "use a newer version"
    )


def test_a_new_migration_is_applied_once(store, monkeypatch):
    more = Migration(
        9999, "9999_more.sql", "CREATE TABLE IF NOT EXISTS snag_experience.more (a UInt8) ENGINE = Memory;\n"
    )
    known = migrations()
    monkeypatch.setattr(migrating, "migrations", lambda: [*known, more])
    assert store.migrate() == [more]
    assert store.migrate() == []
    store.client.command("DROP TABLE snag_experience.more")
    store.client.command(
        "ALTER TABLE snag_experience.schema_migrations DELETE WHERE number = 9999 SETTINGS mutations_sync = 2"
    )


# opening


@pytest.mark.parametrize(
    ("dsn", "message"),
    [
        ("postgres://snag:secret@db/", "SNAG_DSN is 'postgres://snag:***@db/'; expected chdb:///path or clickhouse://user@host:8123/"),
        ("chdb://", "SNAG_DSN is 'chdb://'; an embedded store needs a folder: chdb:///path/to/folder"),
        ("clickhouse://", "SNAG_DSN is 'clickhouse://', without a host; expected clickhouse://user@host:8123/"),
        ("clickhouse://snag:secret@127.0.0.1:9/", "the store clickhouse://snag:***@127.0.0.1:9/ cannot be reached: "
         "connection refused; is it up, and is SNAG_DSN right?"),
        ("clickhouse://127.0.0.1:abc/", "SNAG_DSN is not an address: Port could not be cast to integer value as 'abc'; "
         "expected clickhouse://user@host:8123/"),
        ("chdb:///proc/snag/store", "the store's folder /proc/snag/store cannot be made: No such file or directory"),
    ],
)  # fmt: skip
def test_a_store_that_cannot_be_opened_is_named_with_the_reason(dsn, message):
    with pytest.raises(StoreUnreachable) as error:
        connect(dsn)
    assert str(error.value) == message


def test_a_store_of_another_process_is_named_with_its_owner(tmp_path):
    code = (
        "import sys; from collector.store.client import connect\n"
        "held = connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()\n"
    )
    folder = tmp_path / "store"
    with subprocess.Popen(
        [sys.executable, "-c", code, f"chdb://{folder}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "open\n"
        with pytest.raises(StoreUnreachable) as error:
            connect(f"chdb://{folder}")
        assert str(error.value) == (
            f"the store {folder} is in use by process {owner.pid}; stop it, or set SNAG_DSN to another folder"
        )
        owner.communicate("")


def test_a_password_is_never_shown():
    assert redacted("clickhouse://u:p%40ss@h:1/db") == "clickhouse://u:***@h:1/db"
    assert redacted("chdb:///a/b") == "chdb:///a/b"
