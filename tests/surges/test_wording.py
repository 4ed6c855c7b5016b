"""What a support lead reads of a surge, made from one whose truth is known."""

from datetime import timedelta

import pytest

from collector.surges.wording import chance, describe, reservations, verdict_name
from tests.surges.sample import KEY, found, surge


def test_a_surge_is_described_with_size_cause_lag_and_certainty():
    story = describe(surge(confidence=0.93), found(surge()))
    assert story.headline == "Contacts are 3.2× the usual level for this time: 171 compared with 53 (+118)."
    assert story.verdict == "They follow site friction: rage clicks on “Pay” (/checkout)."
    assert story.details == [
        "From Fri 4 Dec, 18:40 to Fri 4 Dec, 19:30 (Europe/Berlin): 96 to 141 contacts above normal (90 % interval).",
        "By channel: phone +100, chat +18.",
        "By contact reason: checkout +90, no reason given +28.",
        "Rage clicks on “Pay” (/checkout); since Fri 4 Dec, 18:27, 13 min before the surge; contacts follow after about "
        "13 min (10 to 16); about 87 of the extra contacts attributed (60 to 110).",
        "Example visits: 3f2a9c01-0000-4000-8000-000000000001.",
        "Confidence: 93 %.",
        "Chance that this is a coincidence: about 1 in 330.",
    ]
    assert story.rivals[0] == (
        "●",
        "Site friction",
        "confirmed",
        "Rage clicks on “Pay” (/checkout) hit 60 sessions where 2 are usual.",
    )
    assert [rival[2] for rival in story.rivals] == ["confirmed", "ruled out", "not checked"]


def test_what_is_not_known_is_not_mentioned():
    bare = surge(
        q=None,
        lag_s=None,
        keys=[surge().keys[0] | {"q": None, "lag_s": None, "attributed": None, "onset": None}],
    )
    assert describe(bare, found(bare)).details[3] == "Rage clicks on “Pay” (/checkout)."


@pytest.mark.parametrize(
    ("verdict", "event", "words"),
    [
        ("infrastructure", None, "They follow infrastructure."),
        ("traffic", None, "They follow traffic: more visitors, not more trouble."),
        ("event", "Monthly invoices", "They follow a known event: Monthly invoices."),
        ("unexplained", None, "Nothing on the site explains them."),
    ],
)
def test_every_verdict_has_its_words(verdict, event, words):
    one = surge(verdict=verdict, event=event, keys=[])
    assert describe(one, found(one)).verdict == words


@pytest.mark.parametrize("verdict", ["friction", "infrastructure", "traffic", "event", "unexplained"])
def test_a_verdict_that_is_more_often_wrong_than_right_claims_nothing(verdict):
    doubtful = surge(verdict=verdict, confidence=0.02)
    words = describe(doubtful, found(doubtful)).verdict
    assert words.startswith("Cannot say what they follow. Best match, with a confidence of 2 %: ")
    assert verdict_name(doubtful) == "cannot say"
    sure = surge(verdict=verdict, confidence=0.5)
    assert "Cannot say" not in describe(sure, found(sure)).verdict


def test_nothing_is_called_a_cause_of_contacts():
    story = describe(surge(), found(surge()))
    assert "cause" not in " ".join([*story.details, story.verdict])


def test_parts_that_do_not_add_up_are_marked():
    uneven = surge(channels={"phone": 60.0, "chat": 18.0})
    assert describe(uneven, found(uneven)).details[1] == (
        "By channel: phone +60, chat +18 (rounded; other channels not shown)."
    )


def test_what_was_not_evaluated_is_named():
    late = found()
    through = {**late.complete_through, "old desk": late.until - timedelta(days=30)}
    late = late._replace(judged_through=late.until - timedelta(hours=3), stale=("old desk",), complete_through=through)
    evaluated, stopped = reservations(late)
    assert evaluated.startswith("Evaluated to Fri 4 Dec, 16:40: contacts after that are not complete yet")
    assert stopped == "old desk has sent nothing since Wed 4 Nov, 19:40; contacts after that are unknown, not zero."


def test_contacts_to_come_are_mentioned():
    story = describe(surge(to_come=40.4, to_come_low=22.0, to_come_high=61.0), found(surge()))
    assert "Expected in the next four hours: about 40 more contacts above normal (22 to 61)." in story.details


@pytest.mark.parametrize("q", [1e-9, 0.003, 0.04, 0.19, 0.21, 0.9])
def test_no_probability_is_shown_as_zero(q):
    assert "0 %" not in chance(q).replace("20 %", "").replace("90 %", "")
    assert KEY not in chance(q)
