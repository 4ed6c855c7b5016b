"""Every metric of the catalogue on cases worked by hand, counted by the real store."""

import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from scipy import stats

from collector.cli import main
from collector.metrics.catalogue import CATALOGUE, METRICS
from collector.metrics.query import figures
from collector.settings import Settings
from tests.metrics.planted import NOW, START, ago, answers, contacts, keep, key


def one(store, name, settings=None, **asked):
    (found,) = figures(store, [METRICS[name]], START, NOW, settings or Settings(), **asked)
    return found


def by(store, name, part):
    return {f.part: f for f in figures(store, [METRICS[name]], START, NOW, Settings(), by=part)}


def test_the_score_counts_zeros_and_never_mixes_kinds_or_scales(store):
    answers(store, "nps", [10] * 50 + [8] * 30 + [0] * 20, 0, 10, survey_type="relational")
    answers(store, "nps", [0] * 40, 0, 10, "t", survey_type="transactional")
    answers(store, "nps", [10] * 40, 1, 10, "s", survey_type="relational")
    answers(store, "nps", [11, -1], 0, 10, "x", survey_type="relational")
    found = {f.apart: f for f in figures(store, [METRICS["nps"]], START, NOW, Settings())}
    assert {of: (f.value, f.n) for of, f in found.items()} == {
        "relational": (30, 100),
        "transactional": (-100, 40),
    }


def test_satisfaction_is_the_best_two_of_five_also_of_a_reversed_scale_and_thumbs_stand_apart(store):
    answers(store, "csat", [5] * 20 + [4] * 10 + [3] * 10, 1, 5)
    answers(store, "csat", [1] * 40 + [4] * 10, 1, 5, "r", higher_is_better=0, question_version="grade")
    answers(store, "csat", [1] * 45 + [0] * 5, 0, 1, "t")
    found = {f.apart: f for f in figures(store, [METRICS["csat"]], START, NOW, Settings())}
    assert {of: f.value for of, f in found.items()} == {"": 75, "grade": 80}
    low, high = stats.binomtest(30, 40).proportion_ci(method="wilson")
    assert found[""].interval_95 == pytest.approx((100 * low, 100 * high), abs=1e-4)
    assert one(store, "csat_thumbs").value == 90


def test_effort_of_two_scales_is_never_averaged(store):
    scores = [7] * 10 + [5] * 10 + [2] * 10
    answers(store, "ces", scores, 1, 7)
    answers(store, "ces", [1] * 30 + [5], 1, 5, "old", higher_is_better=0)
    found = one(store, "ces")
    oracle = stats.t.interval(0.95, 29, np.mean(scores), stats.sem(scores))
    assert (found.value, found.n) == (pytest.approx(14 / 3), 30)
    assert found.interval_95 == pytest.approx(oracle, abs=1e-3)
    assert one(store, "ces_easy").value == pytest.approx(200 / 3)
    assert one(store, "ces_1").value == pytest.approx(35 / 31)


def test_fewer_answers_than_the_minimum_are_not_enough_and_their_number_is_said(store):
    answers(store, "csat", [5] * 29, 1, 5)
    found = one(store, "csat")
    assert (found.value, found.interval_95, found.n, found.note) == (
        None,
        None,
        29,
        "not enough data (below 30)",
    )
    assert one(store, "nps").note == "not enough data"


def test_the_response_rate_counts_who_did_not_answer_where_the_source_tells(store):
    answers(store, "csat", [5] * 30 + [None] * 70, 1, 5)
    answers(store, "csat", [5] * 500, 1, 5, "other", source="tells_none")
    assert (one(store, "response_rate").value, one(store, "response_rate").n) == (30, 100)


