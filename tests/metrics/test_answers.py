"""Answers to the agent's question are survey answers like all others, and name the visit only with consent."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from collector.metrics.catalogue import METRICS
from collector.metrics.query import figures
from collector.settings import Settings
from tests.conftest import NOW, beacon, event
from tests.store.test_store import keep

END = datetime.fromtimestamp(NOW / 1000, UTC) + timedelta(hours=1)


def asked(metric="csat", score=None, consent="measurement", **more):
    """The beacons of a visit that was asked, and answered unless there is no score."""
    one = {"event_id": str(uuid.uuid4()), "metric": metric}
    visit = {"session_id": str(uuid.uuid4()), "consent": consent, **more}
    sent = [beacon(event("survey_answer", **one), **visit)]
    if score is not None:
        answered = event("survey_answer", **one, answered=True, score=score, revision=1)
        sent += [beacon(answered, **visit) for _ in range(2)]  # and once more, by a retry
    return sent


def put(store, *given, **more):
    sent = asked(*given, **more)
    for one in sent:
        keep(store, one)
    return sent[0]["session_id"]


def test_answers_and_silence_are_counted_once(store):
    visits = [asked(score=score) for score in [5] * 20 + [4] * 10 + [1] * 10 + [None] * 10]
    for sent in zip_longest(*visits):  # what visits send first, second and third
        keep(store, *filter(None, sent))
    start = END - timedelta(days=1)
    found = {f.metric: f for f in figures(store, [METRICS["csat"], METRICS["response_rate"]], start, END, Settings())}
    assert (found["csat"].value, found["csat"].n) == (75, 40)
    assert (found["response_rate"].value, found["response_rate"].n) == (80, 50)


def test_the_visit_is_named_only_where_it_may_be_linked(store):
    agreed = put(store, "nps", 0, consent="full")
    put(store, "ces", 7)
    rows = store.client.query(
        "SELECT toString(metric), session_ref, score, scale_min, scale_max "
        "FROM snag_experience.survey_responses FINAL ORDER BY 1"
    ).result_rows
    assert sorted(rows) == [("ces", "", 7, 1, 7), ("nps", agreed, 0, 0, 10)]


def test_robots_and_journeys_give_no_answers(store):
    put(store, score=5, traffic_source="synthetic")
    assert store.client.query("SELECT count() FROM snag_experience.survey_responses").result_rows == [(0,)]
