"""Pages with a known cause of trouble, and what a visitor does there. Written from the definitions in docs/causes.md."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from benchmarks.agent_accuracy.visitor import Visitor

FIELDS = "<input id=name placeholder=Name><input id=street placeholder=Street><input id=city placeholder=City>"
SENT = "f.onsubmit = e => { e.preventDefault(); api(200).then(() => { f.innerHTML = '<h2>Thank you</h2>' }) }"


class Pattern(NamedTuple):
    """One page pattern: its class, the visitor's doings, and the population that it stands in: calm visits of the page
    beside, and how many episodes of it are played at once by other visitors (0: as many as seeds)."""

    name: str
    cause: str
    play: Callable[[Visitor], Awaitable[None]]
    calm: int = 0
    together: int = 0


ALL: list[Pattern] = []


def pattern(cause: str, calm: int = 0, together: int = 0) -> Callable[[Callable[[Visitor], Awaitable[None]]], None]:
    """Register it."""

    def register(play: Callable[[Visitor], Awaitable[None]]) -> None:
        ALL.append(Pattern(play.__name__, cause, play, calm, together))

    return register


def clicks(name: str, cause: str, body: str, *, times: int = 1, stay: float = 3.0, together: int = 0) -> None:
    """A page with a control #go, clicked once or in a burst."""

    async def play(v: Visitor) -> None:
        await v.open(body, head=named(name))
        await v.click("#go", times=times)
        await v.pause(stay, stay + 0.5)

    play.__name__ = name
    pattern(cause, together=together)(play)


def named(page: str) -> str:
    """What makes this page group of its own."""
    return f"<script>document.documentElement.dataset.snagPage = '{page}'</script>"


BUTTON = '<button id=go type=button onclick="{}">Save</button><p id=out></p>'
TECHNICAL, USABILITY, USER, INFRA = "technical_issue", "usability", "user_error", "infrastructure"

# the site's own program
clicks("click_throws", TECHNICAL, BUTTON.format("basket.add(1)"), times=3)
clicks("click_throws_once", TECHNICAL, BUTTON.format("null.price"))
clicks("click_rejects", TECHNICAL, BUTTON.format("(async () => { throw new TypeError('no price') })()"), times=3)
clicks("timer_throws", TECHNICAL, BUTTON.format("setTimeout(() => { undefined.total }, 200)"))
clicks(
    "answer_cannot_be_read",
    TECHNICAL,
    BUTTON.format("api(200).then(r => r.json()).then(j => { out.innerText = j.order.id.x })"),
)
clicks("save_answers_500", TECHNICAL, BUTTON.format("api(500)"), times=3)
clicks("save_answers_500_once", TECHNICAL, BUTTON.format("api(500)"))
clicks("save_answers_501", TECHNICAL, BUTTON.format("api(501)"))
clicks(
    "xhr_answers_500",
    TECHNICAL,
    BUTTON.format("const x = new XMLHttpRequest(); x.open('POST', 'api/500'); x.send()"),
    times=4,
)
clicks(
    "blocks_for_two_seconds",
    TECHNICAL,
    BUTTON.format("const t = Date.now(); while (Date.now() - t < 2000); out.innerText = 'done'"),
)
clicks(
    "blocks_for_five_seconds",
    TECHNICAL,
    BUTTON.format("const t = Date.now(); while (Date.now() - t < 5000); out.innerText = 'done'"),
    stay=6,
)
clicks(
    "waits_for_a_timer",
    TECHNICAL,
    BUTTON.format("api(200).then(() => setTimeout(() => { out.innerText = 'done' }, 4000))"),
    stay=6,
)

# servers
clicks("save_answers_503", INFRA, BUTTON.format("api(503)"), times=3, together=6)
clicks("save_answers_504", INFRA, BUTTON.format("api(504)"), together=6)
clicks("server_closes", INFRA, BUTTON.format("api('drop')"), times=3, together=6)
clicks(
    "server_takes_four_seconds",
    INFRA,
    BUTTON.format("api(200, 4200).then(() => { out.innerText = 'done' })"),
    stay=6,
)
clicks(
    "server_takes_six_seconds",
    INFRA,
    BUTTON.format("out.innerText = 'Loading'; api(200, 6000).then(() => { out.innerText = 'done' })"),
    stay=7,
)

