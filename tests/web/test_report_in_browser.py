"""The report where it is read: on a phone and on a desk, in the dark too."""

import pytest

from tests.browser import browser  # noqa: F401 (a fixture)
from tests.web.test_report import found, render, surge


@pytest.mark.parametrize(("width", "shown"), [(360, "narrow"), (1280, "wide")])
async def test_it_fits_and_shows_the_plot_that_can_be_read_there(browser, tmp_path, width, shown):  # noqa: F811
    path = tmp_path / "report.html"
    path.write_text(render(found(surge())), encoding="utf-8")
    page = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme="dark")
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    await page.goto(path.as_uri())
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.locator(f".{shown} svg").is_visible()
    assert await page.locator("svg >> visible=true").count() == 1
    assert (
        await page.locator("h1").inner_text()
        == "Contacts are 3.2× what this time usually brings: 171 instead of 53 (+118)."
    )
    assert errors == []
