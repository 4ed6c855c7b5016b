"""One story stays one story when it is told again, and the next hours can be staffed."""

import dataclasses

import numpy as np
import pytest

from collector.correlate import amended, analyse
from collector.correlate.confidence import MOST_SURE, confidence
from collector.correlate.forecast import to_come
from tests.correlate.small_shop import small_shop


@pytest.fixture(scope="module")
def surge():
    world = small_shop("broken-pay", 1001)
    (found,) = analyse(*world.inputs, **world.options)
    return found


def moved(surge, minutes, length=0):
    return dataclasses.replace(surge, start=surge.start + 60 * minutes, end=surge.end + 60 * (minutes + length))


def test_a_surge_that_grew_is_the_same_surge(surge):
    longer = moved(surge, -10, 40)
    assert amended([surge], [longer]) == [(surge, longer)]


def test_what_is_new_and_what_has_gone_stand_alone(surge):
    other = moved(surge, 600)
    assert amended([surge], [other]) == [(surge, None), (None, other)]


def test_one_surge_is_matched_once_and_with_what_shares_most(surge):
    near, far = moved(surge, 5), moved(surge, 25)
    assert amended([surge], [far, near]) == [(surge, near), (None, far)]


def test_a_surge_that_goes_on_says_how_many_contacts_are_to_come(surge):
    assert surge.verdict == "friction"
    assert 0 <= surge.to_come_low < surge.to_come < surge.to_come_high


def test_only_surges_that_end_later_are_judged(surge):
    world = small_shop("broken-pay", 1001)
    (found,) = analyse(*world.inputs, **world.options, since=surge.end - 300)
    assert (found.start, found.verdict, found.keys[0]["key"]) == (
        surge.start,
        surge.verdict,
        surge.keys[0]["key"],
    )
    assert analyse(*world.inputs, **world.options, since=surge.end + 86400) == []


def test_a_surge_is_not_shown_before_it_began(surge):
    assert surge.start < surge.detected_at <= surge.end


def test_who_was_hit_already_is_still_to_call_and_no_more_if_it_ends():
    dose = np.array([0.0, 0, 12, 12, 12, 12])
    weights = np.array([0.0, 0.5, 0.5])
    ahead = to_come(dose, weights, 6, 12, 0.5, 0.4, 0.6)
    # of the last two bins 1.0 and 0.5 of the dose are still to come
    assert ahead.low == pytest.approx(0.4 * 18)
    assert ahead.low < ahead.contacts < ahead.high


def test_no_verdict_is_certain():
    for verdict in ("friction", "infrastructure", "traffic", "event", "unexplained"):
        for value in (-50.0, 0.0, 50.0):
            sure = confidence(verdict, dict.fromkeys(("z", "p", "gain", "misfit"), value))
            assert 1 - MOST_SURE <= sure <= MOST_SURE
