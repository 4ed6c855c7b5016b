"""Uses every control of a gallery as a person would: every report is a false alarm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from benchmarks.agent_sweep.galleries import Galleries

VISITOR = (Path(__file__).parent / "visitor.js").read_text(encoding="utf-8")
PAUSE_MS = 800
"""A person looks at what came of it."""

UNCOUNTED = {"page_view", "web_vital", "resource_timing", "input_refused", "form_abandonment"}
"""What is typed into a gallery is sent nowhere: that is what form_abandonment means."""

REAL = {"page_error", "error_click"}


@dataclass
class Use:
    """One use of one control."""

    key: str
    sort: str
    at: float
    """ms since 1970 by the page's clock."""
    changed: bool = False
    chosen: bool = False
    """It was the chosen one already: nothing has to change."""


@dataclass
class Visit:
    """What a visitor did in a gallery, and what was reported."""

    gallery: str
    hand: str
    uses: list[Use] = field(default_factory=list)
    alarms: list[tuple[str, str]] = field(default_factory=list)
    """Kind, and the control that was used last before."""

    @property
    def id(self) -> str:
        """Its name among the visits."""
        return f"calm-{self.hand}-{self.gallery}"


async def open_gallery(
    browser: Browser, galleries: Galleries, name: str, visit: str, heard: Callable[[Any], None] | None = None
) -> Page:
    """A gallery in a context of its own; `heard` is told what the page throws."""
    context = await browser.new_context(
        viewport={"width": 1100, "height": 900}, has_touch=True, permissions=["clipboard-read", "clipboard-write"]
    )
    page = await context.new_page()
    page.set_default_timeout(60_000)
    if heard:
        page.on("pageerror", heard)
    page.on("dialog", lambda dialog: dialog.dismiss())
    await page.add_init_script(VISITOR)
    await page.goto(f"{galleries.origin}/gallery/{name}/{visit}")
    await page.wait_for_timeout(1200)
    return page


HANDS = ("mouse", "finger", "keys")
"""How a visitor uses a page: each gallery is gone through once with each."""

KEYS = {"choice": "Space", "slider": "ArrowRight", "select": "ArrowDown", "list": "Space"}


async def use(page: Page, control: dict[str, Any], place: dict[str, float], hand: str) -> bool:
    """Use one control once; False where this hand cannot."""
    x, y = place["x"], place["y"]
    sort = control["sort"]
    if sort == "slider" and place["width"] > 60:
        x += place["width"] * 0.2
    if hand == "keys" or sort == "select":
        if not await page.evaluate(FOCUS, control["key"]):
            return False
        if sort != "text":
            await page.keyboard.press(KEYS.get(sort, "Enter"))
    elif hand == "finger":
        await page.touchscreen.tap(x, y)
    else:
        await page.mouse.move(x, y)
        await page.wait_for_timeout(60)
        await page.mouse.click(x, y, delay=30)
    if sort == "text":
        await page.keyboard.type("ab", delay=15)
    if sort == "slider" and hand == "mouse":
        await page.keyboard.press("ArrowRight")
    return True


FOCUS = "key => { const one = sweepElement(key); if (one.tabIndex < 0 || one.matches('[role=treeitem]')) return false; one.focus(); return one.matches(':focus'); }"
"""Only what the Tab key reaches: the others are reached by arrows, of which the widget keeps count."""


async def sweep(browser: Browser, galleries: Galleries, name: str, hand: str, most: int) -> Visit:
    """Use each control of a gallery once, and what opens with it."""
    visit = Visit(name, hand)
    errors: list[object] = []
    page = await open_gallery(browser, galleries, name, visit.id, lambda error: errors.append(error))
    seen: set[str] = set()
    stuck = 0
    while len(visit.uses) < most and stuck < 4:
        fresh = [control for control in await page.evaluate("sweepControls()") if control["key"] not in seen]
        for control in fresh:
            place = await page.evaluate("key => sweepPlace(key)", control["key"])
            if place:
                seen.add(control["key"])
                break
        else:
            # something lies on top of all that is left
            stuck += 1
            await page.keyboard.press("Escape")
            await page.mouse.click(1095, 5)
            await page.wait_for_timeout(PAUSE_MS)
            if not fresh:
                break
            continue
        await page.wait_for_timeout(100)
        done = Use(control["key"], control["sort"], await page.evaluate("Date.now()"), chosen=control["chosen"])
        before = await page.evaluate("sweepLook()")
        if not await use(page, control, place, hand):
            continue
        visit.uses.append(done)
        await page.wait_for_timeout(PAUSE_MS)
        done.changed = before != await page.evaluate("sweepLook()")
    await page.wait_for_timeout(3000)
    await page.goto("about:blank")
    await page.wait_for_timeout(400)
    await page.context.close()
    for report in galleries.reports(visit.id):
        if report.kind in UNCOUNTED or (report.kind in REAL and errors):
            continue  # the library itself has thrown
        last = [one for one in visit.uses if one.at <= report.at + 20]
        where = f"{last[-1].key}{'' if last[-1].changed else ', no change'}" if last else "load"
        visit.alarms.append((report.kind, f"{where} ({report.about})"))
    return visit