# design
clicks("button_without_a_handler", USABILITY, BUTTON.format(""), times=3)
clicks("button_without_a_handler_once", USABILITY, BUTTON.format(""))
clicks(
    "card_that_looks_like_a_link",
    USABILITY,
    "<div id=go style='cursor:pointer;width:9rem'>Offer of the day</div>",
    times=4,
)
clicks("underlined_words", USABILITY, "<u id=go style='cursor:pointer'>see the conditions</u>")
clicks("link_to_nowhere", USABILITY, "<a id=go href='#' onclick='return false'>More</a>", times=3)
clicks("script_link_that_does_nothing", USABILITY, "<a id=go href='javascript:void 0'>Details</a>")
clicks(
    "image_to_zoom_that_does_not",
    USABILITY,
    "<img id=go src=pixel.gif width=90 height=90 style='cursor:pointer'>",
    times=3,
)
clicks("disabled_and_silent", USABILITY, "<button id=go disabled>Pay</button>", times=5)
clicks("analytics_alone_answers", USABILITY, BUTTON.format("navigator.sendBeacon('api/200')"), times=3)


@pattern(TECHNICAL)
async def broken_at_the_start(v: Visitor) -> None:
    await v.open("<p>Shop</p><script>config.start()</script>", head=named("broken_at_the_start"))
    await v.settle()


@pattern(TECHNICAL)
async def script_is_not_there(v: Visitor) -> None:
    await v.open(
        "<button id=go type=button>Save</button><script src=gone.js></script>",
        head=named("script_is_not_there"),
    )
    await v.click("#go", times=3)
    await v.settle()


@pattern(TECHNICAL)
async def link_to_a_page_that_is_gone(v: Visitor) -> None:
    v.serve("gone", "<h1>404 Not found</h1>", status=404, head=named("link_to_a_page_that_is_gone"))
    await v.open("<a id=go href=gone>Size guide</a>", head=named("shop"))
    await v.click("#go")
    await v.settle()


@pattern(TECHNICAL)
async def nothing_is_drawn(v: Visitor) -> None:
    await v.open("<div id=app></div><script>render(window.data.items)</script>", head=named("nothing_is_drawn"))
    v.page.set_default_timeout(100)
    await v.pause(6, 6.5)


@pattern(INFRA)
async def no_network(v: Visitor) -> None:
    await v.open(BUTTON.format("api(200).then(() => { out.innerText = 'done' })"), head=named("no_network"))
    await v.page.context.set_offline(True)
    await v.click("#go", times=3)
    await v.pause(5, 6)
    await v.page.context.set_offline(False)
    await v.pause(3, 4)


@pattern(INFRA)
async def next_page_takes_long(v: Visitor) -> None:
    v.serve("next", "<h1>Checkout</h1>", delay_ms=4500, head=named("checkout"))
    await v.open("<a id=go href=next>Check out</a>", head=named("next_page_takes_long"))
    await v.click("#go")
    await v.page.wait_for_url("**/next", timeout=20_000)
    await v.settle()


@pattern(INFRA, together=6)
async def page_answers_503(v: Visitor) -> None:
    v.serve("shop", "<h1>503 Service unavailable</h1>", status=503, head=named("page_answers_503"))
    await v.go("shop")
    await v.settle()


@pattern(USABILITY)
async def wrong_way_and_back(v: Visitor) -> None:
    v.serve("men", "<h1>Men</h1><p>Shoes</p>", head=named("men"))
    await v.open("<a id=go href=men>Trousers</a>", head=named("wrong_way_and_back"))
    await v.click("#go")
    await v.page.wait_for_url("**/men")
    await v.pause(0.8, 1.5)
    await v.page.go_back()
    await v.settle()


@pattern(USABILITY)
async def looks_for_words_that_are_not_used(v: Visitor) -> None:
    await v.open(
        "<form id=f onsubmit='event.preventDefault()'><input id=q type=search name=q></form><p id=out></p><script>"
        "q.onchange = () => { out.innerText = 'Results for ' + q.value }</script>",
        head=named("looks_for_words_that_are_not_used"),
    )
    for word in v.rng.sample(["sofa", "couch", "settee", "seat"], 3):
        await v.clear("#q")
        await v.fill("#q", word)
        await v.press("Enter")
        await v.pause(0.6, 1)
    await v.settle()


@pattern(USABILITY)
async def nothing_found(v: Visitor) -> None:
    await v.open(
        "<input id=q type=search><p id=out hidden data-snag-no-results>Nothing found</p><script>"
        "q.onchange = () => { out.hidden = false }</script>",
        head=named("nothing_found"),
    )
    await v.fill("#q", "garden chair")
    await v.press("Enter")
    await v.settle()


