"""Each statistic against a slow obvious one, planted truth, or pure noise."""

import numpy as np
import pytest

from collector.correlate.counts import deviance_z, excess_variance, summed
from collector.correlate.evidence import false_discovery_rates
from collector.correlate.lag import best_run, delay_shapes, delayed, fit
from collector.correlate.surge import Window, bounds


def test_sums_by_group_are_those_of_a_loop():
    rng = np.random.default_rng(1)
    values, group = rng.normal(size=200), rng.integers(0, 9, 200)
    slow = [sum(v for v, g in zip(values, group, strict=True) if g == k) for k in range(10)]
    np.testing.assert_allclose(summed(values, group, 10), slow, atol=1e-12)


@pytest.mark.parametrize(("mean", "excess"), [(2.0, 0.0), (20.0, 0.0), (4.0, 0.2), (300.0, 0.02)])
def test_scores_of_pure_noise_are_normal_into_the_tail(mean, excess):
    rng = np.random.default_rng(2)
    size = 400_000
    rate = rng.gamma(1 / excess, excess * mean, size) if excess else mean
    z = deviance_z(rng.poisson(rate, size).astype(float), np.full(size, mean), excess)
    assert 0.1 * 0.00135 <= np.mean(z > 3) <= 1.5 * 0.00135


@pytest.mark.parametrize("excess", [0.02, 0.1])
def test_the_excess_variance_of_noise_is_found(excess):
    rng = np.random.default_rng(3)
    mean = rng.uniform(20, 200, 4000)
    seen = rng.poisson(mean * rng.gamma(1 / excess, excess, 4000)).astype(float)
    assert float(excess_variance(seen, mean, guess=0.05, weight=20.0)) == pytest.approx(excess, rel=0.25)


def test_surges_hardly_raise_the_excess_variance():
    rng = np.random.default_rng(4)
    mean = np.full(2000, 100.0)
    seen = rng.poisson(mean * rng.gamma(50, 1 / 50, 2000)).astype(float)
    with_surges = seen.copy()
    with_surges[::20] *= 1.5
    clean, struck = (float(excess_variance(s, mean, guess=0.05, weight=20.0)) for s in (seen, with_surges))
    assert struck <= 1.5 * clean


def test_the_best_run_is_that_of_all_runs():
    rng = np.random.default_rng(5)
    for _ in range(50):
        score = rng.normal(-0.2, 1, 25)
        first, last = best_run(score)
        best = max(score[a:b].sum() for a in range(25) for b in range(a + 1, 26))
        assert score[first:last].sum() == pytest.approx(best) if best > 0 else (first, last) == (0, 0)


def test_a_dose_is_delayed_as_a_plain_convolution_would():
    rng = np.random.default_rng(6)
    dose, delays = rng.poisson(2, 150).astype(float), delay_shapes(300)
    slow = np.array([np.convolve(dose, weights)[:150] for weights in delays.weights])
    np.testing.assert_allclose(delayed(dose, delays), slow, atol=1e-8)


def test_delay_shapes_bring_every_contact_once():
    delays = delay_shapes(300)
    np.testing.assert_allclose(delays.weights.sum(1), 1)
    assert (delays.weights >= 0).all()


@pytest.mark.parametrize("effect", [0.1, 0.4])
def test_a_planted_effect_is_found(effect):
    rng = np.random.default_rng(7)
    dose, mean = np.zeros(120), np.full(120, 3.0)
    dose[30:70] = 20.0
    delays = delay_shapes(300)
    reach = delayed(dose, delays)
    shape = 12
    counts = rng.poisson(mean + effect * reach[shape]).astype(float)
    fitted = fit(counts, mean, reach, 1.0)
    assert fitted.per_dose[shape] == pytest.approx(effect, rel=0.15)
    assert fitted.gain[shape] > 20


def test_an_effect_that_is_not_there_gains_nothing():
    rng = np.random.default_rng(8)
    dose = np.zeros(120)
    dose[30:70] = 20.0
    reach = delayed(dose, delay_shapes(300))[:1]
    gains = [fit(rng.poisson(3.0, 120).astype(float), np.full(120, 3.0), reach, 1.0).gain[0] for _ in range(300)]
    assert np.mean(np.array(gains) > 1.353) <= 0.09  # 5 % of a half chi-square, one-sided


def test_bounds_reach_from_rise_to_fall():
    rng = np.random.default_rng(9)
    mean = np.full(600, 2.0)
    counts = rng.poisson(mean).astype(float)
    counts[300:330] += rng.poisson(6, 30)
    first, last = bounds(counts, mean, Window(306, 324, 9.0, 310), 12)
    assert abs(first - 300) <= 2
    assert abs(last - 330) <= 2


def test_q_values_are_those_of_the_definition():
    p_values = [0.001, 0.2, None, 0.03, 0.04]
    known = sorted(p for p in p_values if p is not None)
    slow = [
        None if p is None else min(known[j] * len(known) / (j + 1) for j in range(len(known)) if known[j] >= p)
        for p in p_values
    ]
    for q, expected in zip(false_discovery_rates(p_values), slow, strict=True):
        assert q == (None if expected is None else pytest.approx(expected))
