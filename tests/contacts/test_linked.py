"""Linked evidence: only of those who agreed, and with an interval that says how little it may be."""

import uuid
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from collector.commands.contacts.linked import evidence
from collector.contacts.files import Refused, contacts
from collector.metrics.risk_ratio import risk_ratio
from collector.store import Contact
from collector.store.queries import contacts as contact_queries
from tests.conftest import NOW, beacon, event
from tests.store.test_store import keep

START = datetime.fromtimestamp(NOW / 1000, UTC)


def contact(n: int, ref: str, hours: float) -> Contact:
    at = START + timedelta(hours=hours)
    return Contact("desk", f"c{n}", 1, 0, at, "phone", "Phone", "", "", "", "", ref)


def linked(store):
    rows = contact_queries.linked(
        store, app="shop", start=START - timedelta(hours=1), end=START + timedelta(days=2), sources=["rum"]
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def test_a_contact_is_linked_by_its_code_within_a_day_and_only_with_consent(store):
    agreed, other, refused = (str(uuid.uuid4()) for _ in range(3))
    keep(store, beacon(event("page_view"), event("rage_click"), session_id=agreed, consent="full"))
    keep(store, beacon(event("page_view"), session_id=other, consent="full"))
    keep(store, beacon(event("page_view"), event("rage_click"), session_id=refused, consent="measurement"))
    store.add_contacts([contact(1, agreed[:8], 2), contact(2, refused[:8], 2), contact(3, other, 30)])
    assert linked(store) == {"": (2, 1), "rage_click": (1, 1)}


def test_two_calls_of_one_visitor_are_one_visit_in_contact(store):
    session = str(uuid.uuid4())
    keep(store, beacon(event("page_view"), session_id=session, consent="full"))
    store.add_contacts([contact(1, session[:8], 1), contact(2, session, 3), contact(3, "", 1)])
    assert linked(store)[""] == (1, 1)


def test_a_code_that_is_none_is_refused_with_what_would_be_right():
    lines = [
        "source_contact_id,created_ts,channel,session_ref",
        "1,2026-11-20T10:00:00Z,phone,3F2A9C01",
        "2,2026-11-20T10:00:00Z,phone,my session",
    ]
    good, bad = contacts(lines, source="desk", imported_ms=NOW + 10**9)
    assert isinstance(good, Contact)
    assert good.session_ref == "3f2a9c01"
    assert isinstance(bad, Refused)
    assert "expected the code of snag.sessionRef()" in bad.message


def test_evidence_says_both_shares_and_how_much_more_often():
    visits, in_contact, (one,) = evidence([("", 500, 40), ("rage_click", 100, 20)])
    assert (visits, in_contact) == (500, 40)
    assert (one["others"], one["others_in_contact"]) == (400, 20)
    assert one["risk_ratio"] == pytest.approx(4.0)


def test_with_few_visits_nothing_is_claimed():
    _, _, (one,) = evidence([("", 500, 40), ("rage_click", 20, 15)])
    assert one["risk_ratio"] is None


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(4)
    covered = 0
    for _ in range(4000):
        a, b = rng.binomial(300, 0.06), rng.binomial(2000, 0.02)
        found = risk_ratio(300, int(a), 2000, int(b))
        covered += found.interval_95.low <= 3.0 <= found.interval_95.high
    assert 0.94 <= covered / 4000 <= 0.965


def test_without_any_effect_it_is_seldom_called_one():
    rng = np.random.default_rng(5)
    wrong = 0
    for _ in range(4000):
        found = risk_ratio(300, int(rng.binomial(300, 0.03)), 2000, int(rng.binomial(2000, 0.03)))
        wrong += not found.interval_95.low <= 1.0 <= found.interval_95.high
    assert wrong / 4000 <= 0.06


@pytest.mark.parametrize("wrong", [(10, 11, 50, 5), (40, -1, 50, 5), (40, 3, 50, 51)])
def test_counts_that_are_no_shares_are_refused(wrong):
    with pytest.raises(ValueError, match="are no shares"):
        risk_ratio(*wrong)
