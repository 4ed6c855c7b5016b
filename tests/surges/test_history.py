"""What was judged is kept once, amended when more comes in, withdrawn when it was nothing."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from collector.commands.contacts.surges import lead_s, lead_times
from collector.store import Contact
from collector.store.surges import history, kept
from collector.surges.history import judge, read_account

END = datetime(2026, 11, 20, 18, tzinfo=UTC)
DAYS = 22
BEGAN = END - timedelta(hours=3)


def a_shop_with_a_broken_button(store, rng) -> None:
    """Three weeks of visitors and calls; from BEGAN rage clicks on /pay, and twenty minutes later many more calls."""
    start = END - timedelta(days=DAYS)
    minutes = np.arange(DAYS * 1440)
    by_day = 0.3 + np.sin(np.pi * ((minutes % 1440) / 1440)) ** 2
    views = start.timestamp() + 60 * np.repeat(minutes, rng.poisson(1.2 * by_day))
    rows(store, "snag_experience.page_views", views, "page_view", "/")
    usual = start.timestamp() + 60 * np.sort(rng.choice(minutes, 250))
    broken = BEGAN.timestamp() + rng.uniform(0, 2 * 3600, 220)
    rows(store, "snag_experience.friction_events", np.concatenate([usual, broken]), "rage_click", "/pay")
    calls = start.timestamp() + 60 * np.repeat(minutes, rng.poisson(0.12 * by_day))
    more = broken[:110] + rng.exponential(900, 110) + 300
    contacts(store, np.concatenate([calls, more]))


def rows(store, table, ts, kind, page) -> None:
    n = len(ts)
    at = (np.asarray(ts) * 1000).astype(int).tolist()
    store.insert_columns(
        table,
        {
            "ts": at,
            "received_ts": at,
            "client_ts": at,
            "event_id": [uuid.uuid4() for _ in range(n)],
            "session_id": [uuid.uuid4() for _ in range(n)],
            "app": ["shop"] * n,
            "traffic_source": ["rum"] * n,
            "kind": [kind] * n,
            "page_group": [page] * n,
        },
    )


def contacts(store, ts, *, version: int = 1, deleted: int = 0, prefix: str = "c") -> None:
    found = [
        Contact(
            "desk", f"{prefix}{i}", version, deleted, datetime.fromtimestamp(t, UTC), "phone", "Phone", "", "", "", ""
        )
        for i, t in enumerate(ts)
        if t < END.timestamp()
    ]
    store.add_contacts(found)
    store.set_watermark("desk", END)


@pytest.fixture
def shop(store):
    a_shop_with_a_broken_button(store, np.random.default_rng(5))
    return store


def look(store, now=END):
    return judge(store, app="shop", now=now, time_zone="UTC")


def standing(store):
    found = kept(store, "shop", END - timedelta(days=2), END)
    return [(one, read_account(one.account)) for one in found if one.state == "standing"]


def test_a_surge_is_kept_with_its_causes_and_the_same_data_changes_nothing(shop):
    changes = look(shop)
    assert [change.kind for change in changes] == ["new"]
    ((one, surge),) = standing(shop)
    assert surge.verdict == "friction"
    assert surge.keys[0]["key"] == "/pay|rage_click"
    assert abs(surge.start - BEGAN.timestamp()) < 3600
    causes = shop.client.query(
        "SELECT cause, state FROM snag_experience.contact_surge_causes FINAL WHERE rank = 0 ORDER BY cause"
    ).result_rows
    assert ("friction", "holds") in [tuple(row) for row in causes]
    assert look(shop) == []
    assert len(history(shop, "shop", one.surge_id)) == 1


def test_an_account_says_what_it_was_made_from_and_can_be_read_back(shop):
    look(shop)
    ((one, surge),) = standing(shop)
    row = shop.client.query(
        "SELECT inputs, algorithm, judged_through_ts, extra FROM snag_experience.contact_surges_now"
    ).result_rows[0]
    assert (row[0], row[1]) == (one.inputs, surge.algorithm)
    assert row[2].replace(tzinfo=UTC) == END
    assert row[3] == pytest.approx(surge.extra)


def test_late_contacts_amend_and_make_no_second_surge(shop):
    look(shop)
    ((first, before),) = standing(shop)
    late = BEGAN.timestamp() + 1800 + np.random.default_rng(6).uniform(0, 5400, 60)
    contacts(shop, late, prefix="late")
    changes = look(shop, END + timedelta(minutes=5))
    assert [change.kind for change in changes] == ["amended"]
    ((one, surge),) = standing(shop)
    assert one.surge_id == first.surge_id
    assert one.detected_ts == first.detected_ts
    assert surge.observed > before.observed
    assert len(history(shop, "shop", one.surge_id)) == 2


def test_what_turns_out_to_be_nothing_is_withdrawn_and_says_so(shop):
    look(shop)
    # The desk finds that a machine called: all of them were spam.
    rows_ = shop.client.query(
        "SELECT source_contact_id, toUnixTimestamp(created_ts) FROM snag_experience.support_contacts FINAL "
        "WHERE created_ts >= {began:DateTime64(3)}",
        parameters={"began": BEGAN},
    ).result_rows
    keep_every = 6
    spam = [row for i, row in enumerate(rows_) if i % keep_every]
    shop.add_contacts(
        [
            Contact("desk", row[0], 2, 1, datetime.fromtimestamp(row[1], UTC), "phone", "Phone", "", "", "", "")
            for row in spam
        ]
    )
    changes = look(shop, END + timedelta(minutes=5))
    assert [change.kind for change in changes] == ["withdrawn"]
    assert standing(shop) == []
    (one,) = kept(shop, "shop", END - timedelta(days=2), END)
    assert one.state == "withdrawn"


def test_the_lead_of_friction_over_the_calls_is_told(shop):
    look(shop)
    ((_, surge),) = standing(shop)
    assert lead_s(surge) is not None
    assert "1 of 1 follow friction" in lead_times([surge])
    assert lead_times([]) == "None of them follows friction with a known start."


def test_an_older_account_without_newer_fields_is_still_read(shop):
    look(shop)
    ((one, surge),) = standing(shop)
    older = json.loads(one.account)
    del older["to_come"]
    assert read_account(json.dumps(older | {"gone_by_now": 1})).start == surge.start
