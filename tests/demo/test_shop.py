"""The demo's shop, in a real browser: it works, and its faults do what they say and nothing else."""

import glob
import os
import re
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, BrowserContext, Page, Request, async_playwright, expect

from collector.demo.shop import Faults, build_shop
from collector.demo.shop.app import STATIC
from collector.demo.shop.carts import MAX_QUANTITY, Line, Visitor
from collector.demo.shop.catalogue import COLOURS, PRODUCTS
from collector.demo.shop.checkout import refused
from collector.demo.shop.sessions import Visitors

THINK_MS = 20
CARD = "4242 4242 4242 4242"
WATCH = """() => {
    window.moved = [];
    const note = (one) => window.moved.push([one.type, one.attributeName, one.target.nodeName].join(" "));
    new MutationObserver((all) => all.forEach(note)).observe(document, {
        subtree: true, childList: true, attributes: true, characterData: true,
    });
    const kinds = ["transitionrun", "animationstart", "submit", "scroll"];
    for (const kind of kinds) addEventListener(kind, note, true);
}"""
"""Notes in `window.moved` whatever moves in the page from now on."""

GROUPS = {
    "/": "/",
    "/search?q=bowl": "/search",
    "/search?q=unicorn": "/search",
    "/product/1": "/product",
    "/cart": "/cart",
    "/checkout": "/checkout",
    "/thanks": "/thanks",
    "/account": "/account",
    "/help": "/help",
}


@dataclass
class Shop:
    """A running shop and the collector it believes in."""

    url: str
    collector_url: str
    faults: Faults


@dataclass
class Seen:
    """What went wrong in a page, and what it asked for."""

    troubles: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
async def collector() -> AsyncIterator[str]:
    async def agent(_request: web.Request) -> web.Response:
        return web.Response(text="", content_type="text/javascript")

    app = web.Application()
    app.router.add_get("/agent.js", agent)
    async with TestServer(app) as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture
async def shop(collector: str) -> AsyncIterator[Shop]:
    faults = Faults()
    app = build_shop(collector_url=collector, faults=faults, seed=7, think_ms=THINK_MS)
    async with TestServer(app) as server:
        yield Shop(f"http://127.0.0.1:{server.port}", collector, faults)


@pytest.fixture
async def visit(shop: Shop) -> AsyncIterator[ClientSession]:
    async with ClientSession(shop.url) as session:
        yield session


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def context(browser: Browser, shop: Shop) -> BrowserContext:
    return await browser.new_context(base_url=shop.url, viewport={"width": 1280, "height": 900})


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


@pytest.fixture
def seen(page: Page) -> Seen:
    seen = Seen()
    page.on("pageerror", lambda error: seen.troubles.append(f"page error: {error}"))
    page.on("requestfailed", lambda request: seen.troubles.append(f"failed: {request.url}"))
    page.on("console", lambda m: seen.troubles.append(f"console: {m.text}") if m.type == "error" else None)

    def request(request: Request) -> None:
        seen.requests.append(request.url)

    page.on("request", request)
    return seen


def _chromium() -> str:
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = [os.environ.get("SNAG_CHROMIUM"), *map(shutil.which, names)]
    found += glob.glob("/usr/lib/chromium/chromium*")
    path = next((path for path in found if path), None)
    assert path, "no Chromium found; set SNAG_CHROMIUM to one"
    return path


async def fill_checkout(page: Page, card: str = CARD) -> None:
    await page.get_by_label("Name").fill("Ada Lovelace")
    await page.get_by_label("Address").fill("1 Mill Lane, Rye TN31 7AB")
    await page.get_by_label("Card number").fill(card)


async def open_checkout(page: Page) -> None:
    await page.goto("/product/19")
    await page.get_by_role("button", name="Add to cart").click()
    await expect(page.get_by_role("status")).to_contain_text("Morning mug is in your cart.")
    await page.goto("/checkout")
    await fill_checkout(page)


async def test_a_visitor_searches_chooses_pays_and_is_thanked(page: Page, seen: Seen) -> None:
    await page.goto("/")
    await page.get_by_role("searchbox", name="Search the shop").fill("pot")
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("link", name="Harvest casserole").click()
    await page.get_by_role("radio", name="Fennel").check()
    await page.get_by_role("radio", name="28 cm").check()
    await expect(page.locator("#price")).to_have_text("£160.00")
    await page.get_by_role("button", name="Close up").click()
    await page.get_by_role("button", name="Add to cart").click()
    await expect(page.get_by_role("status")).to_contain_text("Harvest casserole is in your cart.")
    await page.get_by_role("link", name="Cart, 1 items").click()
    await expect(page.get_by_text("Fennel, 28 cm")).to_be_visible()
    await page.get_by_role("link", name="Checkout").click()
    await fill_checkout(page)
    await page.get_by_role("button", name="Pay").click()
    await expect(page).to_have_url(re.compile("/thanks$"))
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    await expect(page.get_by_text("£160.00").first).to_be_visible()
    assert seen.troubles == []


