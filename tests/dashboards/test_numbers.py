"""What a panel says is what the commands say: the same scores, intervals and differences from the same visits."""

import uuid
from datetime import timedelta

import numpy as np
import pytest

from collector.metrics.compare import compare
from collector.metrics.intervals import wilson
from collector.metrics.score import friction_score, sums_of
from dashboards import intervals
from tests.conftest import _TABLES
from tests.dashboards.conftest import BOARDS
from tests.dashboards.seed import END
from tests.dashboards.test_queries import asked
from tests.metrics.planted import keep
from tools.lint_boards import targets


def query(uid, title):
    (found,) = [target["rawSql"] for panel, target in targets(BOARDS[uid]) if panel["title"] == title]
    return found


def answer(store, uid, title):
    found = store.client.query(asked("all", query(uid, title)))
    return [dict(zip(found.column_names, row, strict=True)) for row in found.result_rows]


def visits(store, rng, n, rate, release="2.4", hour=5):
    """n visits, a share of which met one moment of friction; as (weight, score, hit)."""
    found, rows = [], []
    for at in range(n):
        load = float(rng.choice([1, 3, 6, 10])) if rng.random() < rate else 0.0
        weight, score, hit = float(rng.choice([1, 4])), 10 * load, load >= 3
        found.append((weight, score, hit))
        start = END - timedelta(hours=hour, seconds=at % 600)
        moment = {
            "moments.ts": [start],
            "moments.kind": ["rage_click"],
            "moments.page_group": ["/pay"],
            "moments.journey": [""],
            "moments.step": [""],
            "moments.target": ["#go"],
            "moments.target_name": [""],
            "moments.fingerprint": [7],
            "moments.cause_class": ["usability"],
            "moments.cause_sub": [""],
            "moments.cause_rule": ["R3"],
            "moments.severity": [3],
            "moments.load": [load],
            "moments.events": [1],
            "moments.blocked": [0],
        }
        rows.append(
            {
                "app": "shop",
                "hour": start.replace(minute=0, second=0),
                "session_id": uuid.uuid4(),
                "start_ts": start,
                "end_ts": start,
                "traffic_source": "rum",
                "release": release,
                "device": "phone",
                "weight": weight,
                "load": load,
                "score": score,
                "hit": hit,
                **(moment if load else {name: [] for name in moment}),
            }
        )
    keep(store, "friction_sessions", rows, built_ts=END)
    return found


@pytest.fixture
def empty(_opened):
    for database, table in _opened.client.query(_TABLES).result_rows:
        _opened.client.command(f"TRUNCATE TABLE {database}.{table}")
    return _opened


@pytest.mark.parametrize(("n", "rate"), [(30, 0.0), (40, 0.5), (400, 0.2), (300, 1.0)])
def test_score_and_rate_with_their_intervals_are_those_of_the_command(empty, n, rate):
    truth = friction_score(sums_of(visits(empty, np.random.default_rng(n), n, rate)))
    (score,) = answer(empty, "snag-experience", "Friction score")
    (struggled,) = answer(empty, "snag-experience", "Visits that struggled")
    low, high = truth.score.interval_95
    assert [score[k] for k in ("score", "score_low", "score_high")] == pytest.approx([truth.score.value, low, high])
    low, high = truth.rate.interval_95
    assert [struggled[k] for k in ("rate", "rate_low", "rate_high")] == pytest.approx([truth.rate.value, low, high])
    assert score["visits"] == n


def test_below_thirty_visits_no_number_is_shown(empty):
    visits(empty, np.random.default_rng(1), 29, 0.5)
    (score,) = answer(empty, "snag-experience", "Friction score")
    assert score == {"score": None, "score_low": None, "score_high": None, "visits": 29}
    assert answer(empty, "snag-experience", "Friction score over time") == []
    (verdict,) = answer(empty, "snag-release", "Did it help?")
    assert verdict["verdict"] == "cannot say: a release has fewer than 30 visits"


