"""Visitors of the demo's shop: people with a real browser each, who search, choose, and try to pay."""

from __future__ import annotations

import asyncio
import contextlib
from statistics import median
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error, Page, ViewportSize

from collector.demo.clock import ShiftedClock
from collector.demo.recording import Visit

WORDS = ("bowl", "kettle", "knife", "board", "pan")
SCREENS = (
    ViewportSize(width=1280, height=800),
    ViewportSize(width=390, height=844),
    ViewportSize(width=1440, height=900),
)
PATIENCE_MS = 6_000
"""How long a visitor waits for anything before giving up."""
LAST_BEACON_S = 10.0


async def arrive(browser: Browser, shop_url: str, number: int) -> Page:
    """A visitor's own empty window; `number` varies its size."""
    screen = SCREENS[number % len(SCREENS)]
    context = await browser.new_context(base_url=shop_url, viewport=screen, has_touch=screen["width"] < 500)
    context.set_default_timeout(PATIENCE_MS)
    return await context.new_page()


async def visit(page: Page, shop_url: str, clock: ShiftedClock, *, number: int, broken: bool) -> Visit:
    """Walk through the shop once and close the window. `number` varies what is done; for `broken` visitors Pay does
    nothing."""
    context = page.context
    done = Visit(clock())
    try:
        if broken:
            await context.add_cookies([{"name": "fault", "value": "pay", "url": shop_url}])
        await context.add_init_script(clock.init_script())
        page.on("request", lambda request: _record(request, done))
        with contextlib.suppress(Error):  # somebody whose page does not answer gives up; what was seen counts
            done.hit = await _shop(page, number, broken)
        await _last_beacon(page)
    finally:
        await _close(context)
    return done


async def _shop(page: Page, number: int, broken: bool) -> bool:
    """From the home page as far as this visitor goes; True if the broken Pay was met."""
    await page.goto("/")
    if number % 20 == 19:
        return False  # just looking
    if number % 8 == 3:  # most take one of the favourites
        await page.get_by_role("searchbox").fill(WORDS[number % len(WORDS)])
        await page.keyboard.press("Enter")
        await page.locator("#results a").first.click()
    else:
        await page.locator(".cards a").nth(number % 4).click()
    await page.get_by_role("button", name="Add to cart").click()
    await page.locator("#toasts").get_by_text("cart").first.wait_for()
    await page.get_by_role("link", name="Cart").first.click()
    if number % 10 == 7:
        return False  # rather not
    if number % 4 == 2:
        await page.get_by_role("button", name="One more").first.click()
    await page.get_by_role("link", name="Checkout").click()
    await page.get_by_label("Name").fill("A visitor")
    await page.get_by_label("Address").fill("1 Demo Street")
    await page.get_by_label("Card number").fill("4242 4242 4242 4242")
    pay = page.get_by_role("button", name="Pay")
    if not broken:
        await pay.click()
        await page.wait_for_url("**/thanks*")
        return False
    for pause_ms in (300, 250, 350, 200, 300)[: 4 + number % 2]:
        await pay.click()
        await page.wait_for_timeout(pause_ms)
    await page.wait_for_timeout(1100)  # perhaps something happens yet
    if number % 3 == 0:
        await page.get_by_role("link", name="Help", exact=True).click()
    return True


def _record(request: Any, done: Visit) -> None:
    if request.url.endswith("/v1/beacons") and request.method == "POST" and (body := request.post_data):
        done.bodies.append(body)


async def _last_beacon(page: Page) -> None:
    """Closing a context can drop the beacon that is under way: wait until the collector has acknowledged it."""
    with contextlib.suppress(Error, TimeoutError):
        async with asyncio.timeout(LAST_BEACON_S):
            await page.evaluate("() => window.snag && window.snag.flush()")


async def _close(context: BrowserContext) -> None:
    with contextlib.suppress(Error, TimeoutError):
        async with asyncio.timeout(5):
            await context.close()


async def measure_ttfb_ms(browser: Browser, shop_url: str, at_once: int) -> float:
    """Median time to the first byte of the shop's pages on this machine, ms, while `at_once` people look at it."""

    async def look() -> list[float]:
        context = await browser.new_context(base_url=shop_url)
        try:
            await context.route("**/v1/beacons", lambda route: route.abort())
            page = await context.new_page()
            found = []
            for path in ("/", "/search?q=bowl", "/help"):
                await page.goto(path)
                found.append(await page.evaluate("performance.getEntriesByType('navigation')[0].responseStart"))
            return found
        finally:
            await context.close()

    looks = await asyncio.gather(*(look() for _ in range(at_once)))
    return median(ms for look_ms in looks for ms in look_ms)
