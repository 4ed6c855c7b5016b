"""The agent does no harm to the page, and tells nothing of the visitor."""

import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")

STUB = Path(__file__).parents[2] / "collector" / "static" / "agent-stub.js"

BROKEN = [
    "Element.prototype.closest = () => { throw new Error('broken') }",
    "Element.prototype.getAttribute = () => { throw new Error('broken') }",
    "delete window.PerformanceObserver",
    "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('broken') }})",
    "Storage.prototype.setItem = () => { throw new Error('full') }",
    "crypto.getRandomValues = () => { throw new Error('broken') }",
    "navigator.sendBeacon = () => { throw new Error('broken') }",
    "JSON.stringify = () => { throw new Error('broken') }",
    "console.debug = () => { throw new Error('broken') }; window.getComputedStyle = () => { throw new Error('broken') }",
    "window.__snag = {send() { throw new Error('broken') }}",
]


@pytest.mark.parametrize("breakage", BROKEN)
async def test_a_fault_in_the_agent_never_reaches_the_page(browser, site, breakage):
    context = await browser.new_context()
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    await page.add_init_script(breakage)
    await page.goto(site.page("stepper_on_server"))
    await page.click("#b")
    await page.wait_for_function("document.querySelector('#n').textContent === '2'")
    await page.goto("about:blank")
    await context.close()
    assert faults == []


async def test_the_page_keeps_its_own_answers(page, site):
    await page.goto(site.page("dead_button"))
    got = await page.evaluate(
        """async () => {
            const order = [];
            addEventListener("unhandledrejection", event => { order.push("rejection"); event.preventDefault(); });
            document.querySelector("#b").onclick = () => {
                fetch("http://127.0.0.1:1/");
                setTimeout(function (a, b) { order.push([this === window, a, b].join()); }, 5, "x", "y");
                fetch("/api/json").then(answer => order.push(answer.status));
                const request = new XMLHttpRequest();
                request.open("GET", "/api/json");
                request.onload = () => order.push("xhr" + request.status);
                request.send();
            };
            await new Promise(done => setTimeout(done, 50));
            return order;
        }"""
    )
    assert got == []
    await page.click("#b")
    await page.wait_for_timeout(700)
    got = await page.evaluate("[document.querySelector('#b').getAttribute('x'), typeof setTimeout('1', 1)]")
    assert got == [None, "number"]
    failed = await site.until("failed_action")
    assert failed[0].status == 0


async def test_nothing_of_the_visitor_is_told(page, site):
    await page.goto(site.page("text_field") + "&token=geheim&mail=anna@example.com")
    await page.fill("#b", "geheim")
    await page.evaluate(
        """fetch("/api/json?ms=1&q=geheim");
        history.pushState({}, "", "/orders/8812/anna@example.com/3f2a91bc-58a5-4f5b-9c4c-0f3c6f0a1b2c?q=geheim");
        const words = "order 8812 of 'geheim' for anna@example.com at http://x.test/a?q=geheim failed";
        setTimeout(() => { throw new Error(words) });
        document.body.append(Object.assign(new Image(), {src: "/missing/8812.png?q=geheim"}));"""
    )
    await site.until("page_error")
    await page.wait_for_timeout(400)
    await page.goto("about:blank")
    await site.until("resource_timing")
    told = b" ".join(site.bodies).decode()
    for word in ("geheim", "anna", "8812", "3f2a91bc-58a5"):
        assert word not in told.replace(site.origin, "")
    messages = {event.error_message for event in site.events("page_error")}
    assert "order # of <text> for <email> at http://x.test/a failed" in messages


async def test_views_of_a_single_page_app_are_told(page, site):
    await page.goto(site.page("plain_text"))
    await page.evaluate("delete document.body.dataset.snagPage")
    for step in (
        "history.pushState({}, '', '/orders/8812')",
        "history.replaceState({}, '', '/orders/8813')",
        "location.hash = 'below'",
        "history.pushState({}, '', '/basket')",
        "history.back()",
    ):
        await page.evaluate(step)
        await page.wait_for_timeout(250)
    await page.goto("about:blank")
    await site.until("page_view", group="/basket")
    views = sorted(site.events("page_view"), key=lambda view: view.client_ts)
    assert [view.page_group for view in views] == ["plain_text", "/orders/:id", "/basket", "/orders/:id"]
    assert [view.referrer_group for view in views] == ["none", "internal", "internal", "internal"]
    assert len({view.view_id for view in views}) == 4


async def test_targets_have_stable_names(page, site):
    await page.goto(site.page("names"))
    for number in range(4):
        await page.locator("button").nth(number).click()
    await site.true(lambda: len(site.events("dead_click")) == 4, "not four dead clicks")
    assert sorted((dead.target, dead.target_name) for dead in site.events("dead_click")) == [
        ("#basket>button", "#basket>button"),
        ("#pay", "#pay"),
        ('[data-snag-name="pay now"]', "pay now"),
        ("html>body>div>button[role=tab]", "html>body>div>button[role=tab]"),
    ]


async def test_requests_are_told_with_route_and_status(page, site):
    await page.goto(site.page("plain_text"))
    await page.evaluate(
        "fetch('/status/404'); const x = new XMLHttpRequest(); x.open('GET', '/api/json?ms=120'); x.send()"
    )
    await page.wait_for_timeout(500)
    await page.goto("about:blank")
    await site.until("resource_timing")
    host = site.origin.removeprefix("http://")
    told = {(event.initiator, event.route, event.status) for event in site.events("resource_timing")}
    assert told == {
        ("document", f"{host}/page/plain_text", 200),
        ("fetch", f"{host}/status/:id", 404),
        ("xhr", f"{host}/api/json", 200),
    }
    (xhr,) = [event for event in site.events("resource_timing") if event.initiator == "xhr"]
    assert 120 <= xhr.ttfb_ms <= xhr.duration_ms < 5000


