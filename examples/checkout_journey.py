"""A journey: what a visitor does, checked every five minutes.

snag journeys run examples/checkout_journey.py --base-url https://shop.example --app shop
"""

from synthetic import journey, step


@journey("checkout", every="5m", timeout="60s", slow="2.5s")
async def checkout(page):  # Playwright's own page
    async with step("open the cart"):
        await page.goto("/cart")
    async with step("pay", slow="3s"):
        await page.get_by_role("button", name="Pay").click()
        await page.get_by_text("Thank you").wait_for()
