"""What people read: words and the report, made from a surge whose truth is known."""

import io
import re
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from rich.console import Console

from collector.correlate import Surge
from collector.store.grids import STEP_S, Grids
from collector.surges.find import Found
from collector.surges.wording import no_surge, tell
from collector.web.report import render
from collector.web.terminal import print_found

START = 1_795_200_000 // STEP_S * STEP_S
BINS = 14 * 288
KEY = "/checkout|rage_click"


def surge(**changes) -> Surge:
    at = START + (BINS - 12) * STEP_S
    given = {
        "start": at,
        "end": at + 10 * STEP_S,
        "detected_at": at + STEP_S,
        "observed": 171.0,
        "expected": 53.0,
        "extra": 118.0,
        "extra_low": 96.0,
        "extra_high": 141.0,
        "ratio": 3.2,
        "z": 12.0,
        "channels": {"phone": 100.0, "chat": 18.0},
        "topics": {"checkout": 90.0, "": 28.0},
        "verdict": "friction",
        "keys": [
            {
                "key": KEY,
                "p": 0.001,
                "q": 0.003,
                "lag_s": 780.0,
                "lag_low_s": 600.0,
                "lag_high_s": 960.0,
                "attributed": 87.0,
                "attributed_low": 60.0,
                "attributed_high": 110.0,
                "onset": at - 780,
            }
        ],
        "p": 0.001,
        "q": 0.003,
        "lag_s": 780.0,
        "lag_low_s": 600.0,
        "lag_high_s": 960.0,
        "attributed": 87.0,
        "attributed_low": 60.0,
        "attributed_high": 110.0,
        "confidence": None,
        "rivals": [
            {
                "cause": "friction",
                "state": "holds",
                "explained": 0.74,
                "reason": f"{KEY} hit 60 sessions where 2 are usual.",
            },
            {"cause": "traffic", "state": "ruled_out", "explained": 0.0, "reason": "No more sessions than usual."},
            {"cause": "infrastructure", "state": "not_checked", "explained": None, "reason": "No series is known."},
        ],
        "event": None,
        "insufficient": None,
        "algorithm": "test 1",
    }
    return Surge(**given | changes)


def found(*surges: Surge, sources=("rum",), friction=KEY) -> Found:
    rng = np.random.default_rng(1)
    grids = Grids(
        START,
        rng.poisson(4, BINS).astype(float),
        {friction: np.r_[np.zeros(BINS - 15), np.full(15, 5.0)]},
        {"ttfb_p75_ms": np.full(BINS, 250.0)},
        {"phone": rng.poisson(1, BINS).astype(float)},
        {"": np.ones(BINS)},
    )
    until = datetime.fromtimestamp(START + BINS * STEP_S, UTC)
    return Found(
        "shop",
        until - timedelta(days=1),
        until,
        sources,
        "Europe/Berlin",
        {"desk": until},
        until,
        (),
        grids,
        list(surges),
        {KEY: "Pay"},
        {KEY: ["3f2a9c01-0000-4000-8000-000000000001"]},
    )


def test_a_surge_is_told_with_size_cause_lag_and_certainty():
    story = tell(surge(), found(surge()))
    assert story.headline == "Contacts are 3.2× what this time usually brings: 171 instead of 53 (+118)."
    assert story.verdict == "They follow site friction: rage clicks on “Pay” (/checkout)."
    assert "phone +100, chat +18" in story.details[1]
    assert "checkout +90, untagged +28" in story.details[2]
    assert story.details[3] == (
        "Rage clicks on “Pay” (/checkout); since Wed 03 Dec 23:47, 13 minutes before; contacts follow after about "
        "13 minutes (10 to 16); about 87 contacts (60 to 110); q = 0.003."
    ).replace("Wed 03 Dec 23:47", re.search(r"since (.{16})", story.details[3])[1])
    assert story.rivals[0] == (
        "●",
        "Site friction",
        "yes",
        "Rage clicks on “Pay” (/checkout) hit 60 sessions where 2 are usual.",
    )
    assert [rival[2] for rival in story.rivals] == ["yes", "ruled out", "could not be checked"]


def test_what_is_not_known_is_not_said():
    bare = surge(
        q=None,
        lag_s=None,
        keys=[surge().keys[0] | {"q": None, "lag_s": None, "attributed": None, "onset": None}],
    )
    assert tell(bare, found(bare)).details[3] == "Rage clicks on “Pay” (/checkout)."


@pytest.mark.parametrize(
    ("verdict", "event", "said"),
    [
        ("infrastructure", None, "They follow infrastructure."),
        ("traffic", None, "They follow traffic: more visitors, not more trouble."),
        ("event", "Monthly invoices", "They follow a known event: Monthly invoices."),
        ("unexplained", None, "Nothing on the site explains them."),
    ],
)
def test_every_verdict_has_its_words(verdict, event, said):
    one = surge(verdict=verdict, event=event, keys=[])
    assert tell(one, found(one)).verdict == said


def test_nobody_is_told_that_anything_was_caused():
    assert "cause" not in " ".join([*tell(surge(), found(surge())).details, tell(surge(), found(surge())).verdict])


def test_no_surge_is_an_answer():
    assert no_surge(found()).startswith("Contacts are as usual: no surge from ")
    console = Console(record=True, width=100)
    print_found(found(), console)
    assert "Contacts are as usual" in console.export_text()


def test_what_was_not_judged_is_said():
    late = found()
    through = {**late.complete_through, "old desk": late.until - timedelta(days=30)}
    late = late._replace(judged_through=late.until - timedelta(hours=3), stale=("old desk",), complete_through=through)
    assert no_surge(late) != no_surge(found())
    page = render(late)
    assert "Nothing is said of the time after" in page
    assert "old desk has delivered nothing since" in page


def test_the_report_stands_alone_and_says_everything():
    page = render(found(surge(), sources=("rum", "simulated")), ["80 visits in a real browser."])
    assert "Contacts are 3.2×" in page
    assert "Simulated traffic is counted here." in page
    assert "80 visits in a real browser." in page
    assert not re.search(r'(src|href)="', page), "it needs nothing but itself"
    assert "<script" not in page
    assert page.count("<svg") == 2, "one plot for wide screens, one for phones"
    assert "var(--contacts)" in page, "the plot takes its colours from the page"
    assert "#040404" not in page
    for _, _, _, reason in tell(surge(), found(surge())).rivals:
        assert reason in page


def test_a_report_without_surges_shows_the_calm():
    page = render(found())
    assert "Contacts are as usual" in page
    assert page.count("<svg") == 2


def test_what_a_site_is_called_cannot_become_markup():
    evil = "/<script>alert(1)</script>|rage_click"
    one = surge(keys=[surge().keys[0] | {"key": evil}])
    page = render(found(one, friction=evil))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_contacts_to_come_and_visits_to_look_at_are_told():
    story = tell(surge(to_come=40.4, to_come_low=22.0, to_come_high=61.0), found(surge()))
    text = " ".join(story.details)
    assert "Still to be expected in the next four hours: about 40 more contacts than usual (22 to 61)." in text
    assert "Visits to look at: 3f2a9c01-0000-4000-8000-000000000001." in text


def test_the_terminal_shows_both_curves_on_one_axis_of_time():
    console = Console(record=True, width=100, file=io.StringIO())
    print_found(found(surge()), console)
    text = console.export_text()
    assert "Contacts with support per 15 minutes" in text
    assert "Visits with rage clicks on “Pay” (/checkout) per 15 minutes" in text
    assert "█" in text
    assert re.search(r"\d\d:\d\d {2,}\d\d:\d\d", text)
