"""One browser for each file of tests, one small site and one context for each test."""

import pytest_asyncio
from playwright.async_api import async_playwright

from tests.agent.shopfront import Site, chromium


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium())
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def site():
    async with Site() as site:
        yield site
        assert not site.refused


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser):
    context = await browser.new_context()
    page = await context.new_page()
    faults: list[str] = []

    def heard(said) -> None:
        if said.text.startswith("snag:") and "refused" not in said.text:
            faults.append(said.text)

    page.on("console", heard)
    yield page
    await context.close()
    assert faults == []
