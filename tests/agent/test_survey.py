"""The question that a visitor may be asked: off by default, polite, once a session, and answered by the ordinary beacon."""

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "snag-question >> section"
NOW = {"survey-share": "1", "survey-after": "0.1"}


async def asked(page, site, metric="csat", **more):
    await page.goto(site.page("plain", survey=metric, **{**NOW, **more}))
    await page.wait_for_selector(f"{QUESTION} >> h2:not(:empty)")


async def test_nobody_is_asked_unless_the_tag_says_so_and_the_file_is_not_even_fetched(page, site):
    wanted = []
    page.on("request", lambda request: wanted.append(request.url))
    await page.goto(site.page("plain"))
    await site.until("page_view")
    await page.wait_for_timeout(500)
    assert any("agent.js" in url for url in wanted)
    assert not any("agent-survey.js" in url for url in wanted)
    assert await page.locator("snag-question").count() == 0


@pytest.mark.parametrize(("metric", "buttons", "pick"), [("nps", 11, 0), ("csat", 5, 4), ("ces", 7, 7)])
async def test_an_answer_is_the_second_revision_of_the_question(page, site, metric, buttons, pick):
    await asked(page, site, metric, **{"survey-touchpoint": "thanks", "survey-version": "v2"})
    await site.true(lambda: site.events("survey_answer"), "the question was not told")
    assert not site.events("survey_answer")[0].answered
    scale = page.locator("snag-question [role=group] button")
    assert await scale.count() == buttons
    await scale.filter(has_text=str(pick)).first.click()
    await site.true(lambda: any(one.answered for one in site.events("survey_answer")), "no answer came")
    (answer,) = site.events("survey_answer")
    assert (answer.metric, answer.score, answer.touchpoint, answer.question_version) == (
        metric,
        pick,
        "thanks",
        "v2",
    )
    assert answer.revision == 1
    await page.wait_for_selector("snag-question", state="detached")


async def test_it_is_asked_once_in_a_session_however_it_ended(page, site):
    await asked(page, site)
    await page.goto(site.page("plain", survey="csat", **NOW))
    await page.wait_for_timeout(600)
    assert await page.locator("snag-question").count() == 0
    assert len(await site.until("survey_answer")) == 1


async def test_a_share_of_nought_asks_nobody_and_the_draw_holds_for_the_session(page, site):
    for more in ({**NOW, "survey-share": "0"}, NOW):
        await page.goto(site.page("plain", survey="nps", **more))
        await page.wait_for_timeout(500)
        assert await page.locator("snag-question").count() == 0


@pytest.mark.long
async def test_about_the_wanted_share_of_sessions_is_asked(browser, site):
    found = 0
    for _ in range(40):
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(site.page("plain", survey="nps", **{**NOW, "survey-share": "0.5"}))
        await page.wait_for_function("sessionStorage.getItem('snag.survey')")
        found += await page.evaluate("sessionStorage.getItem('snag.survey') === '\"chosen\"'")
        await context.close()
    assert 6 <= found <= 34  # outside it with a chance of 1e-6


@pytest.mark.parametrize("consent", ["none", "necessary"])
async def test_who_lets_nothing_be_kept_is_not_asked(page, site, consent):
    await page.goto(site.page("plain", survey="csat", consent=consent, **NOW))
    await page.wait_for_timeout(600)
    assert await page.locator("snag-question").count() == 0


async def test_it_can_be_answered_and_closed_by_keyboard_and_takes_no_focus(page, site):
    await asked(page, site, "csat")
    assert await page.evaluate("document.activeElement === document.body")
    await page.keyboard.press("Tab")
    inner = "document.querySelector('snag-question').shadowRoot.activeElement.textContent"
    assert await page.evaluate(inner) == "1"
    for _ in range(3):
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await site.true(lambda: any(one.answered for one in site.events("survey_answer")), "no answer came")
    assert site.events("survey_answer")[0].score == 4


async def test_escape_closes_it_without_an_answer(page, site):
    await asked(page, site)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    assert await page.locator("snag-question").count() == 0
    (question,) = await site.until("survey_answer")
    assert not question.answered


async def test_a_screen_reader_hears_the_question_its_scale_and_the_thanks(page, site):
    await asked(
        page,
        site,
        "csat",
        **{"survey-question": "How was it?", "survey-ends": "Bad|Good", "survey-thanks": "Merci"},
    )
    region = page.get_by_role("region", name="How was it?")
    assert await region.count() == 1
    assert await page.get_by_role("status").text_content() == "How was it?"
    names = await page.locator("snag-question [role=group] button").evaluate_all("all => all.map(b => b.ariaLabel)")
    assert names == ["1, Bad", "2", "3", "4", "5, Good"]
    assert await page.get_by_role("button", name="No, thanks").count() == 1
    await page.get_by_role("button", name="5, Good").click()
    assert await page.get_by_role("status").text_content() == "Merci"


async def test_nothing_moves_for_who_asked_for_less_motion_and_it_fits_a_small_screen(browser, site):
    for motion, moves in (("reduce", "none"), ("no-preference", "in")):
        context = await browser.new_context(reduced_motion=motion, viewport={"width": 320, "height": 480})
        page = await context.new_page()
        await page.goto(site.page("plain", survey="nps", **NOW))
        await page.wait_for_selector(f"{QUESTION} >> h2:not(:empty)")
        box = page.locator(QUESTION)
        assert await box.evaluate("it => getComputedStyle(it).animationName") == moves
        size = await box.bounding_box()
        assert size["x"] >= 0
        assert size["x"] + size["width"] <= 320
        targets = await page.locator("snag-question button").evaluate_all(
            "all => all.map(b => Math.min(b.offsetWidth, b.offsetHeight))"
        )
        assert min(targets) >= 24  # WCAG 2.2, 2.5.8
        await context.close()


async def test_a_strict_policy_of_the_page_lets_it_be_and_it_causes_no_friction(page, site):
    refused = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)

    async def strict(route):
        answer = await route.fetch()
        headers = {
            **answer.headers,
            "content-security-policy": "style-src 'none'; require-trusted-types-for 'script'",
        }
        await route.fulfill(response=answer, headers=headers)

    await page.route("**/page/**", strict)
    await asked(page, site)
    await page.get_by_role("button", name="No, thanks").click()
    await page.wait_for_timeout(2500)
    assert refused == []
    assert not [event for event in site.events() if "click" in event.__struct_config__.tag]


async def test_only_the_pages_that_are_meant_ask(page, site):
    await page.goto(site.page("plain", survey="csat", **{**NOW, "survey-page": "/page/thanks"}))
    await page.wait_for_timeout(1500)
    assert await page.locator("snag-question").count() == 0
    await page.evaluate("history.pushState({}, '', '/page/thanks')")
    await page.wait_for_selector("snag-question", state="attached")