def test_the_worked_example_of_the_service_level_has_its_four_variants(store):
    whole = {
        "offered": 1060,
        "answered": 1000,
        "abandoned": 60,
        "abandoned_short": 10,
        "answered_in_threshold": 860,
        "abandoned_in_threshold": 20,
        "sum_wait_answered_s": 15000,
    }
    keep(
        store,
        "support_contact_intervals",
        [
            {
                "source": "acd",
                "channel": "phone",
                "queue": "q",
                "interval_s": 1800,
                "version": 1,
                "threshold_s": 20,
                "interval_start_ts": ago(days=2, minutes=30 * i),
                **{name: n // 10 for name, n in whole.items()},
            }
            for i in range(10)
        ],
    )
    names = [name for name in METRICS if name.startswith("service_level")]
    assert [round(one(store, name).value, 2) for name in names] == [81.13, 82.69, 83.02, 81.90]
    assert one(store, "service_level").apart == "in 20 s"
    assert one(store, "asa").value == pytest.approx(15)
    assert one(store, "abandon_rate").value == pytest.approx(100 * 60 / 1060)


def test_calls_of_a_source_without_intervals_give_the_same_numbers_and_are_not_counted_twice(store):
    made = ago(days=2)
    rows = [
        *({"first_answered_ts": made + timedelta(seconds=10), "abandoned_ts": None} for _ in range(40)),
        *({"first_answered_ts": made + timedelta(seconds=60), "abandoned_ts": None} for _ in range(8)),
        *({"first_answered_ts": None, "abandoned_ts": made + timedelta(seconds=4)} for _ in range(2)),
    ]
    contacts(store, rows, source="calls", channel="phone", created_ts=made)
    assert one(store, "service_level").value == 80
    assert one(store, "service_level_short_abandons_removed").value == pytest.approx(100 * 40 / 48)
    assert one(store, "abandon_rate").value == 4
    keep(
        store,
        "support_contact_intervals",
        [
            {
                "source": "calls",
                "channel": "phone",
                "queue": "",
                "interval_s": 1800,
                "version": 1,
                "threshold_s": 20,
                "interval_start_ts": made,
                "offered": 50,
                "answered": 48,
                "abandoned": 2,
            }
        ],
    )
    assert one(store, "abandon_rate").n == 50


def test_response_times_keep_who_still_waits(store):
    made = ago(days=10)
    answered = [{"first_reply_ts": made + timedelta(hours=h), "first_reply_business_s": None} for h in range(1, 61)]
    waiting = [{"first_reply_ts": None, "first_reply_business_s": None}] * 40
    contacts(store, answered + waiting, created_ts=made)
    contacts(store, [{}] * 50, source="tells_no_replies")
    found = one(store, "frt_median")
    assert (found.value, found.n) == (50 * 3600, 100)
    assert one(store, "frt_p90").note == "too many are still open"
    assert one(store, "frt_median_business").note == "needs SNAG_OPENING_HOURS"
    open_ = Settings(opening_hours="Mo-Su 00:00-12:00")
    assert one(store, "frt_median_business", open_).value == 26 * 3600


def test_a_reply_after_the_time_that_is_asked_for_is_not_known_yet(store):
    contacts(store, [{"first_reply_ts": NOW + timedelta(days=1)}] * 30 + [{"first_reply_ts": ago(days=19)}] * 31)
    assert one(store, "frt_median").value == 86_400
    assert one(store, "frt_p90").value is None


def test_reopening_moves_the_full_resolution_alone(store):
    made = ago(days=20)
    contacts(
        store,
        [{"first_resolved_ts": made + timedelta(hours=1), "resolved_ts": made + timedelta(hours=50)}] * 40,
    )
    assert one(store, "first_resolution_median").value == 3600
    assert one(store, "full_resolution_median").value == 180_000


def test_the_resolution_rate_is_by_cohort_and_the_other_rates_count_contacts(store):
    rows = [{"status": "solved", "escalated": 1, "transfers": 2, "agent_replies": 1, "reopens": 0}] * 20
    rows += [{"status": "closed", "escalated": 0, "transfers": 0, "agent_replies": 1, "reopens": 1}] * 20
    rows += [{"status": "open", "escalated": None, "transfers": None, "agent_replies": None, "reopens": None}] * 10
    rows += [{"status": "unknown", "escalated": None, "transfers": None, "agent_replies": None, "reopens": None}] * 5
    contacts(store, rows)
    contacts(
        store,
        [{"source_contact_id": f"old{i}", "created_ts": ago(days=40), "status": "solved"} for i in range(9)],
    )
    assert (one(store, "resolution_rate").value, one(store, "resolution_rate").n) == (80, 50)
    assert (one(store, "escalation_rate").value, one(store, "escalation_rate").n) == (50, 40)
    assert one(store, "transfer_rate").value == 50
    assert one(store, "fcr_one_touch").value == 50


def test_no_repeat_counts_the_same_requester_and_reason_within_seven_days(store):
    first = [{"requester_key": key(i), "contact_reason": "billing"} for i in range(1, 41)]
    again = [
        {"requester_key": key(i), "contact_reason": "billing", "created_ts": ago(days=20 - i % 7 - 0.5)}
        for i in range(1, 11)
    ]
    other = [{"requester_key": key(i), "contact_reason": "other", "created_ts": ago(days=19)} for i in range(11, 21)]
    late = [{"requester_key": key(i), "contact_reason": "billing", "created_ts": ago(days=12)} for i in range(21, 31)]
    young = [{"requester_key": key(90 + i), "contact_reason": "billing", "created_ts": ago(days=3)} for i in range(9)]
    nobody = [{"requester_key": bytes(16), "contact_reason": "billing"}] * 5
    rows = [{"created_ts": ago(days=20), **row} for row in first + again + other + late + young + nobody]
    contacts(store, rows)
    found = one(store, "fcr_no_repeat")
    assert (found.n, round(found.value, 2)) == (70, round(100 * 60 / 70, 2))
    net = one(store, "fcr_no_repeat_net", Settings(fcr_excluded_reasons="other"))
    assert (net.n, round(net.value, 2)) == (60, round(100 * 50 / 60, 2))


def test_a_merged_contact_or_a_transfer_of_the_same_call_is_no_repeat(store):
    rows = [{"requester_key": key(i), "case_id": f"k{i}", "merged_into": ""} for i in range(1, 41)]
    rows += [{**row, "created_ts": ago(days=19)} for row in rows[:10]]
    rows += [
        {"requester_key": key(i), "case_id": "", "merged_into": "c1", "created_ts": ago(days=18)} for i in range(11, 21)
    ]
    contacts(store, [{"created_ts": ago(days=20), **row} for row in rows])
    assert (one(store, "fcr_no_repeat").value, one(store, "fcr_no_repeat").n) == (100, 40)
    assert one(store, "volume").value == 60
    assert one(store, "cases").value == 40


def test_a_repeat_is_found_over_a_rotation_of_the_keys(store):
    nothing = bytes(16)
    rows = [
        {"requester_key": key(i), "requester_key_before": nothing, "created_ts": ago(days=20)} for i in range(1, 41)
    ]
    rows += [
        {"requester_key": key(100 + i), "requester_key_before": key(i), "created_ts": ago(days=18)}
        for i in range(1, 21)
    ]
    contacts(store, rows)
    found = one(store, "fcr_no_repeat")
    assert (found.n, round(found.value, 2)) == (60, round(100 * 40 / 60, 2))


def test_whether_it_was_solved_is_asked_after_contacts(store):
    answers(store, "task_success", [1] * 30 + [0] * 10, 0, 1, touchpoint="after_contact")
    answers(store, "task_success", [0] * 50, 0, 1, "web", touchpoint="checkout")
    assert one(store, "fcr_survey").value == 75


def test_spam_deleted_and_outbound_contacts_are_not_volume_and_an_older_version_is_not_either(store):
    rows = [{"direction": "inbound", "status": "open", "is_deleted": 0}] * 3
    rows += [
        {"direction": "outbound", "status": "open", "is_deleted": 0},
        {"direction": "inbound", "status": "spam", "is_deleted": 0},
        {"direction": "inbound", "status": "open", "is_deleted": 1},
    ]
    contacts(store, rows)
    contacts(store, [{"version": 2, "channel": "phone"}])
    assert {part: f.value for part, f in by(store, "volume", "channel").items()} == {"email": 2, "phone": 1}


def test_the_contact_rate_is_for_a_thousand_sessions_of_whole_days(store):
    from uuid import UUID

    contacts(store, [{"created_ts": START + timedelta(days=i % 28, hours=3)} for i in range(56)])
    rows = [
        [START + timedelta(days=day, hours=2), "shop", "rum", 0.5, UUID(int=day * 100 + i), UUID(int=day * 100 + i)]
        for day in range(28)
        for i in range(50)
        for _ in range(2)
    ]
    store.client.insert(
        "snag_experience.page_views",
        rows,
        column_names=["ts", "app", "traffic_source", "sample_rate", "session_id", "event_id"],
    )
    found = one(store, "contact_rate", app="shop")
    assert found.value == pytest.approx(20)  # 2 contacts and 50 sampled sessions at one half a day
    assert found.interval_95 == pytest.approx((20, 20))


def test_churn_counts_who_was_there_at_the_start(store, tmp_path, capsys, dsn):
    file = tmp_path / "customers.csv"
    file.write_text(
        "period_start,period_end,customers_at_start,customers_lost,segment\n"
        "2026-11-01,2026-11-08,1000,20,home\n2026-11-08,2026-11-15,1000,30,home\n"
        "2026-11-08,2026-11-15,10,11,home\n2026-11-08,2026-11-08,10,1,home\nx,2026-11-08,10,1,home\n"
    )
    assert main(["metrics", "import-customers", str(file), "--dsn", dsn]) == 1
    said = capsys.readouterr()
    assert "line 4: customers_lost is 11, more than the 10 at the start" in said.err
    assert "line 6: period_start is 'x'; expected a day such as 2026-11-01" in said.err
    assert said.out == "2 periods kept, 3 lines refused\n"
    assert main(["metrics", "import-customers", str(file), "--dsn", dsn]) == 1  # again: nothing doubles
    capsys.readouterr()
    found = one(store, "churn")
    assert (found.value, found.n, found.apart) == (2.5, 2000, "in 7 days")


@pytest.mark.parametrize("metric", CATALOGUE, ids=lambda m: m.name)
def test_every_metric_can_be_asked_by_each_of_its_parts_on_an_empty_store(store, metric):
    for part in ("", *metric.parts):
        for found in figures(store, [metric], START, NOW, Settings(), by=part, app="shop"):
            assert found.n == 0
            assert found.value in (None, 0)


def test_the_command_prints_numbers_with_intervals_for_programs(store, dsn, capsys):
    answers(store, "csat", [5] * 30 + [1] * 10, 1, 5, channel="chat")
    asked = ["--since", START.isoformat(), "--until", NOW.isoformat(), "--dsn", dsn]
    assert main(["metrics", "csat", "--by", "channel", "--json", *asked]) == 0
    (row,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (row["metric"], row["part"], row["value"], row["n"]) == ("csat", "chat", 75, 40)
    assert row["low"] < 75 < row["high"]
    assert main(["metrics", *asked]) == 0
    out = capsys.readouterr().out
    assert "not enough data" in out
    assert main(["metrics", "nonsense", *asked]) == 2
    assert "'nonsense' is not a metric; expected one of" in capsys.readouterr().err
    assert main(["metrics", "churn", "--by", "channel", *asked]) == 2
    assert "churn has no parts by channel; expected one of segment" in capsys.readouterr().err


def test_opening_hours_that_make_no_sense_are_named(store, dsn, capsys):
    assert main(["metrics", "--dsn", dsn, "--opening-hours", "9 to 5"]) == 2
    assert "SNAG_OPENING_HOURS: opening hours '9 to 5'; expected Mo-Fr 09:00-17:30" in capsys.readouterr().err


def test_a_metric_is_what_it_says_with_another_minimum(store):
    answers(store, "csat", [5] * 3, 1, 5)
    (found,) = figures(store, [replace(METRICS["csat"], minimum=2)], START, NOW, Settings())
    assert found.value == 100
