"""Plays episodes in a real Chromium, many side by side, and hands back what the agent told."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.async_api import Browser

from benchmarks.agent_accuracy.episodes import Episode
from benchmarks.agent_accuracy.site import Sites, kind
from benchmarks.agent_accuracy.visitor import Visitor
from synthetic.browser import launched

NO_FRICTION = {
    "page_view", "web_vital", "resource_timing", "input_refused", "help_opened", "help_search", "contact_opened",
}  # fmt: skip
TRIES = 3


@dataclass(frozen=True)
class Played:
    """One episode, played once."""

    episode: Episode
    seed: int
    kinds: frozenset[str] = frozenset()
    """Kinds of friction that were told."""
    fault: str = ""
    """What went wrong with the playing or with a beacon; such an episode has no place in the score."""

    @property
    def missed(self) -> frozenset[str]:
        """What had to be told and was not."""
        return self.episode.expected - self.kinds

    @property
    def invented(self) -> frozenset[str]:
        """What was told and is not so."""
        return self.kinds - self.episode.expected - self.episode.allowed


async def play(episodes: Sequence[Episode], seeds: Sequence[int], sites: Sites, at_once: int) -> list[Played]:
    """Play each episode once for each seed."""
    free = asyncio.Semaphore(at_once)
    async with launched() as (browser, _):

        async def one(episode: Episode, seed: int) -> Played:
            async with free:
                for _ in range(TRIES):
                    played, stalled = await _once(browser, sites, episode, seed)
                    if not stalled and not played.fault:
                        break
                return played

        return list(await asyncio.gather(*(one(e, seed) for seed in seeds for e in episodes)))


async def _once(browser: Browser, sites: Sites, episode: Episode, seed: int) -> tuple[Played, bool]:
    """What came of it, and whether the machine stalled under the visitor's hands."""
    place = sites.place()
    context = await browser.new_context(has_touch=episode.touch, accept_downloads=True)
    try:
        visitor = Visitor(await context.new_page(), sites, place, seed)
        await episode.play(visitor)
        for page in context.pages:
            await page.goto("about:blank")
        await asyncio.sleep(0.3)
    except Exception:
        return Played(episode, seed, fault=traceback.format_exc(limit=-3)), False
    finally:
        await context.close()
    fault = f"the collector refused {place.refused}" if place.refused else ""
    kinds = frozenset(kind(event) for event in place.events()) - NO_FRICTION
    return Played(episode, seed, kinds, fault), visitor.stalled
