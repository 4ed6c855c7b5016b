"""A surge among few weeks: a larger one is never harder to find, and one hour seen high once is no season."""

import numpy as np
import pytest

from collector.correlate import analyse
from collector.correlate.baseline import usual
from collector.correlate.false_alarms import FALSE_A_MONTH
from collector.correlate.grid import build_grid
from tests.correlate.call_centre import call_centre

START = 1_700_000_000 // 86400 * 86400
HOUR, DAY, WEEK = 12, 288, 2016


def history(bins, *, base=0.5, seed=0):
    rng = np.random.default_rng(seed)
    return rng.poisson(base, bins).astype(float), rng.poisson(2, bins).astype(float)


def found(phone, sessions, spans):
    """Whether a surge lies on each of the spans [first, last), and how many there are in all."""
    surges = analyse({}, {}, {"start": START, "step": 300, "sessions": sessions}, {"channels": {"phone": phone}})
    at = [((s.start - START) // 300, (s.end - START) // 300) for s in surges]
    return [any(a < last and b > first for a, b in at) for first, last in spans], len(at)


def usual_of(phone):
    grid = build_grid(
        {},
        {},
        {"start": START},
        {"channels": {"phone": phone}},
        timezone=None,
        opening_hours=None,
        annotations=[],
        complete_through=None,
    )
    return usual(phone, grid, np.ones(len(phone), dtype=bool))


@pytest.mark.parametrize(
    ("base", "width", "heights"),
    [
        (0.5, 20, (5, 10, 20, 30, 50, 100, 1000)),
        (0.5, 40, (5, 12, 30, 50, 1000)),
        (2.0, 20, (12, 50, 80, 1000)),
        (5.0, 20, (20, 100, 150, 1000)),
    ],
)
def test_with_two_weeks_a_larger_surge_is_as_easy_to_find(base, width, heights):
    for height in heights:
        phone, sessions = history(2 * WEEK, base=base, seed=width)
        first = len(phone) - 600
        phone[first : first + width] = height
        assert found(phone, sessions, [(first, first + width)]) == ([True], 1), height


@pytest.mark.parametrize("days", [3, 5, 7, 10, 13, 14, 15, 17.5, 21, 28])
@pytest.mark.parametrize("height", [10, 30, 300])
def test_a_surge_is_found_whatever_the_length_of_the_history(days, height):
    phone, sessions = history(int(days * DAY), seed=3)
    first = len(phone) - 400
    phone[first : first + 20] = height
    assert found(phone, sessions, [(first, first + 20)]) == ([True], 1)


@pytest.mark.parametrize("height", [10, 20, 50, 300])
def test_a_surge_in_the_first_of_two_weeks_is_found(height):
    phone, sessions = history(2 * WEEK, seed=4)
    phone[900:920] = height
    assert found(phone, sessions, [(900, 920)]) == ([True], 1)


@pytest.mark.parametrize("height", [10, 20, 50, 300])
def test_two_equal_surges_at_the_same_hour_of_different_weekdays_are_both_found(height):
    phone, sessions = history(2 * WEEK, seed=5)
    spans = [(1992, 2012), (1992 + 5 * DAY, 2012 + 5 * DAY)]
    for first, last in spans:
        phone[first:last] = height
    assert found(phone, sessions, spans) == ([True, True], 2)


def test_an_hour_high_in_two_of_two_weeks_is_season_and_in_two_of_six_is_not():
    for weeks, news in ((2, False), (6, True)):
        phone, sessions = history(weeks * WEEK, seed=6)
        spans = [(1200, 1220), (1200 + WEEK, 1220 + WEEK)]
        for first, last in spans:
            phone[first:last] = 20
        assert found(phone, sessions, spans)[0] == [news, news], weeks


def test_a_surge_in_sessions_is_not_learnt_as_season_either():
    phone, sessions = history(2 * WEEK, seed=7)
    first = len(phone) - 600
    phone[first : first + 24] *= 40
    sessions[first - 3 : first + 24] *= 40
    (surge,) = analyse({}, {}, {"start": START, "step": 300, "sessions": sessions}, {"channels": {"phone": phone}})
    assert surge.verdict == "traffic"


@pytest.mark.parametrize("height", [3.0, 30.0, 3000.0])
def test_what_is_usual_does_not_depend_on_how_large_a_single_surge_is(height):
    phone, _ = history(2 * WEEK, base=1.0, seed=8)
    phone[3000:3020] += height
    learnt = usual_of(phone)
    assert learnt.expected[3000:3020].max() < 3.0


@pytest.mark.long
def test_a_line_that_grew_tenfold_in_a_year_is_learnt_and_not_cut():
    _, sessions = history(52 * WEEK, seed=9)
    grown = np.random.default_rng(9).poisson(np.geomspace(0.5, 5.0, len(sessions))).astype(float)
    learnt = usual_of(grown)
    assert learnt.expected[-WEEK:].mean() == pytest.approx(5.0, rel=0.1)
    assert learnt.expected[:WEEK].mean() == pytest.approx(0.5, rel=0.1)
    surges = analyse({}, {}, {"start": START, "step": 300, "sessions": sessions}, {"channels": {"phone": grown}})
    assert len(surges) <= 12 * FALSE_A_MONTH  # a year of noise may show so many
    assert all(s.false_a_month is not None and s.false_a_month > FALSE_A_MONTH / 2 for s in surges)


@pytest.mark.parametrize("size", [1.0, 0.05])
def test_two_quiet_weeks_of_a_call_centre_have_no_surge(size):
    """The first week is cut off: on its first Monday nobody has waited over a Sunday yet."""
    for seed in range(3000, 3003):
        world = call_centre(seed, causes=(), days=21, size=size)
        friction, performance, traffic, contacts = world.inputs
        late = slice(7 * 288, None)
        surges = analyse(
            {key: line[late] for key, line in friction.items()},
            {name: np.asarray(line)[late] for name, line in performance.items()},
            {**traffic, "start": traffic["start"] + 7 * 86400, "sessions": traffic["sessions"][late]},
            {"channels": {name: line[late] for name, line in contacts["channels"].items()}},
            **world.options,
        )
        assert surges == []
