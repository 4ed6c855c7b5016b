"""Every scenario gets the right verdict, with nothing told to the analysis, however the dice fall."""

import pytest

from collector.demo.rehearse import rehearse
from collector.demo.scenarios import SCENARIOS


def hold(name: str, seed: int) -> None:
    scenario = SCENARIOS[name]
    surges = rehearse(scenario, seed)
    if not scenario.staged:
        assert surges == []
        return
    assert [surge.verdict in scenario.staged for surge in surges] == [True], [surge.verdict for surge in surges]
    if scenario.pay_fault_share:
        assert surges[0].keys[0]["key"].startswith("/checkout|")
    if scenario.annotation:
        assert surges[0].event == scenario.annotation[1]


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_rehearsed_afternoon_gets_the_right_verdict(name):
    for seed in range(100, 103):
        hold(name, seed)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", SCENARIOS)
def test_fifty_rehearsed_afternoons_get_the_right_verdict(name):
    for seed in range(50):
        hold(name, seed)
