"""The busy site: what must never be said, and what is mostly found."""

import numpy as np
import pytest

from collector.correlate import Surge, analyse
from tests.correlate.call_centre import Incident, World, call_centre


def surges_of(surges: list[Surge], world: World, incident: Incident) -> list[Surge]:
    start = world.inputs[2]["start"]
    first, last = start + incident.first * 300 - 1800, start + incident.last * 300 + 3600
    return [s for s in surges if s.start < last and s.end > first]


def verdicts(seeds: range, cause: str) -> list[str]:
    found: list[str] = []
    for seed in seeds:
        world = call_centre(seed, causes=(cause,))
        surges = analyse(*world.inputs, **world.options)
        found += [s.verdict for incident in world.incidents for s in surges_of(surges, world, incident)]
    return found


def test_weeks_around_a_clock_change_without_incidents_have_no_surge():
    for seed in range(500, 504):
        world = call_centre(seed, causes=())
        assert analyse(*world.inputs, **world.options) == []


def test_friction_nobody_calls_about_is_no_surge():
    assert verdicts(range(510, 512), "silent") == []


def test_calls_about_something_else_are_not_put_on_the_site():
    said = verdicts(range(520, 522), "outside")
    assert len(said) >= 4
    assert set(said) == {"unexplained"}


def test_a_campaign_is_called_traffic():
    said = verdicts(range(530, 532), "traffic")
    assert len(said) >= 4
    assert said.count("traffic") >= 0.9 * len(said)
    assert "friction" not in said


def test_slowness_is_never_called_friction_though_it_makes_friction():
    said = verdicts(range(540, 542), "infrastructure")
    assert said.count("infrastructure") >= 0.8 * len(said)
    assert "friction" not in said


@pytest.mark.long
def test_friction_that_starts_after_the_calls_is_hardly_ever_blamed():
    said = verdicts(range(550, 560), "trap")  # one verdict in thirteen is wrong: two worlds cannot tell that from 10 %
    assert len(said) >= 35
    assert said.count("friction") <= 0.1 * len(said)


@pytest.mark.long
def test_p_is_as_small_as_it_says_where_friction_falls_on_any_day():
    """Friction series moved by whole days: what coincides with surges from outside is then chance alone."""
    small = total = 0
    for seed in range(600, 660):
        world = call_centre(seed, causes=("outside", "silent", "silent"))
        friction, *others = world.inputs
        days = int(np.random.default_rng(seed).integers(1, 30))
        moved = {key: np.roll(line, 288 * days) for key, line in friction.items()}
        surges = analyse(moved, *others, **world.options)
        found = [s for i in world.incidents if i.cause == "outside" for s in surges_of(surges, world, i)]
        small += sum(s.p is not None and s.p <= 0.05 for s in found)
        total += len(found)
    assert total >= 100
    assert 0.01 <= small / total <= 0.10


def test_missing_hours_are_missing_and_not_quiet():
    world = call_centre(560, causes=())
    channels = world.inputs[3]["channels"]
    for name in channels:
        channels[name][4000:4100] = np.nan
        channels[name][7000:7012] = -1
    assert analyse(*world.inputs, **world.options) == []
