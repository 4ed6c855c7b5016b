"""Synthetic journeys: what a visitor does, written with Playwright's own `page`, measured for friction.

from synthetic import journey, step

@journey("checkout", every="5m", timeout="60s", slow="2.5s")
async def checkout(page):
    async with step("open the shop"):
        await page.goto("/")
"""

from synthetic.journey import Journey, journey, step

__all__ = ["Journey", "journey", "step"]
