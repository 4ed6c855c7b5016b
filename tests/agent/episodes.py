"""What visitors do on the pages, and what the agent should say of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page, async_playwright

from tests.agent.shopfront import Site, chromium, kind

AT_ONCE = 16
"""Pages played side by side: they mostly wait."""

AGAIN = 2
"""How often an episode may be played again, alone."""

TIMINGS = {"page_view", "web_vital", "resource_timing", "input_refused"}

Visit = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True)
class Episode:
    """One page, what a visitor does there, and the kinds that must be reported; the others must not be."""

    page: str
    visit: Visit
    expected: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    name: str = ""
    html: str = ""
    """The page itself, where it is written beside its test."""

    @property
    def id(self) -> str:
        """Its name in the test's report."""
        return self.name or self.page

    def told_by(self, played: "Played") -> bool:
        """Everything that must be reported was, and nothing else."""
        return self.expected <= played.kinds <= self.expected | self.allowed


@dataclass
class Played:
    """What came of an episode."""

    events: list = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> set[str]:
        """Kinds of friction that were reported; a refusal of a field weighs nothing."""
        return {kind(event) for event in self.events} - TIMINGS


def clicks(on: str = "#b", times: int = 1, every: float = 0.25, before: float = 0.4, after: float = 3.6) -> Visit:
    """Click so many times, then wait long enough for a verdict."""

    async def visit(page: Page) -> None:
        await page.wait_for_timeout(before * 1000)
        box = await page.locator(on).first.bounding_box(timeout=5000)
        assert box, on
        x, y = box["x"] + min(box["width"] / 2, 60), box["y"] + box["height"] / 2
        await page.mouse.move(x, y)
        for i in range(times):
            if i:
                await page.wait_for_timeout(every * 1000)
            await page.mouse.click(x, y)
        await page.wait_for_timeout(after * 1000)

    return visit


def clicks_at_once(on: str = "#b", times: int = 4, every: float = 0.2, after: float = 8) -> Visit:
    """Click on without waiting for a page that is blocked."""

    async def visit(page: Page) -> None:
        await page.wait_for_timeout(400)
        box = await page.locator(on).bounding_box()
        assert box
        async with asyncio.TaskGroup() as hand:
            for _ in range(times):
                hand.create_task(page.mouse.click(box["x"] + 5, box["y"] + 5))
                await asyncio.sleep(every)
        await page.wait_for_timeout(after * 1000)

    return visit


def in_frame(on: str, times: int, after: float = 3.6) -> Visit:
    """As `clicks`, in the page's frame."""

    async def visit(page: Page) -> None:
        await page.wait_for_timeout(500)
        for _ in range(times):
            await page.frame_locator("iframe").locator(on).click()
            await page.wait_for_timeout(150)
        await page.wait_for_timeout(after * 1000)

    return visit


def many(*steps: Visit) -> Visit:
    """One after the other."""

    async def visit(page: Page) -> None:
        for step in steps:
            await step(page)

    return visit


def presses(on: str, key: str, after: float = 3.6) -> Visit:
    """Focus and press a key."""

    async def visit(page: Page) -> None:
        await page.wait_for_timeout(400)
        await page.locator(on).focus()
        await page.keyboard.press(key)
        await page.wait_for_timeout(after * 1000)

    return visit


async def play_all(episodes: Iterable[Episode]) -> dict[str, Played]:
    """Play episodes side by side in one browser, each on a site of its own.

    On a loaded machine the scripted hand is late: clicks meant 0.8 s apart come after 1.5 s, a page is clicked before it
    has begun. So what came out otherwise than it should is played again by itself, and that counts.
    """
    episodes = list(episodes)
    gate = asyncio.Semaphore(AT_ONCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium())

        async def one(episode: Episode) -> tuple[str, Played]:
            async with gate:
                return episode.id, await play(browser, episode)

        played = dict(await asyncio.gather(*map(one, episodes)))
        for episode in episodes * AGAIN:
            if not episode.told_by(played[episode.id]):
                played[episode.id] = await play(browser, episode)
        await browser.close()
    return played


async def play(browser: Browser, episode: Episode) -> Played:
    """Play one; the page is left at the end, so that an exit is part of each."""
    played = Played()
    async with Site() as site:
        context = await browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = await context.new_page()
        page.on("console", lambda said: played.faults.append(said.text) if said.text.startswith("snag:") else None)
        site.inline = {episode.page: episode.html}
        await page.goto(site.page(episode.page))
        await episode.visit(page)
        await page.goto("about:blank")
        await asyncio.sleep(0.3)
        await context.close()
        played.events, played.refused = site.events(), site.refused
    return played
