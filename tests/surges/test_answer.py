"""As usual is said only of a time that was evaluated to its end; else what is missing."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from collector.store.judged import Judged
from collector.surges.answer import answer, of_found
from tests.surges.sample import found

ZONE = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def run(since=2 * DAY, through=timedelta(0), until=timedelta(0), judged=timedelta(0), missing="") -> Judged:
    """An evaluation; times before NOW."""
    return Judged(NOW - since, NOW - through, NOW - until, NOW - judged, missing)


def said(*runs, since=DAY, until=timedelta(0), surges=0):
    return answer(runs, surges, NOW - since, NOW - until, NOW, ZONE)


def test_a_time_that_was_evaluated_to_its_end_is_as_usual():
    one = said(run(through=5 * MINUTE))
    assert one.state == "as_usual"
    assert one.words(ZONE) == (
        "Contacts are as usual: no surge from Thu 19 Nov, 19:00 to Fri 20 Nov, 18:55 (Europe/Berlin)."
    )


@pytest.mark.parametrize(
    ("runs", "missing"),
    [
        ([], "Cannot say: this time has not been evaluated."),
        ([run(through=2 * DAY, missing="no contacts are known")], "Cannot say: no contacts are known."),
        ([run(through=3 * 60 * MINUTE)], "Cannot say: contacts are complete only through Fri 20 Nov, 16:00."),
        (
            [run(through=2 * 60 * MINUTE, until=2 * 60 * MINUTE, judged=2 * 60 * MINUTE)],
            "Cannot say: nothing has been evaluated since Fri 20 Nov, 17:00.",
        ),
        # Good until an hour ago, and since then not: what is said of the newest time is what is missing now.
        (
            [run(through=60 * MINUTE, until=60 * MINUTE), run(through=2 * DAY, missing="0.1 days of history")],
            "Cannot say: 0.1 days of history.",
        ),
    ],
)  # fmt: skip
def test_it_is_said_what_is_missing(runs, missing):
    one = said(*runs)
    assert one.state == "cannot_say"
    assert one.words(ZONE).startswith(missing)


def test_what_was_evaluated_is_said_beside_what_is_missing():
    assert (
        said(run(through=180 * MINUTE))
        .words(ZONE)
        .endswith("No surge from Thu 19 Nov, 19:00 to Fri 20 Nov, 16:00 (Europe/Berlin).")
    )


def test_a_gap_between_evaluations_is_never_as_usual():
    before, after = run(since=4 * DAY, through=3 * DAY, until=3 * DAY), run(since=DAY)
    one = said(before, after, since=4 * DAY)
    assert one.state == "as_usual"
    assert one.start == NOW - DAY, "the claim begins after the gap"
    assert one.words(ZONE).endswith("The time before that was not evaluated.")
    past = said(before, after, since=4 * DAY, until=2 * DAY)
    assert past.state == "cannot_say"


def test_a_time_in_the_past_needs_all_of_it():
    """Half an hour is allowed for contacts that come in just now, not for those of last week."""
    assert said(
        run(since=9 * DAY, through=7 * DAY + 20 * MINUTE, until=7 * DAY), since=8 * DAY, until=7 * DAY
    ).state == ("cannot_say")


def test_a_surge_is_never_as_usual():
    assert said(run(), surges=1).state == "surge"


def test_an_evaluation_just_made_answers_as_one_that_was_kept():
    one = found()
    assert of_found(one).state == "as_usual"
    late = one._replace(judged_through=one.until - timedelta(hours=3))
    assert of_found(late).state == "cannot_say"
