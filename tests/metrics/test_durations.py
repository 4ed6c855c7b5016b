"""How long something takes, though some of it still goes on."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from collector.metrics.durations import _ranks, kaplan_meier, quantile
from collector.metrics.opening_hours import BadHours, OpeningHours

BERLIN = ZoneInfo("Europe/Berlin")


def sample(seed, n=200, ties=False):
    random = np.random.default_rng(seed)
    took, seen = random.exponential(100, n), random.exponential(150, n)
    if ties:
        took, seen = np.ceil(took / 20) * 20, np.ceil(seen / 20) * 20
    return np.minimum(took, seen), took <= seen


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_the_curve_is_that_of_statsmodels(seed, ties):
    seconds, ended = sample(seed, ties=ties)
    oracle = SurvfuncRight(seconds, ended.astype(int))
    times, survival, variance = kaplan_meier(seconds, ended)
    keep = np.isin(oracle.surv_times, times)
    assert survival == pytest.approx(oracle.surv_prob[keep])
    inside = survival > 0
    assert survival[inside] * np.sqrt(variance[inside]) == pytest.approx(oracle.surv_prob_se[keep][inside])


@pytest.mark.parametrize("q", [0.5, 0.9])
@pytest.mark.parametrize("seed", range(5))
def test_a_quantile_and_its_interval_are_those_of_statsmodels(seed, q):
    seconds, ended = sample(seed, 400)
    oracle = SurvfuncRight(seconds, ended.astype(int))
    found = quantile(seconds, ended, q)
    assert found.value == pytest.approx(oracle.quantile(q))
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = oracle.quantile_ci(q, method="cloglog")
    if np.isfinite(low):
        assert found.interval_95.low == pytest.approx(low, rel=0.03)
    if np.isfinite(high) and np.isfinite(found.interval_95.high):
        assert found.interval_95.high == pytest.approx(high, rel=0.03)


@pytest.mark.parametrize("n", [30, 57, 100, 1000])
@pytest.mark.parametrize("q", [0.5, 0.9])
def test_ranks_leave_at_most_a_fortieth_on_either_side(n, q):
    low, high = _ranks(n, q)
    if low >= 1:
        assert stats.binom.cdf(low - 1, n, q) <= 0.025 < stats.binom.cdf(low, n, q)
    if high <= n:
        assert stats.binom.sf(high - 1, n, q) <= 0.025 < stats.binom.sf(high - 2, n, q)


@pytest.mark.parametrize("q", [0.5, 0.9])
@pytest.mark.parametrize("censored", [False, True])
def test_the_interval_holds_the_truth_as_often_as_it_says(q, censored):
    random = np.random.default_rng(7)
    truth, held, tries = -100 * np.log(1 - q), 0, 1500
    for _ in range(tries):
        took = random.exponential(100, 150)
        seen = random.exponential(400, 150) if censored else np.full(150, np.inf)
        low, high = quantile(np.minimum(took, seen), took <= seen, q).interval_95
        held += low <= truth <= high
    assert 0.93 <= held / tries <= 0.985


def test_dropping_what_still_waits_would_flatter_and_we_do_not():
    seconds = np.concatenate([np.full(60, 10.0), np.full(40, 500.0)])
    ended = np.concatenate([np.ones(60, bool), np.zeros(40, bool)])
    assert quantile(seconds, ended, 0.5).value == 10
    assert quantile(seconds, ended, 0.9) is None  # fewer than nine in ten have ended


def test_a_median_by_hand():
    seconds, ended = np.array([1.0, 2, 3, 4, 5]), np.array([True, False, True, True, True])
    # 1: 4/5; 3: of three at risk one ends, 8/15; 4: 4/15, the first below a half
    assert quantile(seconds, ended, 0.5).value == 4


def test_the_desk_is_open_as_the_clock_on_the_wall_shows_over_a_change_of_time():
    hours = OpeningHours.parse("Mo-Fr 09:00-17:00, Su 01:00-05:00", BERLIN)
    friday = datetime(2026, 10, 23, 16, 30, tzinfo=BERLIN).timestamp()
    monday = datetime(2026, 10, 26, 9, 15, tzinfo=BERLIN).timestamp()
    # half an hour on Friday, five hours on the Sunday that has the hour from two to three twice, a quarter on Monday
    assert hours.seconds(np.array([friday]), np.array([monday]))[0] == 1800 + 5 * 3600 + 900


def test_the_business_clock_agrees_with_counting_minutes():
    hours = OpeningHours.parse("Mo-We 08:00-12:00, Mo 13:00-24:00, Sa-Su 10:00-11:30", ZoneInfo("UTC"))
    start = datetime(2026, 11, 16, tzinfo=UTC).timestamp()
    minutes = start + 60 * np.arange(7 * 1440)
    is_open = hours.seconds(minutes, minutes + 60) > 0
    random = np.random.default_rng(2)
    for a, b in np.sort(random.integers(0, 7 * 1440, (50, 2)), axis=1):
        assert hours.seconds(minutes[[a]], minutes[[b]])[0] == 60 * is_open[a:b].sum()
    assert is_open.sum() == 3 * 240 + 660 + 2 * 90


@pytest.mark.parametrize("text", ["", "9-5", "Mo-Xx 09:00-10:00", "Mo 10:00-09:00", "Mo 09:00-25:00", "Mo 09:61-10:00"])
def test_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(BadHours, match="expected"):
        OpeningHours.parse(text, BERLIN)
