"""Counters from the store: every visit once, friction at once, nothing lost over a restart, nothing counted twice."""

import uuid
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from collector.friction.classify_job import refresh
from collector.server.store_metrics import count, show
from collector.store import Contact, Store
from collector.store.metric_totals import FRICTION, SESSIONS, Key
from collector.surges.history import judge
from collector.telemetry import Shown
from tests.conftest import beacon, event
from tests.store.test_store import keep
from tests.surges.test_history import END, a_shop_with_a_broken_button

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def visit(store: Store, at: datetime, *kinds: str, app: str = "shop", **fields) -> None:
    events = [event(kind, client_ts=ms(at) + i * 20_000) for i, kind in enumerate(("page_view", *kinds))]
    sent = ms(at) + 60_000
    found = beacon(*events, app=app, sent_ts=sent, session_id=str(uuid.uuid4()), **fields)
    keep(store, found, received_ts=sent)


def looked(store: Store, minutes: float) -> dict[Key, int]:
    store.refresh(["5m"])
    refresh(store)
    return count(store, START + timedelta(minutes=minutes))


@pytest.fixture
def planted(store: Store) -> Store:
    looked(store, 0)
    for _ in range(7):
        visit(store, START + timedelta(minutes=1))
    for _ in range(2):
        visit(store, START + timedelta(minutes=1), "rage_click")
    visit(store, START + timedelta(minutes=2), "dead_click")  # severity 2: slowed, not held up
    visit(store, START + timedelta(minutes=1), "rage_click", app="blog")
    return store


def test_friction_is_counted_when_its_five_minutes_are_over_and_calm_visits_when_they_are(planted):
    assert looked(planted, 5.5).get(Key(SESSIONS, "shop", "friction"), 0) == 0
    soon = looked(planted, 6.5)
    assert soon[Key(SESSIONS, "shop", "friction")] == 2
    assert soon[Key(SESSIONS, "shop", "good")] == 0
    assert soon[Key(FRICTION, "shop", "rage_click")] == 2
    later = looked(planted, 20)
    assert later[Key(SESSIONS, "shop", "good")] == 8
    assert later[Key(SESSIONS, "shop", "friction")] == 2
    assert later[Key(SESSIONS, "blog", "friction")] == 1


def test_looking_again_and_starting_anew_counts_nothing_twice(planted):
    first = looked(planted, 20)
    assert looked(planted, 20) == first
    assert looked(planted, 60) == first


def test_an_interruption_loses_nothing(planted):
    looked(planted, 5)
    assert looked(planted, 600)[Key(SESSIONS, "shop", "friction")] == 2
    assert looked(planted, 605)[Key(SESSIONS, "shop", "good")] == 8


def test_a_visit_that_stands_for_four_counts_four_times(store):
    looked(store, 0)
    visit(store, START + timedelta(minutes=1), "rage_click", sample_rate=0.25)
    assert looked(store, 6.5)[Key(SESSIONS, "shop", "friction")] == 4


def test_runs_and_programs_are_no_visitors(store):
    looked(store, 0)
    visit(store, START + timedelta(minutes=1), "rage_click", traffic_source="simulated")
    assert set(looked(store, 30).values()) == {0}


def test_a_site_is_there_with_zeros_before_anything_of_it_is_counted(store):
    looked(store, 0)
    visit(store, START + timedelta(minutes=1), "rage_click")
    assert looked(store, 2) == {Key(SESSIONS, "shop", "good"): 0, Key(SESSIONS, "shop", "friction"): 0}
    assert count(store, START, ["registered"])[Key(SESSIONS, "registered", "friction")] == 0


def test_a_source_is_shown_until_it_has_been_silent_for_a_fortnight(store):
    now = datetime.now(UTC)
    store.add_contacts([Contact("desk", "1", 1, 0, now - timedelta(hours=3), "phone", "Phone")])
    shown = Shown()
    show(store, shown, now)
    found = {family.name: family for family in shown.collect()}
    (sample,) = found["snag_contacts_last_received_timestamp_seconds"].samples
    assert sample.labels == {"source": "desk"}
    assert abs(sample.value - now.timestamp()) < 60
    show(store, shown, now + timedelta(days=15))
    found = {family.name: family for family in shown.collect()}
    assert found["snag_contacts_last_received_timestamp_seconds"].samples == []


def test_open_surges_are_shown_by_verdict_and_go_to_zero_when_they_are_over(store):
    a_shop_with_a_broken_button(store, np.random.default_rng(5))
    judge(store, app="shop", now=END, time_zone="UTC")
    shown = Shown()

    def surges(now: datetime) -> dict[str, float]:
        show(store, shown, now)
        found = next(f for f in shown.collect() if f.name == "snag_correlation_open_surges")
        return {one.labels["verdict"]: one.value for one in found.samples if one.labels["app"] == "shop"}

    assert surges(END)["friction"] == 1
    assert surges(END)["traffic"] == 0
    assert set(surges(END + timedelta(hours=5)).values()) <= {0}
