"""Events reach the collector once each, whatever the network and the visitor do."""

import json

import pytest

from tests.agent.shopfront import kind

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def dead_click(page, site, **more: str) -> None:
    """Enough friction for a beacon."""
    await page.goto(site.page("dead_button", **more))
    await page.click("#b")


def ids(bodies) -> list[tuple[str, list[str]]]:
    read = [json.loads(body) for body in bodies]
    return [(beacon["beacon_id"], [event["event_id"] for event in beacon["events"]]) for beacon in read]


async def test_a_refusal_for_now_is_retried_with_the_same_ids(page, site):
    site.answers = [503, 429]
    await dead_click(page, site)
    await site.until("dead_click")
    first, second, third = ids(site.bodies)[:3]
    assert first == second == third
    sent = [json.loads(body)["sent_ts"] for body in site.bodies[:3]]
    assert sent == sorted(set(sent))


async def test_a_beacon_that_can_never_be_taken_is_dropped(page, site):
    site.answers = [400]
    await dead_click(page, site)
    await site.true(lambda: len(site.bodies) == 1, "nothing was sent")
    await page.evaluate("setTimeout(() => { throw new Error('later') }, 10)")
    await site.until("page_error")
    assert len({beacon for beacon, _ in ids(site.bodies)}) == len(site.bodies)
    assert not site.events("dead_click")


async def test_leaving_delivers_what_waits(page, site):
    await page.goto(site.page("plain_text"))
    await page.wait_for_function("!!snag.contact")
    await page.goto("about:blank")
    await site.until("page_view")
    assert site.events("web_vital")
    assert site.events("resource_timing")[0].initiator == "document"


async def test_rage_is_told_when_the_visitor_leaves_at_once(page, site):
    await page.goto(site.page("dead_button"))
    for _ in range(5):
        await page.click("#b")
        await page.wait_for_timeout(100)
    await page.wait_for_timeout(700)
    await page.goto("about:blank")
    (rage,) = await site.until("rage_click")
    assert rage.repeat_count == 5


async def test_what_failed_is_sent_by_the_next_page(page, site):
    await page.goto(site.page("dead_button"))
    await page.context.route("**/v1/beacons", lambda route: route.abort())
    await page.click("#b")
    await page.wait_for_function("sessionStorage.getItem('snag.unsent')?.includes('dead_click')")
    assert not site.events()
    await page.context.unroute_all()
    await page.goto(site.page("plain_text"))
    (dead,) = await site.until("dead_click")
    assert dead.page_group == "dead_button"
    await page.wait_for_function("sessionStorage.getItem('snag.unsent') === '[]'")


async def test_offline_ends_with_the_network(page, site):
    await page.goto(site.page("dead_button"))
    await page.context.set_offline(True)
    await page.click("#b")
    await page.wait_for_function("sessionStorage.getItem('snag.unsent')?.includes('dead_click')")
    await page.context.set_offline(False)
    await site.until("dead_click")


async def test_a_beacon_sent_on_leaving_comes_again_with_the_same_ids(page, site):
    await page.goto(site.page("plain_text"))
    await page.goto(site.page("stepper"))
    await site.true(lambda: len(site.beacons) >= 2, "the next page sent nothing")
    first, again = ids(site.bodies)[:2]
    assert first == again


async def test_two_copies_report_once(page, site):
    await dead_click(page, site, tags="2")
    await site.until("dead_click")
    await page.goto("about:blank")
    await site.until("page_view")
    assert len(site.events("dead_click")) == len(site.events("page_view")) == 1


async def test_without_storage_nothing_is_kept_and_each_view_is_a_session(page, site):
    for _ in range(2):
        await dead_click(page, site, consent="necessary")
        await page.wait_for_timeout(100)
        assert await page.evaluate("sessionStorage.length + localStorage.length + document.cookie.length") == 0
        seen = len(site.beacons)
        await site.true(lambda seen=seen: len(site.beacons) > seen, "nothing was sent")
    assert {beacon.consent for beacon in site.beacons} == {"necessary"}
    assert len({beacon.session_id for beacon in site.beacons}) == 2


async def test_a_session_spans_pages(page, site):
    for name in ("plain_text", "stepper", "carousel"):
        await page.goto(site.page(name))
    await page.goto("about:blank")
    await site.until("page_view", group="carousel")
    assert len({beacon.session_id for beacon in site.beacons}) == 1
    assert {beacon.consent for beacon in site.beacons} == {"measurement"}


async def test_consent_withdrawn_stops_everything(page, site):
    await page.goto(site.page("dead_button"))
    await page.evaluate("snag.consent('none')")
    await page.click("#b")
    await page.wait_for_timeout(2800)
    await page.goto("about:blank")
    await page.wait_for_timeout(300)
    assert not site.bodies


async def test_do_not_track_caps_the_consent(browser, site):
    context = await browser.new_context()
    await context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page = await context.new_page()
    await page.goto(site.page("plain_text", consent="full"))
    await page.goto("about:blank")
    await site.until("page_view")
    assert {beacon.consent for beacon in site.beacons} == {"measurement"}


async def test_a_journey_takes_the_events_itself(browser, site):
    context = await browser.new_context()
    page = await context.new_page()
    bodies: list[str] = []
    await page.expose_function("__take", lambda body: bodies.append(body))
    await page.add_init_script(
        "window.__snag = {send: body => __take(body), traffic_source: 'synthetic', journey: 'checkout', step: 'pay',"
        " run_id: '6f1f0f0e-58a5-4f5b-9c4c-0f3c6f0a1b2c'}"
    )
    await dead_click(page, site)
    await site.true(lambda: any("dead_click" in body for body in bodies), "no dead click")
    assert not site.bodies
    beacon = json.loads(next(body for body in bodies if "dead_click" in body))
    assert (beacon["traffic_source"], beacon["run_id"][:8]) == ("synthetic", "6f1f0f0e")
    assert {(event["journey"], event["step"]) for event in beacon["events"]} == {("checkout", "pay")}


