"""Faults put into a gallery from outside: each must be reported for what it is."""

from __future__ import annotations

from typing import Any, NamedTuple

from playwright.async_api import Browser, Page

from benchmarks.agent_sweep.galleries import Galleries
from benchmarks.agent_sweep.harmless import open_gallery


class Fault(NamedTuple):
    """What goes wrong, how often the visitor clicks, what must be reported."""

    script: str
    """Run with the control as `element`: what the page's own handlers never hear."""
    clicks: int
    expected: tuple[str, ...]
    sorts: tuple[str, ...] = ("button", "choice", "link", "list")


HEARD = "for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'touchstart', 'click', 'keydown', 'keyup', 'change', 'input', 'focusin', 'focus']) "
SWALLOW = (
    HEARD
    + "addEventListener(type, event => { if (event.composedPath().includes(element)) { event.stopImmediatePropagation(); event.preventDefault(); %s } }, true);"
)

FAULTS = {
    "handler swallowed": Fault(SWALLOW % "", 1, ("dead_click",)),
    "handler swallowed, clicked on": Fault(SWALLOW % "", 4, ("dead_click", "rage_click")),
    "handler throws": Fault(
        SWALLOW % "if (type === 'click') throw new TypeError('it is broken');", 1, ("error_click",)
    ),
    "request refused": Fault(SWALLOW % "if (type === 'click') fetch('/fails');", 1, ("failed_action", "error_click")),
    "request late": Fault(
        SWALLOW
        % "if (type === 'click') fetch('/late').then(answer => answer.text()).then(() => document.body.append('Done at last.'));",
        1,
        ("slow_step",),
    ),
    "layer on top": Fault(
        "const { x, y, width, height } = element.getBoundingClientRect(); const layer = document.createElement('div');"
        "layer.style.cssText = `position:fixed;z-index:99999;left:${x - 5}px;top:${y - 5}px;width:${width + 10}px;height:${height + 10}px`; document.body.append(layer);",
        4,
        ("dead_click", "rage_click"),
    ),
    "state put back": Fault(
        "let own = false; addEventListener('click', event => { if (own || !event.composedPath().includes(element)) return;"
        "setTimeout(() => { own = true; element.click(); own = false; }, 120); }, true);",
        4,
        ("dead_click", "rage_click"),
        ("choice",),
    ),
    "navigation dropped": Fault(SWALLOW % "", 1, ("dead_click",), ("link",)),
}
STATE = "key => { const one = sweepElement(key); return [one.checked, ...['aria-checked', 'aria-selected', 'aria-pressed', 'aria-expanded'].map(name => one.getAttribute(name))].join(); }"
LATE_MS = 3600
AFTER_MS = 5200
RIVALS_MS = 8500
"""Sentry waits seven seconds for an answer."""


class Trial(NamedTuple):
    """One control with one fault."""

    gallery: str
    fault: str
    key: str
    missing: tuple[str, ...]


async def try_fault(
    browser: Browser, galleries: Galleries, gallery: str, name: str, controls: list[str]
) -> list[Trial]:
    """Put the fault into a few controls, one after the other, each on a page of its own."""
    trials = []
    fault = FAULTS[name]
    for number, key in enumerate(controls):
        visit = f"{name.replace(' ', '-').replace(',', '')}-{gallery}-{number}"
        page = await open_gallery(browser, galleries, gallery, visit)
        await page.route("**/late", _late)
        place = await _prepare(page, key)
        if place:
            await page.evaluate(f"key => {{ const element = sweepElement(key); {fault.script} }}", key)
            await page.mouse.move(place["x"], place["y"])
            await page.wait_for_timeout(500)
            before = await page.evaluate(STATE, key)
            for _ in range(fault.clicks):
                await page.mouse.click(place["x"], place["y"], delay=20)
                await page.wait_for_timeout(230)
            is_broken = before == await page.evaluate(STATE, key) or "dead_click" not in fault.expected
            await page.wait_for_timeout(AFTER_MS if not galleries.product else RIVALS_MS)
            await page.goto("about:blank")
            await page.wait_for_timeout(300)
            kinds = {report.kind for report in galleries.reports(visit)}
            # a radio button cannot be put back by another click: that is no fault
            if is_broken:
                trials.append(Trial(gallery, name, key, tuple(one for one in fault.expected if one not in kinds)))
        await page.context.close()
    return trials


async def _prepare(page: Page, key: str) -> Any:
    await page.evaluate("sweepControls()")
    return await page.evaluate("key => sweepPlace(key)", key)


async def _late(route: Any) -> None:
    import asyncio

    await asyncio.sleep(LATE_MS / 1000)
    await route.fulfill(body="late")
