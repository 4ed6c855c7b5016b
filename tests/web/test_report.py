"""The report: the pages as one file, on a phone and on a desk, in the dark too."""

import re

import pytest

from collector.web.report import report, write_report
from collector.web.scope import read_scope
from tests.surges.sample import found, surge
from tests.web.planted import END, EVIL


@pytest.fixture
def scope(store, settings):
    return read_scope(store, settings, {"since": "3d", "simulated": "1"}, END)


@pytest.fixture
def text(scope):
    return report(
        scope, found(surge(), surge(start=surge().start - 7200), sources=("rum", "simulated")), "", ["A note."]
    )


async def test_it_needs_nothing_but_itself_and_has_every_page(text):
    assert not re.search(r'(src|href)="(?!#)', text), "it needs nothing but itself"
    assert "<script" not in text
    assert EVIL not in text
    assert re.findall(r'<section id="(\w+)"', text) == [
        "surges",
        "friction",
        "journeys",
        "releases",
        "surveys",
        "operations",
    ]


async def test_it_shows_every_surge_in_full_with_reasons_numbers_and_method(text):
    assert text.count("Contacts are 3.2×") == 2
    assert text.count("Rage clicks on “Pay” (/checkout) hit 60 sessions where 2 are usual.") == 2
    assert "Simulated traffic is included." in text
    assert "A note." in text
    assert "method: test 1" in text


async def test_without_surges_it_shows_that_contacts_are_as_usual(scope):
    assert "Contacts are as usual: no surge from" in report(scope, found())


async def test_a_time_that_cannot_be_judged_is_not_called_as_usual(scope):
    text = report(scope, None, "contacts are in only through yesterday")
    assert "Cannot say whether contacts are as usual" in text
    assert "contacts are in only through yesterday" in text
    assert "Contacts are as usual" not in text


async def test_the_name_of_a_site_cannot_become_markup(scope):
    evil = "/<script>alert(1)</script>|rage_click"
    text = report(scope, found(surge(keys=[surge().keys[0] | {"key": evil}]), friction=evil))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


@pytest.mark.parametrize(("width", "shown"), [(360, "narrow"), (1280, "wide")])
async def test_it_fits_and_shows_the_drawings_that_can_be_read_there(browser, axe, scope, tmp_path, width, shown):
    path = write_report(tmp_path / "report.html", scope, found(surge()))
    page = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme="dark")
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    await page.goto(path.as_uri())
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    visible = page.locator("figure.chart svg >> visible=true")
    assert await visible.count() > 0
    assert set(await visible.evaluate_all("all => all.map(one => one.getAttribute('class'))")) == {shown}
    await page.evaluate(axe)
    result = await page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [one["id"] for one in result["violations"] if one["impact"] in ("serious", "critical")] == []
    assert errors == []
    await page.close()