async def test_a_moved_clock_stamps_but_does_not_measure(page, site):
    await page.add_init_script("{ const now = Date.now; Date.now = () => now() - 86400000 * 3; }")
    await page.goto(site.page("slow_spinner"))
    await page.click("#b")
    (slow,) = await site.until("slow_step")
    assert 3300 < slow.duration_ms < 6000
    days = (await page.evaluate("performance.timeOrigin + performance.now()") - slow.client_ts) / 86400000
    assert 2.99 < days < 3.01


async def test_a_burst_that_goes_on_is_one_event(page, site):
    await page.goto(site.page("dead_button"))
    made = 0
    while not site.events("rage_click") or made % 3:  # goes on after the first word of it
        await page.click("#b")
        made += 1
        assert made < 60, "no rage"
        await page.wait_for_timeout(300)
    for _ in range(2):
        await page.click("#b")
        await page.wait_for_timeout(300)
    await site.true(
        lambda: any(rage.repeat_count == made + 2 for rage in site.events("rage_click")),
        f"not {made + 2} clicks",
    )
    sent = [event for beacon in site.beacons for event in beacon.events if kind(event) == "rage_click"]
    assert len({event.event_id for event in sent}) == len({event.client_ts for event in sent}) == 1
    assert len({event.revision for event in sent}) == len(sent) > 1


async def test_a_page_sends_no_more_than_its_share(page, site):
    await page.goto(site.page("plain_text"))
    await page.evaluate(
        "for (let i = 0; i < 400; i++) setTimeout(() => { throw new Error('abcdefghijklmnopqrstuvwxyz'[i % 26]) }, i)"
    )
    await site.until("page_error")
    await page.wait_for_timeout(1500)
    await page.goto("about:blank")
    await page.wait_for_timeout(300)
    assert len(site.events("page_error")) == 20
    assert sum(len(beacon.events) for beacon in site.beacons) <= 2 * 100
    assert all(len(body) < 32 * 1024 for body in site.bodies)


async def test_what_is_given_up_is_told_by_reason(page, site):
    site.answers = [400]
    await dead_click(page, site)
    await site.true(lambda: len(site.bodies) == 1, "nothing was sent")
    lost = len(json.loads(site.bodies[0])["events"])
    await page.evaluate(
        "for (let i = 0; i < 400; i++) setTimeout(() => { throw new Error('abcdefghijklmnopqrstuvwxyz'[i % 26]) }, i)"
    )
    await site.until("page_error")
    await page.wait_for_timeout(1500)
    await page.goto("about:blank")
    await site.true(lambda: any(beacon.dropped for beacon in site.beacons), "no word of it")
    assert sum(beacon.dropped.get("refused", 0) for beacon in site.beacons) == lost
    assert len(site.events("page_error")) == 20


async def test_a_site_that_says_none_is_left_alone(page, site):
    await page.goto(site.page("dead_button", consent="none"))
    await page.click("#b")
    await page.wait_for_timeout(2800)
    await page.goto("about:blank")
    await page.wait_for_timeout(300)
    assert not site.bodies


async def test_a_scripted_visit_ends_when_the_collector_has_everything(page, site):
    site.answers = [503]
    await page.goto(site.page("dead_button"))
    for _ in range(4):
        await page.click("#b")
        await page.wait_for_timeout(250)
    await page.wait_for_timeout(1000)
    await page.evaluate("snag.flush()")
    assert {kind(event) for event in site.events()} >= {"page_view", "web_vital", "dead_click", "rage_click"}


async def test_outside_the_sample_nothing_is_sent(page, site):
    await dead_click(page, site, sample="0.0000001")
    await page.wait_for_timeout(2800)
    await page.goto("about:blank")
    await page.wait_for_timeout(300)
    assert not site.bodies


async def test_inside_the_sample_the_rate_is_told(page, site):
    await page.add_init_script("crypto.getRandomValues = bytes => bytes.fill(1)")  # an id at the start of the range
    await dead_click(page, site, sample="0.5")
    await site.until("dead_click")
    assert {beacon.sample_rate for beacon in site.beacons} == {0.5}


async def test_sessions_with_friction_can_be_kept_whole(page, site):
    await dead_click(page, site, sample="0.0000001", keep="friction")
    await site.until("dead_click")
    assert site.events("page_view")
    assert {beacon.sample_rate for beacon in site.beacons} == {1}


async def test_variant_and_setting_are_said_of_the_first_view_and_of_those_that_follow(page, site):
    await page.goto(site.page("plain_text", variant="B", setting="dark"))
    await page.wait_for_function("!!snag.contact")
    await page.evaluate("history.pushState({}, '', '/elsewhere')")
    await page.wait_for_timeout(400)
    await page.goto("about:blank")
    await site.true(lambda: len({one.view_id for one in site.events("page_view")}) == 2, "a view is missing")
    newest = {}
    for one in sorted(site.events("page_view"), key=lambda one: one.revision):
        newest[one.view_id] = one
    assert {(one.variant, one.user_setting) for one in newest.values()} == {("B", "dark")}
    assert {one.referrer_group for one in newest.values()} <= {"none", "internal", "external"}


async def test_without_them_a_view_is_told_once(page, site):
    await page.goto(site.page("plain_text"))
    await page.wait_for_function("!!snag.contact")
    await page.goto("about:blank")
    await site.until("page_view")
    assert [(one.revision, one.variant) for one in site.events("page_view")] == [(0, "")]
