"""Uses every control of a gallery as a person would: every report is a false alarm."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from benchmarks.agent_sweep.galleries import Galleries
from collector.events import Event

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


@dataclass
class Visit:
    """What a visitor did in a gallery, and what was reported."""

    gallery: str
    uses: list[Use] = field(default_factory=list)
    alarms: list[tuple[str, str]] = field(default_factory=list)
    """Kind, and the control that was used last before."""


def kind(event: Event) -> str:
    return str(event.__struct_config__.tag)


async def open_gallery(browser: Browser, galleries: Galleries, name: str, visit: str) -> Page:
    context = await browser.new_context(
        viewport={"width": 1100, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    page = await context.new_page()
    page.set_default_timeout(8000)
    page.on("dialog", lambda dialog: dialog.dismiss())
    await page.add_init_script(VISITOR)
    await page.goto(f"{galleries.origin}/gallery/{name}/{visit}")
    await page.wait_for_timeout(1200)
    return page


async def use(page: Page, control: dict[str, Any], place: dict[str, float]) -> None:
    """Use one control once."""
    x, y = place["x"], place["y"]
    if control["sort"] == "slider" and place["width"] > 60:
        x += place["width"] * 0.2
    await page.mouse.move(x, y)
    await page.wait_for_timeout(60)
    if control["sort"] == "select":
        await page.evaluate("key => sweepElement(key).focus()", control["key"])
        await page.keyboard.press("ArrowDown")
        return
    await page.mouse.click(x, y, delay=30)
    if control["sort"] == "text":
        await page.keyboard.type("ab", delay=15)
    if control["sort"] == "slider":
        await page.keyboard.press("ArrowRight")


async def sweep(browser: Browser, galleries: Galleries, name: str, most: int) -> Visit:
    """Use each control of a gallery once, and what opens with it."""
    visit = Visit(name)
    page = await open_gallery(browser, galleries, name, f"calm-{name}")
    errors: list[object] = []
    page.on("pageerror", errors.append)
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
        done = Use(control["key"], control["sort"], await page.evaluate("Date.now()"))
        before = await page.evaluate("sweepLook()")
        await use(page, control, place)
        visit.uses.append(done)
        await page.wait_for_timeout(PAUSE_MS)
        done.changed = before != await page.evaluate("sweepLook()")
    await page.wait_for_timeout(3000)
    await page.goto("about:blank")
    await page.wait_for_timeout(400)
    await page.context.close()
    for event in galleries.events(f"calm-{name}"):
        if kind(event) in UNCOUNTED or (kind(event) in REAL and errors):
            continue  # the library itself has thrown
        last = [one for one in visit.uses if one.at <= event.client_ts + 20]
        visit.alarms.append(
            (
                kind(event),
                f"{last[-1].key if last else 'load'} ({getattr(event, 'target', '') or getattr(event, 'error_message', '')})",
            )
        )
    return visit
