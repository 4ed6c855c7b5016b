"""A visitor with a mouse, a keyboard and a seed: every pause, aim and wrapping differs from seed to seed."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

from playwright.async_api import Locator, Page

from benchmarks.agent_accuracy.site import Document, Place, Sites

LATE_S = 0.35
"""A click that comes this much later than the visitor meant it: the machine stalled, the episode says nothing."""


class Visitor:
    """Someone on one site. Selectors are Playwright's; seconds everywhere."""

    def __init__(self, page: Page, sites: Sites, place: Place, seed: int) -> None:
        self.page, self.sites, self.place = page, sites, place
        self.rng = random.Random(seed)
        self.stalled = False

    # The site

    def serve(self, path: str, body: str, **more: Any) -> None:
        """Put a page on the site; `more` are fields of Document."""
        self.place.documents[path] = Document(self.wrapped(body), **more)

    async def open(self, body: str, path: str = "start", **more: object) -> None:
        """Put a page on the site and go there."""
        self.serve(path, body, **more)
        await self.go(path)

    async def go(self, path: str) -> None:
        """Go to a page of the site as from the address bar, and look at it for a moment."""
        await self.page.goto(f"{self.sites.origin}/at/{self.place.key}/{path}", wait_until="load")
        await self.pause(0.4, 0.9)

    async def library(self, name: str, path: str = "start", query: str = "") -> None:
        """Go to a page that was made with npm packages: `name` is its file in widgets/pages."""
        style = f"<link rel=stylesheet href=/bundles/{name}.css>" if self.sites.has(f"{name}.css") else ""
        head = f"{style}<script defer src=/bundles/{name}.js></script>"
        self.serve(path, "", head=head)
        self.place.documents[path].body = "<div id=root></div>"
        await self.go(path + query)

    def wrapped(self, body: str) -> str:
        """The same page by another author: other wrappers, other class names, something before it."""
        for _ in range(self.rng.randrange(3)):
            tag = self.rng.choice(["div", "section", "main", "article"])
            body = f'<{tag} class="{self.word()}">{body}</{tag}>'
        return f"{self.rng.choice(['', '<h1>Welcome</h1>', '<p>Good day.</p>'])}{body}"

    def word(self) -> str:
        """A class name such as tools make them."""
        return "".join(self.rng.choices("abcdefghjkmnpqrstuvwxyz", k=6))

    def control(self, text: str, id: str = "go", more: str = "") -> str:
        """A control as sites write one: a button, or something that plays one."""
        inner = self.rng.choice([text, f"<span>{text}</span>", f"<b><i>{text}</i></b>"])
        start = self.rng.choice(
            [
                "button type=button",
                'div role=button tabindex=0 style="cursor:pointer;width:9rem"',
                "button",
                'a role=button tabindex=0 style="cursor:pointer"',
                f'button class="{self.word()}"',
            ]
        )
        return f"<{start} id={id} {more}>{inner}</{start.split()[0]}>"

    # What the visitor does

    async def pause(self, low: float, high: float | None = None) -> None:
        """Do nothing for some time between low and high."""
        await asyncio.sleep(self.rng.uniform(low, low if high is None else high))

    async def at(self, target: str | Locator) -> tuple[float, float]:
        """A point that one would aim at: near the middle of what is there."""
        place = self.page.locator(target).first if isinstance(target, str) else target
        await place.scroll_into_view_if_needed(timeout=5000)
        box = await place.bounding_box()
        assert box, f"{target} has no box"
        off = [self.rng.uniform(-0.15, 0.15) for _ in "xy"]
        return box["x"] + box["width"] * (0.5 + off[0]), box["y"] + box["height"] * (0.5 + off[1])

    async def click(self, target: str | Locator, times: int = 1, gap: tuple[float, float] = (0.15, 0.45)) -> None:
        """Click with the mouse, once or in a burst with gaps in seconds between the clicks."""
        x, y = await self.at(target)
        await self.page.mouse.move(x, y, steps=2)
        due = time.monotonic()
        for turn in range(times):
            if turn:
                due += self.rng.uniform(*gap)
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                x, y = x + self.rng.uniform(-1.5, 1.5), y + self.rng.uniform(-1.5, 1.5)
                await self.page.mouse.move(x, y)
            await self.page.mouse.down()
            await asyncio.sleep(self.rng.uniform(0.02, 0.06))
            await self.page.mouse.up()
            if times > 1 and time.monotonic() - due > LATE_S:
                self.stalled = True

    async def tap(self, target: str, times: int = 1, gap: tuple[float, float] = (0.15, 0.45)) -> None:
        """Tap with a finger."""
        x, y = await self.at(target)
        for turn in range(times):
            if turn:
                await self.pause(*gap)
            await self.page.touchscreen.tap(x, y)

    async def keys(self, text: str) -> None:
        """Type where the focus is."""
        await self.page.keyboard.type(text, delay=self.rng.uniform(20, 60))

    async def press(self, key: str, times: int = 1, gap: tuple[float, float] = (0.2, 0.5)) -> None:
        """Press a key, once or several times."""
        for turn in range(times):
            if turn:
                await self.pause(*gap)
            await self.page.keyboard.press(key)

    async def fill(self, target: str, text: str) -> None:
        """Click into a field and type."""
        await self.click(target)
        await self.keys(text)
        await self.pause(0.1, 0.3)

    async def clear(self, target: str) -> None:
        """Empty a field by hand."""
        await self.click(target)
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.press("Delete")
        await self.pause(0.1, 0.3)

    async def settle(self) -> None:
        """Stay until everything that waits for two seconds has been judged."""
        await self.pause(2.8, 3.3)
