"""Observed beside stated, chains of contacts, channels beside each other, self-service, and the loop to a proven fix."""

import csv
import io
import json
import uuid
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from collector.cli import main
from collector.metrics.cross_views import back_inside, quadrant, spread
from collector.metrics.feedback_loop import BadLink, changed, check, found
from collector.metrics.intervals import wilson
from collector.metrics.means import Estimate
from collector.store.feedback import links
from tests.metrics.planted import NOW, START, ago, answers, contacts, keep, key

PERIOD = ["--since", START.isoformat(), "--until", NOW.isoformat()]


def view(capsys, dsn, name):
    assert main(["metrics", name, "--csv", "--dsn", dsn, "--app", "shop", *PERIOD]) == 0
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def visits(store, n, page="/pay", friction=0, at=None, **more):
    at = at or ago(days=2)
    ids = [uuid.uuid4() for _ in range(n)]
    shared = {"app": "shop", "traffic_source": "rum", "ts": at, "client_ts": at, "page_group": page}
    keep(store, "page_views", [{**shared, **more, "session_id": one, "event_id": one} for one in ids])
    hit = [
        {**shared, "session_id": one, "event_id": one, "kind": "rage_click", "target_name": "Pay"}
        for one in ids[:friction]
    ]
    keep(store, "friction_events", hit)
    return ids


def helps(store, rows):
    shared = {"app": "shop", "traffic_source": "rum"}
    keep(
        store,
        "help_events",
        [
            {
                **shared,
                "session_id": one,
                "event_id": uuid.uuid4(),
                "kind": kind,
                "ts": ts,
                "client_ts": ts,
                "consent": consent,
            }
            for one, kind, ts, consent in rows
        ],
    )


def test_pages_are_placed_by_what_was_observed_and_what_was_stated(store, dsn, capsys):
    for page, friction, good in (("/pay", 60, 10), ("/cart", 60, 39), ("/home", 5, 12), ("/search", 5, 39)):
        visits(store, 100, page, friction)
        answers(store, "csat", [5] * good + [1] * (40 - good), 1, 5, page, page_group=page, app="shop")
    visits(store, 500, "/unasked", 10)
    rows = {row["page"]: row for row in view(capsys, dsn, "quadrant")}
    assert {page: row["verdict"] for page, row in rows.items()} == {
        "/pay": "fix here",
        "/cart": "they cope",
        "/home": "look outside the site",
        "/search": "fine",
    }
    assert all(row["sure"] == "True" for row in rows.values())


def test_a_place_that_may_be_chance_says_so():
    placed = quadrant({"/a": (100, 21, 40, 19), "/b": (100, 19, 40, 21)})
    assert [one.sure for one in placed] == [False, False]
    assert quadrant({"/a": (29, 5, 40, 19)}) == []


def test_chains_tell_switches_and_who_comes_again_after_one(store, dsn, capsys):
    def touch(who, channel, days, **more):
        return {
            "requester_key": key(who),
            "channel": channel,
            "created_ts": ago(days=days),
            "case_id": f"{who}{channel}",
            **more,
        }

    rows = [touch(i, "chat", 20) for i in range(1, 81)]
    rows += [touch(i, "phone", 18) for i in range(1, 41)]  # half of them change to the phone
    rows += [touch(i, "phone", 18, created_ts=ago(days=17.9)) for i in range(1, 41)]  # transferred: the same touch
    rows += [touch(i, "email", 15) for i in range(1, 11)]  # a quarter of those once more
    rows += [touch(i, "chat", 5, case_id=f"later{i}") for i in range(41, 81)]  # too late for a chain
    contacts(store, rows)
    found = {(row["from"], row["to"]): row for row in view(capsys, dsn, "chains")}
    assert found["chat", "phone"]["contacts"] == "40"
    assert float(found["chat", "phone"]["again_within_7d"]) == 0.25
    assert found["(switched)", "(any)"]["contacts"] == "50"
    assert float(found["(switch rate of followed)", "(any)"]["again_within_7d"]) == 1
    assert float(found["(first)", "chat"]["again_within_7d"]) == 0.5
    assert found["(first)", "chat"]["n"] == "80"


