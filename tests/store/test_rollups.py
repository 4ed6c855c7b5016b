"""Rollups say what the events say, whatever came late, twice, changed or went."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from collector.store.rollups import ROLLUPS, SPANS, Stretch, rebuild, stretches
from collector.store.schema.retention import TTLS
from tests.conftest import NOW, beacon, event
from tests.store.test_store import keep

HOUR_MS = 3_600_000


def visits(seed: int, n: int) -> list[dict]:
    """Beacons of visitors over five hours, on a few pages, with some friction."""
    chance = random.Random(seed)
    found = []
    for _ in range(n):
        ts = NOW - chance.randrange(5 * HOUR_MS)
        page = chance.choice(["/", "/pay", "/cart"])
        events = [event("page_view", client_ts=ts, page_group=page)]
        for _ in range(chance.randrange(3)):
            kind = chance.choice(["rage_click", "dead_click", "page_error"])
            events.append(event(kind, client_ts=ts + chance.randrange(400_000), page_group=page, repeat_count=3))
        found.append(beacon(*events, sent_ts=ts + 400_000, env=chance.choice(["production", "staging"])))
    return found


def plainly(beacons: list[dict]) -> dict[tuple, tuple[int, int]]:
    """(five minutes, page, kind) → distinct sessions and events, counted the slow and obvious way."""
    sessions, events = defaultdict(set), defaultdict(set)
    for one in beacons:
        for e in one["events"]:
            if e["kind"] != "page_view":
                key = (e["client_ts"] // 300_000 * 300, e["page_group"], e["kind"])
                sessions[key].add(one["session_id"])
                events[key].add(e["event_id"])
    return {key: (len(sessions[key]), len(events[key])) for key in sessions}


def rolled(store, span: str = "5m") -> dict[tuple, tuple[int, int]]:
    rows = store.client.query(
        f"SELECT toUnixTimestamp(bucket), page_group, kind, uniqMerge(sessions), sum(events) "
        f"FROM snag_experience.friction_{span} FINAL GROUP BY bucket, page_group, kind"
    ).result_rows
    return {tuple(row[:3]): tuple(row[3:]) for row in rows}


def take(store, beacons: list[dict]) -> None:
    for one in beacons:
        keep(store, one, received_ts=one["sent_ts"])


def test_a_rollup_counts_what_the_obvious_way_counts(store):
    beacons = visits(1, 80)
    take(store, beacons)
    assert store.refresh() >= 2
    assert rolled(store) == plainly(beacons)


@pytest.mark.long
def test_retries_late_events_and_two_builders_do_not_make_it_drift(store):
    beacons = visits(2, 60)
    late = visits(3, 20)
    take(store, beacons)
    store.refresh()
    take(store, beacons[:30])  # the agent's retries
    take(store, late)
    store.refresh()
    store.refresh()
    assert rolled(store) == plainly(beacons + late)


def test_what_was_erased_is_gone_after_a_rebuild(store):
    beacons = visits(4, 30)
    take(store, beacons)
    store.refresh()
    gone = beacons[0]["session_id"]
    store.client.command(
        f"ALTER TABLE snag_experience.friction_events DELETE WHERE session_id = '{gone}' SETTINGS mutations_sync = 2"
    )
    end = datetime.fromtimestamp(NOW / 1000, UTC).replace(minute=0, second=0, microsecond=0)
    for span in SPANS:
        rebuild(store.client, Stretch(end - timedelta(hours=7), end + timedelta(hours=1), 0), span)
    assert rolled(store) == plainly(beacons[1:])
    day = rolled(store, "1d")
    assert sum(events for _, events in day.values()) == sum(n for _, n in plainly(beacons[1:]).values())


def test_hours_and_days_count_a_session_once(store):
    session = beacon()["session_id"]
    for minutes in (0, 10, 20, 90):
        ts = NOW - minutes * 60_000
        visit = beacon(event("page_view", client_ts=ts), event(client_ts=ts), session_id=session, sent_ts=ts)
        take(store, [visit])
    store.refresh()
    assert [found for found, _ in rolled(store, "5m").values()] == [1, 1, 1, 1]
    assert [found for found, _ in rolled(store, "1d").values()] == [1]
    rows = store.client.query(
        "SELECT uniqMerge(sessions), sum(views) FROM snag_experience.sessions_1d FINAL"
    ).result_rows
    assert [tuple(row) for row in rows] == [(1, 4)]


def test_bots_and_refused_inputs_are_not_counted(store):
    keep(store, beacon(event("page_view"), event(), event("input_refused")))
    store.client.command(
        "ALTER TABLE snag_experience.friction_events UPDATE is_bot = 1 WHERE kind = 'rage_click' SETTINGS mutations_sync = 2"
    )
    store.refresh()
    assert rolled(store) == {}


def test_nothing_new_costs_no_rebuild(store):
    take(store, visits(5, 5))
    store.refresh()
    store.client.command(
        "ALTER TABLE snag_experience.rollup_progress UPDATE through_ts = now64(3) + 300 WHERE 1 "
        "SETTINGS mutations_sync = 2"
    )
    assert store.refresh() == 0


@pytest.mark.parametrize("rollup", ROLLUPS, ids=lambda r: r.table)
def test_every_count_stands_in_a_column_of_every_span(store, rollup):
    database, table = rollup.table.split(".")
    for span, keys in (("5m", rollup.fine), ("1h", rollup.coarse), ("1d", rollup.coarse)):
        rows = store.client.query(
            f"SELECT name FROM system.columns WHERE database = '{database}' AND table = '{table}_{span}'"
        ).result_rows
        assert {row[0] for row in rows} == {"bucket", *keys, *rollup.counts, "built_ts", "is_deleted"}


def test_long_times_are_read_from_the_hours_and_say_the_same(store):
    beacons = visits(6, 60)
    take(store, beacons)
    store.refresh()
    end = datetime.fromtimestamp(NOW / 1000, UTC) + timedelta(hours=1)
    exact = store.friction_top("shop", end - timedelta(days=1), end, ["rum"], 20)
    long = store.friction_top("shop", end - timedelta(days=9), end, ["rum"], 20)
    wanted = [0, 1, 3, 4, 5, 6]  # page, kind, name, sessions, repeats, sessions of the page
    assert sorted([row[i] for i in wanted] for row in exact) == sorted([row[i] for i in wanted] for row in long)


# how long rows are kept


def test_retention_is_changed_where_it_differs_and_only_there(store):
    store.keep({"performance": 90})  # whatever another test kept
    assert set(store.keep({"performance": 30})) == set(TTLS["performance"])
    assert store.keep({"performance": 30}) == []
    text = store.client.query("SHOW CREATE TABLE snag_performance.web_vitals").result_rows[0][0]
    assert "TTL toDateTime(ts) + toIntervalDay(30)" in text
    store.keep({"performance": 90})


def test_every_table_with_a_ttl_can_be_set(store):
    known = {table for group in TTLS.values() for table in group}
    rows = store.client.query(
        "SELECT concat(database, '.', name) FROM system.tables "
        "WHERE database LIKE 'snag%' AND create_table_query LIKE '%TTL %'"
    ).result_rows
    assert {row[0] for row in rows} <= known


def test_scattered_events_of_months_take_few_statements(store):
    """A month of a quiet shop: an event every few hours is no statement of its own."""
    start = datetime(2026, 10, 1, tzinfo=UTC)
    scattered = [(start + timedelta(hours=3 * n), 1) for n in range(240)]
    assert len(stretches(scattered, timedelta(minutes=5))) <= 12
    apart = [(start, 1), (start + timedelta(days=9), 1)]
    assert len(stretches(apart, timedelta(minutes=5))) == 2