async def test_with_the_fault_cookie_pay_changes_nothing_and_asks_for_nothing(
    page: Page, context: BrowserContext, shop: Shop, seen: Seen
) -> None:
    await context.add_cookies([{"name": "fault", "value": "pay", "url": shop.url}])
    await open_checkout(page)
    pay = page.get_by_role("button", name="Pay")
    await pay.hover()
    await page.evaluate("document.activeElement.blur()")
    await page.evaluate(WATCH)
    dom, picture, asked = await page.content(), await page.screenshot(caret="initial"), len(seen.requests)
    for _ in range(4):
        await pay.click()
    await page.wait_for_timeout(700)
    assert await page.evaluate("window.moved") == []
    assert await page.content() == dom
    assert await page.screenshot(caret="initial") == picture
    assert seen.requests[asked:] == []
    assert page.url.endswith("/checkout")
    assert seen.troubles == []


async def test_enter_does_not_get_round_the_fault(page: Page, context: BrowserContext, shop: Shop) -> None:
    await context.add_cookies([{"name": "fault", "value": "pay", "url": shop.url}])
    await open_checkout(page)
    await page.get_by_label("Card number").press("Enter")
    await page.wait_for_timeout(300)
    assert page.url.endswith("/checkout")


async def test_pay_shows_that_it_is_at_work(page: Page, shop: Shop) -> None:
    await open_checkout(page)
    shop.faults.backend_extra_ms = 600
    pay = page.get_by_role("button", name="Pay")
    await pay.click()
    await expect(pay).to_have_attribute("aria-busy", "true")
    await expect(page).to_have_url(re.compile("/thanks$"))


async def test_a_typing_error_in_the_card_number_is_named_and_sends_nothing(page: Page, seen: Seen) -> None:
    await open_checkout(page)
    await fill_checkout(page, card="4242 4242 4242 4241")
    await page.get_by_role("button", name="Pay").click()
    await expect(page.get_by_text("This card number has a typing error.")).to_be_visible()
    await expect(page.get_by_label("Card number")).to_be_focused()
    assert not any("/api/pay" in url for url in seen.requests)


async def test_a_refusing_back_end_is_told_and_can_be_tried_again(page: Page, shop: Shop) -> None:
    await open_checkout(page)
    shop.faults.failing_share = 1
    await page.get_by_role("button", name="Pay").click()
    await expect(page.get_by_role("alert")).to_have_text(re.compile("^Sorry, our shop is not answering"))
    shop.faults.failing_share = 0
    await page.get_by_role("button", name="Pay").click()
    await expect(page).to_have_url(re.compile("/thanks$"))


async def test_quick_steps_are_all_counted(page: Page, seen: Seen) -> None:
    await page.goto("/product/19")
    await page.get_by_role("button", name="Add to cart").click()
    await expect(page.get_by_role("status")).to_contain_text("in your cart")
    await page.goto("/cart")
    for _ in range(3):
        await page.get_by_role("button", name="One more Morning mug").click()
    await expect(page.get_by_label("Sum").get_by_text("£60.00").first).to_be_visible()
    await page.get_by_role("button", name="One less Morning mug").click()
    await expect(page.locator("[data-sum=total]")).to_have_text("£49.50")
    await page.reload()
    await expect(page.locator("output")).to_have_text("3")
    await page.get_by_role("button", name="Remove Morning mug").click()
    await expect(page.get_by_role("heading", name="Your cart is empty")).to_be_visible()
    assert seen.troubles == []


async def test_a_refused_step_goes_back_to_what_the_shop_knows(page: Page, shop: Shop) -> None:
    await page.goto("/product/19")
    await page.get_by_role("button", name="Add to cart").click()
    await expect(page.get_by_role("status")).to_contain_text("in your cart")
    await page.goto("/cart")
    shop.faults.failing_share = 1
    await page.get_by_role("button", name="One more Morning mug").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.locator("output")).to_have_text("1")


async def test_any_password_opens_the_account_and_its_orders(page: Page, seen: Seen) -> None:
    await page.goto("/account")
    await page.get_by_label("E-mail").fill("ada@fennel-rye.example")
    await page.get_by_label("Password").fill("anything")
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_text("Delivered")).to_have_count(2)
    await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert seen.troubles == []


@pytest.mark.parametrize("path", GROUPS)
async def test_a_page_is_quiet_and_fits_a_phone(page: Page, seen: Seen, path: str) -> None:
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(path)
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    assert seen.troubles == []


async def test_the_shop_works_when_the_agent_cannot_be_loaded(page: Page) -> None:
    await page.route("**/agent.js", lambda route: route.abort())
    await open_checkout(page)
    await page.get_by_role("button", name="Pay").click()
    await expect(page).to_have_url(re.compile("/thanks$"))


