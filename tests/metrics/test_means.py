"""Every interval against the packages that define it, and by how often it holds a planted truth."""

import numpy as np
import pytest
from scipy import stats

from collector.metrics.intervals import wilson
from collector.metrics.means import count, mean, net_promoter_score, ratio, resampled_ratio, t95


@pytest.mark.parametrize("freedom", [6, 9, 29, 100, 10_000])
def test_students_t_is_that_of_scipy(freedom):
    assert t95(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=2e-4)


@pytest.mark.parametrize(("hits", "n"), [(0, 30), (1, 31), (17, 40), (860, 1060), (40, 40)])
def test_a_share_has_wilsons_interval(hits, n):
    oracle = stats.binomtest(hits, n).proportion_ci(method="wilson")
    assert wilson(hits, n) == pytest.approx((oracle.low, oracle.high), abs=1e-6)


def test_a_mean_has_students_interval():
    values = np.random.default_rng(1).integers(1, 8, 45).astype(float)
    oracle = stats.t.interval(0.95, 44, values.mean(), stats.sem(values))
    assert mean(45, values.mean(), values.var(ddof=1)).interval_95 == pytest.approx(oracle, abs=1e-4)


def test_the_score_is_the_difference_of_shares_by_hand():
    assert net_promoter_score(5, 3, 2).value == pytest.approx(30)
    assert net_promoter_score(0, 0, 4).value == -100


@pytest.mark.parametrize(("width", "usual", "worst"), [(10, 235, 385), (5, 938, 1537), (3, 2604, 4269)])
def test_the_sample_that_a_score_needs_is_the_one_in_the_docs(width, usual, worst):
    for n, promoters, detractors in ((usual, 0.4, 0.2), (worst, 0.5, 0.5)):
        found = net_promoter_score(
            round(n * promoters), n - round(n * promoters) - round(n * detractors), round(n * detractors)
        )
        assert found.interval_95 is not None
        assert (found.interval_95.high - found.interval_95.low) / 2 == pytest.approx(width, rel=0.18)


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.8, 0.15, 0.05), (0.34, 0.33, 0.33), (0.02, 0.08, 0.9)])
@pytest.mark.parametrize("n", [30, 50, 200])
def test_the_scores_interval_holds_the_truth_as_often_as_it_says(shares, n):
    random = np.random.default_rng(n)
    truth = 100 * (shares[0] - shares[2])
    held = 0
    for p, neutral, d in random.multinomial(n, shares, size=4000):
        low, high = net_promoter_score(int(p), int(neutral), int(d)).interval_95
        held += low <= truth <= high
    assert 0.935 <= held / 4000 <= 0.98


def test_a_ratio_holds_the_truth_as_often_as_it_says_though_days_differ():
    random = np.random.default_rng(3)
    held = 0
    for _ in range(3000):
        sessions = random.poisson(random.gamma(20, 50, 28)).astype(float)
        contacts = random.poisson(sessions * 0.02 * random.gamma(10, 0.1, 28)).astype(float)
        low, high = ratio(contacts, sessions, 1000).interval_95
        held += low <= 20 <= high
    assert 0.93 <= held / 3000 <= 0.97


def test_a_ratio_is_the_ratio_of_sums_not_the_mean_of_ratios():
    assert ratio(np.array([1.0, 2, 30]), np.array([100.0, 100, 1000]), 1000).value == pytest.approx(27.5)


def test_a_ratio_over_nearly_nothing_has_no_interval():
    found = ratio(np.array([1.0, 0, 0]), np.array([1.0, 0, 0]))
    assert found.interval_95 is None


def test_the_speed_of_answer_is_the_answered_ones_and_holds_the_truth():
    random = np.random.default_rng(4)
    held = 0
    for _ in range(150):
        answered = random.poisson(30, 96).astype(float)
        waits = random.gamma(2, 10, 96) * answered
        low, high = resampled_ratio(waits, answered, random).interval_95
        held += low <= 20 <= high
    assert held / 150 >= 0.87  # 95 % less three standard errors of 150 tries and the bootstrap's own lack
    assert resampled_ratio(np.full(10, 90.0), np.full(10, 3.0), random).value == pytest.approx(30)


def test_too_little_is_refused():
    for call in (
        lambda: net_promoter_score(0, 0, 0),
        lambda: mean(1, 3.0, 0.0),
        lambda: ratio(np.ones(2), np.ones(2)),
        lambda: ratio(np.ones(3), np.zeros(3)),
        lambda: resampled_ratio(np.ones(9), np.ones(9), np.random.default_rng(0)),
    ):
        with pytest.raises(ValueError, match=r"."):
            call()


def test_a_count_spreads_as_its_days_do():
    by_day = np.array([10.0, 12, 8, 11, 9, 10, 10])
    found = count(70, by_day, 7)
    half = stats.t.ppf(0.975, 6) * by_day.std(ddof=1) * np.sqrt(7)
    assert found.interval_95 == pytest.approx((70 - half, 70 + half), abs=0.01)
    assert count(33, by_day[:3], 3).interval_95 is None
