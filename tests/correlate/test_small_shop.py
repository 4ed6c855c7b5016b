"""The five things a small shop can show, with planted truth."""

import numpy as np
import pytest

from collector.correlate import analyse, as_dict
from tests.correlate.small_shop import VERDICTS, small_shop

SEEDS = range(1000, 1004)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_broken_button_is_called_friction_and_its_page_comes_first(seed):
    world = small_shop("broken-pay", seed)
    (surge,) = analyse(*world.inputs, **world.options)
    assert surge.verdict == "friction"
    assert {key["key"].split("|")[0] for key in surge.keys} == {world.page}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_slow_backend_is_called_infrastructure(seed):
    world = small_shop("slow-backend", seed)
    (surge,) = analyse(*world.inputs, **world.options)
    assert surge.verdict == "infrastructure"
    assert surge.keys == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sale_is_called_traffic(seed):
    world = small_shop("sale", seed)
    (surge,) = analyse(*world.inputs, **world.options)
    assert surge.verdict == "traffic"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_billing_run_nobody_announced_stays_unexplained(seed):
    world = small_shop("billing-run", seed)
    (surge,) = analyse(*world.inputs, **world.options)
    assert surge.verdict == "unexplained"
    assert surge.event is None


@pytest.mark.parametrize("seed", SEEDS)
def test_an_announced_billing_run_explains_its_surge(seed):
    world = small_shop("billing-run", seed, annotated=True)
    (surge,) = analyse(*world.inputs, **world.options)
    assert (surge.verdict, surge.event) == ("event", "March bills")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_quiet_shop_has_no_surge(seed):
    world = small_shop("quiet", seed)
    assert analyse(*world.inputs, **world.options) == []


def test_an_announcement_does_not_hide_friction():
    world = small_shop("broken-pay", 1000, annotated=True)
    (surge,) = analyse(*world.inputs, **world.options)
    assert surge.verdict == "friction"


def test_a_surge_that_goes_on_reaches_the_end_of_the_data():
    world = small_shop("broken-pay", 1001)
    (surge,) = analyse(*world.inputs, **world.options)
    assert world.now - surge.end <= 30 * 60
    assert abs(surge.start - (world.now - 85 * 60)) <= 45 * 60
    assert surge.start < surge.detected_at <= surge.end


def test_every_rival_has_its_say_in_a_sentence():
    world = small_shop("broken-pay", 1002)
    (surge,) = analyse(*world.inputs, **world.options)
    assert {rival["cause"] for rival in surge.rivals} == {"friction", "infrastructure", "traffic", "event"}
    assert all(rival["reason"].endswith(".") for rival in surge.rivals)
    assert [rival["cause"] for rival in surge.rivals if rival["state"] == "holds"] == ["friction"]


def test_the_same_input_gives_the_same_answer():
    world = small_shop("broken-pay", 1003)
    first, second = (analyse(*world.inputs, **world.options) for _ in range(2))
    assert [as_dict(s) for s in first] == [as_dict(s) for s in second]


def test_the_inputs_are_left_as_they_were():
    world = small_shop("sale", 1000)
    before = {name: np.array(line) for name, line in world.inputs[0].items()}
    analyse(*world.inputs, **world.options)
    for name, line in before.items():
        np.testing.assert_array_equal(world.inputs[0][name], line)


@pytest.mark.long
@pytest.mark.parametrize("scenario", VERDICTS)
def test_the_verdict_is_right_for_nearly_every_seed(scenario):
    right = 0
    for seed in range(2000, 2050):
        world = small_shop(scenario, seed)
        right += [s.verdict for s in analyse(*world.inputs, **world.options)] == [VERDICTS[scenario]]
    assert right >= 48