@pytest.mark.parametrize(("before", "after"), [(0.1, 0.6), (0.6, 0.1), (0.2, 0.2), (0.2, 0.3)])
def test_a_release_is_judged_as_by_the_command(empty, before, after):
    rng = np.random.default_rng(int(100 * (before + 2 * after)))
    old, new = (sums_of(visits(empty, rng, 300, rate, release)) for rate, release in ((before, "2.3"), (after, "2.4")))
    truth = compare(old, new)
    (found,) = answer(empty, "snag-release", "Did it help?")
    words = {
        "better": "better",
        "worse": "worse",
        "unchanged": "no change worth speaking of",
        "not known": "cannot say yet: more visits are needed",
    }
    assert found["verdict"] == words[truth.verdict]
    assert [found[k] for k in ("change", "change_low", "change_high")] == pytest.approx(
        [truth.score.value, *truth.score.interval_95]
    )
    (rate,) = answer(empty, "snag-release", "Visits that struggled: after less before")
    assert [*rate.values()] == pytest.approx([truth.rate.value, *truth.rate.interval_95])


def test_contributions_sum_to_the_score(empty):
    visits(empty, np.random.default_rng(5), 200, 0.4)
    (score,) = answer(empty, "snag-experience", "Friction score")
    for title, column in (
        ("Friction points: what adds most to the score", "points"),
        ("Whose fault", "added"),
        ("What happened", "added"),
    ):
        assert sum(row[column] for row in answer(empty, "snag-experience", title)) == pytest.approx(score["score"])


@pytest.mark.parametrize(("hits", "n"), [(0, 30), (3, 100), (40, 40)])
def test_a_share_has_wilsons_interval(empty, hits, n):
    sql = f"SELECT {intervals.wilson('hits', 'n', 'share')} FROM (SELECT {hits} AS hits, {n} AS n)"
    assert [*empty.client.query(sql).result_rows[0]] == pytest.approx([hits / n, *wilson(hits, n)])


def hourly(store, rng, lag_hours):
    """Seven days of friction with a daily rhythm, and contacts that follow it after some hours, or not at all (None)."""
    hours = 7 * 24
    rhythm = 6 + 4 * np.sin(np.arange(hours + 48) * 2 * np.pi / 24)
    met = rng.poisson(rhythm * rng.gamma(2, 0.5, hours + 48))
    other = rng.poisson(rhythm * rng.gamma(2, 0.5, hours + 48))
    called = rng.poisson(1 + (met if lag_hours is not None else other))
    first = (END - timedelta(hours=hours)).replace(minute=0)
    store.client.command(f"""
        INSERT INTO snag_experience.friction_1h
            (bucket, app, traffic_source, kind, page_group, sessions, events, built_ts)
        SELECT toDateTime({int(first.timestamp())}) + toIntervalHour(at - 1), 'shop', 'rum', 'rage_click', '/',
            uniqState(generateUUIDv4(visit)), count(), now()
        FROM (SELECT arrayJoin(arrayEnumerate({[int(n) for n in met[24 : 24 + hours]]} AS met)) AS at, met[at] AS n)
        ARRAY JOIN range(toUInt32(n)) AS visit
        GROUP BY at
    """)
    keep(
        store,
        "support_contacts",
        [
            {
                "source": "desk",
                "source_contact_id": f"{at}-{n}",
                "version": 1,
                "created_ts": first + timedelta(hours=at, minutes=10),
            }
            for at in range(hours)
            for n in range(called[at + 24 - (lag_hours or 0)])
        ],
    )


@pytest.mark.parametrize("lag", [0, 1, 5])
def test_a_planted_lag_is_the_best_one(empty, lag):
    hourly(empty, np.random.default_rng(lag), lag)
    (best,) = [
        row
        for row in answer(empty, "snag-support", "How long after friction contacts come")
        if row["best lag"] is not None
    ]
    assert best["hours"] == str(lag)
    assert best["correlation"] > 0.5


def test_a_rhythm_that_two_things_share_is_no_lag(empty):
    hourly(empty, np.random.default_rng(11), None)
    rows = answer(empty, "snag-support", "How long after friction contacts come")
    assert len(rows) == 25
    assert max(abs(row["correlation"]) for row in rows) < 0.35
