"""The figures and sentences of one surge agree with each other, wherever a reader finds them."""

import pytest

from collector.correlate import Surge, analyse
from tests.correlate.call_centre import call_centre
from tests.correlate.small_shop import small_shop
from tests.correlate.test_analyse import START, with_surge


def told() -> list[Surge]:
    surges: list[Surge] = []
    for scenario in ("broken-pay", "slow-backend", "sale"):
        for seed in range(1000, 1003):
            world = small_shop(scenario, seed)
            surges += analyse(*world.inputs, **world.options)
    world = call_centre(570, causes=("friction", "infrastructure", "traffic"))
    return surges + analyse(*world.inputs, **world.options)


@pytest.fixture(scope="module")
def surges() -> list[Surge]:
    found = told()
    assert {s.verdict for s in found} >= {"friction", "infrastructure", "traffic"}
    return found


def test_no_more_contacts_are_attributed_than_were_observed(surges):
    for surge in surges:
        for part in [surge, *surge.keys]:
            low, middle, high = (
                part[name] if isinstance(part, dict) else getattr(part, name)
                for name in ("attributed_low", "attributed", "attributed_high")
            )
            bounds = [value for value in (low, middle, high) if value is not None]
            assert bounds == sorted(bounds)
            assert all(value <= surge.observed for value in bounds)


def test_the_cause_that_holds_explains_what_is_attributed_to_it_and_says_so(surges):
    checked = 0
    for surge in surges:
        for rival in surge.rivals:
            if rival["state"] == "holds" and surge.attributed is not None:
                share = min(1.0, surge.attributed / surge.extra)
                assert rival["explained"] == pytest.approx(share)
                assert f"about {share:.0%} of the" in rival["reason"]
                checked += 1
    assert checked >= 8


def infrastructure_reason(worse_from: int, worse_to: int, times: float) -> str:
    friction, performance, traffic, contacts = with_surge()
    performance["ttfb_p75_ms"][worse_from:worse_to] *= times
    (surge,) = analyse(friction, performance, traffic, contacts)
    assert surge.start >= START
    (rival,) = [rival for rival in surge.rivals if rival["cause"] == "infrastructure"]
    assert (rival["state"], rival["explained"]) == ("ruled_out", 0.0)
    return rival["reason"]


def test_a_site_as_fast_as_usual_is_said_to_be_no_worse_than_usual():
    assert infrastructure_reason(0, 0, 1.0) == "Response times and server errors were no worse than usual."


def test_a_site_slow_since_long_before_is_said_to_be_hardly_worse_than_just_before():
    reason = infrastructure_reason(1800, 1960, 2.0)
    assert reason == "ttfb_p75_ms was 2.0 times its usual value, but hardly worse than just before."
