"""Mail in batches is no surge every hour."""

import numpy as np
from numpy.testing import assert_allclose

from collector.correlate.batches import unbatched
from collector.correlate.fit_shape import free_gain


def test_a_batch_is_spread_over_the_time_since_the_one_before():
    mail = np.zeros(1200)
    mail[23::24] = 48.0
    even = unbatched(mail, 12)
    assert_allclose(even, 2.0)


def test_a_channel_counted_as_it_comes_is_left_alone():
    chat = np.random.default_rng(1).poisson(0.8, 5000).astype(float)
    assert unbatched(chat, 12) is chat


def test_no_mail_is_lost_or_made_up_and_gaps_stay_gaps():
    mail = np.zeros(1200)
    mail[23::24] = 48.0
    mail[600:700] = np.nan
    even = unbatched(mail, 12)
    assert np.nansum(even) == np.nansum(mail)
    assert (np.isnan(even) == np.isnan(mail)).all()


def test_what_waits_after_the_last_batch_is_unknown_and_not_quiet():
    mail = np.zeros(1210)
    mail[23:1200:24] = 48.0
    even = unbatched(mail, 12)
    assert np.isnan(even[1200:]).all()
    assert np.isfinite(even[:1200]).all()


def naive_free_gain(counts, mean):
    def one(a, b):
        seen, usual = counts[a:b].sum(), mean[a:b].sum()
        return seen * np.log(seen / usual) - (seen - usual) if b - a >= 2 and seen > usual else 0.0

    n = len(counts)
    spans = [(a, b) for a in range(n + 1) for b in range(a, n + 1)]
    return max(one(*first) + one(*second) for first in spans for second in spans if second[0] >= first[1])


def test_two_free_stretches_are_found_as_the_slow_way_finds_them():
    for seed in range(5):
        rng = np.random.default_rng(seed)
        counts, mean = rng.poisson(3, 14).astype(float), rng.uniform(1, 4, 14)
        assert_allclose(free_gain(counts, mean), naive_free_gain(counts, mean))