@pattern(USABILITY)
async def long_form_given_up(v: Visitor) -> None:
    v.serve("home", "<h1>Home</h1>", head=named("home"))
    await v.open(
        f"<form id=f>{FIELDS}<button id=go>Order</button></form><a id=home href=home>Home</a>",
        head=named("long_form_given_up"),
    )
    for field in v.rng.sample(["#name", "#street", "#city"], 2):
        await v.fill(field, "Anna 12")
    await v.click("#home")
    await v.page.wait_for_url("**/home")
    await v.settle()


@pattern(USABILITY)
async def fields_are_emptied(v: Visitor) -> None:
    await v.open(
        f"<form id=f>{FIELDS}<button id=go type=button onclick=\"street.value = ''\">Check</button></form>",
        head=named("fields_are_emptied"),
    )
    await v.fill("#name", "Anna")
    for _ in range(3):
        await v.fill("#street", "Long street 5")
        await v.click("#go")
        await v.pause(0.3, 0.6)
    await v.settle()


def refused(name: str, cause: str, field: str, wrong: list[str], right: str, *, calm: int) -> None:
    """A form that refuses `wrong`, in the order of tries; then it gets `right`, or the visitor leaves (right empty)."""

    async def play(v: Visitor) -> None:
        v.serve("home", "<h1>Home</h1>", head=named("home"))
        await v.open(
            f"<form id=f><input id=name><{field}><button id=go>Send</button></form><a id=home href=home>Home</a>"
            f"<script>{SENT}</script>",
            head=named(name),
        )
        await v.fill("#name", "Anna")
        for value in wrong:
            await v.clear("#field")
            await v.fill("#field", value)
            await v.click("#go")
            await v.pause(2.2, 3)
        if right:
            await v.clear("#field")
            await v.fill("#field", right)
            await v.click("#go")
            await v.settle()
        else:
            await v.click("#home")
            await v.page.wait_for_url("**/home")
        await v.settle()

    play.__name__ = name
    pattern(cause, calm=calm)(play)


MAIL, CODE, DATE = (
    "input id=field type=email required",
    "input id=field required pattern=[0-9]{5}",
    "input id=field pattern=[0-9]{4}-[0-9]{2}",
)
refused("mistyped_address", USER, MAIL, ["anna"], "anna@home.org", calm=400)
refused("mistyped_twice", USER, MAIL, ["anna", "anna@"], "anna@home.org", calm=400)
refused("mistyped_code", USER, CODE, ["1234"], "12345", calm=400)
refused("code_now_and_then", USER, CODE, ["1234"], "12345", calm=40)
refused("date_nobody_understands", USABILITY, DATE, ["21.11.", "21/11/26", "Nov 21"], "2026-11", calm=400)
refused("date_given_up", USABILITY, DATE, ["21.11.", "Nov 21"], "", calm=400)
refused("address_given_up", USABILITY, MAIL, ["anna", "anna at home"], "", calm=400)


@pattern(USER, calm=400)
async def wrong_password_once(v: Visitor) -> None:
    v.serve("account", "<h1>Your account</h1>", head=named("account"))
    fields = "<form id=f><input id=user><input id=pass type=password><button id=go>Log in</button><p id=out></p></form>"
    script = (
        "f.onsubmit = e => { e.preventDefault(); const s = $('pass').value == 'right one' ? 200 : 401; api(s).then(() => {"
        "if (s == 200) location.href = 'account'; else out.innerText = 'Wrong password' }) }"
    )
    await v.open(f"{fields}<script>{script}</script>", head=named("wrong_password_once"))
    await v.fill("#user", "anna")
    await v.fill("#pass", "wrong")
    await v.click("#go")
    await v.pause(2.5, 3)
    await v.clear("#pass")
    await v.fill("#pass", "right one")
    await v.click("#go")
    await v.page.wait_for_url("**/account")
    await asyncio.sleep(1)
    await v.settle()


@pattern(USABILITY)
async def sent_twice_in_silence(v: Visitor) -> None:
    await v.open(
        f"<form id=f>{FIELDS}<button id=go>Order</button></form><script>f.onsubmit = e => {{ e.preventDefault();"
        "api(200, 1900).then(() => { f.innerHTML = '<h2>Thank you</h2>' }) }</script>",
        head=named("sent_twice_in_silence"),
    )
    await v.fill("#name", "Anna")
    await v.click("#go")
    await v.pause(0.9, 1.2)
    await v.click("#go")
    await v.pause(4, 5)
