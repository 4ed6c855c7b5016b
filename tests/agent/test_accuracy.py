"""The corpus by which the agent is measured: a part of it, and all of it."""

import asyncio

import pytest

from benchmarks.agent_accuracy.__main__ import register
from benchmarks.agent_accuracy.episodes import ALL, PLAIN, WIDGETS, Episode
from benchmarks.agent_accuracy.play import Played, play
from benchmarks.agent_accuracy.score import Score, scores, told
from benchmarks.agent_accuracy.site import Sites
from benchmarks.agent_accuracy.widgets.bundles import NoPackages, bundles

register()

QUICK = {
    "button_without_a_handler", "rage_beside_a_ticker", "dead_beside_a_ticker", "only_a_beacon_is_sent",
    "promise_of_the_handler_rejects", "server_answers_500", "rejects_with_a_plain_word",
    "result_after_seconds_of_a_spinner", "server_refuses_twice", "back_at_once",
    "stepper", "menu_opens_on_pointerdown", "debounced_filter", "loop_of_the_resize_observer", "chat", "order_is_sent",
    "refused_once_and_mended", "read_and_then_back", "sent_on_by_a_redirect", "toast_that_goes_away",
}  # fmt: skip
TARGETS = {
    "rage_click": 0.9, "dead_click": 0.9, "error_click": 0.9, "page_error": 0.9, "slow_step": 0.85,
    "form_abandonment": 0.8, "validation_loop": 0.8, "field_refill": 0.8, "quick_back": 0.8,
}  # fmt: skip


async def played_once(episodes: list[Episode], sites: Sites, at_once: int) -> list[Played]:
    return await play(episodes, [1], sites, at_once)


@pytest.mark.long
async def test_a_part_of_the_corpus_is_judged_rightly() -> None:
    """A visit that a loaded machine spoilt is played again, alone."""
    chosen = [one for one in ALL if one.name in QUICK]
    assert len(chosen) == len(QUICK)
    async with Sites() as sites:
        for at_once in (10, 2, 1):
            played = await played_once(chosen, sites, at_once)
            chosen = [one.episode for one in played if one.fault or one.missed or one.invented]
            if not chosen:
                return
            await asyncio.sleep(1)
    pytest.fail(told(played))


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.parametrize(
    "sort",
    [
        PLAIN,
        pytest.param(
            WIDGETS,
            marks=pytest.mark.xfail(
                reason="rage beside fast carousels is at .82, below its target of .90: docs/accuracy.md"
            ),
        ),
    ],
)
async def test_the_whole_corpus_is_within_its_targets(sort: str) -> None:
    try:
        folder = bundles() if sort == WIDGETS else None
    except NoPackages as why:
        pytest.skip(str(why))
    async with Sites(folder) as sites:
        played = await played_once([one for one in ALL if one.sort == sort], sites, 8)
    below = [
        score for score in scores(played) if score.right + score.missed >= 4 and score.f1 < TARGETS.get(score.kind, 0)
    ]
    calm = [one for one in played if one.episode.harmless]
    assert not below, told(played)
    assert sum(bool(one.invented) for one in calm) <= 0.05 * len(calm), told(played)
    assert not [one for one in played if one.fault], told(played)


def test_what_is_allowed_counts_neither_way() -> None:
    rage = Episode("rage", _nobody, frozenset({"rage_click"}), frozenset({"dead_click"}), PLAIN)
    calm = Episode("calm", _nobody, frozenset(), frozenset(), PLAIN)
    played = [
        Played(rage, 1, frozenset({"rage_click", "dead_click"})),
        Played(rage, 2),
        Played(calm, 1, frozenset({"rage_click"})),
    ]
    assert scores(played) == [Score("rage_click", right=1, wrong=1, missed=1)]
    assert "false alarms in 1 of these (100.0 %)" in told(played)


async def _nobody(_: object) -> None:
    """A visit that is not made."""