async def test_an_agent_that_comes_late_works(browser, site):
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(site.page("dead_button", tags="0"))
    await page.wait_for_timeout(300)
    await page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'),"
        " {src: '/agent.js', onload() { document.title = 'loaded' }}))"
    )
    await page.wait_for_function("document.title === 'loaded'")
    await page.click("#b")
    await site.until("dead_click")
    await page.goto("about:blank")
    await site.until("page_view")
    assert json.loads(site.bodies[0])["app"] == "127.0.0.1"
    await context.close()


WRAPPED = [
    "window.setTimeout", "window.setInterval", "window.fetch", "window.open", "window.alert", "console.error",
    "XMLHttpRequest.prototype.open", "EventTarget.prototype.addEventListener", "Element.prototype.attachShadow",
    "History.prototype.pushState", "History.prototype.replaceState", "URL.createObjectURL",
    "HTMLMediaElement.prototype.play", "HTMLInputElement.prototype.click",
    "CanvasRenderingContext2D.prototype.fillRect",
]  # fmt: skip

LOOK = """names => names.map(name => {
    const own = eval(name);
    const fault = (() => { try { new own(); return "made"; } catch (fault) { return fault.constructor.name; } })();
    return [own.name, own.length, own.toString(), own instanceof Function, typeof own, Object.keys(own).join(), fault];
})"""


async def test_wrapped_functions_look_like_their_originals(page, site):
    names = [name for name in WRAPPED if "window.open" not in name]
    await page.goto(site.page("plain_text", tags="0"))
    before = await page.evaluate(LOOK, names)
    await page.goto(site.page("plain_text"))
    await page.wait_for_function("!!snag.contact")
    assert await page.evaluate(LOOK, names) == before
    own = "[Object.keys(history), Object.keys(navigator.clipboard ?? {}), fetch('/api/json') instanceof Promise]"
    assert await page.evaluate(own) == [[], [], True]
    assert await page.evaluate("try { setTimeout.call({}, () => 0); 1 } catch (fault) { fault.name }") == "TypeError"
    text = "Function.prototype.toString.call"
    assert await page.evaluate(f"[fetch, setTimeout, {text}].map(one => {text}(one))") == [
        f"function {name}() {{ [native code] }}" for name in ("fetch", "setTimeout", "call")
    ]


async def test_a_strict_policy_has_nothing_to_forbid(page, site):
    policy = "require-trusted-types-for 'script'; script-src 'nonce-x' 'strict-dynamic'; connect-src 'self'"
    html = "<!doctype html><script nonce=x src=/agent.js data-snag-app=shop></script><button id=b>Pay</button>"
    strict = {"content-security-policy": policy}
    await page.route("**/strict", lambda route: route.fulfill(body=html, headers=strict, content_type="text/html"))
    await page.goto(f"{site.origin}/strict")
    await page.wait_for_function("!!snag.contact")
    await page.click("#b")
    await site.until("dead_click")
    assert not site.events("page_error")


async def test_a_router_that_replaces_and_pushes_makes_views(page, site):
    await page.goto(site.page("plain_text"))
    await page.evaluate("delete document.body.dataset.snagPage")
    await page.evaluate("history.replaceState({}, '', location.pathname); history.pushState({}, '', '/fares')")
    await page.wait_for_timeout(250)
    await page.goto("about:blank")
    await site.until("page_view", group="/fares")


async def test_errors_before_the_agent_are_kept_by_the_snippet(browser, site):
    snippet = STUB.read_text(encoding="utf-8")
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(site.page("plain_text", tags="0"))
    await page.evaluate(snippet)
    await page.evaluate(
        "setTimeout(() => { throw new TypeError('too early') }); Promise.reject(new Error('early, too')); 0"
    )
    await page.wait_for_timeout(200)
    await page.add_script_tag(url="/agent.js")
    await site.true(lambda: len(site.events("page_error")) == 2, "not two errors")
    assert {error.error_message for error in site.events("page_error")} == {"too early", "early, too"}
    await context.close()


async def test_the_page_can_name_its_views_and_steps(page, site):
    await page.goto(site.page("dead_button"))
    await page.wait_for_function("!!snag.contact")
    await page.evaluate("snag.page('Checkout'); snag.step('pay', 'checkout'); snag.release = '9'; snag.contact()")
    await page.click("#b")
    (dead,) = await site.until("dead_click")
    assert (dead.page_group, dead.step, dead.journey) == ("Checkout", "pay", "checkout")
    assert site.events("contact_opened")
    assert await page.evaluate("snag.sessionRef()") == ""
    await page.evaluate("snag.consent('full')")
    assert str(site.beacons[0].session_id).startswith(await page.evaluate("snag.sessionRef()"))


async def test_a_page_seen_for_a_moment_is_told_across_documents(page, site):
    for name in ("plain_text", "stepper"):
        await page.goto(site.page(name))
        await page.wait_for_timeout(600)
    await page.go_back()
    await page.wait_for_timeout(300)
    await page.goto("about:blank")
    (back,) = await site.until("quick_back")
    assert back.page_group == "stepper"