def test_the_spread_over_channels_holds_the_truth_and_finds_none_where_there_is_none():
    random = np.random.default_rng(5)

    def tried(shares, tries=1500, n=200):
        held = 0
        for _ in range(tries):
            hits = random.binomial(n, shares)
            low, high = spread([Estimate(h / n, wilson(int(h), n)) for h in hits]).interval_95
            held += low <= max(shares) - min(shares) <= high
        return held / tries

    assert tried([0.8, 0.8, 0.8, 0.8]) >= 0.945
    assert tried([0.9, 0.7, 0.8, 0.8]) >= 0.945
    assert tried([0.5, 0.7]) == pytest.approx(0.955, abs=0.02)
    assert spread([Estimate(1.0, None)]) is None


def test_channels_that_differ_are_named(store, dsn, capsys):
    answers(store, "csat", [5] * 90 + [1] * 10, 1, 5, "a", channel="chat")
    answers(store, "csat", [5] * 40 + [1] * 60, 1, 5, "b", channel="phone")
    row = view(capsys, dsn, "consistency")[0]
    assert (row["metric"], row["lowest"], row["highest"]) == ("csat", "phone", "chat")
    assert float(row["spread"]) == pytest.approx(50)
    assert 30 < float(row["low"]) < 50 < float(row["high"]) < 66


def test_self_service_is_told_from_linked_visits_and_searches_that_failed(store, dsn, capsys):
    at = ago(days=3)
    ids = visits(store, 200)
    helps(store, [(one, "help_opened", at, "full") for one in ids[:40]])
    helps(store, [(one, "help_search", at, "measurement") for one in ids[40:80]])
    helps(store, [(one, "help_search", at + timedelta(minutes=2), "measurement") for one in ids[40:50]])
    helps(store, [(one, "contact_opened", at + timedelta(minutes=4), "measurement") for one in ids[50:60]])
    helps(store, [(one, "contact_opened", at + timedelta(minutes=20), "measurement") for one in ids[60:65]])
    contacts(store, [{"session_ref": str(one)[:8], "created_ts": at + timedelta(hours=3)} for one in ids[:8]])
    found = {row["what"]: row for row in view(capsys, dsn, "self-service")}
    assert float(found["sought help"]["share"]) == 0.4
    assert float(found["contained: no contact within 24 h"]["share"]) == 0.8
    assert float(found["contained: no way to contact opened"]["share"]) == 65 / 80
    assert (float(found["search failed"]["share"]), found["search failed"]["n"]) == (0.4, "50")


def test_mentions_are_those_of_social_and_review_alone(store, dsn, capsys):
    contacts(store, [{"channel": "review"}] * 9 + [{"channel": "phone"}] * 5)
    contacts(
        store,
        [{"channel": "review", "source_contact_id": f"o{i}", "created_ts": ago(days=40)} for i in range(4)],
    )
    (row,) = view(capsys, dsn, "mentions")
    assert (row["channel"], row["mentions"], row["before"]) == ("review", "9", "4")
    assert float(row["low"]) < 9 < float(row["high"])


def test_back_inside_lets_pure_noise_pass_and_a_fix_that_failed_not():
    random = np.random.default_rng(6)
    quiet = sum(
        not back_inside(random.poisson(8, 28).astype(float), random.poisson(8, 7).astype(float)).inside
        for _ in range(2000)
    )
    assert 0.01 <= quiet / 2000 <= 0.045
    loud = sum(
        back_inside(random.poisson(8, 28).astype(float), random.poisson(13, 7).astype(float)).inside for _ in range(500)
    )
    assert loud / 500 <= 0.05
    with pytest.raises(ValueError, match="at least 7"):
        back_inside(np.ones(6), np.ones(7))


