"""Verdicts that people confirm or refuse teach how far confidence is to be trusted on their site."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from collector.commands.contacts.review import chosen, reliability_table
from collector.correlate import AVERAGE, learn_reliability
from collector.correlate.reliability import Outcome
from collector.errors import Failed
from collector.store.queries.surges import Kept, Review
from collector.store.surges import keep_review, reviews
from collector.surges.find import reliability_of

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


def surge_id(n: int) -> UUID:
    return UUID(int=n << 96)


def test_a_later_review_of_the_same_surge_replaces_the_earlier_one(store):
    keep_review(store, "shop", Review(surge_id(1), "friction", 0.9, False), NOW)
    keep_review(store, "shop", Review(surge_id(1), "friction", 0.9, True), NOW.replace(hour=19))
    keep_review(store, "other", Review(surge_id(2), "friction", 0.9, False), NOW)
    assert reviews(store, "shop") == [Review(surge_id(1), "friction", 0.9, True)]


def test_refused_verdicts_lower_the_confidence_of_their_kind_alone(store):
    assert reliability_of(store, "shop") == AVERAGE
    for n in range(6):
        keep_review(store, "shop", Review(surge_id(n), "friction", 0.95, n == 0), NOW)
    learnt = reliability_of(store, "shop")
    assert learnt.applied("friction", 0.95) < 0.6
    assert learnt.applied("traffic", 0.95) == pytest.approx(0.95)


@pytest.mark.parametrize(("stated", "share"), [(0.95, 0.6), (0.6, 0.95)])
def test_confidence_comes_near_the_share_that_was_right(stated, share):
    outcomes = [Outcome("friction", stated, n < share * 200) for n in range(200)]
    assert learn_reliability(outcomes).applied("friction", stated) == pytest.approx(share, abs=0.04)


def test_a_surge_is_named_by_the_start_of_its_id():
    rows = [Kept(surge_id(n), "standing", NOW, 1, 1, "{}") for n in (0xABCD1, 0xABCD2, 0xEF)]
    assert chosen("000000ef", rows) is rows[2]
    with pytest.raises(Failed, match="may be several surges"):
        chosen("000abcd", rows)
    with pytest.raises(Failed, match="no surge with an id that starts with 'ffff'"):
        chosen("ffff", rows)


def test_reliability_is_printed_beside_what_was_stated():
    known = [Review(surge_id(n), "friction", 0.9, n < 3) for n in range(4)]
    assert reliability_table(known).splitlines()[1] == "  site friction: 3 of 4 right; stated 90 %"
