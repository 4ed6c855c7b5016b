"""The demo shop's checkout, as a synthetic visitor."""

from playwright.async_api import Page

from synthetic import journey, step


@journey("checkout", every="5m", timeout="45s", slow="2.5s")
async def checkout(page: Page) -> None:
    """Search, put something into the cart, pay."""
    async with step("open the shop"):
        await page.goto("/")