@pytest.fixture
def loop(store):
    """Four calm weeks, a bad one from 21 days ago on, a release 14 days ago."""
    now = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)

    def week(first, last, friction, calls):
        for day in range(first, last, -1):
            at = now - timedelta(days=day)
            visits(store, 40, friction=friction, at=at)
            contacts(
                store,
                [
                    {"source_contact_id": f"{day}-{i}", "contact_reason": "payment", "created_ts": at}
                    for i in range(calls)
                ],
            )

    week(50, 21, 2, 3)
    week(21, 14, 25, 12)
    return now, week


def test_a_loop_goes_from_found_to_verified_when_both_ends_are_back(store, loop):
    now, week = loop
    week(14, 0, 2, 3)
    link = found(store, "shop", "payment", "/pay|rage_click|Pay", now - timedelta(days=21), now)
    assert check(store, link, now, 7).contacts is None  # not fixed yet
    link = changed(store, "shop", str(link.link_id)[:8], now + timedelta(seconds=1), owner="checkout team")
    assert link.state == "owned"
    link = changed(
        store,
        "shop",
        str(link.link_id),
        now + timedelta(seconds=2),
        release="2.4",
        fixed=now - timedelta(days=13.6),
    )
    checked = check(store, link, now + timedelta(seconds=3), 7)
    assert (checked.contacts.inside, checked.friction.inside, checked.link.state) == (True, True, "verified")
    assert [one.state for one in links(store, "shop")] == ["verified"]


def test_calls_that_go_on_keep_it_from_being_verified_though_friction_is_gone(store, loop):
    now, week = loop
    week(14, 0, 2, 12)
    link = found(store, "shop", "payment", "/pay|rage_click", now - timedelta(days=21), now)
    link = changed(store, "shop", str(link.link_id), now, release="2.4", fixed=now - timedelta(days=13.6))
    checked = check(store, link, now, 7)
    assert (checked.contacts.inside, checked.friction.inside, checked.link.state) == (False, True, "fixed")
    young = changed(store, "shop", str(link.link_id), now, release="2.5", fixed=now - timedelta(days=2))
    assert check(store, young, now, 7).days < 7
    assert check(store, young, now, 7).contacts is None


def test_less_traffic_is_no_fix(store, loop):
    now, _ = loop
    for day in range(14, 0, -1):
        visits(store, 4, friction=3, at=now - timedelta(days=day))
    link = found(store, "shop", "payment", "/pay|rage_click", now - timedelta(days=21), now)
    link = changed(store, "shop", str(link.link_id), now, release="2.4", fixed=now - timedelta(days=13.6))
    assert not check(store, link, now, 7).friction.inside


def test_the_command_walks_the_loop_and_names_what_is_wrong(store, dsn, capsys, loop):
    asked = ["--dsn", dsn, "--app", "shop"]
    assert (
        main(
            [
                "feedback",
                "found",
                "--reason",
                "payment",
                "--point",
                "/pay|rage_click",
                "--began",
                "21d",
                *asked,
            ]
        )
        == 0
    )
    link = capsys.readouterr().out.split(":")[0]
    assert main(["feedback", "owned", link, "--owner", "checkout", *asked]) == 0
    assert main(["feedback", "fixed", link[:6], "--release", "2.4", "--at", "2d", *asked]) == 0
    capsys.readouterr()
    assert main(["feedback", "list", "--json", *asked]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["state"], row["owner"], row["release"], row["contacts"]) == ("fixed", "checkout", "2.4", None)
    assert main(["feedback", "list", *asked]) == 0
    assert "of 7" in capsys.readouterr().out
    assert main(["feedback", "owned", "zzz", "--owner", "x", *asked]) == 2
    assert "0 loops of shop begin with 'zzz'" in capsys.readouterr().err
    with pytest.raises(BadLink, match="is not a friction point; expected"):
        found(store, "shop", "payment", "rage_click", NOW, NOW)
