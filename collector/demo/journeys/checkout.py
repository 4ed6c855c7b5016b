"""The demo shop's checkout, as a synthetic visitor."""

from playwright.async_api import Page

from synthetic import journey, step


@journey("checkout", every="5m", timeout="45s", slow="2.5s")
async def checkout(page: Page) -> None:
    """Search, put something into the cart, pay."""
    async with step("search"):
        await page.goto("/")
        await page.get_by_role("searchbox").fill("kettle")
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="Results for").wait_for()
    async with step("add to cart"):
        await page.locator("#results a").first.click()
        await page.get_by_role("button", name="Add to cart").click()
        await page.get_by_role("status").get_by_text("is in your cart").wait_for()
    async with step("checkout"):
        await page.goto("/cart")
        await page.get_by_role("link", name="Checkout").click()
        await page.get_by_label("Name").fill("A journey")
        await page.get_by_label("Address").fill("1 Demo Street")
        await page.get_by_label("Card number").fill("4242 4242 4242 4242")
    async with step("pay", slow="3s"):
        await page.get_by_role("button", name="Pay").click()
        await page.get_by_role("heading", name="Thank you").wait_for()
