"""The page on which people try the signals by hand."""

import asyncio
import shutil

import pytest

PLAYGROUND = "agent/playground/serve.mjs"


@pytest.fixture
async def playground(root):
    if not shutil.which("node") or not (root / "agent/node_modules/esbuild").exists():
        pytest.skip("the playground needs node and `npm install` in agent/")
    process = await asyncio.create_subprocess_exec("node", PLAYGROUND, "0", cwd=root, stdout=asyncio.subprocess.PIPE)
    try:
        yield (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
    finally:
        process.terminate()
        await process.communicate()


@pytest.mark.parametrize("width", [1280, 390])
async def test_the_playground_shows_each_activation_and_what_is_sent(browser_once, playground, width):
    page = await browser_once.new_page(viewport={"width": width, "height": 800})
    await page.goto(playground)
    stage = page.frame_locator("iframe")
    await stage.locator("#dead").click()
    await page.locator("#records .none").wait_for(timeout=20_000)
    assert "#dead" in await page.locator("#records").inner_text()
    await page.locator("#events .dead_click").wait_for(timeout=20_000)
    await stage.locator("#plus").click()
    await page.locator("#records .acknowledged").wait_for(timeout=20_000)
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture
async def browser_once():
    from synthetic.browser import launched

    async with launched() as (found, _):
        yield found