@pytest.mark.parametrize(("path", "group"), GROUPS.items())
async def test_every_page_begins_with_the_tag(visit: ClientSession, shop: Shop, path: str, group: str) -> None:
    async with visit.get(path) as answer:
        text = await answer.text()
    tag = (
        f'<script src="{shop.collector_url}/agent.js" data-snag-app="shop" data-snag-release="2.4.1" '
        f'data-snag-env="demo" data-snag-url="{shop.collector_url}"></script>'
    )
    assert text.partition("<head>")[2].lstrip().startswith(tag)
    assert f'<body data-snag-page="{group}">' in text
    assert answer.status == 200


async def test_the_tag_names_the_release_it_is_given() -> None:
    app = build_shop(collector_url="http://collector/", faults=Faults(), release="2.5.0", think_ms=0)
    async with TestClient(TestServer(app)) as client:
        text = await (await client.get("/")).text()
    assert 'src="http://collector/agent.js" data-snag-app="shop" data-snag-release="2.5.0"' in text


async def test_a_slow_back_end_slows_documents_and_not_the_health_check(visit: ClientSession, shop: Shop) -> None:
    async def first_byte_ms(path: str) -> float:
        start = time.perf_counter()
        async with visit.get(path) as answer:
            assert answer.status == 200
            return (time.perf_counter() - start) * 1000

    assert THINK_MS * 0.75 <= await first_byte_ms("/") < 300
    shop.faults.backend_extra_ms = 400
    assert await first_byte_ms("/") >= 300
    assert await first_byte_ms("/healthz") < 300
    assert await first_byte_ms("/static/shop.css") < 300


async def test_the_failing_share_of_api_answers_is_503(visit: ClientSession, shop: Shop) -> None:
    async def statuses(count: int) -> list[int]:
        return [(await visit.post("/api/logout", json={})).status for _ in range(count)]

    assert await statuses(5) == [200] * 5
    shop.faults.failing_share = 1
    assert await statuses(5) == [503] * 5
    shop.faults.failing_share = 0.5
    assert 5 <= (await statuses(30)).count(503) <= 25
    async with visit.get("/cart") as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/api/cart", {"product": "99", "size": "Single", "colour": "Sky"}, 400, "We do not have that one."),
        ("/api/cart", {"product": 1}, 400, "The shop did not understand that."),
        ("/api/cart", [], 400, "The shop did not understand that."),
        ("/api/cart/1-0-0", {"quantity": "2"}, 400, "Your cart has changed. Please load the page again."),
        ("/api/pay", {"name": "Ada"}, 422, "Please check the form."),
        ("/api/pay", {"name": "Ada", "address": "1 Mill Lane", "card": CARD}, 409, "Your cart is empty."),
        ("/api/login", {"email": "ada"}, 401, "Please enter your e-mail address and your password."),
    ],
)
async def test_a_request_that_no_page_sends_is_refused_in_words(
    visit: ClientSession, path: str, body: object, status: int, message: str
) -> None:
    async with visit.post(path, json=body) as answer:
        assert (answer.status, (await answer.json())["message"]) == (status, message)


async def test_an_unknown_address_is_a_404_page_of_the_shop(visit: ClientSession) -> None:
    for path in ("/product/99", "/nowhere"):
        async with visit.get(path) as answer:
            assert answer.status == 404
            assert "This shelf is empty" in await answer.text()


def test_every_product_has_a_drawing_and_known_colours() -> None:
    drawn = set(re.findall(r'<g id="(\w+)"', (STATIC / "drawings.svg").read_text()))
    assert {product.drawing for product in PRODUCTS} == drawn
    assert {colour for product in PRODUCTS for colour in product.colours} <= set(COLOURS)
    assert len(PRODUCTS) == 24


def test_only_so_many_visitors_are_remembered() -> None:
    visitors = Visitors(limit=2)
    first, _ = visitors.welcome()
    second, _ = visitors.welcome()
    assert visitors.find(first)
    visitors.welcome()
    assert (len(visitors), visitors.find(second), visitors.find("made up")) == (2, None, None)
    assert visitors.find(first) is not None


def test_a_line_holds_no_more_than_the_limit() -> None:
    visitor, line = Visitor(), Line(PRODUCTS[0], "20 cm", "Brick")
    visitor.put(line, 50)
    assert visitor.count == MAX_QUANTITY
    visitor.put(line, 0)
    assert (visitor.count, visitor.total_pence) == (0, 0)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, {}),
        ({"name": " "}, {"name": "Please enter your name."}),
        ({"address": "Rye"}, {"address": "Please enter your street, town and postcode."}),
        ({"card": "4242"}, {"card": "Please enter the long number on the front of your card."}),
        ({"card": "4242424242424241"}, {"card": "This card number has a typing error. Please check it."}),
    ],
)
def test_a_checkout_problem_is_named(change: dict[str, str], problem: dict[str, str]) -> None:
    good = {"name": "Ada", "address": "1 Mill Lane, Rye", "card": CARD}
    assert refused(good | change) == problem
